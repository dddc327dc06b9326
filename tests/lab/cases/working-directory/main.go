// Prints where it is, and a note that lies there.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("uid", os.Getuid())
	here, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	note, err := os.ReadFile("notes/today.txt")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s: %s", here, note)
}
