FROM debian:13
MAINTAINER	Ada Lovelace <ada@example.org>
RUN	apt-get update && \
	apt-get install -y \
		curl \
		git
ADD	src/	/srv/src/
WORKDIR	/srv
CMD	/usr/bin/git daemon --base-path=/srv
