FROM alpine:3.20
RUN printf "ab"
RUN echo c
