FROM bash:5
RUN echo $((1<<2))
RUN true
