#!/bin/bash
# workers.sh - a process for each virtual enterprise: who ends, hangs or is
# replaced, and what the others notice of it. Real clients, a real PostgreSQL.
# Needs root. Environment: see ground.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
export POOLING=transaction BACKENDS=4
. tests/gateway/ground.sh

echo 'SELECT 1;' >"$dir/one.sql"
by_carl="$(conn "$carl" ve_beta "$(cert carl)")"
state() { tool call "$socket" status | jq -r "$1"; }
listener_pid() { state .listener; }
alive() { kill -0 "$1" 2>/dev/null; }
ms_until() { # COMMAND...: milliseconds until it succeeds
	local since
	since=$(date +%s%N)
	until "$@" >/dev/null 2>&1; do sleep 0.01; done
	echo $((($(date +%s%N) - since) / 1000000))
}
within() { # NAME MS BAR
	if [ "$2" -le "$3" ]; then pass "$1 ($2 ms)"; else fail "$1" "$2 ms, more than $3"; fi
}

echo "-- the processes"
same "a worker for each VE and one for the platform" "alpha beta platform" \
    "$(state '[.workers[].ve] | sort | join(" ")')"
alpha=$(worker_of alpha) beta=$(worker_of beta)
for pid in "$(listener_pid)" "$alpha" "$beta" "$(worker_of platform)"; do
	same "process $pid is confined" "Seccomp: 2 NoNewPrivs: 1" \
	    "$(awk '/^Seccomp:|^NoNewPrivs:/ { s[$1] = $2 } END { print "Seccomp: " s["Seccomp:"] " NoNewPrivs: " s["NoNewPrivs:"] }' "/proc/$pid/status")"
done
same "the listener has no file open" "" \
    "$(find "/proc/$(listener_pid)/fd" -type l -name '[3-9]*' -printf '%l\n' | grep -vE '^(socket|pipe|anon_inode):')"
same "and a worker its chain of the audit alone" "alpha" \
    "$(find "/proc/$alpha/fd" -type l -printf '%l\n' | sed -n "s#^$dir/audit/\([^/]*\)/.*#\1#p" | sort -u)"

echo "-- whose they are"
same "by the name of the server" "$anna" "$(ask "$by_cert" -c 'SELECT session_user')"
same "by that of another VE, not" "" "$(ask "${by_cert/alpha.gateway/beta.gateway}" -c 'SELECT 1' 2>&1 | grep -v 'FATAL')"
same "by none, not" "" "$(ask "${by_cert/alpha.gateway/gateway}" -c 'SELECT 1' 2>&1 | grep -v 'FATAL')"
hello() { # PIECES: of a real hello, in so many; prints the type of the first record of the answer
	local size each
	size=$(stat -c %s tests/fuzz/seeds/sni/named)
	each=$(((size + $1 - 1) / $1))
	exec {sock}<>"/dev/tcp/127.0.0.1/$front"
	for ((i = 0; i < $1; i++)); do
		dd if=tests/fuzz/seeds/sni/named bs=1 skip=$((i * each)) count="$each" status=none >&"$sock"
		sleep 0.1
	done
	timeout 5 head -c 1 <&"$sock" | od -An -tx1 | tr -d ' '
	exec {sock}>&-
}
# It names no protocol, so that what comes is TLS and then the end.
same "a hello in one piece" 16 "$(hello 1)"
same "and in nine" 16 "$(hello 9)"
busy=$(awk '{ print $14 + $15 }' "/proc/$(listener_pid)/stat")
exec {sock}<>"/dev/tcp/127.0.0.1/$front"
head -c 50 tests/fuzz/seeds/sni/named >&"$sock"
sleep 2
exec {sock}>&-
same "half a hello keeps the listener from nothing" yes \
    "$([ $(($(awk '{ print $14 + $15 }' "/proc/$(listener_pid)/stat") - busy)) -le 5 ] && echo yes)"

