FROM alpine:3.20
SHELL ["/bin/sh", "-eux", "-c"]
RUN ["echo", "a\tb"]
ENTRYPOINT [ "sh" , "-c" ]
CMD []
VOLUME ["/a", "/b"]
COPY ["a b", "/c d/"]
ADD ["a", "/b"]
