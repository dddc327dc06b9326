package main

import (
	"log"
	"os/exec"
)

func main() {
	out, err := exec.Command("worker").Output()
	log.Print(string(out), err)
}
