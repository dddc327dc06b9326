FROM alpine:3.20
ADD --unpack=true https://example.com/f.tar.gz /
