#!/bin/bash
# audit.sh - every statement is put down, and nobody changes what is; kinds of
# statements that are refused. Real clients, a real PostgreSQL. Needs root.
# Environment: see ground.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/gateway/ground.sh

audit=$dir/audit
listed() { sleep 0.2; tool audit "$audit" list | jq -c ".[] | $1"; }
report() { sleep 0.2; tool audit "$audit" | jq -r "$1"; }
last() { listed . | tail -n 1 | jq -r "$1"; }
routes() { # NAME=VALUE...
	env "$@" "$B/gw_routes" write "$routes" alpha 127.0.0.1 "$back" 100 "$anna" secret-anna "$bert" secret-bert
	tool call "$socket" reload >/dev/null
}
restart() { # [SIGNAL]
	# shellcheck disable=SC2046 # one word each
	kill "-${1:-TERM}" $([ "${1:-}" = KILL ] && gateway_pids || echo "$gateway_pid")
	wait "$gateway_pid" 2>/dev/null
	gateway_start
	eventually "it starts again" 10 tool call "$socket" ping
}

for pooling in session transaction; do
	echo "-- $pooling"
	routes POOLING=$pooling BACKENDS=4
	before=$(report .statements)
	ask "$by_cert application_name=req-77" -c "SELECT a FROM t WHERE a = 4711 AND b = 'a secret of Anna'" >/dev/null
	same "$pooling: who, what, how" "alpha|anna|req-77|SELECT|0|done|SELECT a FROM t WHERE a = \$1 AND b = \$2" \
	    "$(last '[.ve, .enterprise, .application, .tag, .rows, .verdict, .statement] | map(tostring) | join("|")')"
	first=$(last .shape)
	ask "$by_cert" -c "SELECT a FROM t WHERE a = 5 AND b = 'a secret of Anna'" >/dev/null
	same "another number is the same statement" "$first" "$(last .shape)"
	ask "$by_cert" -c 'SELECT generate_series(1, 1000)' >/dev/null
	same "rows and bytes" "1000 true" "$(last '[.rows, .bytes > 10000] | join(" ")' 2>/dev/null || last '"\(.rows) \(.bytes > 10000)"')"
	ask "$by_cert" -c 'SELECT 1 / 0' >/dev/null
	same "an error" "failed 22012" "$(last '"\(.verdict) \(.sqlstate)"')"
	ask "$by_cert" -c 'SELECT pg_sleep(0.3)' >/dev/null
	same "how long" true "$(last '.ms >= 300 and .ms < 900')"
	ask "$by_cert" -c "SET application_name = 'req-78'" -c 'SELECT 1' >/dev/null
	same "another name on the way" req-78 "$(last .application)"
	same "seven statements, seven records" 7 "$(($(report .statements) - before))"
	before=$(report .statements)
	timeout 60 pgbench -n -M prepared -f <(echo 'SELECT 1;') -t 1000 -c 4 "$by_cert" >/dev/null 2>&1
	same "$pooling: 4,000 prepared ones are 4,000 records, of one shape" "4000 1" \
	    "$(($(report .statements) - before)) $(listed '[.shape, .statement]' | tail -n 4000 | sort -u | wc -l)"
	printf 'SELECT 1;\nSELECT 2;\n' >"$dir/two.sql"
	before=$(report .statements)
	ask "$by_cert" -c 'SELECT 1; SELECT 2; SELECT 3' >/dev/null
	same "three in one message" 3 "$(($(report .statements) - before))"
	ask "$by_cert" -c "$(printf "SELECT '%20000s'" x)" >/dev/null
	same "one longer than a block" "done" "$(last .verdict)"

	# Kinds.
	routes POOLING=$pooling BACKENDS=4 REFUSES="lock listen set role do copy-file advisory-lock hold"
	for kind in "lock:LOCK TABLE t" "lock:BEGIN; LOCK t" "listen:LISTEN x" "set:SET work_mem = '64GB'" "set:SELECT set_config('wo' || 'rk_mem', '1GB', false)" \
	    "role:SeT/**/ROLE \"$bert\"" "role:RESET SESSION AUTHORIZATION" "do:DO \$\$ BEGIN END \$\$" "copy-file:COPY t FROM PROGRAM 'id'" \
	    "advisory-lock:SELECT pg_catalog.pg_try_advisory_lock(1)" "hold:DECLARE c CURSOR WITH HOLD FOR SELECT 1" \
	    "lock:EXPLAIN SELECT 1; LOCK t" "set:SELECT (SELECT max(set_config(a::text, 'x', true)) FROM t)"; do
		contains "$pooling: refused: ${kind#*:}" "ERROR: *42501.*kind \"${kind%%:*}\"" "$(ask "$by_cert" -c "${kind#*:}" | tr '\n' ' ')"
	done
	same "it is in the audit" "refused 42501" "$(last '"\(.verdict) \(.sqlstate)"')"
	same "and goes on, its transaction being aborted" "25P02|4" "$(ask "$by_cert" -v ON_ERROR_STOP=0 -c BEGIN -c 'LOCK t' -c 'SELECT 3' -c ROLLBACK -c 'SELECT 4' |
		grep -oE '25P02|^4$' | paste -sd'|')"
	same "prepared, too" "42501" "$(timeout 20 pgbench -n -M prepared -f <(echo "SELECT set_config('work_mem', '1GB', true);") -t 1 -c 1 "$by_cert" 2>&1 | grep -q 'kind "set"' && echo 42501)"
	[ $pooling = transaction ] || routes POOLING=$pooling REFUSES="long" # there it is not put together
	contains "and in more than a block" 'ERROR: *42501' "$(ask "$by_cert" -c "LOCK t /* $(printf '%20000s' x) */" | tr '\n' ' ')"
	same "what may be set, may" "req-79" "$(ask "$by_cert" -c "SELECT set_config('application_name', 'req-79', true)" | tail -n 1)"
	same "and names the session in the audit" "req-79" "$(ask "$by_cert" -c "SELECT set_config('application_name', 'req-79', false)" -c 'SELECT 1' >/dev/null; last .application)"
	same "what is not, is not" "7" "$(ask "$by_cert" -c "SET application_name = 'LOCK t'" -c "SELECT 7 /* LOCK t */" | tail -n 1)"
	routes POOLING=$pooling BACKENDS=4
