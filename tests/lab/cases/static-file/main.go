// Serves the files in static/.
package main

import (
	"log"
	"net/http"
)

func main() {
	http.Handle("/", http.FileServer(http.Dir("static")))
	log.Print("listening on :3000")
	log.Fatal(http.ListenAndServe(":3000", nil))
}
