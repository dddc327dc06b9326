FROM alpine:3.20
COPY --parents ./x/a.txt ./y/./b.txt /dir/
