#!/bin/bash
# run.sh - the portal on real servers: PostgreSQL with the schema, slapd, nginx,
# three enterprises; statements, edge, stories in the browser, faults, speed.
# Needs root. Environment: B, the build folder; PORT, the first of ten free
# ports; SHOTS, a folder for pictures of the pages; KEEP=1 keeps the scratch
# folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
[ "$(id -u)" -eq 0 ] || { echo "portal: needs root" >&2; exit 1; }
. tests/lib.sh
. tests/portal/fixture.sh
trap fixture_stop EXIT

status() { fetch "$1" "$2" -o /dev/null -w '%{http_code}' "${@:3}"; }

chapter_statements() {
	SOCKET=$dir/pg DB_PORT=$((PORT + 1)) USER_NAME=$ve.adler-motors DATABASE=ve_$ve \
	    expect 'every statement prepares' 0 tests/portal/check-sql.sh
}

chapter_program() {
	local program=${PORTAL:-$B/hanse-portal}
	expect '--help' 0 "$program" --help
	expect '--version' 0 "$program" --version
	expect 'an unknown option' 2 "$program" --nonsense
	expect 'no configuration' 1 "$program" --config "$dir/none.yaml"
	printf 've: Bad_Name\nenterprise: x\ncolour: red\n' >"$dir/bad.yaml"
	expect 'a wrong configuration' 1 "$program" --config "$dir/bad.yaml"
	contains 'which says what is wrong' 'colour' "$("$program" --config "$dir/bad.yaml" 2>&1)"
}

chapter_edge() {
	local head name
	# A header's name has no case (RFC 9110 5.1).
	head=$(fetch adler-motors /login -i | tr '[:upper:]' '[:lower:]')
	for name in "content-security-policy: default-src 'none'" 'strict-transport-security' \
	    'x-content-type-options: nosniff' 'referrer-policy' 'cache-control: no-store' \
	    'cross-origin-opener-policy' 'x-request-id: [0-9a-f]{32}'; do
		contains "a page carries $name" "$name" "$head"
	done
	lacks 'no version is told' 'server: .*[0-9]' "$head"
	lacks 'nothing inline' 'style=|<style|onclick|<script>|unsafe' "$head"
	head=$(fetch adler-motors "$(fetch adler-motors /login | grep -o '/static/portal.css?v=[0-9a-f]*')" -i -o - | tr -d '\0' | tr '[:upper:]' '[:lower:]')
	contains 'a static file may be kept' 'max-age=31536000, immutable' "$head"
	contains 'a static file has a tag' 'etag: ' "$head"
	contains 'the sheet is a sheet' 'content-type: text/css' "$head"
	same 'no way out of the static folder' 400 "$(status adler-motors /static/..%2f..%2fetc/passwd --path-as-is)"
	same 'an unknown name gets no handshake' 35 \
	    "$(curl -sk --resolve "stranger.$ve.localhost:$PORT:127.0.0.1" "https://stranger.$ve.localhost:$PORT/" -o /dev/null; echo $?)"
	same "another's name over our handshake" 421 \
	    "$(status adler-motors /login -H "Host: brecht-braking.$ve.localhost")"
	same 'TLS 1.1 is refused' 35 "$(fetch adler-motors /login --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 -o /dev/null 2>/dev/null; echo $?)"
	same 'a body over 1 MiB' 413 "$(head -c 1100000 /dev/zero | tr '\0' x | status adler-motors /login --data-binary @- -H "Origin: $(url adler-motors)")"
	same 'an odd method' 405 "$(status adler-motors /orders -X DELETE)"
	same 'a malformed form' 400 "$(status adler-motors /login -d 'a=%zz' -H "Origin: $(url adler-motors)")"
}

browser() { # NAME FILE ARG...
	local out name=$1
	shift
	out=$(cd tests/browser && timeout 400 node apart.mjs "$PORT" node "$@" 2>&1) || {
		fail "$name" "$(grep -v '^ok' <<<"$out")"
		return
	}
	pass "$name: $(tail -n 1 <<<"$out")"
}

