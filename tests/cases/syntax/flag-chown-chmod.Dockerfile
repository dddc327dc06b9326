FROM alpine:3.20
COPY --chown=1000:1000 --chmod=755 a /b
ADD --chown=user:group --chmod=u=rwX,go=rX a /b
