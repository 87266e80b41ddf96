#!/bin/bash
# quota.sh [OPERATIONS [CLIENTS [SEED]]] - the quota ledger under load, on a
# scratch cluster that keeps its promises (fsync on): 64 clients, 20,000 mixed
# operations with failures and kills. Ends well only if no limit was passed by a
# unit and the recount is the ledger. Needs root, no platform.
set -eu
cd "$(dirname "$0")/../.."
build=${B:-build}
bin=/usr/lib/postgresql/15/bin
work=$(mktemp -d /tmp/hanse-quota.XXXXXX)
finish() {
	runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

make --no-print-directory -s B="$build" "$build/bench/provisioning/quota" >/dev/null
chown postgres "$work"
runuser -u postgres -- "$bin/initdb" -D "$work/data" --locale=C.UTF-8 -E UTF8 -A trust >"$work/log"
runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start \
	-o "-k $work -c listen_addresses= -c max_connections=300" >>"$work/log"
runuser -u postgres -- createuser -h "$work" hanse
runuser -u postgres -- createdb -h "$work" -O hanse hanse
"$build/bench/provisioning/quota" "host=$work user=hanse dbname=hanse" \
	"${2:-64}" "${1:-20000}" "${3:-1}" ${4:+"$4"}
