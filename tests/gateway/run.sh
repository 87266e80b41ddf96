#!/bin/bash
# run.sh - the gateway between real clients and a real PostgreSQL. Needs root
# (the server runs as postgres). Environment: see ground.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/gateway/ground.sh

# refused NAME SQLSTATE CONNINFO: psql 15 hides the SQLSTATE, the log has it
refused() {
	local out last
	if out=$(ask "$3" -c 'SELECT 1'); then
		fail "$1" "was let in: $out"
		return
	fi
	last=$(grep 'event=session.refused' "$log" | tail -n 1)
	contains "$1" "sqlstate=$2" "$last"
}
expect "--version" 0 "$B/hanse-gateway" --version
expect "--help" 0 "$B/hanse-gateway" --help
expect "an unknown option" 2 "$B/hanse-gateway" --what
expect "no configuration" 1 "$B/hanse-gateway" --config "$dir/none.yaml"

# --- who gets in --------------------------------------------------------------

who='SELECT session_user, current_database()'
same "by certificate" "$anna|ve_alpha" "$(ask "$by_cert" -c "$who")"
same "by password" "$anna|ve_alpha" "$(ask "$by_password" -c "$who")"
same "with channel binding" "$anna|ve_alpha" \
    "$(ask "$by_password channel_binding=require" -c "$who")"
same "without channel binding" "$anna|ve_alpha" \
    "$(ask "$by_password channel_binding=disable" -c "$who")"
refused "database left out: libpq takes the user's name" 3D000 \
    "$(conn "$anna" '' "$(cert anna)")"
same "start-up parameters pass" "probe|ISO, DMY|Asia/Tokyo" \
    "$(PGDATESTYLE="ISO, DMY" PGTZ=Asia/Tokyo ask \
	"$by_cert application_name=probe" -c "SELECT
	current_setting('application_name'), current_setting('datestyle'),
	current_setting('timezone')" | tr '\n' '|' | sed 's/|$//')"
same "start-up options" "Asia/Tokyo German, DMY psql" \
    "$(ask "$by_cert options='-c TimeZone=Asia/Tokyo --DateStyle=German -c application_name=me\\\\ too'" -c "SELECT current_setting('TimeZone') || ' ' || current_setting('DateStyle') || ' ' || current_setting('application_name')")"
refused "wrong password" 28P01 "$(conn "$anna" ve_alpha password=no sslcert=none)"
refused "unknown user, the same way" 28P01 \
    "$(conn alpha.nobody ve_alpha password=no sslcert=none)"
refused "no verifier, the same way" 28P01 \
    "$(conn "$carl" ve_beta password=no sslcert=none)"
refused "another's certificate" 28000 "$(conn "$carl" ve_beta "$(cert anna)")"
refused "unknown user with a certificate" 28000 \
    "$(conn alpha.nobody ve_alpha "$(cert anna)")"
contains "certificate of another CA" 'alert|SSL error|closed' \
    "$(ask "$(conn "$anna" ve_alpha "$(cert foreign)")" -c 'SELECT 1')"
refused "another VE's database" 3D000 "$(conn "$anna" ve_beta "$(cert anna)")"
refused "the maintenance database" 3D000 \
    "$(conn "$anna" postgres "$(cert anna)")"
refused "another server by name" 3D000 \
    "$(conn "$anna" postgres@db.shared "$(cert anna)")"
refused "plaintext" 28000 \
    "$(conn "$anna" ve_alpha password=secret-anna sslmode=disable)"
refused "options" 42501 "$by_cert options='-c role=$bert'"
refused "replication" 42501 "$by_cert replication=database"
same "role cannot change" 1 \
    "$(ask "$by_cert" -c "SET ROLE \"$bert\"" | grep -c 42501)"
lacks "refusals name no server and no role" "127.0.0.1:$back|hanse-gateway" \
    "$(ask "$(conn "$anna" ve_beta "$(cert anna)")" -c 'SELECT 1')"

