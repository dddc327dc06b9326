package main

import (
	"os/exec"
	"testing"
)

func TestGit(t *testing.T) {
	if err := exec.Command("git", "version").Run(); err != nil {
		t.Fatal(err)
	}
}
