#!/bin/bash
# restarts.sh [SECONDS] - hansed is started again every 10 s while a chain is
# applied back and forth and a client follows the events: how many it misses,
# and what hansed holds just before each restart. On a running platform of runit
# (SECONDS: 600), as root. Leaves nothing.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-600}
work=$(mktemp -d /tmp/hanse-restarts.XXXXXX)
control() { psql -XqAt -h /run/hanse/control-db -U hanse -d hanse -c "$1"; }
finish() {
	kill "$follower" "$load" "$asker" 2>/dev/null || true
	wait 2>/dev/null || true
	hanse destroy -q --yes killed >/dev/null 2>&1 || true
	rm -rf "$work"
}
sed 's/memory_mib: 128/memory_mib: 160/; s/Maker GmbH/Maker SE/' tests/kill/one.yaml >"$work/other.yaml"
first=$(control 'SELECT coalesce(max(event_id), 0) FROM event')
hanse events --since "$first" --follow -o json >"$work/events" 2>"$work/events.err" &
follower=$!
(while :; do
	hanse apply -q tests/kill/one.yaml >/dev/null 2>&1 || true
	hanse apply -q "$work/other.yaml" >/dev/null 2>&1 || true
done) &
load=$!
(while :; do hanse status >/dev/null 2>&1 || true; done) &
asker=$!
trap finish EXIT

end=$((SECONDS + seconds))
while [ $SECONDS -lt $end ]; do
	sleep 10
	pid=$(cat /run/hanse/sv/hansed/supervise/pid)
	echo "$(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l) $(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")" >>"$work/held"
	sv -w 30 restart /run/hanse/sv/hansed >/dev/null
done
kill "$load" 2>/dev/null || true
sleep 5
last=$(control 'SELECT max(event_id) FROM event')
for _ in $(seq 100); do
	[ "$(tail -n 1 "$work/events" | jq -r '.event_id // .cursor // 0' 2>/dev/null)" -lt "$last" ] || break
	sleep 0.2
done
jq -r '.event_id' "$work/events" | sort -n | uniq -c | awk -v first="$first" -v last="$last" '
	$2 <= last { seen++; if ($1 > 1) twice++ }
	END { printf "events: %d written, %d missed, %d twice\n", last - first, last - first - seen, twice }'
awk '{ n++; f[n] = $1; r[n] = $2 }
	END { printf "restarts: %d; descriptors %d at first, %d at last; RSS %d KiB at first, %d KiB at last\n", n, f[1], f[n], r[1], r[n] }' "$work/held"
