// A program that needs a little of everything that a rewrite can forget.
package main

import (
	"flag"
	"fmt"
	"html/template"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	name := flag.String("name", "nobody", "whose shop it is")
	flag.Parse()
	log.SetFlags(0)
	greeting := os.Getenv("GREETING")
	if greeting == "" {
		greeting = "hm"
	}
	fmt.Printf("%s from %s\n", greeting, *name)
	password, err := os.ReadFile("password.txt")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("a password of %d letters\n", len(password))
	if err := os.WriteFile("/data/visits", []byte("1"), 0o644); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		page, err := template.ParseFiles("templates/page.html")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		page.Execute(w, greeting)
	})
	listener, err := net.Listen("tcp", ":"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("open")
	log.Fatal(http.Serve(listener, nil))
}
