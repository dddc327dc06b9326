module example.org/acme/svc

go 1.24
