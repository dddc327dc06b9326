// Adds numbers in C.
package main

/*
#include <stdio.h>
#include <stdlib.h>

static int add(const char *a, const char *b) { return atoi(a) + atoi(b); }
static void version(void) { printf("%s\n", "from C"); fflush(stdout); }
*/
import "C"

import (
	"fmt"
	"os"
	"unsafe"
)

func main() {
	fmt.Println("uid", os.Getuid())
	a, b := C.CString("19"), C.CString("23")
	defer C.free(unsafe.Pointer(a))
	defer C.free(unsafe.Pointer(b))
	C.version()
	fmt.Println(C.add(a, b))
}
