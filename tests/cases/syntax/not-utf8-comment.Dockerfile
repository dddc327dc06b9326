FROM alpine:3.20
# café ÿþ
RUN echo one && \
# naïve
  echo two
