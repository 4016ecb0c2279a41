#!/bin/sh
# Serves the API in a container: the graph's password comes from the secret that the graph itself reads.
set -eu
NEO4J_PASSWORD="$(cut -d/ -f2- /run/secrets/neo4j_auth)"
export NEO4J_PASSWORD
exec fingraph serve --host 0.0.0.0 --port 8000
