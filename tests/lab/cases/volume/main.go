// Adds a line to a file in a volume, and prints the file.
package main

import (
	"fmt"
	"os"
)

const file = "/data/visits"

func main() {
	fmt.Println("uid", os.Getuid())
	if err := visit(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func visit() error {
	log, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(log, "was here"); err != nil {
		return err
	}
	if err := log.Close(); err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	fmt.Print(string(text))
	return nil
}
