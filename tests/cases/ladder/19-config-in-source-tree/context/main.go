package main

import (
	"flag"
	"io/ioutil"
	"log"
	"net/http"
	"strings"
)

func main() {
	conf := flag.String("conf", "", "configuration")
	flag.Parse()
	address, err := ioutil.ReadFile(*conf)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(strings.TrimSpace(string(address)), nil))
}
