package main

import (
	"flag"
	"log"
	"net/http"
)

func main() {
	silent := flag.Bool("s", false, "say nothing")
	port := flag.String("port", "8080", "port")
	flag.Parse()
	if !*silent {
		log.Print("listening on ", *port)
	}
	log.Fatal(http.ListenAndServe(":"+*port, nil))
}