# --- the provisioner ----------------------------------------------------------

platform() { conn platform.provisioner "$1" "$(cert platform)"; }
same "maintenance database of a server" "hanse_provisioner|postgres" \
    "$(ask "$(platform postgres@db.shared)" -c "$who")"
same "a VE's database by its route" "hanse_provisioner|ve_beta" \
    "$(ask "$(platform ve_beta)" -c "$who")"
same "a database by its server" "hanse_provisioner|ve_alpha" \
    "$(ask "$(platform ve_alpha@db.shared)" -c "$who")"
refused "a server that is not there" 3D000 "$(platform postgres@db.other)"

# --- what passes --------------------------------------------------------------

expect "cancel" 0 timeout 30 "$B/gw_cancel" "$by_cert"
expect "cancel, by password" 0 timeout 30 "$B/gw_cancel" "$by_password"
same "COPY in" 200000 "$(seq 200000 | sed 's/$/\tline of text/' |
	timeout 60 psql -XqAt -d "$by_cert" -c '\copy t from stdin' \
	    -c 'SELECT count(*) FROM t' 2>&1)"
same "COPY out" "$(seq 200000 | md5sum)" \
    "$(ask "$by_cert" -c 'COPY (SELECT a FROM t ORDER BY a) TO STDOUT' | md5sum)"
same "COPY FROM with an error" 1 "$(printf 'x\ty\n' | timeout 20 psql -XqAt \
    -v VERBOSITY=verbose -d "$by_cert" -c '\copy t from stdin' 2>&1 |
	grep -c 22P02)"
before=$(peak_kib)
same "100 MB out" $((100 * 1000 * 1000 + 100000)) "$(ask "$by_cert" -c \
    "SELECT repeat('x', 1000) FROM generate_series(1, 100000)" | wc -c)"
grown=$(($(peak_kib) - before))
same "in bounded memory (grew $grown KiB)" yes \
    "$([ "$grown" -lt "${GROWTH_KIB:-2048}" ] && echo yes || echo "no: $grown KiB")"
same "one value of 60 MB" 60000000 "$(ask "$by_cert" -c \
    "SELECT repeat('y', 60000000)" | tr -d '\n' | wc -c)"
same "a slow reader gets all of it" 20000000 "$(ask "$by_cert" -c \
    "SELECT repeat('z', 1000) FROM generate_series(1, 20000)" |
	{ sleep 1; tr -d '\n' | wc -c; })"

bench() { timeout 60 pgbench -n -f "$dir/one.sql" "$@" "$by_cert" 2>&1; }
cat >"$dir/one.sql" <<'END'
\set r random(1, 100)
SELECT count(*) FROM pg_class WHERE relname = :r::text;
END
for mode in simple extended prepared; do
	contains "pgbench -M $mode" 'processed: 400/400' \
	    "$(bench -M "$mode" -c 4 -t 100)"
done
contains "pipeline" 'processed: 100/100' "$(
	printf '\\startpipeline\nSELECT 1;\nSELECT 2;\nSELECT 3;\n\\endpipeline\n' \
	    >"$dir/pipe.sql"
	timeout 30 pgbench -n -f "$dir/pipe.sql" -M prepared -c 2 -t 50 \
	    "$by_cert" 2>&1
)"
contains "connect anew each time" 'processed: 100/100' "$(bench -C -c 2 -t 50)"

# --- many ---------------------------------------------------------------------

coproc MANY { timeout 60 "$B/gw_many" 200 "$by_cert" 2>&1; }
read -r -t 60 line <&"${MANY[0]}"
same "200 sessions at once" "open 200 failed 0" "$line"
many_rss=$(rss_kib)
contains "status counts them" '"sessions":200' "$(tool call "$socket" status)"
contains "sessions lists them" '"enterprise":"anna"' \
    "$(tool call "$socket" sessions)"
