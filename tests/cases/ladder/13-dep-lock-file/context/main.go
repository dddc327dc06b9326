package main

import (
	"log"
	"net/http"

	"github.com/pkg/errors"
)

func main() {
	log.Fatal(errors.Wrap(http.ListenAndServe(":8080", nil), "serve"))
}
