module example.org/acme/billing

go 1.24
