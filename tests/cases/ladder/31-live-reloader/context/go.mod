module example.org/acme/dev

go 1.24
