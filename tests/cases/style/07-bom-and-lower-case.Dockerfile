from debian:13
run apt-get update && apt-get install curl
add app.py /app.py
user root
cmd python3 /app.py
