FROM alpine:3.20
RUN echo one && \
# a comment
    # an indented one
    echo two
