FROM --platform=$BUILDPLATFORM golang:1.22 AS build
ARG TARGETARCH
RUN echo $TARGETARCH
FROM --platform=linux/amd64 alpine:3.20
COPY --from=build /a /b
