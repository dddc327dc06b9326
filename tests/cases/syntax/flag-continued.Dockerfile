FROM alpine:3.20
COPY \
  --from=alpine:3.20 \
  # who owns it
  --chown=1:1 \
  /a \
  /b
