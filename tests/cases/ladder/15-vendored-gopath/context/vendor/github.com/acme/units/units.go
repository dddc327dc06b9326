// Package units names units.
package units

import "strconv"

// Grams writes a mass.
func Grams(n int) string {
	return strconv.Itoa(n) + " g"
}
