package main

// greeting is what visitors read.
const greeting = "hello"
