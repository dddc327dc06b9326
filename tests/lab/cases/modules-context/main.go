// Counts words.
package main

import (
	"fmt"
	"os"

	"example.com/modules-context/internal/words"
)

func main() {
	fmt.Println("uid", os.Getuid())
	fmt.Println(words.Count("to be or not to be"))
}
