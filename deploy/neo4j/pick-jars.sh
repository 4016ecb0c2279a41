#!/bin/sh
# pick-jars.sh FROM HAVE TO: copies into TO every jar of FROM of which HAVE holds no version.
set -eu
from=$1 have=$2 to=$3
for jar in "$from"/*.jar; do
  name=$(basename "$jar" .jar)
  # `netty-common-4.1.118.Final` is the artefact `netty-common`; its version starts at the first digit after a dash.
  artefact=$(printf '%s' "$name" | sed 's/-[0-9].*$//')
  if ! ls "$have" | grep -q "^$artefact-[0-9].*\.jar$"; then
    cp "$jar" "$to/"
    echo "picked $name"
  fi
done
