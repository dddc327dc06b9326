FROM alpine:3.20
COPY --exclude=*.md --exclude=docs . /app/
ADD --exclude=*.log . /app/
