package main

import (
	"net/http"

	"github.com/gorilla/mux"
	"github.com/acme/tracer"
)

func main() {
	r := mux.NewRouter()
	r.HandleFunc("/{name}", func(w http.ResponseWriter, r *http.Request) {
		logrus.Info(mux.Vars(r)["name"])
	})
	logrus.Fatal(http.ListenAndServe(":9000", r))
}
