FROM alpine:3.20 
RUN echo one # no comment for the builder
EXPOSE 80
#end