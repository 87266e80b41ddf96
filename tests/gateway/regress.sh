#!/bin/bash
# regress.sh [TEST...] - PostgreSQL's own regression tests, as an ordinary client, straight
# to the server and through the gateway (a backend a session): the same answers, byte by
# byte. Needs root, and once the network: 23 MB, PostgreSQL's source as Debian has it.
# Takes 140 s of processor time.
# Environment: see ground.sh; KEEP=1 leaves what each said in $dir/straight and $dir/through.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
export POOLING=session
. tests/gateway/ground.sh

# --- the tests ----------------------------------------------------------------

# The server's own, or those of another version that Debian has: both ways are given the
# same. A digest as Debian's description of the source has it, which comes by TLS; what is
# in the cache is kept by that digest, and asks for nothing more.
cache=${HANSE_CACHE:-/var/cache/hanse}
mkdir -p "$cache"
from_debian() { # FILE
	for pool in https://deb.debian.org/debian/pool/main https://security.debian.org/debian-security/pool/updates/main; do
		curl -sfL --retry 2 "$pool/p/postgresql-15/$1" && return
	done
}
get_source() { # VERSION; $source is the archive
	local archive=postgresql-15_${1%%-*}.orig.tar.bz2 description=$cache/postgresql-15_$1.dsc digest
	[ -s "$description" ] || { from_debian "${description##*/}" >"$description.new" && mv "$description.new" "$description"; }
	digest=$(sed -n "/^Checksums-Sha256:/,/^Files:/s/^ \([0-9a-f]\{64\}\) .* $archive\$/\1/p" "$description" 2>/dev/null)
	source=$cache/postgresql-15-${digest:0:20}.tar.bz2
	if [ -n "$digest" ] && [ ! -s "$source" ] && from_debian "$archive" >"$source.new"; then
		sha256sum --status -c <<<"$digest  $source.new" && mv "$source.new" "$source"
	fi
	rm -f "$source.new" "$description.new"
	[ -n "$digest" ] && [ -s "$source" ]
}
version=$(dpkg-query -W -f '${Version}' postgresql-15)
tests_of=
for known in "$version" $(apt-cache madison postgresql-15 | awk '{ print $3 }' | sort -ruV); do
	get_source "$known" && tests_of=$known && break
done
[ -n "$tests_of" ] || { fail "PostgreSQL's source" "cannot be had from Debian, of $version or of another"; summary; exit 1; }
echo "note  tests of $tests_of, server $version"
tar -xjf "$source" -C "$dir" --strip-components=3 --wildcards '*/src/test/regress/sql' '*/src/test/regress/data' '*/src/test/regress/parallel_schedule'
export PG_ABS_SRCDIR=$dir/regress PG_LIBDIR=$dir PG_DLSUFFIX=.so PG_ABS_BUILDDIR=$dir/results
export PGTZ=PST8PDT PGDATESTYLE="Postgres, MDY"
chmod -R a+rX "$dir/regress"
# In the order of the schedule. Without: what makes the ground (below), and what waits for
# itself by the clock or shows the server's own figures.
mapfile -t tests < <(sed -n 's/^test: //p' "$dir/regress/parallel_schedule" | tr ' ' '\n' | grep -vxE 'test_setup|tablespace|stats|')
[ $# -eq 0 ] || tests=("$@")

# --- two runs -----------------------------------------------------------------

admin -d postgres -c "ALTER ROLE \"$anna\" SET intervalstyle = postgres_verbose" -c 'CREATE DATABASE ground TEMPLATE template0'
{
	cat "$dir/regress/sql/test_setup.sql"
	# shellcheck disable=SC2016
	echo 'SELECT format($$ALTER TABLE %s OWNER TO "'"$anna"'"$$, oid::regclass) FROM pg_class WHERE relnamespace = $$public$$::regnamespace AND relkind = $$r$$ \gexec'
	echo "ALTER SCHEMA public OWNER TO \"$anna\"; ALTER DATABASE ground OWNER TO \"$anna\";"
} | admin -d ground >/dev/null 2>&1
straight="host=db.hanse.internal hostaddr=127.0.0.1 port=$back sslmode=verify-full sslrootcert=$ca/ca.crt user=$anna dbname=ve_alpha $(cert gateway-client)"
run_all() { # FOLDER CONNINFO
	local test
	mkdir -p "$1"
	admin -d postgres -c 'DROP DATABASE ve_alpha WITH (FORCE)' -c "CREATE DATABASE ve_alpha TEMPLATE ground OWNER \"$anna\""
	for test in "${tests[@]}"; do
		timeout 120 psql -X -a -q -v HIDE_TABLEAM=on -v HIDE_TOAST_COMPRESSION=on -d "$2" <"$dir/regress/sql/$test.sql" >"$1/$test" 2>&1
	done
}
run_all "$dir/straight" "$straight"
run_all "$dir/through" "$by_cert"
# Where two runs differ, straight or not: numbers of objects in names and messages; and
# ports and addresses in messages of psql itself.
alike() { sed -E "s/port ($back|$front)/port N/; s/(db|gateway)\.hanse\.internal/HOST/; s/(RI_ConstraintTrigger_[ac]|pg_toast)_[0-9]+/\1_N/g" "$1"; }
same_tests=0 errors=0
for test in "${tests[@]}"; do
	if diff <(alike "$dir/straight/$test") <(alike "$dir/through/$test") >"$dir/difference"; then
		same_tests=$((same_tests + 1))
		errors=$((errors + $(grep -c '^ERROR:' "$dir/through/$test")))
	else
		fail "$test" "$(cat "$dir/difference")"
	fi
done
same "${#tests[@]} of PostgreSQL's regression tests: the same through the gateway" "${#tests[@]}" "$same_tests"
echo "note  $(cat "$dir"/through/* | wc -l) lines of answers, $errors errors, which an ordinary client gets, among them"
summary
