FROM debian:13
RUN apt-get update && apt-get install -y \

    curl \

    wget \

    && true

CMD ["curl", "--version"]
