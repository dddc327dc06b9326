FROM alpine:3.20
# grüße ☃ 🐳
ENV GREETING="héllo 🐳"
RUN echo   x
