FROM	alpine:3.20	AS	base
RUN	echo	hi	\
	&& true
	ENV	A=b	C=d
