FROM alpine:3.20
RUN <<ONE cat && <<TWO cat
first
ONE
second
TWO
RUN echo end
