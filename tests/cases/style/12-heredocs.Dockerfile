# syntax=docker/dockerfile:1
FROM debian:13
RUN <<EOF
set -e
apt-get update
apt-get install -y curl
EOF
COPY <<-"CONF" /etc/app.conf
	# a comment of the file
	FROM nothing
	CONF
ADD app /usr/local/bin/app
CMD ["app"]
