module example.com/sigterm

go 1.22
