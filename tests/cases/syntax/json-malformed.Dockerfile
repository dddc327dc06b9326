FROM alpine:3.20
RUN [ -f /x ] || true
ENTRYPOINT ['sh', '-c']
CMD ["a",]
