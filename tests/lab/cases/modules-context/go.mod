module example.com/modules-context

go 1.22
