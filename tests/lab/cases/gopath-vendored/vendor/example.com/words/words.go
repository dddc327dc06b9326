// Package words changes words.
package words

import "strings"

// Shout makes a word loud.
func Shout(word string) string { return strings.ToUpper(word) + "!" }
