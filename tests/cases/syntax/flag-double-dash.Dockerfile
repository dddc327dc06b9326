FROM alpine:3.20
RUN -- echo --x
COPY a --not-a-flag /b
