package main

import (
	"flag"
	"log"
	"net/http"
)

func main() {
	port := flag.String("port", "", "port")
	db := flag.String("db", "", "database")
	flag.Parse()
	log.Print("database: ", *db)
	log.Fatal(http.ListenAndServe(":"+*port, nil))
}
