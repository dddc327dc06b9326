FROM alpine:3.20
RUN ec\
ho one
EN\
V A=b
