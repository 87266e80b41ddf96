#!/bin/bash
# member.sh [COUNT] - how long it takes to add an enterprise to a chain of six,
# from the command to its portal answering, COUNT times (30), and what of it the
# domain's own start takes. On a running platform, as root; leaves nothing.
set -eu
cd "$(dirname "$0")/../.."
count=${1:-30}
work=$(mktemp -d /tmp/hanse-member.XXXXXX)
trap 'rm -rf "$work"; hanse destroy -q --yes bench-member >/dev/null 2>&1 || true' EXIT

now_ms() { echo $(($(date +%s%N) / 1000000)); }
control() { psql -XqAt -h /run/hanse/control-db -U hanse -d hanse -c "$1"; }
percentile() { # PERCENT NAME: of the numbers on stdin
	sort -n | awk -v p="$1" '{ v[NR] = $1 } END { i = int(NR * p / 100 + 0.999); print v[i < 1 ? 1 : i] }'
}
show() { # NAME FILE
	printf '%-34s %6d %6d %6d\n' "$1" "$(percentile 50 <"$2")" "$(percentile 95 <"$2")" "$(percentile 100 <"$2")"
}

sed 's/^ve: automotive/ve: bench-member/' etc/examples/automotive.yaml >"$work/six.yaml"
awk '/^relations:/ {
	print "  - name: gerber-paint\n    legal_name: Gerber Paint GmbH\n    role: supplier"
	print "    template: app\n    vcpus: 1\n    memory_mib: 192"
	print "    sites:\n      - {id: worms, name: Works Worms, city: Worms, country: DE, time_zone: Europe/Berlin}\n    people:"
	print "      - {login: ida.gerber, name: Ida Gerber, mail: ida@gerber-paint.example, language: de, roles: [seller, admin]}\n"
} { print }' "$work/six.yaml" >"$work/seven.yaml"

hanse apply -q "$work/six.yaml"
for _ in $(seq "$count"); do
	since=$(now_ms)
	hanse apply -q "$work/seven.yaml"
	echo $(($(now_ms) - since)) >>"$work/total"
	# Until its portal answers is the guest's time.
	control "SELECT round(1000 * extract(epoch FROM ended_at - started_at)) FROM step
		WHERE kind = 'portal' AND job_id = (SELECT max(job_id) FROM job WHERE command = 'apply')" >>"$work/guest"
	hanse apply -q "$work/six.yaml"
done
paste "$work/total" "$work/guest" | awk '{ print $1 - $2 }' >"$work/own"
printf '%-34s %6s %6s %6s\n' "ms, of $count" p50 p95 max
show "apply to answering" "$work/total"
show "of it the guest's start" "$work/guest"
show "our own part (bar: p95 1500)" "$work/own"
