module example.com/time-zone

go 1.22