echo "-- a worker dies"
hold of_beta "$by_carl"
same "a session of beta" 1 "$(say of_beta 'SELECT 1;')"
hold of_alpha "$by_cert"
same "a session of alpha" 2 "$(say of_alpha 'SELECT 2;')"
timeout 60 pgbench -n -C -c 2 -T 4 -f "$dir/one.sql" "$by_carl" >"$dir/beta.bench" 2>&1 &
load=$!
sleep 1
kill -KILL "$alpha"
within "alpha is served again" "$(ms_until psql -XqAt -d "$by_cert" -c 'SELECT 1')" 5000
same "by another worker" yes "$([ "$(worker_of alpha)" != "$alpha" ] && echo yes)"
contains "its session has ended" 'closed|terminat|lost' "$(say of_alpha 'SELECT 3;')"
same "beta's has not noticed" 4 "$(say of_beta 'SELECT 4;')"
same "it is still the same worker" "$beta" "$(worker_of beta)"
same "the death is counted" 1 "$(state '.workers[] | select(.ve == "alpha").deaths')"
wait "$load"
contains "beta's clients came and went all the while" 'number of failed transactions: 0 ' "$(cat "$dir/beta.bench")"
same "the audit is whole" true "$(sleep 0.2; tool audit "$dir/audit" | jq .ok)"
let_go of_alpha
for _ in 1 2 3 4 5; do
	until [ -n "$(worker_of alpha)" ]; do sleep 0.05; done
	kill -KILL "$(worker_of alpha)"
	sleep 0.1
done
eventually "who dies again and again is started again" 15 psql -XqAt -d "$by_cert" -c 'SELECT 1'

echo "-- a worker hangs"
alpha=$(worker_of alpha)
kill -STOP "$alpha"
same "beta has not noticed" 5 "$(say of_beta 'SELECT 5;')"
same "new ones of beta come in" 6 "$(ask "$by_carl" -c 'SELECT 6')"
contains "who asks hears it" 'a worker does not answer' "$(tool call "$socket" status 2>&1)"
timeout 20 psql -XqAt -d "$by_cert" -c 'SELECT 7' >"$dir/waited" 2>&1 &
waiter=$!
sleep 0.5
kill -CONT "$alpha"
wait "$waiter"
same "who came meanwhile is served then" 7 "$(cat "$dir/waited")"
contains "and it answers again" '"ok":true' "$(tool call "$socket" status)"

echo "-- the listener dies"
timeout 60 pgbench -n -c 2 -T 3 -f "$dir/one.sql" "$by_cert" >"$dir/alpha.bench" 2>&1 &
load=$!
sleep 1
kill -KILL "$(listener_pid)"
within "clients come in again" "$(ms_until psql -XqAt -d "$by_cert" -c 'SELECT 1')" 5000
wait "$load"
contains "who was in has not noticed" 'number of failed transactions: 0 ' "$(cat "$dir/alpha.bench")"

echo "-- all are replaced"
hold kept "$by_cert"
same "a session" 8 "$(say kept 'SELECT 8;')"
alpha=$(worker_of alpha) beta=$(worker_of beta)
timeout 60 pgbench -n -C -c 2 -T 4 -f "$dir/one.sql" "$by_cert" >"$dir/new.bench" 2>&1 &
load=$!
timeout 60 pgbench -n -c 2 -T 4 -f "$dir/one.sql" "$by_carl" >"$dir/old.bench" 2>&1 &
old_load=$!
sleep 1
contains "renew" '"ok":true' "$(tool call "$socket" renew)"
same "a new worker" yes "$([ "$(worker_of alpha)" != "$alpha" ] && echo yes)"
same "the old one drains" draining "$(state ".workers[] | select(.pid == $alpha).state")"
same "the session goes on there" 9 "$(say kept 'SELECT 9;')"
same "each has its own meters" yes \
    "$(state '[.routes[] | select(.ve == "alpha" and .enterprise == "anna")][0] | if (.meters | length) == 2 and
	([.meters[][0]] | add) == .statements and ([.meters[][5]] | add) == .connected_ms and .connected_ms > 0 then "yes" else . end')"
