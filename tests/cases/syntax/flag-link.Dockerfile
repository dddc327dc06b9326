FROM alpine:3.20
COPY --link a /b
COPY --link=false a /c
ADD --link a /d