echo >&"${MANY[1]}"
wait "$MANY_PID" 2>/dev/null
eventually "and then none" 5 bash -c \
    "'$B/gw_routes' call '$socket' status | grep -q '\"sessions\":0'"
contains "max_sessions" '^open 243 failed 9$' \
    "$(timeout 60 "$B/gw_many" 243 "$by_cert" 2>&1 </dev/null)"
contains "and the log says so" 'why=gateway-full sqlstate=53300' "$(cat "$log")"
printf 'note  RSS with 200 sessions: %s KiB, after: %s KiB\n' "$many_rss" \
    "$(rss_kib)"

# --- changing routes ----------------------------------------------------------

hold keep "$by_cert"
hold gone "$(conn "$carl" ve_beta "$(cert carl)")"
same "a session of alpha" 1 "$(say keep 'SELECT 1;')"
same "a session of beta" 2 "$(say gone 'SELECT 2;')"
echo '{"ve": "beta", "routes": [{"user": 5}]}' >"$dir/beta.bad"
cp "$routes/beta.json" "$dir/beta.good"
cp "$dir/beta.bad" "$routes/beta.json"
contains "a bad file is named" 'invalid: .*/beta.json' \
    "$(tool call "$socket" reload 2>&1)"
same "and the old routes stay" 3 "$(say gone 'SELECT 3;')"
rm "$routes/beta.json"
expect "reload after removal" 0 tool call "$socket" reload
contains "sessions of a removed route end" 57P01 "$(say gone 'SELECT 4;')"
same "those of others go on" 5 "$(say keep 'SELECT 5;')"
refused "no new ones" 28000 "$(conn "$carl" ve_beta "$(cert carl)")"
cp "$dir/beta.good" "$routes/beta.json"
kill -HUP "$gateway_pid"
eventually "SIGHUP brings it back" 5 psql -XqAt \
    -d "$(conn "$carl" ve_beta "$(cert carl)")" -c 'SELECT 1'
write_alpha 1 secret-new
tool call "$socket" reload >/dev/null
same "a new limit spares who is in" 6 "$(say keep 'SELECT 6;')"
refused "connection limit" 53300 "$by_cert"
same "a new password" "$bert" "$(ask \
    "$(conn "$bert" ve_alpha password=secret-new sslcert=none)" \
    -c 'SELECT session_user')"
let_go keep
let_go gone
write_alpha 250
tool call "$socket" reload >/dev/null
contains "generation counts" '"generation": 3' "$(cat "$routes/alpha.json")"
same "route files are private" 600 "$(stat -c %a "$routes/alpha.json")"
same "the control socket too" 600 "$(stat -c %a "$socket")"

# --- without TLS, for measurements --------------------------------------------

sed "s/^listen: .*/listen: [\"0.0.0.0:$front\"]\nplaintext: true/" "$dir/gateway.yaml" >"$dir/open.yaml"
contains "plaintext only on loopback" 'loopback' "$("$B/hanse-gateway" --config "$dir/open.yaml" 2>&1)"

# --- ending a session ---------------------------------------------------------

of_anna() { tool call "$socket" sessions | jq -r '.sessions[] | select(.enterprise == "anna").id' | head -n 1; }
hold ended "$by_cert"
same "a session" 7 "$(say ended 'SELECT 7;')"
contains "it is ended by its id" '"enterprise": *"anna"' "$(tool kill "$socket" "$(of_anna)")"
contains "and hears why" 57P01 "$(say ended 'SELECT 8;')"
contains "one that is not there" 'not-found: there is no session' "$(tool kill "$socket" 1234 2>&1)"
contains "what is no id" 'invalid: ' "$(tool kill "$socket" nonsense 2>&1)"
let_go ended
hold busy "$by_cert"
# shellcheck disable=SC2154 # hold has made it
echo 'SELECT pg_sleep(60);' >&"$held_busy"
of_busy() { tool call "$socket" sessions | jq -r '.sessions[] | select(.busy).id'; }
eventually "one that is busy" 5 bash -c \
    "'$B/gw_routes' call '$socket' sessions | grep -q '\"busy\":true'"
