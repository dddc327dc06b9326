FROM alpine:3.20 AS tools
FROM alpine:3.20
RUN --mount=from=tools,target=/tools /tools/run
