FROM alpine:3.20
CMD ["a", \
  # comment
  "b", \

  "c"]