tool kill "$socket" "$(of_busy)" >/dev/null
eventually "is cancelled, too" 5 bash -c \
    "! ps --ppid \$(head -n 1 '$dir/data/postmaster.pid') -o args= | grep -q \"^postgres: $anna .*SELECT\""
let_go busy

# --- a client that is cut off amidst an answer --------------------------------

hold cut "$by_cert"
same "a session" 9 "$(say cut 'SELECT 9;')"
port=$(tool call "$socket" sessions | jq -r '.sessions[] | select(.enterprise == "anna").peer' | sed 's/.*://')
nft "add table inet $cut; add chain inet $cut in { type filter hook input priority 0; };
	add rule inet $cut in ip saddr 127.0.0.1 tcp sport $front tcp dport $port drop"
# shellcheck disable=SC2154 # hold has made it
echo 'SELECT 10;' >&"$held_cut"
sleep 0.3
nft "add rule inet $cut in ip saddr 127.0.0.1 tcp dport $front tcp sport $port drop"
eventually "whose answer nobody takes is given up" 45 bash -c \
    "'$B/gw_routes' call '$socket' status | jq -e '.sessions == 0'"
nft delete table inet "$cut"
let_go cut

# --- which certificates -------------------------------------------------------

digest() { openssl x509 -in "$ca/$1.crt" -outform DER | sha256sum | cut -d' ' -f1; }
accept() { # DIGESTS: those that anna's route accepts
	jq --arg user "$anna" --arg digests "$1" \
	    '(.routes[] | select(.user == $user)).certificates = $digests' \
	    "$dir/alpha.good" >"$routes/alpha.json"
	tool call "$socket" reload 2>&1
}
cp "$routes/alpha.json" "$dir/alpha.good"
hold rotated "$by_cert"
accept "$(digest carl) $(digest anna)" >/dev/null
same "a certificate of the list" 1 "$(ask "$by_cert" -c 'SELECT 1')"
same "who came with it before stays" 2 "$(say rotated 'SELECT 2;')"
accept "$(digest carl)" >/dev/null
refused "one of the same name that is not in it" 28000 "$by_cert"
contains "and who came with it goes" 57P01 "$(say rotated 'SELECT 3;')"
let_go rotated
accept '' >/dev/null
refused "nobody is in an empty list" 28000 "$by_cert"
contains "what is no digest is refused" 'not SHA-256' "$(accept "$(digest anna) $(digest anna | tr a-f A-F)0")"
cat "$dir/alpha.good" >"$routes/alpha.json"
tool call "$socket" reload >/dev/null
same "without a list every one of that name" 1 "$(ask "$by_cert" -c 'SELECT 1')"

# --- trouble ------------------------------------------------------------------

hold killed "$by_cert"
backend=$(say killed 'SELECT pg_backend_pid();')
admin -d postgres -c "SELECT pg_terminate_backend($backend)" >/dev/null
contains "a terminated backend" 57P01 "$(say killed 'SELECT 1;')"
let_go killed
same "and then a new one" 1 "$(ask "$by_cert" -c 'SELECT 1')"
as_postgres pg_ctl -D "$dir/data" -m immediate -w stop >/dev/null
refused "no database: try again" 57P03 "$by_cert"
pg_start
eventually "the database is back" 10 psql -XqAt -d "$by_cert" -c 'SELECT 1'

timeout 60 psql -XqAt -d "$by_cert" -c "SELECT 'lost', pg_sleep(50)" \
    >/dev/null 2>&1 &
client=$!
running="SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%lost%'
    AND usename = '$anna' AND state = 'active'"