chapter_browser() {
	[ -d tests/browser/node_modules ] ||
		(cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund >"$dir/npm.log" 2>&1) ||
		fail 'browser tests install' "$(cat "$dir/npm.log")"
	browser 'stories' trade.mjs "$(url adler-motors)" anna.becker "$person_password" \
	    "$(url brecht-braking)" jonas.keller "$person_password" "$(url changjiang-wiring)" li.wei "$person_password"
	browser 'looks' look.mjs "${SHOTS:-$dir/shots}" "$(url adler-motors)" erin.may "$person_password" \
	    "$(url brecht-braking)" jonas.keller "$person_password"
}

# --- roles and log-in, by curl --------------------------------------------------

# log_in ENTERPRISE LOGIN PASSWORD JAR: the status after the form
log_in() {
	local csrf
	csrf=$(fetch "$1" /login -c "$4" | sed -n 's/.*name="csrf" value="\([0-9a-f]*\)".*/\1/p' | head -n 1)
	status "$1" /login -b "$4" -c "$4" -H "Origin: $(url "$1")" --data-urlencode "csrf=$csrf" \
	    --data-urlencode "login=$2" --data-urlencode "password=$3"
}

chapter_login() {
	local jar=$dir/jar i got='' words
	same 'a reader logs in' 303 "$(log_in adler-motors paul.wagner "$person_password" "$jar")"
	same 'and reads' 200 "$(status adler-motors /orders -b "$jar")"
	same 'but does not order' 403 "$(status adler-motors /orders/new -b "$jar")"
	words=$(fetch adler-motors /orders -b "$jar")
	lacks 'nor is asked to' 'href="/orders/new"' "$words"
	for i in 1 2 3 4 5 6; do
		got="$got $(log_in adler-motors locked.out wrong "$dir/jar2")"
	done
	same 'wrong passwords all look the same' ' 401 401 401 401 401 401' "$got"
	same 'then the right one does not help' 401 "$(log_in adler-motors locked.out "$person_password" "$dir/jar2")"
	for i in $(seq 12); do
		got=$(log_in adler-motors some.body wrong "$dir/jar2")
	done
	same 'an account is not tried without end' 429 "$got"
	same "others' accounts are not touched by it" 303 "$(log_in adler-motors paul.wagner "$person_password" "$jar")"
	same 'a token is not stored' 0 \
	    "$(as_postgres pg_dump -h "$dir/pg" -p $((PORT + 1)) "ve_$ve" | grep -c "$(awk '/__Host-session/ {print $7}' "$jar")")"
}

# An enterprise's administrators see its own bill; nobody else does.
chapter_bill() {
	local jar=$dir/bill.jar page
	same 'an administrator logs in' 303 "$(log_in adler-motors anna.becker "$person_password" "$jar")"
	contains 'without a bill the page says so' 'Noch keine Rechnung' "$(fetch adler-motors /bill -b "$jar")"
	same 'and there is no file' 404 "$(status adler-motors /bill/csv -b "$jar")"
	bill adler-motors 2026-09-01 118300
	bill adler-motors 2026-10-01 123456
	bill brecht-braking 2026-10-01 987654
	page=$(fetch adler-motors /bill -b "$jar")
	contains 'its last bill' '1\.234,56 EUR' "$page"
	contains 'with what it is made of' 'Arbeitsspeicher, reserviert' "$page"
	contains 'and the one before' 'September 2026' "$page"
	lacks "and nothing of another's" '9\.876' "$page"
	contains 'an earlier month' '1\.183,00 EUR' "$(fetch adler-motors '/bill?month=2026-09' -b "$jar")"
	same 'a month without a bill' 404 "$(status adler-motors '/bill?month=2025-01' -b "$jar")"
	same 'what is no month' 404 "$(status adler-motors '/bill?month=october' -b "$jar")"
	contains 'as a file, too' '4,memory_mib,running,f,1488,GiB-h,0.0046,2026-01-01,,1233.56' "$(fetch adler-motors /bill/csv -b "$jar")"
	same "another administrator" 303 "$(log_in brecht-braking jonas.keller "$person_password" "$jar")"
	page=$(fetch brecht-braking /bill -b "$jar")
	contains 'sees the own one' '9,876\.54 EUR' "$page"
	lacks 'and only that' '1,234\.56' "$page"
	same 'a buyer logs in' 303 "$(log_in adler-motors erin.may "$person_password" "$jar")"
	same 'and sees no bill' 403 "$(status adler-motors /bill -b "$jar")"
	same 'nor its file' 403 "$(status adler-motors /bill/csv -b "$jar")"
	lacks 'nor that there is one' '/bill' "$(fetch adler-motors / -b "$jar")"
}

