module example.com/entry-script

go 1.22
