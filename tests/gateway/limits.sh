#!/bin/bash
# limits.sh - what an enterprise and its VE may use, kept by the gateway against
# clients that do what they can: real clients, a real PostgreSQL. Needs root.
# Environment: see ground.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/gateway/ground.sh

by_bert="$(conn "$bert" ve_alpha password=secret-bert sslcert=none)"
limits() { # NAME=VALUE...: those of VE alpha, from now on
	env "$@" "$B/gw_routes" write "$routes" alpha 127.0.0.1 "$back" "${CONNECTIONS:-100}" "$anna" secret-anna "$bert" secret-bert
	tool call "$socket" reload >/dev/null
}
of_route() { tool call "$socket" status | jq -r --arg user "$1" ".routes[] | select(.user == \$user) | $2"; }
took() { # COMMAND...: in milliseconds; what it says goes to $dir/said
	local since
	since=$(now_ms)
	"$@" >"$dir/said" 2>&1 </dev/null
	echo $(($(now_ms) - since))
}
between() { # NAME LOW HIGH GOT
	if [ "$4" -ge "$2" ] && [ "$4" -le "$3" ]; then
		pass "$1 ($4)"
	else
		fail "$1" "$4 is not $2 to $3"
	fi
}
echo 'SELECT 1;' >"$dir/one.sql"
# tps SECONDS CLIENTS CONNINFO: transactions in that time
tps() { timeout 60 pgbench -n -f "$dir/one.sql" -T "$1" -c "$2" -j 1 "${@:4}" "$3" 2>&1 | sed -n 's/.*actually processed: \([0-9]*\).*/\1/p'; }

for pooling in session transaction; do
	echo "-- $pooling"
	# Time. The session's own settings do not matter.
	limits POOLING=$pooling STATEMENT_MS=400
	ms=$(took ask "$by_cert" -c 'SET statement_timeout = 0' -c 'SELECT pg_sleep(20)')
	between "$pooling: a statement is cut at its 400 ms" 400 900 "$ms"
	contains "with a SQLSTATE and a hint" 'ERROR: *57014.*longer than this enterprise.*(.|\n)*HINT' "$(tr '\n' ' ' <"$dir/said")"
	same "and its session goes on" "5" "$(ask "$by_cert" -v ON_ERROR_STOP=0 -c 'SELECT pg_sleep(20)' -c 'SELECT 5' | tail -n 1)"
	# What comes in one message is one statement: PostgreSQL answers all at once.
	for _ in $(seq 30); do echo 'SELECT 1 FROM pg_sleep(0.02);'; done >"$dir/short.sql"
	same "statements that are short enough are not, however many" 30 "$(ask "$by_cert" -f "$dir/short.sql" | grep -cx 1)"
	same "it is counted" true "$(of_route "$anna" '.cut >= 2')"
	limits POOLING=$pooling STATEMENT_MS=400 TRANSACTION_MS=700
	ms=$(took ask "$by_cert" -c BEGIN -c 'SELECT pg_sleep(0.3)' -c 'SELECT pg_sleep(0.3)' -c 'SELECT pg_sleep(0.3)' -c 'SELECT pg_sleep(0.3)' -c COMMIT)
	between "$pooling: a transaction ends at its 700 ms" 650 1300 "$ms"
	contains "with a SQLSTATE" 'FATAL: *25P04' "$(tr '\n' ' ' <"$dir/said")"
	limits POOLING=$pooling IDLE_MS=300
	ms=$(took timeout 20 psql -XqAt -v VERBOSITY=verbose -d "$by_cert" -c BEGIN -c 'SELECT 1' -c '\! sleep 1' -c 'SELECT 2')
	contains "$pooling: a transaction in which nothing happens ends" 'FATAL: *25P03' "$(tr '\n' ' ' <"$dir/said")"
	same "and its locks are free" 0 "$(admin -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND usename = '$anna'")"
	ask "$by_cert" -c BEGIN -c 'LOCK TABLE t' -c 'SELECT pg_sleep(3)' >"$dir/lock.out" &
	locker=$!
	sleep 0.4
	limits POOLING=$pooling STATEMENT_MS=200
	ms=$(took ask "$by_bert" -c 'SELECT count(*) FROM t')
	between "$pooling: a lock lasts no longer than the limit, which came while it was held" 0 1500 "$ms"
	wait "$locker"
	contains "its holder was cut" 57014 "$(cat "$dir/lock.out")"

	# Rates: 5 s of as much as goes.
	limits POOLING=$pooling TPS=100
	between "$pooling: 100 transactions/s, 4 clients, 5 s" 480 520 "$(tps 5 4 "$by_cert")"
	limits POOLING=$pooling VE_TPS=100
	tps 5 4 "$by_bert" >"$dir/bert.tps" &
	a=$(tps 5 4 "$by_cert")
	wait $!
	b=$(cat "$dir/bert.tps")
	between "$pooling: 100/s for the VE, two enterprises" 480 530 $((a + b))
	between "each has its part" 150 350 "$a"
	limits POOLING=$pooling
	a=$(tps 2 4 "$by_cert")
	between "$pooling: without one, more" 1000 10000000 "$a"
	limits POOLING=$pooling BPS=1000000
	ms=$(took ask "$by_cert" -c "SELECT repeat('x', 1000) FROM generate_series(1, 3000)")
	between "$pooling: 3 MB at 1 MB/s" 2700 3900 "$ms"
	same "whole" 3000 "$(wc -l <"$dir/said")"
	between "$pooling: and in" 1700 3000 "$(took bash -c "yes x | head -c 2000000 | timeout 60 psql -XqAt -d '$by_cert' -c '\\copy t(b) from stdin'")"
	limits POOLING=$pooling
