module example.com/working-directory

go 1.22
