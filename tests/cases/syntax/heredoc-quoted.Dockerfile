FROM alpine:3.20
RUN <<'EOF' 
echo $HOME \
EOF
RUN <<"END"
echo $HOME
END
