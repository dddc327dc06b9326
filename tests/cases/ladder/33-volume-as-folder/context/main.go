package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	file, err := os.Create("notes.txt")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(file, r.URL.Path)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
