package main

import (
	"net/http"

	"github.com/gorilla/mux"
	"github.com/acme/tracer"
)

func main() {
	r := mux.NewRouter()
	r.HandleFunc("/{name}", func(w http.ResponseWriter, r *http.Request) {
		tracer.Info(mux.Vars(r)["name"])
	})
	tracer.Fatal(http.ListenAndServe(":9000", r))
}
