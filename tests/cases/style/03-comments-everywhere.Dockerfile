# The service of the shop.
# Owner: team basket

# --- base ---
FROM node:24
# who to ask
MAINTAINER basket@example.org
# packages
RUN apt-get update && \
    # for the thumbnails
    apt-get install -y \
      # the library
      libvips42 \
      # and its tools
      libvips-tools \
    # nothing else
    && echo done
# the sources
ADD package.json package-lock.json /app/
WORKDIR /app
# no tests here
RUN npm install
ADD src/ src/
# start
CMD ["node", "src/main.js"]
# the end
