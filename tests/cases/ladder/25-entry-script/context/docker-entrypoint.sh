#!/bin/sh
set -e

if [ "$1" = serve ]; then
    shift
    exec /usr/local/bin/svc "$@"
fi
exec "$@"
