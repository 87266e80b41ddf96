#!/bin/bash
# share.sh [ENTERPRISES [BACKENDS [RATE [SECONDS]]]] - many enterprises over few
# backends, by Zipf's law: how many backends are begun for 1,000 transactions; what
# 1,000 that are registered and 50 that are warm take of memory; and what one that is
# at 20 times its limit, holds locks and sets its time-outs away does to the others.
# Needs root.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
enterprises=${1:-200} backends=${2:-400} rate=${3:-1000} seconds=${4:-20}
# shellcheck source=tests/gateway/ground.sh
. tests/gateway/ground.sh
make -s B="$B" "$B/gw_zipf" || exit 1
sed -i "s/^max_connections.*/max_connections = $((backends + 50))/" "$dir/data/postgresql.conf"
for ((i = 1; i <= 1000; i++)); do
	echo "CREATE ROLE \"alpha.e$i\" LOGIN;"
	echo "gateway hanse-gateway alpha.e$i" >>"$dir/data/pg_ident.conf"
done | admin -d postgres
as_postgres pg_ctl -D "$dir/data" -m fast -w restart >/dev/null
sed -i 's/^log: debug/log: warn/; s/^max_sessions.*/max_sessions: 5000/' "$dir/gateway.yaml"
many() { # COUNT LIMITS...: routes, one verifier for all
	local verifier
	verifier=$(tool verifier secret)
	jq -n --arg v "$verifier" --argjson n "$1" --argjson back "$back" --argjson all "$backends" '{ve: "alpha", generation: 1,
		limits: {backends: $all}, routes: [range(1; $n + 1) | "alpha.e\(.)" as $u | {enterprise: "e\(.)", user: $u, role: $u,
		database: "ve_alpha", host: "127.0.0.1", port: $back, server_name: "db.hanse.internal", scram: $v, pooling: "transaction",
		limits: ({connections: 20, backends: 8} + (if . == 1 then '"${2:-{\}}"' else {} end))}]}' >"$routes/alpha.json"
	chmod 600 "$routes/alpha.json"
}
restart() {
	kill "$gateway_pid"
	wait "$gateway_pid" 2>/dev/null
	gateway_start
	eventually "the gateway" 10 tool call "$socket" ping
}
to="$(conn alpha.e%d ve_alpha password=secret sslcert=none)"
dialled() { tool call "$socket" status | jq .dialled; }

many "$enterprises"
restart
"$B/gw_zipf" "$to" "$enterprises" "$rate" 5 7 >/dev/null || exit 1 # warm
before=$(dialled)
read -r count p50 p99 _ <<<"$("$B/gw_zipf" "$to" "$enterprises" "$rate" "$seconds" 8)"
# Each session begins with a backend where its enterprise has none: that is not counted.
begun=$(($(dialled) - before))
awk -v n="$enterprises" -v b="$backends" -v c="$count" -v d="$begun" -v p="$p50" -v q="$p99" \
    'BEGIN { printf "%d enterprises, %d backends: %d transactions, p50 %.1f ms, p99 %.1f ms; %.1f backends begun per 1,000 (bar: 6)\n", n, b, c, p, q, d * 1000 / c }'

many 1000
restart
"$B/gw_zipf" "$to" 50 500 5 9 >/dev/null
echo "1,000 registered, 50 warm: $(pss_kib) KiB for all its processes together (bar: 65536)"

# One against all: at most 50 transactions/s; it asks for as many as it can get.
many 50 '{transactions_per_s: 50, backends: 4, statement_ms: 500, transaction_ms: 1000, idle_transaction_ms: 500}'
restart
"$B/gw_zipf" "${to/e%d/e%d}" 50 200 3 10 >/dev/null
others="${to/alpha.e%d/alpha.e2%d}" # e21 to e29
quiet=$("$B/gw_zipf" "$others" 9 300 "$seconds" 11 | cut -d' ' -f3)
noisy="$(conn alpha.e1 ve_alpha password=secret sslcert=none)"
printf 'SELECT 1;\n' >"$dir/one.sql"
end=$(($(date +%s) + seconds + 2))
timeout $((seconds + 2)) pgbench -n -f "$dir/one.sql" -c 10 -j 1 -T $((seconds + 2)) "$noisy" >/dev/null 2>&1 &
for sql in "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SELECT pg_sleep(100)" "BEGIN; LOCK TABLE t; SELECT pg_sleep(100)" "SELECT count(*) FROM generate_series(1, 100000000)"; do
	(while [ "$(date +%s)" -lt "$end" ]; do ask "$noisy" -c "$sql" >/dev/null; sleep 0.2; done) &
done
sleep 1
loud=$("$B/gw_zipf" "$others" 9 300 "$seconds" 11 | cut -d' ' -f3)
awk -v q="$quiet" -v l="$loud" 'BEGIN { printf "others beside one at 20 times its limit: p99 %.2f ms, quiet %.2f ms: %.2f (bar: 1.25)\n", l, q, l / q }'
tool call "$socket" status | jq -r '.routes[] | select(.enterprise == "e1") | "it: \(.transactions) transactions, waited \(.waited_ms) ms, \(.cut) cut"'
