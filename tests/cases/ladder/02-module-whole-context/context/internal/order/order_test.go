package order

import "testing"

func TestNew(t *testing.T) {
	if New() == New() {
		t.Fatal("two orders with one number")
	}
}
