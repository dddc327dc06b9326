FROM alpine:3.20
RUN --mount=type=cache,target="/a" echo x
RUN "--mount=type=cache,target=/b" echo x
