#!/bin/bash
# run.sh - the console on real servers: the control database as the platform
# makes it, slapd, nginx; log-in, prices, closing, reports, scenario, by curl and
# in the browser. Needs root. Environment: B, the build folder; PORT, the first of
# ten free ports; SHOTS, a folder for pictures of the pages; KEEP=1 keeps the
# scratch folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
[ "$(id -u)" -eq 0 ] || { echo "console: needs root" >&2; exit 1; }
PORT=${PORT:-28400}
. tests/lib.sh
. tests/portal/fixture.sh
uid=62902
url=https://console.localhost:$PORT

# --- servers ------------------------------------------------------------------

control_start() {
	as_postgres "$pg/pg_ctl" -D "$dir/control" -w -l "$dir/socket/log" start \
	    -o "-k $dir/socket -c listen_addresses= -c fsync=off -c unix_socket_permissions=0770" >/dev/null
}
control_stop() { as_postgres "$pg/pg_ctl" -D "$dir/control" -w -m immediate stop >/dev/null; }
at() { psql -XqAt -v ON_ERROR_STOP=1 -h "$dir/socket" -U hanse -d hanse "$@"; }

control_make() {
	local file
	install -d -o postgres -m 0755 "$dir/socket"
	etc/services/control-db-init "$dir/control" "$dir/console" 2>"$dir/init.log" || { cat "$dir/init.log"; return 1; }
	control_start || return 1
	for file in provisioning/control/[0-9]*.sql; do
		at -1 -c 'SET client_min_messages = warning' -f "$file" >/dev/null || return 1
	done
}

# Two months of an enterprise that reserves and uses, as hansed would write it.
ledger_fill() {
	at -f - >/dev/null <<-'SQL'
		INSERT INTO meter_interval (object, ve, enterprise, vcpus, memory_mib, disk_gib, domains, connections, host, state, epoch, from_at, to_at)
		SELECT o.ve || '.' || o.enterprise, o.ve, o.enterprise, o.vcpus, 2048, 20, 1, 20, 'local', 'running', 0,
			m::timestamp AT TIME ZONE 'UTC', (m + interval '1 month')::timestamp AT TIME ZONE 'UTC'
		FROM (VALUES ('automotive', 'adler-motors', 4), ('automotive', 'brecht-braking', 2)) AS o (ve, enterprise, vcpus),
			generate_series(date_trunc('month', now() - interval '2 months'), date_trunc('month', now() - interval '1 month'), '1 month') AS m;
	SQL
}

staff() { # LOGIN NAME LANGUAGE ROLE...
	root_tool person-put - - "$1" "$2" "$1@asp.example" "$3" "${@:4}" &&
		root_tool password-set - - "$1" "$person_password"
}

directory_fill() {
	install -d -o openldap -m 0711 "$dir/ldap"
	etc/directory/init.sh "$dir/slapd" "$dir/ca" || return 1
	directory_start || return 1
	root_tool ve-put $ve 'Rhine-Neckar automotive chain'
	root_tool enterprise-put $ve adler-motors 'Adler Motors' oem
	root_tool person-put $ve adler-motors anna.becker 'Anna Becker' anna@adler.example de finance admin
	root_tool password-set $ve adler-motors anna.becker "$person_password"
	staff frida.fink 'Frida Fink' en finance
	staff otto.wirth 'Otto Wirth' en operator
	staff mei.lin '林美' zh finance
}

console_start() {
	cat >"$dir/console.yaml" <<-YAML
		title: Example ASP
		listen: $dir/run/console/console.sock
		report: ${REPORT:-$PWD/etc/tco/example/case.yaml}
		threads: 4
		database:
		  conninfo: "host=$dir/socket dbname=hanse user=hanse_console passfile=$dir/console/pgpass"
		directory:
		  uri: $ldapi
		  base: dc=hanse
	YAML
	(
		umask 0
		exec setpriv --reuid $uid --regid $uid --groups postgres --no-new-privs --inh-caps=-all --bounding-set=-all \
		    "${CONSOLE:-$B/hanse-console}" --config "$dir/console.yaml"
	) >>"$dir/console.log" 2>&1 &
	portal_pids[0]=$!
}

