module example.com/arguments

go 1.22
