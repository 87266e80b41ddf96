#!/bin/bash
# hundred.sh [ENTERPRISES [SEED]] - a generated virtual enterprise of a hundred,
# LXC, applied to a platform in a host of its own: seconds until every portal
# shows its log-in page, memory for each idle enterprise, and where the time
# went, by kinds of steps. HERE=yes: on the platform that runs here.
set -eu
cd "$(dirname "$0")/../.."
count=${1:-100} seed=${2:-1}
ve=bench-hundred

if [ "${HERE:-}" != yes ]; then
	trap 'tests/lab/host.sh down hundred' EXIT
	tests/lab/host.sh up hundred
	tests/lab/host.sh run hundred make up >/tmp/hanse-hundred.log 2>&1 ||
		{ tail -n 20 /tmp/hanse-hundred.log; exit 1; }
	HERE=yes tests/lab/host.sh run hundred "$0" "$count" "$seed"
	exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"; hanse destroy -q --yes $ve >/dev/null 2>&1 || true' EXIT
now_ms() { echo $(($(date +%s%N) / 1000000)); }
sql() { psql -XqAt -F ' ' -h /run/hanse/control-db -U hanse -d hanse -c "$1"; }
members() { awk '/^  - name:/ { print $3 }' "$work/spec.yaml"; }
page_of() { # ENTERPRISE: its log-in page answers
	[ "$(curl -sk -o /dev/null -w '%{http_code}' --max-time 5 "https://$1.$ve.localhost:8443/login")" = 200 ]
}
kib_of() { # KEY PID...: the sum of a line of smaps_rollup
	local key=$1
	shift
	for pid in "$@"; do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null || true
	done | awk -v key="$key:" '$1 == key { sum += $2 } END { print sum + 0 }'
}
memory() { # NAME PIDS...
	local name=$1
	shift
	printf '%-28s %6d processes %8d KiB PSS %8d KiB RSS each\n' "$name" $# \
		$(($(kib_of Pss "$@") / $#)) $(($(kib_of Rss "$@") / $#))
}

tests/provisioning/gen-spec "$seed" "$count" $ve >"$work/spec.yaml"
since=$(now_ms)
hanse apply -q "$work/spec.yaml" >"$work/out"
applied=$(now_ms)
answering=0
for m in $(members); do
	if page_of "$m"; then answering=$((answering + 1)); fi
done
printf '%d of %d portals answer after %.1f s (asked one by one until %.1f s)\n' "$answering" "$count" \
	"$(((applied - since) / 100))e-1" "$((($(now_ms) - since) / 100))e-1"

hanse get domains -o json | jq -r '.[] | select(.name == "db.shared") | "\(.name) has \(.memory_mib) MiB"'
sleep 5
mapfile -t inits < <(pgrep -x hanse-init)
mapfile -t portals < <(pgrep -x hanse-portal)
mapfile -t controllers < <(pgrep -x libvirt_lxc)
memory 'in the domain: hanse-init' "${inits[@]}"
memory 'in the domain: hanse-portal' "${portals[@]}"
memory 'on the host: libvirt_lxc' "${controllers[@]}"

job=$(sql "SELECT max(job_id) FROM job WHERE ve = '$ve'")
echo
printf '%-8s %-12s %6s %10s %8s %8s %8s   (of job %d)\n' action kind steps wall_ms mean_ms first_ms last_ms "$job"
# Wall: from the first one's beginning to the last one's end; first and last
# tell whether each is slower than the one before.
sql "SELECT action, kind, count(*), round(extract(epoch FROM max(ended_at) - min(started_at)) * 1000),
	round(avg(ms)), round(avg(ms) FILTER (WHERE place <= 10)), round(avg(ms) FILTER (WHERE place > of - 10))
FROM (
	SELECT *, extract(epoch FROM ended_at - started_at) * 1000 AS ms,
		row_number() OVER (PARTITION BY action, kind ORDER BY started_at) AS place,
		count(*) OVER (PARTITION BY action, kind) AS of
	FROM step WHERE job_id = $job
) s GROUP BY action, kind ORDER BY min(step_no)" |
	while read -r line; do
		# shellcheck disable=SC2086
		printf '%-8s %-12s %6s %10s %8s %8s %8s\n' $line
	done
sql "SELECT 'the whole job ' || round(extract(epoch FROM ended_at - started_at) * 1000) || ' ms, of which within steps '
	|| (SELECT round(sum(extract(epoch FROM ended_at - started_at)) * 1000) FROM step s WHERE s.job_id = j.job_id) || ' ms (side by side ones added up)'
FROM job j WHERE job_id = $job"