console_edge() {
	mkdir -p "$dir/edge-run"
	chmod -R a+rX "$dir/share" "$dir/edge-run"
	chmod a+x "$dir/run"
	chmod a+x "$dir/state"
	sed "s/127.0.0.1:8443/127.0.0.1:$PORT/" etc/edge/nginx.conf >"$dir/etc/edge/nginx.conf"
	nginx -t -q -e stderr -p "$dir/edge-run" -c "$dir/etc/edge/nginx.conf" || return 1
	nginx -e stderr -p "$dir/edge-run" -c "$dir/etc/edge/nginx.conf" -g 'daemon off;' >"$dir/nginx.log" 2>&1 &
	nginx_pid=$!
}

finish() {
	as_postgres "$pg/pg_ctl" -D "$dir/control" -m immediate stop >/dev/null 2>&1
	fixture_stop
}
trap finish EXIT

fetch() { # PATH ARG...
	local path=$1
	shift
	curl -sS --cacert "$dir/ca/ca.crt" --resolve "*:$PORT:127.0.0.1" -m 20 "$@" "$url$path"
}
status() { fetch "$1" -o /dev/null -w '%{http_code}' "${@:2}"; }

# The platform's own set-up: authority, certificates, the console at the edge.
setup() {
	install -d "$dir/run" "$dir/share"
	cp -r etc/edge "$dir/share/edge"
	cp -r portal/static "$dir/share/static"
	sed -i 's|burst=20|burst=100|' "$dir/share/edge/console.conf"
	cat >"$dir/hansed.yaml" <<-YAML
		state: $dir/state
		run: $dir/run
		config: $dir/etc
		share: $dir/share
		edge: { listen: "127.0.0.1:$PORT", domain: localhost }
	YAML
	"$B/hansed" --setup --config "$dir/hansed.yaml" 2>"$dir/setup.log" || { cat "$dir/setup.log"; return 1; }
	ln -s "$dir/state/ca" "$dir/ca"
	install -d -o $uid -g www-data -m 0750 "$dir/run/console"
}

start() {
	make -s B="$B" "$B/hanse-console" "$B/hansed" "$B/directory_tool" || return 1
	setup || { echo "console: no setup" >&2; return 1; }
	control_make || { echo "console: no control database" >&2; return 1; }
	ledger_fill || return 1
	directory_fill || { echo "console: no directory" >&2; return 1; }
	console_start
	console_edge || return 1
	for _ in $(seq 50); do
		[ "$(fetch /healthz 2>/dev/null)" = ok ] && return 0
		sleep 0.1
	done
	echo "console: not ready" >&2
	fetch /healthz
	tail -n 20 "$dir"/*.log
	return 1
}

# --- by curl --------------------------------------------------------------------

csrf() { fetch "$1" -b "$2" -c "$2" | sed -n 's/.*name="csrf" value="\([0-9a-f]*\)".*/\1/p' | head -n 1; }
# log_in LOGIN PASSWORD JAR: the status after the form
log_in() {
	local token
	rm -f "$3"
	token=$(csrf /login "$3")
	status /login -b "$3" -c "$3" -H "Origin: $url" --data-urlencode "csrf=$token" \
	    --data-urlencode "login=$1" --data-urlencode "password=$2"
}
# post PATH JAR FIELD...: a form with its token
post() {
	local path=$1 jar=$2 token fields=()
	shift 2
	token=$(csrf /account "$jar")
	for _ in "$@"; do fields+=(--data-urlencode "$_"); done
	fetch "$path" -b "$jar" -H "Origin: $url" --data-urlencode "csrf=$token" "${fields[@]}" -w '\n%{http_code}'
}
price() { # JAR WHAT FROM UNTIL AMOUNT SUCCEEDS
	post /prices "$1" "what=$2" "state=" "from=$3" "until=$4" "amount=$5" currency=EUR 'source=price list 7' "succeeds=$6"
}

chapter_program() {
	local program=${CONSOLE:-$B/hanse-console} file
	expect '--help' 0 "$program" --help
	expect '--version' 0 "$program" --version
	expect 'an unknown option' 2 "$program" --nonsense
	printf 'title: x\ncolour: red\n' >"$dir/bad.yaml"
	contains 'a wrong configuration says what is wrong' 'colour' "$("$program" --config "$dir/bad.yaml" 2>&1)"
	for file in portal/site/sql/*.sql portal/console/sql/*.sql; do
		{ echo "PREPARE statement AS"; cat "$file"; } >"$dir/statement.sql"
		expect "prepare ${file##*/}" 0 env PGPASSFILE="$dir/pgpass" psql -XqAt -v ON_ERROR_STOP=1 -h "$dir/socket" -U hanse_console -d hanse -f "$dir/statement.sql"
	done
}

