FROM alpine:3.20
CMD ["a", 1]
