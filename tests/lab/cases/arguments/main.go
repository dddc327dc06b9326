// Greets those whom its arguments name.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("uid", os.Getuid())
	for _, name := range os.Args[1:] {
		if name == "--fail" {
			os.Exit(3)
		}
		fmt.Printf("Hello, %q\n", name)
	}
}
