FROM alpine:3.20
RUN echo `date` `
RUN echo b
