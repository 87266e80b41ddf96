#!/bin/bash
# check-sql.sh - PREPARE every statement of portal/site/sql/ and portal/sql/ as an enterprise, on a
# real server with the real schema. With SOCKET, DB_PORT, USER_NAME and DATABASE
# set it asks that server, otherwise a scratch one. Needs root for the latter.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ -z "${SOCKET:-}" ]; then
	. tests/portal/fixture.sh
	trap fixture_stop EXIT
	database_make || exit 1
	SOCKET=$dir/pg DB_PORT=$((PORT + 1)) USER_NAME=automotive.adler-motors DATABASE=ve_automotive
fi
for file in portal/site/sql/*.sql portal/sql/*.sql; do
	{ echo "PREPARE statement AS"; cat "$file"; } >"${TMPDIR:-/tmp}/check-sql.$$"
	expect "prepare ${file##*/}" 0 psql -XqAt -v ON_ERROR_STOP=1 -h "$SOCKET" -p "$DB_PORT" \
	    -U "$USER_NAME" -d "$DATABASE" -f "${TMPDIR:-/tmp}/check-sql.$$"
done
rm -f "${TMPDIR:-/tmp}/check-sql.$$"
summary