done

echo "-- the chain"
same "it is whole" true "$(report .ok)"
lacks "values are nowhere in it" 'secret of Anna|4711' "$(cat "$audit"/*/*.audit | strings)"
same "it is the gateway's alone" "700 600" "$(stat -c %a "$audit" "$audit"/* "$audit"/*/* | sort -u -r | paste -sd' ')"
echo 'SELECT 1;' >"$dir/one.sql"
timeout 20 pgbench -n -f "$dir/one.sql" -T 6 -c 8 "$by_cert" >/dev/null 2>&1 &
bench=$!
sleep 2
since=$(date +%s%N)
restart KILL
wait "$bench"
same "after kill -9 it is whole, and goes on" "true" "$(report .ok)"
killed=$(date -u -d "@$((since / 1000000000))" +%FT%T).$(printf '%06d' $((since / 1000 % 1000000)))Z
last_before=$(listed "select(.time < \"$killed\") | .time" | tail -n 1 | tr -d '"')
ms=$(((since - $(date -d "$last_before" +%s%N)) / 1000000))
if [ "$ms" -le 100 ]; then pass "and has all but the last $ms ms"; else fail "and has all but the last 100 ms" "$ms"; fi
restart
same "after a restart, too" "true" "$(report .ok)"
before=$(report .statements)
ask "$by_cert" -c 'SELECT 1' >/dev/null
restart
same "an end loses nothing" 1 "$(($(report .statements) - before))"
ask "$by_cert" -c 'SELECT 1' >/dev/null
sleep 0.2
copy=$dir/copy
tampered() { # NAME COMMAND...
	rm -rf "$copy"
	cp -r "$audit" "$copy"
	find "$copy" -size 0 -delete
	segments=("$copy"/alpha/*.audit)
	segment=$(find "$copy/alpha" -name "*.audit" -printf "%s %p\n" | sort -rn | head -n 1 | cut -d" " -f2)
	"${@:2}"
	same "$1 is found" false "$(tool audit "$copy" | jq -r .ok)"
}
flip() { printf '\x5a' | dd of="$segment" bs=1 seek="$1" conv=notrunc 2>/dev/null; }
tampered "a byte that was changed" flip 900
tampered "a block's number" flip 9
remove_middle() { rm "${segments[1]}"; }
tampered "a segment that was removed" remove_middle
cut_front() { tail -c +2000 "$segment" >"$segment.x" && mv "$segment.x" "$segment"; }
tampered "a beginning that was cut off" cut_front
swap() { mv "${segments[0]}" "$copy/alpha/x" && mv "${segments[1]}" "${segments[0]}" && mv "$copy/alpha/x" "${segments[1]}"; }
tampered "two that were swapped" swap

echo "-- where it is required"
mkdir -p "$dir/small"
mount -t tmpfs -o size=256k,mode=700 none "$dir/small"
sed -i "s#^audit: .*#audit: {folder: $dir/small/audit, required: true}#" "$dir/gateway.yaml"
restart
same "it serves" 1 "$(ask "$by_cert" -c 'SELECT 1')"
dd if=/dev/zero of="$dir/small/fill" bs=1k 2>/dev/null
timeout 10 pgbench -n -f <(echo 'SELECT 1;') -T 4 -c 4 "$by_cert" >/dev/null 2>&1
done_full=$(timeout 3 psql -XqAt -d "$by_cert" -c 'SELECT 5' 2>&1)
same "with no room for the audit nothing is done" "" "$done_full"
same "and the operator sees it" true "$(tool call "$socket" status | jq .audit.failing)"
rm "$dir/small/fill"
same "with room again it goes on" 6 "$(ask "$by_cert" -c 'SELECT 6')"
same "and the audit is whole" true "$(sleep 0.5; tool audit "$dir/small/audit" | jq .ok)"
same "nothing was lost" 0 "$(tool audit "$dir/small/audit" | jq .lost)"
kill "$gateway_pid"
wait "$gateway_pid" 2>/dev/null
gateway_pid=
umount "$dir/small"
summary
