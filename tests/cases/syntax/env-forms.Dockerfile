FROM alpine:3.20
ENV A=b C="d e" F=g\ h I='j k'
ENV OLD value with  blanks
ENV EMPTY= X=""
ENV P=$A:${C:-x}:${NO:+y}
