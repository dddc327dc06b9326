// Answers every request alike, on a port that is root's elsewhere.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
)

func main() {
	listener, err := net.Listen("tcp", ":80")
	if err != nil {
		log.Fatal(err)
	}
	log.Print("listening on :80")
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go answer(client)
	}
}

func answer(client net.Conn) {
	defer client.Close()
	lines := bufio.NewScanner(client)
	for lines.Scan() && lines.Text() != "" {
	}
	fmt.Fprint(client, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n")
}
