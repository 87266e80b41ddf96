#!/bin/bash
# cpu.sh [ROUNDS [SECONDS]] - what a transaction costs: pgbench -S straight to
# PostgreSQL, through the gateway (a pool of 16 backends, a transaction each; with
# its audit, limits too high to be felt, and kinds refused) and through PgBouncer (a
# pool of 16), in turn, all over plain loopback. Processor time from
# the kernel's account of each process; the best of the rounds counts. Needs root.
# PGBOUNCER names its program; else it is Debian's, whose 1.18 knows no prepared
# statements.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
rounds=${1:-3} seconds=${2:-2}
pgbouncer=${PGBOUNCER:-$(command -v pgbouncer)}
export POOLING=transaction BACKENDS=16 TPS=1000000 BPS=2000000000 STATEMENT_MS=60000 TRANSACTION_MS=60000
export REFUSES="lock listen set role do copy-file"
# shellcheck source=tests/gateway/ground.sh
. tests/gateway/ground.sh
pooler=$((PORT + 2)) pooler_pid=''
end_all() {
	[ -z "$pooler_pid" ] || kill "$pooler_pid" 2>/dev/null
	finish
}
trap end_all EXIT

# --- the three ways -----------------------------------------------------------

sed -i '1i host all all 127.0.0.1/32 trust' "$dir/data/pg_hba.conf"
cat >>"$dir/data/postgresql.conf" <<END
shared_buffers = 512MB
synchronous_commit = off
END
as_postgres pg_ctl -D "$dir/data" -m fast -w restart >/dev/null
admin -d ve_alpha -c "GRANT ALL ON SCHEMA public TO \"$anna\""
straight="host=127.0.0.1 port=$back sslmode=disable user=$anna dbname=ve_alpha"
pgbench -q -i -s 10 "$straight" >/dev/null 2>&1 || exit 1
kill "$gateway_pid"
wait "$gateway_pid"
sed -i 's/^log: debug/log: warn\nplaintext: true/' "$dir/gateway.yaml"
gateway_start
eventually "the gateway without TLS" 10 tool call "$socket" ping
declare -A way=(
	[direct]=$straight
	[gateway]="host=127.0.0.1 port=$front sslmode=disable user=$anna dbname=ve_alpha password=secret-anna"
)
ways=(direct gateway)
if [ -n "$pgbouncer" ]; then
	cat >"$dir/pgbouncer.ini" <<END
[databases]
ve_alpha = host=127.0.0.1 port=$back
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pooler
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $dir/users.txt
pool_mode = transaction
default_pool_size = 16
max_client_conn = 300
server_tls_sslmode = disable
log_connections = 0
log_disconnections = 0
END
	# The verifier, lest each log-in derive it from the password.
	echo "\"$anna\" \"$(tool verifier secret-anna)\"" >"$dir/users.txt"
	chown postgres "$dir/pgbouncer.ini" "$dir/users.txt"
	as_postgres "$pgbouncer" -q "$dir/pgbouncer.ini" >"$dir/pgbouncer.log" 2>&1 &
	eventually "PgBouncer" 10 pgrep -f "$dir/pgbouncer.ini"
	pooler_pid=$(pgrep -nf "$dir/pgbouncer.ini")
	way[pgbouncer]="host=127.0.0.1 port=$pooler sslmode=disable user=$anna dbname=ve_alpha password=secret-anna"
	ways+=(pgbouncer)
fi

# --- measuring ----------------------------------------------------------------

us_of() { cat /proc/"$1"/task/*/schedstat 2>/dev/null | awk '{ s += $1 } END { printf "%d", s / 1000 }'; }
# Of PostgreSQL: those that live, and those that have gone.
postmaster=$(head -n 1 "$dir/data/postmaster.pid")
us_of_server() {
	local pid sum
	sum=$(awk '{ sub(/.*\) /, ""); print ($14 + $15) * 10000 }' "/proc/$postmaster/stat")
	for pid in $(pgrep -P "$postmaster"); do
		sum=$((sum + $(us_of "$pid")))
	done
	echo "$sum"
}
us_of_pooler() { if [ "$1" = pgbouncer ]; then us_of "$pooler_pid"; else gateway_us; fi; }
# one WAY MODE CLIENTS: tps, latency in ms, us of the pooler and of the server a transaction
one() {
	local before server out count
	before=$(us_of_pooler "$1") server=$(us_of_server)
	out=$(timeout 60 pgbench -n -S -M "$2" -c "$3" -j 1 -T "$seconds" "${way[$1]}" 2>&1)
	count=$(sed -n 's/.*actually processed: \([0-9]*\).*/\1/p' <<<"$out")
	if [ "${count:-0}" -eq 0 ] || grep -q aborted <<<"$out"; then
		echo "fails fails fails fails"
		return
	fi
	awk -v count="$count" -v pooler=$(($(us_of_pooler "$1") - before)) -v server=$(($(us_of_server) - server)) \
	    -v tps="$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' <<<"$out")" \
	    -v ms="$(sed -n 's/^latency average = \([0-9.]*\).*/\1/p' <<<"$out")" \
	    'BEGIN { printf "%.0f %.3f %.2f %.2f\n", tps, ms, pooler / count, server / count }'
}
best() { sort -g -k3,3 "$1" | head -n 1; } # the least processor time of the pooler
for mode in simple extended prepared; do
	for clients in 1 16 64; do
		for ((i = 0; i < rounds; i++)); do
			for w in $(shuf -e "${ways[@]}"); do
				one "$w" "$mode" "$clients" >>"$dir/$mode.$clients.$w"
			done
		done
	done
done

printf '%-10s %7s | %-26s | %-34s | %-34s | %s\n' mode clients "direct: tps ms server-us" \
    "gateway: tps ms own-us server-us" "pgbouncer: tps ms own-us server-us" "own ratio"
for mode in simple extended prepared; do
	for clients in 1 16 64; do
		d=$(sort -gr "$dir/$mode.$clients.direct" | head -n 1) g=$(best "$dir/$mode.$clients.gateway") p=-
		[ ! -e "$dir/$mode.$clients.pgbouncer" ] || p=$(best "$dir/$mode.$clients.pgbouncer")
		read -r dt dm _ ds <<<"$d"
		printf '%-10s %7s | %-26s | %-34s | %-34s | %s\n' "$mode" "$clients" "$dt $dm $ds" "$g" "$p" \
		    "$(awk -v g="$(cut -d' ' -f3 <<<"$g")" -v p="$(cut -d' ' -f3 <<<"$p")" 'BEGIN { printf "%s", (p + 0 > 0) ? sprintf("%.2f", g / p) : "-" }')"
	done
done
echo "(own ratio: the gateway's processor time a transaction over PgBouncer's; the bar is 0.85 at 16 and 64 clients, simple and prepared)"
