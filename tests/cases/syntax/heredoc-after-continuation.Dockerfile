FROM alpine:3.20
RUN echo one && \
    cat <<EOF && \
    echo two
body
EOF
RUN three
