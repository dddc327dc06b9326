FROM golang:1.22 AS build
RUN touch /app
FROM scratch
COPY --from=build /app /app
COPY --from=0 /app /app2
COPY --from=alpine:3.20 /etc/passwd /etc/
