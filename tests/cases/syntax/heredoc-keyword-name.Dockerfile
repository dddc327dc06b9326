FROM alpine:3.20
RUN <<RUN
echo one
RUN
RUN echo two
