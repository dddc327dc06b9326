FROM alpine:3.23
RUN apk update \
&& apk add curl \
&& rm -rf /var/cache/apk/*
ENTRYPOINT ["curl"]
