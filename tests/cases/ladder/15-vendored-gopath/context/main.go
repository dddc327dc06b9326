package main

import (
	"fmt"

	"github.com/acme/units"
)

func main() {
	var shown []func()
	for i := 0; i < 3; i++ {
		shown = append(shown, func() { fmt.Println(units.Grams(i)) })
	}
	for _, show := range shown {
		show()
	}
}
