FROM alpine:3.20
ADD <<EOF /file
body
EOF
ADD <<-X /other
		X
