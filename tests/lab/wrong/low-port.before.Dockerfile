FROM golang:1.22
WORKDIR /app
COPY go.mod *.go ./
RUN go build -o shop . && mkdir /data
COPY templates templates
COPY --chmod=644 password.txt .
ENV GREETING=welcome PORT=80
VOLUME /data
EXPOSE 80
CMD ["./shop", "--name", "Ali"]
