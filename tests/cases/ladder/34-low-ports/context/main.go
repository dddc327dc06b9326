package main

import (
	"log"
	"net"
	"net/http"
)

func main() {
	packets, err := net.ListenPacket("udp", ":53")
	if err != nil {
		log.Fatal(err)
	}
	defer packets.Close()
	log.Fatal(http.ListenAndServe(":80", nil))
}
