#syntax=docker/dockerfile:1
#  ESCAPE = `
# check=skip=all
FROM alpine:3.20
RUN a `
  b
