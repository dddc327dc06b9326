FROM alpine:3.20
ENV A="<<EOF" B=<<EOF
LABEL x="<<EOF"
CMD cat <<EOF
