package main

import "log"

func main() {
	log.Fatal(serve(":8080"))
}