busy() { [ "$(admin -d postgres -c "$running")" = "$1" ]; }
eventually "a statement runs" 5 busy 1
kill -9 "$(pgrep -P "$client" -x psql || echo "$client")"
eventually "it ends with its client" 5 busy 0
wait "$client" 2>/dev/null

# raw BYTES...: what the gateway says to them, in plain; it may not wait for the last
raw() {
	exec {sock}<>"/dev/tcp/127.0.0.1/$front"
	# shellcheck disable=SC2059 # the bytes are the format
	{ printf "$@" >&"$sock"; } 2>/dev/null
	timeout 5 cat <&"$sock" 2>/dev/null | tr -d '\0' | head -c 200
	exec {sock}>&-
}
# inside BYTES: what it says to them within TLS
inside() {
	# shellcheck disable=SC2059
	{ printf "$@"; sleep 1; } | timeout 6 openssl s_client -quiet \
	    -starttls postgres -connect "127.0.0.1:$front" 2>/dev/null |
	    tr -d '\0' | head -c 300
}
# anna BYTES: what it says to them when anna has logged in
anna() {
	# shellcheck disable=SC2059
	{
		printf '\0\0\0\53\0\3\0\0user\0alpha.anna\0database\0ve_alpha\0\0'
		sleep 0.5
		printf "$@"
		sleep 0.5
	} | timeout 6 openssl s_client -quiet -starttls postgres \
	    -cert "$ca/anna.crt" -key "$ca/anna.key" \
	    -servername alpha.gateway.hanse.internal \
	    -connect "127.0.0.1:$front" 2>/dev/null | tr -d '\0'
}
contains "by hand" 'DHello' "$(anna "Q\0\0\0\23SELECT 'Hello'\0" | tr -d '\5\1\13\17')"
contains "an unknown message" C08P01 "$(anna 'w\0\0\0\4')"
contains "a password after log-in" C08P01 "$(anna 'p\0\0\0\5x')"
contains "a Query of 4 GiB" C08P01 "$(anna 'Q\377\377\377\377x')"
contains "a Query of 65 MiB" C08P01 "$(anna 'Q\4\20\0\5SELECT')"
contains "a Sync with a body" C08P01 "$(anna 'S\0\0\0\5x')"
same "garbage" "" "$(raw 'GET / HTTP/1.1\r\n\r\n')"
same "bytes stuffed before TLS" "" \
    "$(raw '\0\0\0\10\4\322\26/stuffed bytes')"
contains "start-up in plain" 'SFATAL.*C28000' \
    "$(raw '\0\0\0\20\0\3\0\0user\0x\0\0')"
contains "protocol 2" C0A000 "$(inside '\0\0\0\10\0\2\0\0')"
contains "no user" C28000 "$(inside '\0\0\0\11\0\3\0\0\0')"
contains "search_path at start-up" C42501 \
    "$(inside '\0\0\0\43\0\3\0\0user\0x\0search_path\0public\0\0')"
contains "a second start-up is no SASL message" C08P01 \
    "$(inside '\0\0\0\20\0\3\0\0user\0x\0\0\0\0\0\20\0\3\0\0user\0y\0\0')"
contains "a length beyond 8 KiB" C08P01 "$(inside '\177\377\377\377\0\3\0\0')"
same "alive after all that" 1 "$(ask "$by_cert" -c 'SELECT 1')"
exec {idle}<>"/dev/tcp/127.0.0.1/$front"
sleep 4
same "who says nothing is closed" "" "$(timeout 2 cat <&"$idle" || echo open)"
exec {idle}>&-

contains "TLS at once, with ALPN" C0A000 "$(
	{ printf '\0\0\0\10\0\2\0\0'; sleep 1; } | timeout 6 openssl s_client \
	    -quiet -alpn postgresql -connect "127.0.0.1:$front" 2>/dev/null |
	    tr -d '\0')"
