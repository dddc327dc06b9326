package main

import (
	"html/template"
	"log"
)

func main() {
	page, err := template.ParseFiles("templates/index.html")
	log.Print(page, err)
}
