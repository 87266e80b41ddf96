#!/bin/bash
# close.sh - how long it takes to close a month of 372,000 rows of usage: 100
# enterprises x 31 days x 24 hours x 5 meters, each meter with a price that
# changes in the month. A scratch PostgreSQL; close.sh [ROUNDS]. Needs root.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tco/ground.sh
. tests/tco/ground.sh
ground
at -f - >/dev/null <<'SQL'
INSERT INTO meter_hour (hour, object, ve, enterprise, meter, host, quantity)
SELECT h, 'v' || v || '.e' || e, 'v' || v, 'e' || e, m, 'local', 1 + (hashint8(v * 1000 + e * 100 + extract(epoch FROM h)::bigint)::bigint & 1048575) * 1000000
FROM generate_series(1, 10) AS v, generate_series(1, 10) AS e,
	generate_series('2026-01-01Z'::timestamptz, '2026-01-31 23:00Z', interval '1 hour') AS h,
	unnest(ARRAY['cpu', 'memory_used', 'network_in', 'network_out', 'disk_used']) AS m;
SELECT price_set(meter, '', '2026-01-01Z', 0.0123 * position, 'EUR', unit, 'the bench') FROM meter WHERE kind <> 'reserved';
SELECT price_set(meter, '', '2026-01-17 12:34:56Z', 0.0321 * position, 'EUR', unit, 'the bench') FROM meter WHERE kind <> 'reserved';
SQL
rows=$(at -c 'SELECT count(*) FROM meter_hour')
[ "$rows" = 372000 ] || { echo "there are $rows rows" >&2; exit 1; }
worst=0
for _ in $(seq "${1:-3}"); do
	since=$(date +%s%N)
	# Rolled back, to be closed again.
	at -c BEGIN -c "SELECT bill_close_month('2026-01-01')" -c 'SET CONSTRAINTS ALL IMMEDIATE' \
		-c 'SELECT cents, lines FROM bill_close' -c ROLLBACK | grep '|' >"$work/closed"
	ms=$((($(date +%s%N) - since) / 1000000))
	[ "$ms" -le "$worst" ] || worst=$ms
	printf '%s rows closed in %d ms: %s cents, %s lines\n' "$rows" "$ms" "$(cut -d'|' -f1 "$work/closed")" "$(cut -d'|' -f2 "$work/closed")"
done
[ "$worst" -le 5000 ] || { echo 'the bar is 5 s' >&2; exit 1; }
