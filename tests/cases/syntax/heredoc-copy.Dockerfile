FROM alpine:3.20
COPY <<EOF /etc/app.conf
key=value
# not a comment
RUN not an instruction
EOF
