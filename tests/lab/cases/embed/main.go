// Prints a file that was there when it was built.
package main

import (
	_ "embed"
	"fmt"
	"os"
)

//go:embed greeting.txt
var greeting string

func main() {
	fmt.Println("uid", os.Getuid())
	fmt.Print(greeting)
}
