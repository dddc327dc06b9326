# harden: ignore-file[authors-label] we keep them
FROM debian:13
MAINTAINER a@example.org
# harden: ignore[apt-lists-removed] the next layer needs them
RUN apt-get update && apt-get install -y curl
RUN apt-get install -y wget
# harden: ignore[copy-not-add]
ADD a.txt /a.txt
ADD b.txt /b.txt
CMD cat /a.txt /b.txt