# What the console's role may: its functions, and nothing beside them.
chapter_rights() {
	local statement
	cp "$dir/console/pgpass" "$dir/pgpass"
	chmod 600 "$dir/pgpass"
	as_console() { PGPASSFILE=$dir/pgpass psql -XqAt -v ON_ERROR_STOP=1 -h "$dir/socket" -U hanse_console -d hanse "$@" 2>&1; }
	same 'the role reads the price book' 0 "$(as_console -c 'SELECT count(*) FROM api.price')"
	for statement in 'SELECT * FROM public.price' 'SELECT * FROM public.ve' 'SELECT * FROM public.webhook' 'SELECT * FROM public.meter_interval' \
	    'SELECT token_hash FROM public.console_session' 'INSERT INTO public.bill_line DEFAULT VALUES' 'DELETE FROM public.event' \
	    "SELECT public.bill_close_month('2026-01-01')" 'CREATE TABLE public.mine (x int)' 'CREATE TABLE api.mine (x int)' \
	    'CREATE TEMP TABLE mine (x int)' "SELECT public.price_set('vcpus', '', now(), 1, 'EUR', 'vCPU-h', 'x')" 'SET ROLE hanse' "COPY (SELECT 1) TO '/tmp/x'"; do
		contains "it may not: $statement" 'permission denied|must be' "$(as_console -c "$statement")"
	done
	# And in the directory: the ASP's people, and nobody else's.
	as_user() { setpriv --reuid "$1" --regid "$1" --clear-groups ldapsearch -Q -Y EXTERNAL -H "$ldapi" -LLL -b "$2" 2>&1; }
	contains "it sees the ASP's people" 'uid: frida.fink' "$(as_user $uid ou=asp,dc=hanse)"
	lacks 'not their passwords' 'userPassword' "$(as_user $uid ou=asp,dc=hanse)"
	contains 'no enterprise' 'No such object' "$(as_user $uid ou=ves,dc=hanse)"
	contains 'and no other user sees the ASP' 'No such object' "$(as_user 62901 ou=asp,dc=hanse)"
	contains 'nor come in without its password' 'password' "$(PGPASSFILE=/dev/null psql -w -h "$dir/socket" -U hanse_console -d hanse -c 'SELECT 1' 2>&1)"
	contains 'nor into another database' 'no pg_hba.conf entry' "$(PGPASSFILE=$dir/pgpass psql -w -h "$dir/socket" -U hanse_console -d postgres -c 'SELECT 1' 2>&1)"
}

chapter_login() {
	local jar=$dir/jar head
	same 'without a log-in one is sent there' 303 "$(status /)"
	head=$(fetch /login -i | tr '[:upper:]' '[:lower:]')
	contains 'a page has its policy' "content-security-policy: default-src 'none'" "$head"
	lacks 'nothing inline' 'unsafe' "$head"
	same 'finance logs in' 303 "$(log_in frida.fink "$person_password" "$jar")"
	same 'and sees the reports' 200 "$(status / -b "$jar")"
	same 'a wrong password' 401 "$(log_in frida.fink wrong "$dir/jar2")"
	same "a member's finance is nobody here" 401 "$(log_in anna.becker "$person_password" "$dir/jar2")"
	same 'an operator logs in' 303 "$(log_in otto.wirth "$person_password" "$dir/jar2")"
	for page in / /prices /scenario /closing /report/json /closing/file/csv; do
		same "and sees nothing of $page" 403 "$(status $page -b "$dir/jar2")"
	done
	lacks 'nor a menu' '/prices' "$(fetch /account -b "$dir/jar2")"
	same 'a form of another site' 403 "$(status /closing -b "$jar" -H 'Origin: https://evil.example' -d month=2026-01)"
	same 'a form without its token' 403 "$(status /closing -b "$jar" -H "Origin: $url" -d month=2026-01)"
	same 'a token is not stored' 0 "$(as_postgres pg_dump -h "$dir/socket" hanse | grep -c "$(awk '/__Host-session/ {print $7}' "$jar")")"
	contains 'the log-in is in the event log' 'frida.fink' "$(at -c "SELECT subject FROM event WHERE event = 'console.login'")"
}

