package main

import (
	"log"
	"os"
)

func main() {
	file, err := os.Create("state.json")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
}
