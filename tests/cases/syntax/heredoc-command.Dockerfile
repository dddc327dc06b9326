FROM python:3.13
RUN python3 <<EOF > /out
print("FROM nothing")
EOF
