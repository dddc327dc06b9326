# Größe zählt — 小さいほど良い
FROM python:3.13
MAINTAINER Jörg Müller <joerg@example.org>
ENV GREETING Grüß Gott
RUN pip install flask && echo "fertig ✓"
CMD python -m flask run
