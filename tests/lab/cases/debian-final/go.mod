module example.com/debian-final

go 1.22
