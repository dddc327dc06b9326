FROM alpine:3.20
LABEL a.b-c="d e" \
      f=g
LABEL old style value
MAINTAINER Someone <a@b.example>
