#!/bin/bash
# idle.sh [COUNT] - what COUNT (10000) clients that do nothing take of the gateway's
# memory, over plain loopback and over TLS with a certificate, what is given back
# when they have gone, and what a log-in takes of its processor time. Needs root.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
count=${1:-10000}
export POOLING=transaction BACKENDS=4
# shellcheck source=tests/gateway/ground.sh
. tests/gateway/ground.sh
make -s B="$B" "$B/gw_idle" || exit 1
sed -i '1i host all all 127.0.0.1/32 trust' "$dir/data/pg_hba.conf"
as_postgres pg_ctl -D "$dir/data" reload >/dev/null
write_alpha 10000
kill "$gateway_pid"
wait "$gateway_pid"
sed -i "s/^log: debug/log: warn\nplaintext: true/; s/^max_sessions: .*/max_sessions: $((count + 100))/" "$dir/gateway.yaml"
gateway_start
eventually "the gateway without TLS" 10 tool call "$socket" ping
PGPASSWORD=secret-anna psql -XqAt "host=127.0.0.1 port=$front sslmode=disable user=$anna dbname=ve_alpha" -c 'SELECT 1' >/dev/null

# crowd NAME MEMORY_BAR_KIB COST_BAR_US ARG...
crowd() {
	local empty before full spent left line
	empty=$(pss_kib) before=$(gateway_us)
	coproc IDLE { "$B/gw_idle" "$front" "$anna" ve_alpha "$count" "${@:4}"; }
	read -r -t 300 line <&"${IDLE[0]}"
	same "$1: all are in" "open $count" "$line"
	full=$(pss_kib) spent=$(($(gateway_us) - before))
	echo >&"${IDLE[1]}"
	wait "$IDLE_PID" 2>/dev/null
	eventually "and out" 60 bash -c "'$B/gw_routes' call '$socket' status | grep -q '\"sessions\":0'"
	sleep 3 # it gives back a second later
	left=$(pss_kib)
	printf '%s, %d clients: %d KiB over the %d of none, %d bytes each (bar: %d KiB at 10000)\n' \
	    "$1" "$count" $((full - empty)) "$empty" $(((full - empty) * 1024 / count)) "$2"
	printf 'given back when they have gone: %d %% (bar: 90)\n' $(((full - left) * 100 / (full - empty)))
	printf 'a log-in: %d us of processor time (bar: %d)\n' $((spent / count)) "$3"
}
crowd SCRAM 12288 120 secret-anna
crowd TLS 102400 700 "$ca/anna.crt" "$ca/anna.key"
