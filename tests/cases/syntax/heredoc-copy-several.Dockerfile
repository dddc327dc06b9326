FROM alpine:3.20
COPY --chmod=0644 <<a.txt <<-"b.txt" /dir/
one
a.txt
	two
	b.txt
