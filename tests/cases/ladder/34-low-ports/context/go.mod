module example.org/acme/resolver

go 1.24