same "TLS at once, without" "" "$(
	{ printf '\0\0\0\10\0\2\0\0'; sleep 1; } | timeout 6 openssl s_client \
	    -quiet -connect "127.0.0.1:$front" 2>/dev/null | tr -d '\0')"
contains "another ALPN" 'no application protocol' "$(openssl s_client \
    -starttls postgres -alpn http/1.1 -connect "127.0.0.1:$front" \
    2>&1 </dev/null)"
exec {sock}<>"/dev/tcp/127.0.0.1/$front"
printf '\0\0\0\10\4\322\0260' >&"$sock"
same "no GSS encryption" N "$(timeout 5 head -c 1 <&"$sock")"
printf '\0\0\0\10\4\322\026/' >&"$sock"
same "but TLS after it" S "$(timeout 5 head -c 1 <&"$sock")"
exec {sock}>&-
contains "protocol 3.2 is talked down" '^v' \
    "$(inside '\0\0\0\20\0\3\0\2user\0x\0\0')"

# --- servers that are not what they should be ---------------------------------

gina="$(conn gamma.gina ve_gamma "$(cert gina)")"
SERVER_NAME=other.invalid tool write "$routes" gamma 127.0.0.1 "$back" 5 \
    gamma.gina -
tool call "$socket" reload >/dev/null
refused "a server of another name" 08006 "$gina"
contains "and the log says so" 'backend.failed .*hostname mismatch' "$(cat "$log")"
tool write "$routes" gamma 127.0.0.1 "$((PORT + 2))" 5 gamma.gina -
tool call "$socket" reload >/dev/null
# liar BYTES [SECONDS]: a server that answers the TLS request with them
liar() {
	# shellcheck disable=SC2059
	{ printf "$1"; sleep "${2:-1}"; } | timeout 6 nc -N -l 127.0.0.1 "$((PORT + 2))" \
	    >/dev/null &
	sleep 0.3
}
liar N
refused "a server without TLS" 08006 "$gina"
liar 'S stuffed before TLS'
refused "a server that stuffs" 08006 "$gina"
liar S 4
refused "a server that never goes on" 57P03 "$gina"
tool write "$routes" gamma 127.0.0.1 "$back" 5 gamma.gina -
tool call "$socket" reload >/dev/null
refused "a role that PostgreSQL does not let in" 08006 "$gina"

# --- the log, the end ---------------------------------------------------------

text=$(cat "$log")
contains "log: a login" \
    "event=session.login .*ve=alpha enterprise=anna .*application=\"probe\"" "$text"
contains "log: a refusal" 'event=session.refused .*why=password sqlstate=28P01' \
    "$text"
contains "log: a close" \
    'event=session.close .*reason=terminate in=[0-9]+ out=[0-9]+ statements=[1-9]' \
    "$text"
lacks "log: no SQL, no secrets" 'SELECT|secret-|SCRAM-SHA|[, ]p=' "$text"
hold last "$by_cert"
same "a last session" 7 "$(say last 'SELECT 7;')"
kill -TERM "$gateway_pid"
wait "$gateway_pid"
same "SIGTERM: a clean end" 0 $?
gateway_pid=''
contains "with a word to the sessions" 57P01 "$(say last 'SELECT 8;')"
let_go last
sed "s/127.0.0.1:$front/10.255.255.1:$front/" "$dir/gateway.yaml" \
    >"$dir/nowhere.yaml"
contains "an address that is not there" "no interface has this address" \
    "$("$B/hanse-gateway" --config "$dir/nowhere.yaml" 2>&1)"
sed 's/^ca:/cat:/' "$dir/gateway.yaml" >"$dir/wrong.yaml"
contains "a wrong configuration" 'wrong.yaml:[0-9]+: ' \
    "$("$B/hanse-gateway" --config "$dir/wrong.yaml" 2>&1)"
[ "$checks_failed" -eq 0 ] || tail -n 30 "$log"
summary
