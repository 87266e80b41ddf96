#!/bin/bash
# bench.sh - what the gateway costs: memory, latency, CPU a transaction, against
# the same PostgreSQL direct, TLS with certificates both times. Needs root.
# Environment: see ground.sh; SECONDS_EACH (3), ROUNDS (3).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/gateway/ground.sh
each=${SECONDS_EACH:-3} rounds=${ROUNDS:-3}

as_postgres pgbench -i -q -s 5 -h "$dir/pg" -p "$back" -U postgres ve_alpha \
    >/dev/null 2>&1
admin -d ve_alpha -c 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC' \
    -c 'VACUUM ANALYZE' >/dev/null
direct="host=db.hanse.internal hostaddr=127.0.0.1 port=$back user=$anna
    dbname=ve_alpha sslmode=verify-full sslrootcert=$ca/ca.crt
    $(cert gateway-client)"
idle=$(pss_kib)

# one CONNINFO CLIENTS MODE: "latency_us tps"
one() {
	pgbench -n -S -M "$3" -c "$2" -j 1 -T "$each" "$1" 2>/dev/null |
	    awk '/^latency average/ { l = $4 * 1000 } /^tps/ { t = $3 }
		END { printf "%.0f %.0f\n", l, t }'
}
printf '%-9s %3s  %18s  %18s  %s\n' mode c 'direct us (tps)' 'gateway us (tps)' \
    'gateway CPU us/tx'
for mode in simple prepared; do
	for c in 1 16; do
		for _ in $(seq "$rounds"); do
			read -r dl dt < <(one "$direct" "$c" "$mode")
			before=$(gateway_us)
			read -r gl gt < <(one "$by_cert" "$c" "$mode")
			spent=$(($(gateway_us) - before))
			printf '%-9s %3d  %8d (%7d)  %8d (%7d)  %s\n' "$mode" \
			    "$c" "$dl" "$dt" "$gl" "$gt" "$(awk "BEGIN {
				print $spent / ($gt * $each) }")"
		done
	done
done
after=$(pss_kib)
coproc MANY { timeout 60 "$B/gw_many" 200 "$by_cert" 2>&1; }
read -r -t 60 _ <&"${MANY[0]}"
many=$(pss_kib)
echo >&"${MANY[1]}"
wait "$MANY_PID" 2>/dev/null
printf 'PSS: %d KiB idle, %d after the load, %d with 200 idle sessions\n' \
    "$idle" "$after" "$many"
pgbench -n -C -c 2 -T "$each" -f <(echo 'SELECT 1;') "$by_cert" 2>/dev/null |
    grep -E '^(tps|average connection)' | sed 's/^/log-ins: /'
pgbench -n -C -c 2 -T "$each" -f <(echo 'SELECT 1;') "$direct" 2>/dev/null |
    grep -E '^(tps|average connection)' | sed 's/^/direct:  /'
