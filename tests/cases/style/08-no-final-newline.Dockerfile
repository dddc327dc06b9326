FROM alpine:3.23
RUN apk add --update nginx
CMD nginx -g "daemon off;"