// Shouts.
package main

import (
	"fmt"
	"os"

	"example.com/words"
)

func main() {
	fmt.Println("uid", os.Getuid())
	fmt.Println(words.Shout("hello"))
}
