#!/bin/bash
# meter.sh DOMAIN URL - part of inside.sh: whether the sampler meters a Xen domain
# that runs as libvirt counts it. A hansed of its own with a ledger of its own reads
# the Xen host of $HV_URI over the network; pages of URL are the load.
set -u
domain=$1 url=$2
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck source=tests/tco/ground.sh
. tests/tco/ground.sh
ground || exit 1
mkdir -p "$work"/{state/images,state/volumes,run/gateway,run/edge,etc,share/schema}
at -c "UPDATE host SET drivers = '[\"xen\"]', uris = '{\"xen\": \"$HV_URI\"}'" \
	-c "INSERT INTO ve (ve, spec_text) VALUES ('${domain%.*}', '')" \
	-c "SELECT quota_reserve('${domain%.*}', '[{\"object\": \"$domain\", \"enterprise\": \"${domain#*.}\", \"vcpus\": 1, \"memory_mib\": 192}]')" >/dev/null
cat >"$work/etc/hansed.yaml" <<END
state: $work/state
run: $work/run
config: $work/etc
share: $work/share
metrics: {listen: none}
metering: {every_s: 1}
END
export HANSE_SOCKET=$work/run/hansed.sock
build/hansed --config "$work/etc/hansed.yaml" 2>"$work/hansed.log" &
ground_also+=($!)

# --- two who count ---------------------------------------------------------------

ifname=$(build/tests/hv/hv-try uuid domain "$domain" | sed -n 3p)
# libvirt's own: tenths of seconds of processor time, KiB of memory, bytes.
theirs() {
	virsh -q -c "$HV_URI" dominfo "$domain" | awk '/^CPU time:/ { t = $3 + 0 } /^Used memory:/ { m = $3 } END { printf "%.0f %d ", t * 10, m }'
	virsh -q -c "$HV_URI" domifstat "$domain" "$ifname" | awk '$2 == "rx_bytes" { r = $3 } $2 == "tx_bytes" { t = $3 } END { print r, t }'
}
# The ledger's last reading, as counted: nanoseconds, KiB, bytes; and when.
ours() { at -c "SELECT concat_ws(' ', counts[1], counts[2], counts[3], counts[4], told_us) FROM meter_last WHERE name = '$domain'"; }
told() { ours | cut -d' ' -f5 | grep . || echo 0; }
newer() { [ "$(told)" -gt "$1" ]; }
# A reading between two of libvirt's own, which must lie between them.
between() { # NAME
	local low high now
	low=$(theirs)
	now=$(told)
	eventually "$1: it is read" 60 newer "$now" # one that may have begun before,
	now=$(told)
	eventually "$1: and again" 60 newer "$now"
	mine=$(ours)
	high=$(theirs)
	echo "      libvirt says ${low// / }, the ledger ${mine% *}, libvirt $high"
	expect "$1: processor time, received and sent are between libvirt's own" 0 awk -v l="$low" -v m="$mine" -v h="$high" 'BEGIN {
		split(l, a); split(m, b); split(h, c); cpu = b[1] / 1e8
		exit !(cpu >= a[1] - 1 && cpu <= c[1] + 1 && b[3] >= a[3] && b[3] <= c[3] && b[4] >= a[4] && b[4] <= c[4]) }'
	same "$1: memory is libvirt's" "$(echo "$high" | cut -d' ' -f2)" "$(echo "$mine" | cut -d' ' -f2)"
	their=$high
}
used() { build/hanse usage "$domain" -o json | jq -r --arg m "$1" '[.[] | select(.meter == $m) | .quantity | tonumber] | add // 0'; }
part() { echo "$2" | cut -d' ' -f"$1"; }

eventually 'the ledger knows the domain' 60 newer 0
between 'before the load'
mine_before=$mine their_before=$their
# Of what was there at the first reading nobody knows when it was used.
base() { at -c "SELECT counts[$1] - coalesce((SELECT sum(used[$1]) FROM meter_sample WHERE name = '$domain'), 0) FROM meter_last WHERE name = '$domain'"; }
base_cpu=$(base 1) base_in=$(base 3) base_out=$(base 4)
end=$((SECONDS + 40)) fetched=0
while [ $SECONDS -lt $end ]; do
	for n in $(for _ in 1 2 3 4; do echo "$url"; done | xargs -P 4 -n 1 curl -sk -o /dev/null -w '%{size_download}\n' --max-time 20); do
		fetched=$((fetched + n))
	done
done
sleep 3 # what it has begun it ends
between 'after it'
grown=$(($(part 1 "$mine") - $(part 1 "$mine_before")))
their_grown=$((($(part 1 "$their") - $(part 1 "$their_before")) * 100000000))
echo "      the load: $((grown / 1000000)) ms, libvirt says $((their_grown / 1000000)) ms; $fetched B of pages"
expect 'it has used the processor' 0 test "$grown" -gt 5000000000
expect 'as much as libvirt says, within 1 %' 0 awk -v a="$grown" -v b="$their_grown" 'BEGIN { exit a > b * 1.01 || a < b * .99 }'
# What it does meanwhile is read meanwhile: to the last reading at least.
billed() { # METER BASE PLACE
	local low high
	low=$(part "$3" "$(ours)")
	billed=$(($(used "$1") + $2))
	high=$(part "$3" "$(ours)")
	[ "$billed" -ge "$low" ] && [ "$billed" -le "$high" ]
}
expect 'all of it is billed: processor time' 0 billed cpu "$base_cpu" 1
expect 'bytes received' 0 billed network_in "$base_in" 3
expect 'bytes sent' 0 billed network_out "$base_out" 4
expect 'which are the pages and more' 0 test $(($(part 4 "$mine") - $(part 4 "$mine_before"))) -gt "$fetched"
expect 'memory, while it runs' 0 test "$(used memory_used)" -gt 0
same 'what is reserved is so of one that runs' true "$(build/hanse usage "$domain" -o json |
	jq 'any(.[]; .meter == "memory_mib" and .state == "running" and (.quantity | tonumber) > 192 * 1000000)')"
expect 'what it has read of its disks is told' 0 test "$(at -c "SELECT counts[5] FROM meter_last WHERE name = '$domain'")" -gt 0
expect 'and how much' 0 test "$(at -c "SELECT counts[7] FROM meter_last WHERE name = '$domain'")" -gt 1000000
[ "$checks_failed" -eq 0 ] || tail "$work/hansed.log"
summary
