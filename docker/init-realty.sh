#!/bin/bash
# Runs once, when the container creates its database: the extension, the logins, the gateway's
# settings.
set -euo pipefail

# PostgREST connects over the network, so its login is the only one with a password.
psql -v ON_ERROR_STOP=1 -v password="$REALTY_AUTHENTICATOR_PASSWORD" -d realty <<'END'
CREATE EXTENSION realty;
SET password_encryption = 'scram-sha-256';
ALTER ROLE realty_authenticator PASSWORD :'password';
END

# The first line that matches decides, so the gateway's stands before the stock ones.
{
	echo 'local all realty_gateway peer map=realty'
	cat "$PGDATA/pg_hba.conf"
} > "$PGDATA/pg_hba.conf.new"
mv "$PGDATA/pg_hba.conf.new" "$PGDATA/pg_hba.conf"
echo 'realty postgres realty_gateway' >> "$PGDATA/pg_ident.conf"

cat >> "$PGDATA/postgresql.conf" <<'END'
# in the data directory's log/: the server's lines as JSON, the gateway's requests in the .log
# beside it (one line of JSON each). A week is kept.
logging_collector = on
log_destination = 'jsonlog'
log_filename = 'realty-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
realty.gateway = on
realty.database = 'realty'
realty.http_address = '0.0.0.0'
realty.http_port = 8000
# the ranges of Docker's own networks, where nothing but nginx reaches the gateway
realty.trusted_proxies = '172.16.0.0/12, 192.168.0.0/16, 10.0.0.0/8'
realty.postgrest_client_header = 'X-Forwarded-For'
END
