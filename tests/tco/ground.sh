# ground.sh - a scratch PostgreSQL with the control database in it, for tests of
# the ledger: "ground" makes it, "fresh" makes the database anew, "at" is psql there.
# shellcheck shell=bash
bin=/usr/lib/postgresql/15/bin
work=$(mktemp -d /tmp/hanse-meter.XXXXXX)
export PGHOST=$work PGPORT=${PORT:-28100} PGDATABASE=hanse PGUSER=hanse

ground_end() {
	runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1
	rm -rf "$work"
}

at() { psql -qXAt -v ON_ERROR_STOP=1 "$@"; }

fresh() {
	at -U postgres -d postgres -c 'DROP DATABASE IF EXISTS hanse' -c 'CREATE DATABASE hanse OWNER hanse' || return 1
	for file in provisioning/control/[0-9]*.sql; do
		at -1 -c 'SET client_min_messages = warning' -f "$file" || return 1
	done
}

ground() {
	trap ground_end EXIT
	trap 'exit 1' INT TERM
	chown postgres "$work"
	{
		runuser -u postgres -- "$bin/initdb" -D "$work/data" -E UTF8 --locale=C.UTF-8 -A trust -N &&
			runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start \
				-o "-k $work -c listen_addresses= -c port=$PGPORT -c fsync=off" &&
			at -U postgres -d postgres -c 'CREATE ROLE hanse LOGIN' && fresh
	} >"$work/ground.log" 2>&1 || { cat "$work/ground.log" >&2; return 1; }
}
