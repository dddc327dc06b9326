FROM alpine:3.20
RUN echo "# not a comment" && \
    echo 'multi \
# dropped
    line'
