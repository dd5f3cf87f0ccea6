# shellcheck shell=bash
# Sourced by up, down, psql and clean-run: where the cluster of `make up` is, what it is.
#
#   .run/data         the cluster            .run/realty.conf   its settings, ours
#   .run/log          logs of all programs   .run/jwt_secret    0600
#   .run/socket       its Unix socket        .run/*.pid, *.sha  what runs, what it was made of
#
# Where the unprivileged user cannot enter this folder (below /root), .run is a link to a
# folder of its own in /var/lib/realty-run.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

ELSEWHERE=/var/lib/realty-run

locate_run() {
	RUN=$(readlink -f "$ROOT/.run")
	DATA=$RUN/data
	SOCKET=$RUN/socket
	# a socket's path has 107 bytes
	[[ ${#RUN} -le 80 ]] || SOCKET=/tmp/realty-$(path_hash)
}

path_hash() { printf %s "$ROOT" | sha256sum | cut -c 1-12; }

make_run_folder() {
	local place
	if [[ ! -e $ROOT/.run ]]; then
		if as_server test -x "$ROOT"; then
			place=$ROOT/.run
		else
			place=$ELSEWHERE/$(path_hash)
			say "user $(server_user) cannot enter $ROOT: the cluster goes to $place"
			install -d -m 755 "$ELSEWHERE"
			ln -sfn "$place" "$ROOT/.run"
		fi
		install -d -m 755 "$place"
		! is_root || chown postgres: "$place"
		as_server touch "$place/made-by-realty"
	fi
	locate_run
	check_owner
	as_server mkdir -p "$RUN/log"
	as_server install -d -m 700 "$SOCKET"
}

check_owner() {
	local owner
	owner=$(stat -c %U "$RUN")
	[[ $owner == "$(server_user)" ]] ||
		fail "$RUN belongs to $owner, and you would run the server as $(server_user)" \
			'Be the same user as at the first make up, or remove it: make clean-run'
}

server_runs() { as_server "$BINDIR/pg_ctl" -D "$DATA" status > /dev/null 2>&1; }

# setting NAME: its value in our own settings file, nothing when there is none yet.
setting() { sed -n "s/^$1 = '\{0,1\}\([^']*\)'\{0,1\}$/\1/p" "$RUN/realty.conf" 2> /dev/null || true; }

# query DATABASE SQL: one value.
query() {
	as_server "$BINDIR/psql" -X -A -t -q -v ON_ERROR_STOP=1 \
		-h "$SOCKET" -p "$(setting port)" -d "$1" -c "$2"
}

postgrest_runs() {
	local pid
	pid=$(cat "$RUN/postgrest.pid" 2> /dev/null) || return 1
	# the number may belong to another process by now
	tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -q "$RUN/postgrest.conf"
}

stop_postgrest() {
	postgrest_runs || return 0
	say 'stopping PostgREST'
	as_server kill "$(cat "$RUN/postgrest.pid")"
	as_server rm -f "$RUN/postgrest.pid"
}

stop_server() {
	server_runs || return 0
	say 'stopping the server'
	as_server "$BINDIR/pg_ctl" -D "$DATA" -m fast -w stop > /dev/null ||
		fail 'the server did not stop' "See $RUN/log/postgres.log"
}
