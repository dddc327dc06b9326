module example.org/acme/pages

go 1.24
