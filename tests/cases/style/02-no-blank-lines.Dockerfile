FROM python:3.13-slim
ENV PORT 8000
ENV HOST 0.0.0.0
RUN apt-get update
RUN apt-get install -y gcc libpq-dev
ADD requirements.txt /app/
WORKDIR /app
RUN pip install -r requirements.txt
ADD . /app
EXPOSE 8000
CMD python server.py
