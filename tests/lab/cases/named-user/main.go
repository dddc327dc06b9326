// Tells whether it runs as root.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("uid", os.Getuid())
	fmt.Println("root:", os.Getuid() == 0)
}