chapter_prices() {
	local jar=$dir/jar page
	contains 'an empty book says so' 'The price book is empty' "$(fetch /prices -b "$jar")"
	contains 'a price is added' '303$' "$(price "$jar" vcpus/vCPU-h 2020-01-01 '' 0.0157 yes)"
	page=$(price "$jar" vcpus/vCPU-h 2020-06-01 2020-09-01 0.02 '')
	contains 'one that overlaps is refused' '422$' "$page"
	contains 'in words' 'the two would overlap' "$page"
	contains 'and what was typed is still there' 'value="2020-09-01"' "$page"
	contains 'the next one ends the one before' '303$' "$(price "$jar" vcpus/vCPU-h 2020-06-01 '' 0.0159 yes)"
	same 'as the database has it' '2020-01-01|2020-06-01|0.0157 2020-06-01||0.0159' \
	    "$(at -c "SELECT concat_ws('|', valid_from, coalesce(valid_to::text, ''), amount) FROM api.price ORDER BY valid_from" | paste -sd' ')"
	contains 'memory, too' '303$' "$(price "$jar" memory_mib/GiB-month 2020-01-01 '' 3.5 yes)"
	page=$(price "$jar" vcpus/vCPU-h 2020-06-01 2020-05-01 1 '')
	contains 'an end before the beginning' 'ends after it begins' "$page"
	contains 'what is no number' 'A price is a number' "$(price "$jar" vcpus/vCPU-h 2020-06-01 '' -1 yes)"
	contains 'no such day' 'A day is needed' "$(price "$jar" vcpus/vCPU-h 2020-02-30 '' 1 yes)"
	contains 'no such meter' 'no such meter' "$(price "$jar" magic/wands 2021-01-01 '' 1 yes)"
	contains 'history tells it' 'ended' "$(fetch /prices -b "$jar")"
	same 'and the event log who' 3 "$(at -c "SELECT count(*) FROM event WHERE event = 'price.added' AND detail LIKE '% by frida.fink'")"
}

chapter_closing() {
	local jar=$dir/jar page first second
	first=$(date -u -d "$(date -u +%Y-%m-01) -2 month" +%Y-%m)
	second=$(date -u -d "$(date -u +%Y-%m-01) -1 month" +%Y-%m)
	contains 'the first month is over' 'is over and can be closed' "$(fetch /closing -b "$jar")"
	page=$(fetch /closing/preview -b "$jar")
	contains 'the preview has a bill' 'adler-motors' "$page"
	contains 'and says what has no price' 'without a price' "$page"
	same 'nothing is closed by looking' 0 "$(at -c 'SELECT count(*) FROM bill_close')"
	contains 'not the second before the first' '409$' "$(post /closing "$jar" "month=$second")"
	contains 'it is closed' '303$' "$(post /closing "$jar" "month=$first")"
	contains 'once' '409$' "$(post /closing "$jar" "month=$first")"
	page=$(fetch "/closing/month?month=$first" -b "$jar")
	same 'what was shown is what was closed' "$(fetch "/closing/month?month=$first" -b "$jar" | grep -o '[0-9,.]* EUR' | head -n 1)" \
	    "$(at -c "SELECT to_char(amount, 'FM999,990.00') || ' ' || currency FROM api.bill_close")"
	page=$(fetch "/closing/month?month=$first&check=yes" -b "$jar")
	contains 'it is kept' 'unchanged, byte for byte' "$page"
	contains 'and can be made again' 'give it again' "$page"
	same 'the file is what the fingerprint is of' "$(at -c 'SELECT sha256 FROM bill_close')" \
	    "$(fetch "/closing/file/text?month=$first" -b "$jar" | sha256sum | cut -d' ' -f1)"
	same 'twice the same bytes' "$(fetch "/closing/file/csv?month=$first" -b "$jar" | sha256sum)" "$(fetch "/closing/file/csv?month=$first" -b "$jar" | sha256sum)"
	same 'lines make up the month' "$(at -c 'SELECT amount FROM api.bill_close')" \
	    "$(fetch "/closing/file/json?month=$first" -b "$jar" | jq -r '[.lines[].amount | tonumber * 100 | round] | add / 100' | awk '{ printf "%.2f", $1 }')"
	fetch "/closing/file/focus?month=$first" -b "$jar" -o "$dir/month.focus.csv"
	expect 'as FOCUS it keeps the rules' 0 python3 tests/tco/focus_check.py "$dir/month.focus.csv"
	same 'and makes up the month' "$(at -c 'SELECT amount FROM api.bill_close')" "$(python3 -c '
import csv, decimal, sys
print(sum(decimal.Decimal(row["BilledCost"]) for row in csv.DictReader(open(sys.argv[1], newline=""))).quantize(decimal.Decimal("0.01")))' "$dir/month.focus.csv")"
	contains 'one bill' 'Processors, reserved' "$(fetch "/closing/bill?month=$first&ve=automotive&enterprise=adler-motors" -b "$jar")"
	same 'no such bill' 404 "$(status "/closing/bill?month=$first&ve=automotive&enterprise=nobody" -b "$jar")"
	same 'no such month' 404 "$(status '/closing/month?month=2001-01' -b "$jar")"
	same 'what is no month' 404 "$(status '/closing/month?month=soon' -b "$jar")"
	page=$(price "$jar" vcpus/vCPU-h "$first-15" '' 1 yes)
	contains 'a price of a closed month stays' 'That month is closed' "$page"
	contains 'the event log knows who closed it' 'by frida.fink' "$(at -c "SELECT detail FROM event WHERE event = 'bill.closed'")"
	at -c 'SET session_replication_role = replica' -c 'UPDATE bill_line SET cents = cents + 1 WHERE line_no = 1' 2>/dev/null ||
		psql -XqAt -h "$dir/socket" -U postgres -d hanse -c 'SET session_replication_role = replica' -c 'UPDATE bill_line SET cents = cents + 1 WHERE line_no = 1' 2>/dev/null ||
		as_postgres psql -XqAt -h "$dir/socket" -d hanse -c 'SET session_replication_role = replica' -c 'UPDATE bill_line SET cents = cents + 1 WHERE line_no = 1'
	contains 'a cent changed past the ledger shows' 'changed since it was closed' "$(fetch "/closing/month?month=$first&check=yes" -b "$jar")"
	as_postgres psql -XqAt -h "$dir/socket" -d hanse -c 'SET session_replication_role = replica' -c 'UPDATE bill_line SET cents = cents - 1 WHERE line_no = 1'
}

