FROM alpine:3.20
RUN echo "a <<EOF" 'b <<EOF'
RUN echo after
