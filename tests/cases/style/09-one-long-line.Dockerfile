FROM debian:13
RUN apt-get update && apt-get install -y nginx curl git vim && apt-get clean && curl -sSL http://example.org/a.tgz | tar xz && cd /a && ./configure && make && make install && cd / && rm -rf /a
CMD nginx
