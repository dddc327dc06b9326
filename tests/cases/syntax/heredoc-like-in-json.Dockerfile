FROM alpine:3.20
RUN ["cat", "<<EOF"]
CMD ["a", "<<EOF", "b"]
