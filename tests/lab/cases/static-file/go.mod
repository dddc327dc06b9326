module example.com/static-file

go 1.22
