FROM alpine:3.20
RUN one \
# c

  two
