//go:build broken

package main

func init() { panic("the shelves fell over") }
