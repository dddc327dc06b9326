FROM alpine:3.20
RUN --mount=type=cache,target=/root/.cache --mount=type=secret,id=token,required=true \
    --mount=type=bind,source=.,target=/src,readonly \
    make
