ARG V=3.20
ARG X Y=1 Z="a b"
FROM alpine:${V} AS a
ARG V
ARG EMPTY=
RUN echo $V
