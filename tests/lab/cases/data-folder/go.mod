module example.com/data-folder

go 1.22
