FROM alpine:3.20
RUN cat 0<<EOF 3<<X
zero
EOF
three
X
