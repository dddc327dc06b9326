// Package native is linked into no program of the image.
package native

// static int one(void) { return 1; }
import "C"

// One is one.
func One() int { return int(C.one()) }