# shellcheck disable=SC2154 # hold has made it
echo '\set ON_ERROR_STOP 0
SELECT pg_sleep(30);' >&"$held_kept"
sleep 1
session=$(tool call "$socket" sessions | jq -r '.sessions[] | select(.busy and .enterprise == "anna" and .application == "psql").id' | head -n 1)
contains "it can be ended there" '"enterprise": *"anna"' "$(tool kill "$socket" "$session")"
let_go kept
eventually "when its last session has gone, it has" 10 bash -c "! kill -0 $alpha 2>/dev/null"
wait "$load" "$old_load"
contains "who came meanwhile has not noticed" 'number of failed transactions: 0 ' "$(cat "$dir/new.bench")"
lacks "nor has anybody been refused" 'refused|could not|FATAL' "$(cat "$dir/new.bench")"
contains "nor who was in" 'number of failed transactions: 0 ' "$(cat "$dir/old.bench")"
expect "a cancel finds its worker" 0 timeout 30 "$B/gw_cancel" "$by_cert"
same "the audit is whole" true "$(sleep 0.2; tool audit "$dir/audit" | jq .ok)"
let_go of_beta
eventually "the old one of beta has gone, too" 10 bash -c "! kill -0 $beta 2>/dev/null"

echo "-- another program is installed"
kill "$gateway_pid"
wait "$gateway_pid" 2>/dev/null
program=$dir/program/hanse-gateway
install -D "$B/hanse-gateway" "$program"
gateway_start
eventually "it starts from a place of its own" 10 tool call "$socket" ping
version=$(state .version)
next=$(tr 0-9 1-90 <<<"$version")
put() { # COMMAND...: what it prints is the program from now on
	"$@" >"$dir/next" && chmod 755 "$dir/next" && mv "$dir/next" "$program"
}
kind() { # PID: what it runs
	head -c 3 "/proc/$1/exe" | tail -c 2
	grep -aqF "$next" "/proc/$1/exe" && echo " next" || echo " first"
}
expect "it can be asked whether it would start" 0 "$program" --config "$dir/gateway.yaml" --check
hold stays "$by_cert"
same "a session" 20 "$(say stays 'SELECT 20;')"
say stays 'SET work_mem = 1024;' >/dev/null
hold idles "$(conn "$bert" ve_alpha password=secret-bert sslcert=none)"
same "one that will only be idle" 20 "$(say idles 'SELECT 20;')"
alpha=$(worker_of alpha) began=$(state .up_ms)
timeout 90 pgbench -n -C -c 2 -T 12 -f "$dir/one.sql" "$by_cert" >"$dir/new.bench" 2>&1 &
load=$!
timeout 90 pgbench -n -c 2 -T 12 -f "$dir/one.sql" "$by_carl" >"$dir/old.bench" 2>&1 &
old_load=$!
sleep 1
put echo '#!/bin/false'
contains "one that does not run is refused" 'would not start' "$(tool call "$socket" renew 2>&1)"
same "nobody has noticed" "21 $alpha" "$(say stays 'SELECT 21;') $(worker_of alpha)"
put sed "s/$version\x00/$next\x00/g" "$B/hanse-gateway"
mv "$routes/alpha.json" "$dir/alpha.json"
echo '{' >"$routes/alpha.json"
contains "one that could not read the routes, too" 'would not start' "$(tool call "$socket" renew 2>&1)"
mv "$dir/alpha.json" "$routes/alpha.json"
kill -STOP "$alpha"
timeout 20 "$B/gw_routes" call "$socket" sessions >"$dir/late" 2>&1 & # it owes an answer
asker=$!
sleep 0.3
contains "while a worker owes an answer it cannot be" 'does not answer' "$(tool call "$socket" renew 2>&1)"
kill -CONT "$alpha"
wait "$asker"
same "nobody has noticed that, either" 22 "$(say stays 'SELECT 22;')"
contains "renewed" '"ok":true' "$(tool call "$socket" renew)"
same "it is the next one" "$next" "$(state .version)"
same "in the same process, which has not begun anew" yes \
    "$([ "$(state .pid)" = "$gateway_pid" ] && [ "$(state .up_ms)" -gt "$began" ] && echo yes)"
