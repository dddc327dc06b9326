// A small web server: it greets, and tells which user it runs as.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func greet(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "Hello from a container!")
}

func uid(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, os.Getuid())
}

func main() {
	http.HandleFunc("/", greet)
	http.HandleFunc("/uid", uid)
	log.Println("listening on :8080")
	log.Fatal(http.ListenAndServe(":8080", nil))
}