chapter_faults() {
	local jar=$dir/jar page
	database_stop
	same 'without the database a page is 503' 503 "$(status adler-motors /orders -b "$jar")"
	page=$(fetch adler-motors /orders -b "$jar")
	contains 'which names a reference' '[0-9a-f]{32}' "$page"
	lacks 'and nothing of the inside' 'postgres|SQL|socket|libpq' "$page"
	same 'the log-in page is still there' 200 "$(status adler-motors /login)"
	contains 'health names the database' 'database does not answer' "$(fetch adler-motors /healthz)"
	database_start
	same 'it recovers by itself' 200 "$(status adler-motors /orders -b "$jar")"
	directory_stop
	same 'without the directory no log-in' 503 "$(log_in adler-motors anna.becker "$person_password" "$dir/jar3")"
	same 'but the orders are there' 200 "$(status adler-motors /orders -b "$jar")"
	contains 'health names the directory' 'directory does not answer' "$(fetch adler-motors /healthz)"
	directory_start
	same 'then it works again' 303 "$(log_in adler-motors anna.becker "$person_password" "$dir/jar3")"
	portal_stop 0
	same 'the portal ends cleanly' 0 $?
	same 'without the portal a friendly page' 502 "$(status adler-motors /orders -b "$jar")"
	contains 'in words' 'Not available at the moment' "$(fetch adler-motors /orders)"
	portal_start 0
	eventually 'it comes back' 10 fetch adler-motors /healthz -f
	same 'and the session still holds' 200 "$(status adler-motors /orders -b "$jar")"
	lacks 'no password is logged' "$person_password|$service_secret" "$(cat "$dir"/*.log)"
}

# Log-ins one after the other over one connection, refused by the portal for
# want of a token, until the edge has had enough.
chapter_flood() {
	local page
	page=$(yes "url = \"$(url adler-motors)/login\"" | head -n 150 | fetch adler-motors /login -d x=y -K - 2>&1)
	contains 'the edge lets an address try only so often' 'Too many attempts' "$page"
	same 'reading is not limited by it' 200 "$(status adler-motors /login)"
}

# Requests a second over TLS with 32 connections; nginx static in the same run.
measure() { # NAME PATH COOKIE
	unshare -m sh -c "mount --bind $dir/hosts /etc/hosts; exec \"\$@\"" sh wrk -t1 -c32 -d"${SECONDS_EACH:-4}s" --latency -H "Host: adler-motors.$ve.localhost" -H "Cookie: $3" \
	    "https://adler-motors.$ve.localhost:$PORT$2" 2>&1 | awk -v name="$1" '
		/99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 } /Non-2xx/ { bad = $NF }
		END { printf "      %-28s %8.0f requests/s  p99 %s  not 2xx: %d\n", name, rate, p99, bad }'
}

chapter_speed() {
	local cookie
	cookie="__Host-session=$(awk '/__Host-session/ {print $7}' "$dir/jar")"
	printf '127.0.0.1 %s\n' "adler-motors.$ve.localhost" >"$dir/hosts"
	measure 'nginx static' /static/portal.css "$cookie"
	measure 'order list, 50 rows' /orders "$cookie"
	measure 'inbox' / "$cookie"
	measure 'log-in page' /login ''
	printf '      RSS of a portal with %s threads: %s kB\n' "${THREADS:-8}" \
	    "$(awk '/VmRSS/ {print $2}' "/proc/${portal_pids[0]}/status")"
}

fixture_start || exit 1
for chapter in ${CHAPTERS:-statements program edge bill browser login faults flood speed}; do
	"chapter_$chapter"
done
summary
