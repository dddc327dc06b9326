module example.com/template-page

go 1.22
