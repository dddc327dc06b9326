FROM alpine:3.20 AS one.two-3_x
FROM one.two-3_x AS base
FROM base
FROM alpine:3.20@sha256:beefdbd8a1da6d2915566fde36db9db0b524eb737fc57cd1367effd16dc0d06d AS pinned
