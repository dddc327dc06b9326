package main

import (
	"log"
	"net/http"
	"os/exec"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		cmd := exec.Command("ffmpeg", "-i", "-", "-frames:v", "1", "-f", "mjpeg", "-")
		cmd.Stdin, cmd.Stdout = r.Body, w
		if err := cmd.Run(); err != nil {
			log.Print(err)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