# A closed month as provisioning brings it to a virtual enterprise's database:
# its own statements, between the two schemas.
chapter_publish() {
	local month bill enterprise
	database_make || { fail 'a database of a virtual enterprise' "$(tail -n 5 "$dir/pg/log")"; return; }
	month=$(at -c 'SELECT max(month) FROM bill_close')
	statement() { # FILE: with its parameters as psql's
		sed -e "s/[$]1/:'a'/g; s/[$]2/:'b'/g" "provisioning/sql/$1.sql"
	}
	same 'it is to be published' "$month|$ve" "$(statement bill_unpublished | at -f -)"
	for enterprise in adler-motors brecht-braking; do
		bill=$(statement bill_of_ve | at -v a="$month" -v b=$ve -f - | sed -n "s/^$enterprise|//p")
		same "the bill of $enterprise is taken" t "$(statement bill_publish | sql hanse_provisioner ve_$ve -v a="$bill" -f -)"
		same 'and once more nothing happens' f "$(statement bill_publish | sql hanse_provisioner ve_$ve -v a="$bill" -f -)"
		same 'the enterprise sees what was closed' \
		    "$(at -c "SELECT month, currency, amount, lines FROM api.bill WHERE month = '$month' AND enterprise = '$enterprise'")" \
		    "$(sql $ve.$enterprise ve_$ve -c "SELECT month, currency, amount, lines FROM api.bill")"
		same 'line by line' \
		    "$(at -c "SELECT line_no, meter, state, quantity, unit, price, valid_from, amount FROM api.bill_line WHERE month = '$month' AND enterprise = '$enterprise' ORDER BY line_no")" \
		    "$(sql $ve.$enterprise ve_$ve -c "SELECT line_no, meter, state, quantity, unit, price, (valid_from AT TIME ZONE 'UTC')::date, amount FROM api.bill_line ORDER BY line_no")"
	done
	statement bill_published | at -v a="$month" -v b=$ve -f -
	same 'then it is published' '' "$(statement bill_unpublished | at -f -)"
	contains 'and the console says so' '1 of 1' "$(fetch /closing -b "$dir/jar")"
}

