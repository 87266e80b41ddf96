# shellcheck shell=bash
# ground.sh - a scratch PostgreSQL with the control database in it, for tests of
# the ledger, to be sourced: "ground" makes it, "fresh" makes the database anew, "at" is
# psql there. No port: only a socket in a folder of its own.
bin=/usr/lib/postgresql/15/bin
work=$(mktemp -d /tmp/hanse-meter.XXXXXX)
export PGHOST=$work/run/control-db PGDATABASE=hanse PGUSER=hanse
ground_also=() # processes that end with it

ground_end() {
	[ ${#ground_also[@]} -eq 0 ] || kill "${ground_also[@]}" 2>/dev/null
	runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1
	rm -rf "$work"
}

at() { psql -qXAt -v ON_ERROR_STOP=1 "$@"; }

fresh() {
	at -U postgres -d postgres -c 'DROP DATABASE IF EXISTS hanse' -c 'CREATE DATABASE hanse OWNER hanse' || return 1
	at -f provisioning/sql/migration_table.sql || return 1
	for file in provisioning/control/[0-9]*.sql; do
		at -1 -c 'SET client_min_messages = warning' -f "$file" \
			-c "INSERT INTO migration (number, name) VALUES ($((10#$(basename "$file" | cut -c1-3))), '$(basename "$file")')" || return 1
	done
}

ground() {
	trap ground_end EXIT
	trap 'exit 1' INT TERM
	mkdir -p "$PGHOST"
	chmod 755 "$work" "$work/run"
	chown postgres "$work" "$PGHOST"
	{
		runuser -u postgres -- "$bin/initdb" -D "$work/data" -E UTF8 --locale=C.UTF-8 -A trust -N &&
			runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start \
				-o "-k $PGHOST -c listen_addresses= -c fsync=off" &&
			at -U postgres -d postgres -c 'CREATE ROLE hanse LOGIN' && fresh
	} >"$work/ground.log" 2>&1 || { cat "$work/ground.log" >&2; return 1; }
}
