FROM ubuntu:22.04
RUN apt-get update; \
    apt-get install -y wget unzip; \
    wget https://example.org/x.zip; \
    unzip x.zip; \
    rm x.zip;
CMD ["/x/run"]