done

all_done() { # but for the gateway
	local job
	for job in $(jobs -p); do
		[ "$job" = "$gateway_pid" ] || wait "$job"
	done
}

echo "-- places"
limits POOLING=session VE_CONNECTIONS=3
for _ in 1 2 3; do ask "$by_cert" -c 'SELECT pg_sleep(3)' >/dev/null & done
sleep 1
contains "a VE's connections are all its enterprises'" 53300 "$(ask "$by_bert" -c 'SELECT 1' || grep 'session.refused' "$log" | tail -n 1)"
limits POOLING=session VE_CONNECTIONS=4
same "one more, while it runs" 1 "$(ask "$by_bert" -c 'SELECT 1')"
all_done

# 60 enterprises over 20 backends.
ours() { admin -d postgres -c "SELECT pid FROM pg_stat_activity WHERE usename LIKE 'alpha.%'" | sort; }
many=$(for i in $(seq 60); do echo "alpha.e$i secret"; done)
for i in $(seq 60); do echo "CREATE ROLE \"alpha.e$i\" LOGIN;"; done | admin -d postgres
for i in $(seq 60); do echo "gateway hanse-gateway alpha.e$i"; done >>"$dir/data/pg_ident.conf"
as_postgres pg_ctl -D "$dir/data" reload >/dev/null
# shellcheck disable=SC2086
env POOLING=transaction BACKENDS=4 VE_BACKENDS=20 "$B/gw_routes" write "$routes" alpha 127.0.0.1 "$back" 10 $many
tool call "$socket" reload >/dev/null
for i in $(seq 60); do
	timeout 60 pgbench -n -f "$dir/one.sql" -t 40 -c 2 -j 1 "$(conn "alpha.e$i" ve_alpha password=secret sslcert=none)" >"$dir/e$i" 2>&1 &
	[ $((i % 12)) -ne 0 ] || all_done
	most=$(tool call "$socket" status | jq .ves.alpha.backends)
	[ "$most" -le 20 ] || fail "more backends than the VE has" "$most"
	# PostgreSQL's own, but for those that it is ending.
	most=$(comm -12 <(ours) <(sleep 0.2; ours) | wc -l)
	[ "$most" -le 20 ] || fail "more backends than the VE has, PostgreSQL says" "$most"
done
all_done
same "60 enterprises over 20 backends of a VE: nobody starves" 60 "$(grep -l 'processed: 80/80' "$dir"/e* | wc -l)"
same "idle ones made way" true "$(tool call "$socket" status | jq '.evictions > 0')"
summary
