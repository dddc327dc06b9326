FROM alpine:3.20
RUN cat << EOF
spaced
EOF
RUN true
