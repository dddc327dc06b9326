package main

import "net/http"

func serve(address string) error {
	return http.ListenAndServe(address, http.NotFoundHandler())
}
