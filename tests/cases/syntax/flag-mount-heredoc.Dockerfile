FROM alpine:3.20
RUN --mount=type=tmpfs,target=/t <<EOF
echo one
EOF
