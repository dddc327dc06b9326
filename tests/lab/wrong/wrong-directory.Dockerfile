FROM cgr.dev/chainguard/go:latest AS builder
WORKDIR /app
COPY go.mod *.go ./
RUN CGO_ENABLED=0 go build -o shop . && mkdir /data
COPY templates templates
COPY --chmod=644 password.txt .

FROM gcr.io/distroless/static-debian13
WORKDIR /
COPY --from=builder /app/shop /app/
COPY --from=builder /app/templates /app/templates
COPY --from=builder /app/password.txt /app/
COPY --from=builder --chown=65532:65532 /data /data
ENV GREETING=welcome PORT=8080
VOLUME /data
EXPOSE 8080
USER 65532:65532
CMD ["/app/shop", "--name", "Ali"]
