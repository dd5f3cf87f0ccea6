#!/bin/bash
# Puts the secret into a file that the server's user alone can read, then goes the way of the
# postgres image. In the environment it would be inherited by every process of the server.
set -euo pipefail

if [[ -z ${REALTY_JWT_SECRET:-} || ${#REALTY_JWT_SECRET} -lt 32 ]]; then
	echo 'realty: set REALTY_JWT_SECRET to at least 32 bytes (openssl rand -base64 48)' >&2
	exit 1
fi
(umask 077 && printf %s "$REALTY_JWT_SECRET" > /run/realty/jwt_secret)
unset REALTY_JWT_SECRET
# From here, not from postgresql.conf, so that a change takes effect at the next start.
[[ $1 != postgres ]] || set -- "$@" -c "realty.cors_origins=${REALTY_CORS_ORIGINS:-}"
exec docker-entrypoint.sh "$@"
