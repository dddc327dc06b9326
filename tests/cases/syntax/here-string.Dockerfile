FROM bash:5
RUN cat <<< "text"
RUN cat <<<EOF
RUN true
