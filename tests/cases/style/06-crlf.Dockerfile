FROM debian:13
MAINTAINER a@example.org
RUN apt-get update && \
    apt-get install -y curl

ADD run.sh /run.sh
CMD ["/run.sh"]
