FROM ubuntu:24.04

RUN set -eux \
 && apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates \
      curl \
 && curl -fsSL https://example.org/tool.tar.gz | tar -xz -C /usr/local/bin \
 && tool --version

CMD ["tool"]
