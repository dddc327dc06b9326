FROM alpine:3.20
ONBUILD RUN <<EOF
echo later
EOF
ONBUILD COPY <<EOF /x
body
EOF
RUN true
