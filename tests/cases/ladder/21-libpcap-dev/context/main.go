package main

import (
	"fmt"
	"log"
	"os"

	"github.com/google/gopacket/pcap"
)

func main() {
	handle, err := pcap.OpenOffline(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer handle.Close()
	fmt.Println(handle.LinkType())
}
