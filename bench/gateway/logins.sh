#!/bin/bash
# logins.sh [ROUNDS [SECONDS]] - a connection for each statement: straight to
# PostgreSQL and through the gateway (a pool), by client certificate over TLS, in
# turn; what that takes of the gateway's processor time (the statement and the end
# of the connection with it; idle.sh has the log-in alone), and how much of it is
# the handshake's, as OpenSSL does it and as the gateway has it done. Needs root.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
rounds=${1:-3} seconds=${2:-3}
export POOLING=transaction BACKENDS=4
# shellcheck source=tests/gateway/ground.sh
. tests/gateway/ground.sh
sed -i 's/^log: debug/log: warn/' "$dir/gateway.yaml"
kill "$gateway_pid"
wait "$gateway_pid"
gateway_start
eventually "the gateway, saying less" 10 tool call "$socket" ping
echo 'SELECT 1;' >"$dir/one.sql"
direct="host=db.hanse.internal hostaddr=127.0.0.1 port=$back sslmode=verify-full sslrootcert=$ca/ca.crt user=$anna dbname=ve_alpha $(cert gateway-client)"
one() { # CONNINFO: connections a second, and how many there were
	timeout 60 pgbench -n -C -c 4 -j 2 -T "$seconds" -f "$dir/one.sql" "$1" 2>&1 |
		awk '/actually processed/ { count = $NF } /^tps/ { tps = $3 } END { printf "%d %d\n", tps, count }'
}
best_direct=0 best_gateway=0 least=999999
for ((i = 0; i < rounds; i++)); do
	read -r tps _ < <(one "$direct")
	[ "$tps" -le "$best_direct" ] || best_direct=$tps
	before=$(gateway_us)
	read -r tps count < <(one "$by_cert")
	cost=$((($(gateway_us) - before) / count))
	[ "$tps" -le "$best_gateway" ] || best_gateway=$tps
	[ "$cost" -ge "$least" ] || least=$cost
done
printf 'TLS 1.3, ECDSA client certificate: direct %d connections/s, gateway %d: ratio %s (bar: 1.3)\n' "$best_direct" "$best_gateway" \
    "$(awk -v g="$best_gateway" -v d="$best_direct" 'BEGIN { printf "%.2f", g / d }')"
printf 'of it the gateway: %d us of processor time a connection (bar: 700)\n' "$least"
make -s B="$B" "$B/gw_handshake" || exit 1
read -r plain ours curves < <("$B/gw_handshake" 1000 "$ca/ca.crt" "$ca/gateway-server.crt" "$ca/gateway-server.key" "$ca/anna.crt" "$ca/anna.key")
printf 'a handshake in memory: %d us with OpenSSL as it comes, %d with the gateway'"'"'s front; %d are curves\n' "$plain" "$ours" "$curves"