chapter_reports() {
	local jar=$dir/jar format
	contains 'the verdict' 'The platform is cheaper than servers of ' "$(fetch / -b "$jar")"
	contains 'its numbers are the worked example' '28,262.15' "$(fetch / -b "$jar")"
	contains 'the report as HTML is shown' '<svg' "$(fetch /report/html -b "$jar")"
	contains 'with a policy of its own' "style-src 'unsafe-inline'" "$(fetch /report/html -b "$jar" -o /dev/null -D -)"
	lacks 'in which nothing runs' 'script-src' "$(fetch /report/html -b "$jar" -o /dev/null -D -)"
	for format in pdf:PDF xlsx:Microsoft json:JSON focus:CSV text:text; do
		fetch "/report/${format%%:*}" -b "$jar" -o "$dir/report.${format%%:*}"
		contains "the report as ${format%%:*}" "${format##*:}" "$(file -b "$dir/report.${format%%:*}")"
	done
	contains 'a table as CSV' '41[.]1|platform' "$(fetch '/report/csv?table=break-even' -b "$jar")"
	same 'no such table' 404 "$(status '/report/csv?table=nothing' -b "$jar")"
	same 'no such format' 404 "$(status /report/punchcard -b "$jar")"
	same 'the same number in another format' 1 "$(jq '[.. | strings | select(. == "28262.15")] | length > 0 | if . then 1 else 0 end' "$dir/report.json")"
}

chapter_scenario() {
	local jar=$dir/jar page
	page=$(post /scenario/answer "$jar" p.server.price=3000)
	contains 'another price, another answer' '1 figure is changed' "$page"
	contains 'which is worked out' '-?1,737.85' "$page"
	lacks 'only the part of the page' '<html' "$page"
	contains 'without a script the whole page' '<html' "$(post /scenario "$jar" p.server.price=3000)"
	page=$(post /scenario/answer "$jar" p.server.price=6000)
	contains 'what is as it was is no change' 'With the figures of the report' "$page"
	page=$(post /scenario/answer "$jar" p.finance.discount_rate=800)
	contains 'a rate of 800 %' 'From 0 to 100' "$page"
	contains 'is refused' '422$' "$page"
	contains 'what is no number' 'That is no number' "$(post /scenario/answer "$jar" p.energy.tariff=cheap)"
	contains 'half a year of life' 'Only whole numbers' "$(post /scenario/answer "$jar" p.server.life=4.5)"
}

chapter_faults() {
	local jar=$dir/jar page
	control_stop
	same 'without the database a page is 503' 503 "$(status /prices -b "$jar")"
	lacks 'and nothing of the inside' 'postgres|SQL|socket|libpq' "$(fetch /prices -b "$jar")"
	contains 'health names it' 'database does not answer' "$(fetch /healthz)"
	control_start
	same 'it recovers by itself' 200 "$(status /prices -b "$jar")"
	portal_stop 0
	same 'the console ends cleanly' 0 $?
	same 'without it a friendly page' 502 "$(status / -b "$jar")"
	REPORT=$dir/none.yaml console_start
	eventually 'it comes back' 10 fetch /healthz -f
	contains 'without a case the page says so' 'no case to report on' "$(fetch / -b "$jar")"
	same 'and there is no report' 404 "$(status /report/pdf -b "$jar")"
	contains 'nor a scenario' 'no case to report on' "$(fetch /scenario -b "$jar")"
	lacks 'no password is logged' "$person_password|$(cut -d: -f5 "$dir/pgpass")" "$(cat "$dir"/*.log)"
}

chapter_browser() {
	local out
	[ -d tests/browser/node_modules ] ||
		(cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund >"$dir/npm.log" 2>&1) ||
		fail 'browser tests install' "$(cat "$dir/npm.log")"
	out=$(cd tests/browser && timeout 200 node apart.mjs "$PORT" node console.mjs "${SHOTS:-$dir/shots}" "$url" \
	    frida.fink mei.lin "$person_password" 2>&1) || { fail 'the browser' "$(grep -v '^ok' <<<"$out")"; return; }
	pass "the browser: $(tail -n 1 <<<"$out")"
}

start || exit 1
for chapter in ${CHAPTERS:-rights program login prices closing publish reports scenario browser faults}; do
	"chapter_$chapter"
done
summary
