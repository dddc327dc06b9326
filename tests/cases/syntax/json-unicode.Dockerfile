FROM alpine:3.20
CMD ["\u0041", "\n", "ä☃", "\"q\"", "a\\b"]
