FROM alpine:3.20
RUN --network=host --mount=type=cache,target=/x,id=y,sharing=locked make
