package main

import (
	"flag"
	"fmt"
	"net"
	"os"
)

func main() {
	target := flag.String("target", "localhost:80", "what to reach")
	flag.Parse()
	if _, err := net.Dial("tcp", *target); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
