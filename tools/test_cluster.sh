# shellcheck shell=bash
# Sourced by test: a copy of the tree and a cluster, both removed when the shell that made them
# ends.
#
# The copy is below /tmp, since the unprivileged user that owns the servers may not enter or
# write the tree itself.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

TEST_SECRET='a-test-secret-of-at-least-thirty-two-bytes'

make_working_copy() {
	WORK=$(mktemp -d /tmp/realty-test.XXXXXX)
	chmod 755 "$WORK"
	mkdir "$WORK/tree"
	tar -cf - --exclude=./.git --exclude=./.run --exclude=./tmp_check . | tar -xf - -C "$WORK/tree"
	! is_root || chown -R postgres: "$WORK"
}

# An interrupted TAP file leaves its nodes running, so all servers below are asked to stop.
clean_up() {
	local pid_file
	for pid_file in "$WORK"/data/postmaster.pid "$WORK"/tmp_check/*/pgdata/postmaster.pid; do
		[[ -e $pid_file ]] || continue
		as_server "$BINDIR/pg_ctl" -D "$(dirname "$pid_file")" -m immediate stop > /dev/null || true
	done
	rm -rf "$WORK"
}

# A cluster that is shut down, with a database `realty` and the extension in it: what starts a test is a
# copy of it.
make_template() {
	local data=$WORK/template
	init_cluster "$data" "$WORK/initdb.log"
	as_server mkdir "$WORK/socket"
	as_server "$BINDIR/pg_ctl" -D "$data" -l "$WORK/template.log" -w -o "-c listen_addresses= -c port=5432 -k $WORK/socket \
		-c fsync=off -c autovacuum=off -c wal_recycle=off -c shared_preload_libraries=realty -c realty.jwt_secret=$TEST_SECRET" \
		start > /dev/null || { tail -n 20 "$WORK/template.log" >&2; fail 'the template of the clusters did not start'; }
	psql_there postgres -c "CREATE DATABASE realty TEMPLATE template0 ENCODING 'UTF8'"
	psql_there realty -c 'SET client_min_messages = warning' -c 'CREATE EXTENSION realty'
	as_server "$BINDIR/pg_ctl" -D "$data" -m fast -w stop > /dev/null
}

psql_there() { as_server "$BINDIR/psql" -h "$WORK/socket" -p 5432 -XAtq -v ON_ERROR_STOP=1 -d "$@"; }

# The cluster of pg_regress and isolation: a server that exists, as installcheck wants it. What stories
# begin with is a database there, for sql/include/api_start.sql.
start_server() {
	say 'starting a throw-away cluster'
	if [[ -d $WORK/template ]]; then
		as_server cp -a "$WORK/template" "$WORK/data"
		write_auth "$WORK/data"
	else
		make_cluster "$WORK/data" "$WORK/initdb.log"
	fi
	as_server mkdir -p "$WORK/socket"
	as_server tee -a "$WORK/data/postgresql.conf" > /dev/null <<-END
		listen_addresses = ''
		port = 5432
		unix_socket_directories = '$WORK/socket'
		fsync = off
		shared_preload_libraries = 'realty'
		realty.jwt_secret = '$TEST_SECRET'
		# a story decides itself when its holds are swept
		realty.sweep_interval = 0
		# a story of refused log-ins sets it itself
		realty.login_floor = 0
		# an eighth of what a hash costs by default
		realty.argon2_memory = 8192
		# statistics that come in the middle of a race change which rows a serializable plan reads
		autovacuum = off
	END
	as_server "$BINDIR/pg_ctl" -D "$WORK/data" -l "$WORK/server.log" -w start > /dev/null ||
		{ tail -n 20 "$WORK/server.log" >&2; fail 'the test server did not start'; }
	[[ ! -d $WORK/template ]] || psql_there postgres -c 'ALTER DATABASE realty RENAME TO regression_start'
}

keep() {
	mkdir -p tmp_check
	cp -r "$@" tmp_check/
}
