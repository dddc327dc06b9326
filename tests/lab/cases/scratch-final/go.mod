module example.com/scratch-final

go 1.22
