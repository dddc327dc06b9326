module example.org/acme/mirror

go 1.24
