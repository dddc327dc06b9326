# top
FROM alpine:3.20

  # indented
	# tab
RUN echo one


# end
