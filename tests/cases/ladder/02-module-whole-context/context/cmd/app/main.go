package main

import (
	"fmt"
	"log"
	"net/http"

	"example.org/acme/orders/internal/order"
)

func main() {
	http.HandleFunc("/new", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, order.New())
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
