module example.org/acme/sniff

go 1.23

require github.com/google/gopacket v1.1.19
