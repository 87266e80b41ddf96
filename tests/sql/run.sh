#!/bin/bash
# run.sh - the SQL tests: a scratch cluster, two VEs with the same enterprises, every tests/sql/[0-9]*.sql (pgTAP).
# Usage: tests/sql/run.sh [FILE...]   Needs root or postgres. Ends 0 if every planned test passed.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
here=$(cd "$(dirname "$0")" && pwd)
schema=$here/../../shared-db-gateway/schema
work=$(mktemp -d /tmp/hanse-sql.XXXXXX)
port=${HANSE_SQL_PORT:-27110}

as_postgres() {
	if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
finish() {
	as_postgres "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap finish EXIT INT TERM

# As user $1 in database $2; the rest goes to psql.
sql() {
	local user=$1 database=$2
	shift 2
	psql -XqAt -v ON_ERROR_STOP=1 -h "$work" -p "$port" -U "$user" -d "$database" "$@"
}

[ "$(id -u)" != 0 ] || chown postgres "$work"
chmod 755 "$work"
as_postgres "$bin/initdb" -D "$work/data" -E UTF8 --locale=C.UTF-8 -A trust -N >"$work/initdb.log"
as_postgres "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start \
	-o "-p $port -k $work -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off" >/dev/null

sql postgres postgres -f "$schema/cluster.sql"
# Once more: it must change nothing, and mind nothing.
sql postgres postgres -f "$schema/cluster.sql"

# What provisioning does for a VE, in the same order and as the same role.
provision() {
	local ve=$1 file number name
	sql hanse_provisioner postgres -c "CREATE DATABASE \"ve_$ve\" OWNER hanse_owner"
	for file in "$schema"/[0-9]*.sql; do
		name=$(basename "$file")
		number=$((10#${name%%_*}))
		{
			echo 'BEGIN; SET LOCAL ROLE hanse_owner;'
			cat "$file"
			echo "INSERT INTO hanse.schema_migration (number, name, sha256)"
			echo "VALUES ($number, '$name', '$(sha256sum "$file" | cut -d' ' -f1)'); COMMIT;"
		} | sql hanse_provisioner "ve_$ve" -f - 
	done
	sql hanse_provisioner "ve_$ve" -v spec="$(sed "s/@VE@/$ve/g" "$here/members.json")" \
		-f - >/dev/null <<<"SELECT admin.members_apply(:'spec');"
	for name in $(sql hanse_provisioner "ve_$ve" -c "SELECT e ->> 'name' FROM jsonb_array_elements(admin.members() -> 'enterprises') e"); do
		sql hanse_provisioner postgres -c "CREATE ROLE \"$ve.$name\" LOGIN NOINHERIT CONNECTION LIMIT 20"
		sql hanse_provisioner postgres -c "SET ROLE hanse_owner; GRANT CONNECT ON DATABASE \"ve_$ve\" TO \"$ve.$name\""
	done
}
provision alpha
provision beta
provision gamma
# The same virtual enterprise made anew, for what is restored into it.
sql postgres postgres -c 'CREATE DATABASE ve_gamma_new TEMPLATE ve_gamma OWNER hanse_owner'

sql postgres postgres -c 'CREATE DATABASE hanse_test'
sql postgres hanse_test -v socket="$work" -v port="$port" -f "$here/helpers.sql"

passed=0 failed=0
[ $# -gt 0 ] || set -- "$here"/[0-9]*.sql
for file in "$@"; do
	tap=$work/$(basename "$file").tap
	status=0
	sql postgres hanse_test -f "$file" >"$tap" 2>&1 || status=$?
	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$tap" | tail -1)
	ok=$(grep -c '^ok ' "$tap" || true)
	bad=$(grep -c '^not ok ' "$tap" || true)
	# A file that broke off, or ran other tests than it planned, has failed.
	if [ "$status" -ne 0 ] || [ "${plan:-none}" != $((ok + bad)) ]; then
		bad=$((bad + 1))
		echo "$(basename "$file"): broke off (plan ${plan:-none}, ran $((ok + bad - 1)))"
		tail -5 "$tap"
	fi
	grep -A12 '^not ok ' "$tap" | head -80 || true
	grep '^# measured' "$tap" || true
	printf '%-22s %4d passed %3d failed\n' "$(basename "$file")" "$ok" "$bad"
	passed=$((passed + ok)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
