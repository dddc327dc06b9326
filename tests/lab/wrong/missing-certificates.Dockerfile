FROM cgr.dev/chainguard/go:latest AS builder
WORKDIR /app
COPY go.mod *.go ./
RUN CGO_ENABLED=0 go build -o shop . && mkdir /data
COPY templates templates
COPY --chmod=644 password.txt .

FROM scratch
WORKDIR /app
COPY --from=builder /app/shop .
COPY --from=builder /app/templates templates
COPY --from=builder /app/password.txt .
COPY --from=builder --chown=65532:65532 /data /data
COPY --from=builder /usr/share/zoneinfo /usr/share/zoneinfo
ENV GREETING=welcome PORT=8080
VOLUME /data
EXPOSE 8080
USER 65532:65532
CMD ["./shop", "--name", "Ali"]
