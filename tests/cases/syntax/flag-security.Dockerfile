FROM alpine:3.20
RUN --security=sandbox make
RUN --security=insecure cat /proc/self/status
