module example.org/acme/thumbs

go 1.24
