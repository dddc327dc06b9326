FROM python:3.13
RUN <<EOF
#!/usr/bin/env python3
print("x")
EOF
