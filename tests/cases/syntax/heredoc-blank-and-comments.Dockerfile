FROM alpine:3.20
RUN <<EOF

# comment

  EOF
echo \

EOF
