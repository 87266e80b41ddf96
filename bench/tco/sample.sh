#!/bin/bash
# sample.sh - what it costs to read 100 running domains every ten seconds, in processor
# time of hansed and of its database. A round a second is made for SECONDS (30), and as
# long none, to take hansed's other work off. The domains are simulated, so libvirt's own
# share is not in it: tests/tco/load.sh measures that. sample.sh [BUILD]. Needs root.
set -eu
cd "$(dirname "$0")/../.."
if [ "${HANSE_APART:-}" != yes ]; then
	exec env HANSE_APART=yes unshare -m "$0" "$@"
fi
# shellcheck source=tests/tco/ground.sh
. tests/tco/ground.sh
build=${1:-${B:-build}}
seconds=${SECONDS_EACH:-30}
make --no-print-directory -s B="$build" "$build/hansed" >/dev/null
for dir in /run/libvirt /run/hanse /var/lib/hanse /etc/hanse; do
	[ ! -d "$dir" ] || mount -t tmpfs none "$dir"
done
ground
mkdir -p "$work"/{state/images,run/edge,etc,share/schema}
at -c "UPDATE host SET drivers = '[\"qemu\"]', uris = '{\"qemu\": \"sim:///meter?driver=qemu&domains=100\"}'"
ticks() { # of hansed, and of all that PostgreSQL has done: hundredths of a second
	local postmaster pid
	postmaster=$(head -n 1 "$work/data/postmaster.pid")
	{
		awk '{print $14 + $15}' "/proc/$1/stat"
		awk '{print $14 + $15 + $16 + $17}' "/proc/$postmaster/stat"
		for pid in $(pgrep -P "$postmaster"); do
			awk '{print $14 + $15}' "/proc/$pid/stat" 2>/dev/null || true
		done
	} | awk '{ s += $1 } END { print s }'
}
run() { # EVERY_S: sets spent and rounds
	local hansed before samples
	cat >"$work/etc/hansed.yaml" <<-END
	state: $work/state
	run: $work/run
	config: $work/etc
	share: $work/share
	metrics: {listen: none}
	metering: {every_s: $1}
	END
	"$build/hansed" --config "$work/etc/hansed.yaml" 2>>"$work/hansed.log" &
	hansed=$!
	ground_also=("$hansed")
	sleep 5
	before=$(ticks "$hansed")
	samples=$(at -c 'SELECT count(*) FROM meter_sample')
	sleep "$seconds"
	spent=$(($(ticks "$hansed") - before))
	rounds=$((($(at -c 'SELECT count(*) FROM meter_sample') - samples) / 100))
	kill "$hansed"
	wait "$hansed" || true
}
run 1
with=$spent made=$rounds
run 100000
[ "$made" -ge $((seconds / 2)) ] || { echo "only $made rounds were made" >&2; exit 1; }
awk -v with="$with" -v without="$spent" -v made="$made" 'BEGIN {
	ms = (with - without) * 10 / made
	printf "%d rounds of 100 domains: %.1f ms of processor time each, %.2f %% of a core at 10 s\n", made, ms, ms / 100
	exit ms > 100
}'
