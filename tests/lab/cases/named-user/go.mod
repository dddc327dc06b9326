module example.com/named-user

go 1.22
