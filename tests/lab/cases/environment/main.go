// Greets as its environment says.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("uid", os.Getuid())
	fmt.Printf("%s, %s\n", os.Getenv("GREETING"), os.Getenv("AUDIENCE"))
}
