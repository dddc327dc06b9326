ARG V=3.20-rc
FROM alpine:${V%-*}
ARG P=a/b/c
ENV A=${P#*/} B=${P##*/} C=${P/a/b}
