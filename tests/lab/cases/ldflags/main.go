// Prints its version.
package main

import (
	"fmt"
	"os"
)

var version = "unknown"

func main() {
	fmt.Println("uid", os.Getuid())
	fmt.Println("version", version)
}
