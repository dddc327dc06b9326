FROM alpine:3.20
ONBUILD RUN echo \
  later
ONBUILD COPY --chown=1:1 a /b
onbuild  env A=b
