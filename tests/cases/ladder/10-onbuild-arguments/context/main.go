package main

import (
	"flag"
	"log"
	"net/http"
	"os"
)

func main() {
	open := flag.String("open", "http", "what to listen to")
	hits := flag.String("hits", "/data/hits.log", "where to write")
	flag.Parse()
	file, err := os.OpenFile(*hits, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0600)
	if err != nil {
		log.Fatal(err)
	}
	log.SetOutput(file)
	log.Print("listening: ", *open)
	log.Fatal(http.ListenAndServe(":5000", nil))
}
