// Package words counts.
package words

import "strings"

// Count tells how often each word is in text.
func Count(text string) map[string]int {
	counts := make(map[string]int)
	for _, word := range strings.Fields(text) {
		counts[word]++
	}
	return counts
}
