# syntax=docker/dockerfile:1.7
# check=skip=JSONArgsRecommended
ARG TAG=13
FROM debian:${TAG}
ARG DEBIAN_FRONTEND=noninteractive
ARG EXTRA=""
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y curl ${EXTRA}
ONBUILD ADD . /app
ONBUILD RUN apt-get install -y make
SHELL ["/bin/bash", "-c"]
CMD curl --version
