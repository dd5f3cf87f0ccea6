# shellcheck shell=bash
# Sourced by the scripts beside it: the user that runs them, where PostgreSQL is, how to print.
#
# Two kinds of user are served. Root lets the OS user `postgres` run the servers, since
# PostgreSQL refuses to run as root; any other user runs them directly, and needs sudo only to install.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
export LC_ALL=C.UTF-8
umask 022

say() { printf '%s %s\n' '==>' "$*"; }
note() { printf '    %s\n' "$*"; }

# fail WHAT [WHAT TO DO]
fail() {
	printf 'error: %s\n' "$1" >&2
	[[ $# -lt 2 ]] || printf '       %s\n' "${@:2}" >&2
	exit 1
}

is_root() { [[ $(id -u) == 0 ]]; }

as_root() {
	if is_root; then
		"$@"
	elif command -v sudo > /dev/null; then
		sudo "$@"
	else
		fail "root is needed for: $*" 'Run it as root, or install sudo.'
	fi
}

server_user() { if is_root; then echo postgres; else id -un; fi; }

# Runs a command as the user that owns the servers, in a directory that this user may enter.
as_server() {
	if is_root; then
		(cd / && exec runuser -u postgres -- "$@")
	else
		(cd / && exec "$@")
	fi
}

MAJORS=(18 17 16 15) # of the server, that realty is tested on
BUILDS=(19)          # and those that it builds for, too

# The newest of Debian's that extensions can be built for; elsewhere the one on PATH, if it
# can build (libpq-dev brings one that cannot). Nothing where there is none yet.
default_pg_config() {
	local major
	for major in "${MAJORS[@]}"; do
		[[ ! -e /usr/lib/postgresql/$major/lib/pgxs/src/makefiles/pgxs.mk ]] || {
			echo "/usr/lib/postgresql/$major/bin/pg_config"
			return
		}
	done
	[[ ! -e $(pg_config --pgxs 2> /dev/null) ]] || command -v pg_config
}

PG_CONFIG=${PG_CONFIG:-$(default_pg_config)}
export PG_CONFIG

# Asked after the packages are there; sets BINDIR and MAJOR.
find_postgres() {
	local version
	PG_CONFIG=${PG_CONFIG:-$(default_pg_config)}
	BINDIR=$("$PG_CONFIG" --bindir 2> /dev/null) ||
		fail "no pg_config at $PG_CONFIG" 'Name it: make ... PG_CONFIG=/path/to/pg_config'
	version=$("$PG_CONFIG" --version)
	MAJOR=$(grep -oE '[0-9]+' <<< "$version" | head -n 1)
	[[ " ${MAJORS[*]} ${BUILDS[*]} " == *" $MAJOR "* ]] ||
		fail "realty is for PostgreSQL ${MAJORS[*]}, $PG_CONFIG says: $version" \
			'Name one of these: make ... PG_CONFIG=/path/to/pg_config'
}

# Builds as the caller and installs, as root where that is needed, only what changed.
# Its output goes to the file $1, whose end is shown when it fails.
build_and_install() {
	local log=$1
	say 'building'
	make -j"$(nproc)" all > "$log" 2>&1 ||
		{ tail -n 30 "$log" >&2; fail 'the build failed' "The whole of it: $log"; }
	if installed_is_current; then
		note 'nothing new to install'
		return
	fi
	say "installing into $BINDIR and its neighbours"
	install_built >> "$log" 2>&1 ||
		{ tail -n 30 "$log" >&2; fail 'the installation failed' "The whole of it: $log"; }
}

install_script() { sed -n "s/^default_version *= *'\(.*\)'.*/realty--\1.sql/p" realty.control; }

# are_installed FOLDER FILE...
are_installed() {
	local file
	for file in "${@:2}"; do
		cmp -s "$file" "$1/${file##*/}" || return 1
	done
}

installed_is_current() {
	local share lib
	share=$("$PG_CONFIG" --sharedir)/extension
	lib=$("$PG_CONFIG" --pkglibdir)
	cmp -s realty.so "$lib/realty.so" && cmp -s realty.control "$share/realty.control" &&
		are_installed "$share" "$(install_script)" upgrade/realty--*--*.sql &&
		{ [[ ! -e realty-gateway ]] || cmp -s realty-gateway "$BINDIR/realty-gateway"; }
}

# The releases that tests update from.
install_baseline() {
	local folder
	folder=$("$PG_CONFIG" --sharedir)/extension
	are_installed "$folder" upgrade/baseline/realty--*.sql || {
		if [[ -w $folder ]]; then
			make -s install-baseline
		else
			as_root make -s -C "$ROOT" install-baseline PG_CONFIG="$PG_CONFIG"
		fi
	}
}

install_built() {
	if [[ -w $BINDIR ]]; then
		make install
	else
		as_root make -C "$ROOT" install PG_CONFIG="$PG_CONFIG"
	fi
}

port_is_taken() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# The first free port from $1 upwards that is not among the other arguments.
free_port() {
	local port=$1 taken=" ${*:2} "
	while port_is_taken "$port" || [[ $taken == *" $port "* ]]; do
		port=$((port + 1))
	done
	echo "$port"
}

# The stock file of Debian, with the map for the two service logins before it: the first
# line that matches decides.
write_auth() {
	local data=$1
	as_server tee "$data/pg_hba.conf" > /dev/null <<-'END'
		local all realty_gateway,realty_authenticator peer map=realty
		local all postgres peer
		local all all peer
		host all all 127.0.0.1/32 scram-sha-256
		host all all ::1/128 scram-sha-256
		local replication all peer
		host replication all 127.0.0.1/32 scram-sha-256
		host replication all ::1/128 scram-sha-256
	END
	as_server tee "$data/pg_ident.conf" > /dev/null <<-END
		realty $(server_user) realty_gateway
		realty $(server_user) realty_authenticator
	END
}

make_cluster() {
	init_cluster "$1" "$2"
	write_auth "$1"
}

init_cluster() {
	local data=$1 log=$2
	as_server "$BINDIR/initdb" -D "$data" --encoding=UTF8 --locale=C.UTF-8 \
		--auth-local=peer --auth-host=scram-sha-256 > "$log" 2>&1 ||
		{ cat "$log" >&2; fail 'initdb failed' "Its output is above and in $log"; }
}