same "everything runs it" "next next next next" \
    "$(for pid in "$gateway_pid" "$(listener_pid)" "$(worker_of alpha)" "$(worker_of beta)"; do kind "$pid"; done | grep -oE 'next|first' | paste -sd' ')"
same "but who drains" "first draining" "$(kind "$alpha" | grep -oE 'next|first') $(state ".workers[] | select(.pid == $alpha).state")"
same "where the session goes on with what it had set" 1MB "$(say stays 'SHOW work_mem;')"
none_of_bert() { [ "$(admin -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE usename = '$bert'")" = 0 ]; }
eventually "what idles there is left to the new one" 15 none_of_bert
same "and is there when it is needed" 23 "$(say idles 'SELECT 23;')"
let_go idles
session=$(tool call "$socket" sessions | jq -r '.sessions[] | select(.enterprise == "anna" and .application == "psql").id' | head -n 1)
contains "it is listed, and can be ended" '"enterprise": *"anna"' "$(tool kill "$socket" "$session")"
let_go stays
for _ in 1 2 3; do
	(tool call "$socket" renew; tool call "$socket" renew) >/dev/null 2>&1 &
	askers=$!
	contains "again and again, while others ask" '"ok":true' "$(for _ in 1 2 3; do tool call "$socket" status || echo lost; done | sort -u | jq -c '{ok}' | sort -u)"
	wait "$askers"
done
wait "$load" "$old_load"
contains "who came meanwhile has not noticed" 'number of failed transactions: 0 ' "$(cat "$dir/new.bench")"
lacks "nor has anybody been refused" 'refused|could not|FATAL' "$(cat "$dir/new.bench")"
contains "nor who was in" 'number of failed transactions: 0 ' "$(cat "$dir/old.bench")"
children_are() { [ "$(pgrep -P "$gateway_pid" | wc -l)" = "$1" ]; }
descriptors() { find "/proc/$gateway_pid/fd" -name '[0-9]*' | wc -l; }
eventually "the drained have gone" 10 children_are 4
open=$(descriptors)
expect "once more" 0 tool call "$socket" renew
eventually "they have gone, too" 10 children_are 4
same "no descriptor is left open" "$open" "$(descriptors)"
sed -i "s/^listen: .*/listen: [\"127.0.0.1:$((PORT + 2)) alpha\"]/" "$dir/gateway.yaml"
contains "another port, with the same program" '"ok":true' "$(tool call "$socket" renew)"
same "is open" "$anna" \
    "$(ask "host=127.0.0.1 port=$((PORT + 2)) sslmode=verify-ca sslsni=0 sslrootcert=$ca/ca.crt user=$anna dbname=ve_alpha $(cert anna)" -c 'SELECT session_user')"
eventually "and that of before is not" 5 bash -c "! exec 3<>/dev/tcp/127.0.0.1/$front"
same "the audit is whole" true "$(sleep 0.2; tool audit "$dir/audit" | jq .ok)"

echo "-- the master dies"
before=$(gateway_pids | tail -n +2)
kill -KILL "$gateway_pid"
wait "$gateway_pid" 2>/dev/null
for pid in $before; do
	eventually "process $pid ends" 8 bash -c "! kill -0 $pid 2>/dev/null"
done
sed -i "s/^listen: .*/listen: [\"127.0.0.1:$front\", \"127.0.0.1:$((PORT + 2)) alpha\"]/" "$dir/gateway.yaml"
gateway_start
eventually "it starts again" 10 tool call "$socket" ping
same "and serves" 10 "$(ask "$by_cert" -c 'SELECT 10')"
same "by the port of a VE, who names none" "$anna" \
    "$(ask "host=127.0.0.1 port=$((PORT + 2)) sslmode=verify-ca sslsni=0 sslrootcert=$ca/ca.crt user=$anna dbname=ve_alpha $(cert anna)" -c 'SELECT session_user')"
contains "keys that do not fit" 'mismatch' "$(mv "$ca/gateway-client.key" "$ca/kept.key"; cp "$ca/anna.key" "$ca/gateway-client.key"; tool call "$socket" reload 2>&1)"
same "change nothing" 11 "$(ask "$by_cert" -c 'SELECT 11')"
mv "$ca/kept.key" "$ca/gateway-client.key"
expect "and right ones do" 0 tool call "$socket" reload

echo "-- a pair for each role"
mkdir "$ca/roles"
for role in "$anna" "$bert" "$carl" hanse_provisioner; do
	key_of "roles/role.$role" "$role"
done
sed -i "s#^backend:.*#backend: {folder: $ca/roles}#; /gateway-client/d" "$dir/gateway.yaml"
echo 'hostssl all all 127.0.0.1/32 cert' >"$dir/data/pg_hba.conf"
as_postgres pg_ctl -D "$dir/data" reload >/dev/null
eventually "the one for all opens nothing any more" 5 bash -c "psql -XqAt 'host=db.hanse.internal hostaddr=127.0.0.1 port=$back sslmode=verify-full sslrootcert=$ca/ca.crt user=$anna dbname=ve_alpha $(cert gateway-client)' -c 'SELECT 1' 2>&1 | grep -q 'certificate authentication failed'"
kill "$gateway_pid"
wait "$gateway_pid" 2>/dev/null
gateway_start
eventually "it starts with them" 10 tool call "$socket" ping
same "as anna" "$anna" "$(ask "$by_cert" -c 'SELECT session_user')"
same "as carl" "$carl" "$(ask "$by_carl" -c 'SELECT session_user')"
same "as the provisioner" hanse_provisioner "$(ask "$(conn platform.provisioner postgres@db.shared "$(cert platform)")" -c 'SELECT session_user')"
expect "a cancel needs none" 0 timeout 30 "$B/gw_cancel" "$by_cert"
# holds WORKER NEEDLE: how often it is in its memory
holds() {
	local from to
	while IFS='- ' read -r from to _; do
		# A sanitizer's shadow has terabytes, and none of ours.
		[ $((0x$to - 0x$from)) -le $((1 << 30)) ] || continue
		dd if="/proc/$1/mem" bs=4096 skip=$((0x$from / 4096)) count=$(((0x$to - 0x$from) / 4096)) status=none 2>/dev/null
	done < <(grep ' rw' "/proc/$1/maps") | grep -acF "$2"
}
needle() { sed -n 2p "$ca/roles/role.$1.key"; }
verifier=$(jq -r '.routes[] | select(.user == "alpha.bert").scram' "$routes/alpha.json" | cut -c 20-60)
same "a worker holds the keys of its own VE's roles" "yes yes yes" \
    "$(for n in "$(needle "$anna")" "$(needle "$bert")" "$verifier"; do [ "$(holds "$(worker_of alpha)" "$n")" -gt 0 ] && echo yes; done | paste -sd' ')"
same "and nothing of another's" "0 0 0" \
    "$(for n in "$(needle "$anna")" "$(needle "$bert")" "$verifier"; do holds "$(worker_of beta)" "$n"; done | paste -sd' ')"
same "nor has the listener any" "0 0 0" \
    "$(for n in "$(needle "$anna")" "$(needle "$carl")" "$(sed -n 2p "$ca/gateway-server.key")"; do holds "$(listener_pid)" "$n"; done | paste -sd' ')"
mv "$ca/roles/role.$bert.crt" "$ca/roles/role.$bert.gone"
expect "without one" 0 tool call "$socket" reload
contains "a role is not served" 'no certificate for its role' \
    "$(ask "$(conn "$bert" ve_alpha password=secret-bert sslcert=none)" -c 'SELECT 1' >/dev/null; tail -n 20 "$log")"
same "others are" 12 "$(ask "$by_cert" -c 'SELECT 12')"
mv "$ca/roles/role.$bert.gone" "$ca/roles/role.$bert.crt"
expect "with it again" 0 tool call "$socket" reload
same "it is" "$bert" "$(ask "$(conn "$bert" ve_alpha password=secret-bert sslcert=none)" -c 'SELECT session_user')"
summary
