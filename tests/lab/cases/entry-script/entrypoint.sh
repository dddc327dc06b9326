#!/bin/sh
set -e
count=$(printf '%s\n' "$@" | wc -l)
echo "starting $(basename "$0" .sh) for $count" | tr a-z A-Z
exec greet "$@"
