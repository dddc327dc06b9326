FROM node:24-alpine AS Assets
WORKDIR /src
ADD . .
RUN npm install && npm run build

FROM golang:1.27 as build
WORKDIR /src
COPY . .
RUN go build -o /out/server ./cmd/server


FROM debian:13-slim
RUN apt-get update && apt-get -y install ca-certificates
COPY --from=0 /src/dist /srv/www
COPY --from=1 /out/server /server
CMD ["/server", "-www", "/srv/www"]
