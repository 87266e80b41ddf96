#!/bin/bash
# load.sh - whether what is metered of a domain that burns a known load is what the
# kernel says: LXC by its cgroup and its disk, QEMU by its process; and whether nothing
# is lost when a step stops it. Brings a platform up in a host of the
# lab, and takes it down. load.sh [DRIVER...]; SECONDS_EACH= (60). Needs root.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "${HERE:-}" != yes ]; then
	trap 'tests/lab/host.sh run load make purge >/dev/null 2>&1; tests/lab/host.sh down load' EXIT
	trap 'exit 1' INT TERM
	tests/lab/host.sh up load || exit 1
	sed 's/@DRIVER@/lxc/' tests/tco/load.yaml >/tmp/hanse-load.yaml
	tests/lab/host.sh run load make up SPEC=/tmp/hanse-load.yaml >/tmp/hanse-load.log 2>&1 ||
		{ tail /tmp/hanse-load.log; exit 1; }
	HERE=yes tests/lab/host.sh run load "$0" "$@"
	exit
fi
# shellcheck source=tests/lib.sh
. tests/lib.sh
seconds=${SECONDS_EACH:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

metered() { # VE.ENTERPRISE [METER]: nanoseconds of processor time in the ledger
	hanse usage "$1" --from 2000-01 -o json |
		jq --arg m "${2:-cpu}" '[.[] | select(.meter == $m) | .quantity | tonumber] | add // 0'
}
sources_read() { # [SINCE]: that everything has been read since then, or now
	local since=${1:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}
	for _ in $(seq 300); do
		[ "$(hanse usage sources -o json | jq -r --arg s "$since" '[.[] | select(.source | startswith("domain/")) | .seen_at > $s] | all')" = true ] &&
			return 0
		sleep 0.1
	done
	return 1
}
lxc_pid() { virsh -c lxc:///system dominfo "$1" | awk '/^Id:/ { print $2 }'; }
group_of() { # PID: its cgroup's folder of cpuacct
	echo "/sys/fs/cgroup/cpuacct$(awk -F: '$2 ~ /(^|,)cpuacct(,|$)/ { print $3 }' "/proc/$1/cgroup")"
}
lxc_kernel() { cat "$(group_of "$(lxc_pid "$1")")/cpuacct.usage"; }
qemu_kernel() { # hundredths of a second of all its threads, as nanoseconds
	awk '{ printf "%.0f", ($14 + $15) * 10000000 }' "/proc/$(cat "/run/libvirt/qemu/$1.pid")/stat"
}
lxc_burn() { # in the domain's cgroup, with half a processor's share of sleep
	local group
	group=$(group_of "$(lxc_pid "$1")")
	(
		echo "$BASHPID" >"$group/cgroup.procs"
		# shellcheck disable=SC2016
		timeout "$seconds" sh -c 'while :; do i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; sleep 0.01; done'
	)
}
qemu_burn() { # pages of its portal, as many as it makes
	local end=$((SECONDS + seconds))
	while [ $SECONDS -lt $end ]; do
		for _ in $(seq 20); do echo "https://${1#*.}.${1%.*}.localhost:8443/login"; done |
			xargs -P 4 -n 1 curl -sk -o /dev/null
	done
}
# What LXC reads of its disk, which is an image on a loop device: a file of it that
# is in no cache, read in the domain's cgroup. The device counts for itself.
lxc_disk() {
	local domain=$1 root=/run/hanse/mnt/domain/$1/root file device was kernel bytes requests
	device=/sys/dev/block/$(mountpoint -d "$root")
	file=$(lxc_largest "$domain")
	sources_read
	was=$(cat "$device/stat")
	bytes=$(metered "$domain" disk_read) requests=$(metered "$domain" disk_reads)
	lxc_reads "$domain" "$file"
	sources_read
	kernel=$(echo "$was $(cat "$device/stat")" | awk '{ print ($20 - $3) * 512, $18 - $1 }')
	bytes=$(($(metered "$domain" disk_read) - bytes)) requests=$(($(metered "$domain" disk_reads) - requests))
	printf '      lxc: read %d B in %d requests, the device says %s\n' "$bytes" "$requests" "$kernel"
	expect 'lxc: a file of its disk was read' 0 test "${kernel% *}" -gt 500000
	expect 'lxc: what it reads is metered within 5 %' 0 awk -v b="$bytes" -v k="${kernel% *}" 'BEGIN { exit b > k || b < k * 0.95 }'
	expect 'lxc: and its requests' 0 test "$requests" -gt 0
}
of_object() { # METER: of db.shared, which is nobody's but the platform's
	psql -XqAt -h /run/hanse/control-db -U hanse -d hanse \
		-c "SELECT coalesce(sum(quantity), 0) FROM meter_counted_all WHERE object = 'db.shared' AND meter = '$1'"
}
# The platform's database server writes to a volume of its own, which counts all
# that the kernel does there.
volume() {
	local device was kernel bytes requests object=db.shared data=/run/hanse/mnt/domain/db.shared/data root
	device=/sys/block/$(basename "$(losetup -n -O NAME -j /var/lib/hanse/volumes/$object.raw)")
	sources_read
	was=$(cat "$device/stat")
	bytes=$(of_object disk_written) requests=$(of_object disk_writes)
	root=$(stat -c %u "$data")
	setpriv --reuid "$root" --regid "$root" --clear-groups dd if=/dev/zero of="$data/t-load" bs=64k count=64 status=none
	sync -f "$data"
	rm -f "$data/t-load"
	sources_read
	kernel=$(echo "$was $(cat "$device/stat")" | awk '{ print ($24 - $7) * 512, $22 - $5 }')
	bytes=$(($(of_object disk_written) - bytes)) requests=$(($(of_object disk_writes) - requests))
	printf '      %s: wrote %d B in %d requests, its volume says %s\n' $object "$bytes" "$requests" "$kernel"
	expect "$object: what is written to its volume is metered" 0 test "$bytes" -ge 4194304
	expect "$object: as its device counts it, within 5 %" 0 awk -v b="$bytes" -v k="${kernel% *}" 'BEGIN { exit b > k * 1.05 || b < k * 0.95 }'
	expect "$object: and its requests" 0 awk -v b="$requests" -v k="${kernel#* }" 'BEGIN { exit b > k * 1.05 || b < k * 0.95 }'
}
qemu_disk() { # it reads as it starts
	expect 'qemu: what it reads is metered' 0 test "$(metered "$1" disk_reads)" -gt 0
	expect 'qemu: and how much' 0 test "$(metered "$1" disk_read)" -gt 1000000
}
# What is used just before a step stops it: within 5 % of what the kernel says, of a
# load that no other reading can have seen.
last() {
	local domain=load-$1.stays before kernel spent since
	since=$(date -u -d '1 second' +%Y-%m-%dT%H:%M:%SZ)
	sleep 1
	sed -i 's/every_s:.*/every_s: 600/' /etc/hanse/hansed.yaml
	sv -w 30 restart /run/hanse/sv/hansed >/dev/null
	sources_read "$since"
	before=$(metered "$domain") kernel=$("$1_kernel" "$domain")
	seconds=10 "$1_burn" "$domain"
	kernel=$(($("$1_kernel" "$domain") - kernel))
	expect "$1: it is suspended" 0 hanse suspend -q "load-$1/stays"
	spent=$(($(metered "$domain") - before))
	printf '      %s: %d ms in a last reading, the kernel says %d ms\n' "$1" $((spent / 1000000)) $((kernel / 1000000))
	expect "$1: what it used before it was stopped is metered" 0 \
		awk -v a="$spent" -v b="$kernel" 'BEGIN { exit a < b * 0.95 || a > b * 1.25 }'
}
# try DRIVER
try() {
	local domain=load-$1.stays before after spent kernel off
	sources_read || { fail "$1: the domains are read"; return; }
	kernel=$("$1_kernel" "$domain")
	sources_read
	before=$(metered "$domain")
	"$1_burn" "$domain"
	sources_read
	after=$(metered "$domain")
	spent=$((after - before))
	# The kernel's count a moment after the first reading, and at the last one.
	kernel=$(($("$1_kernel" "$domain") - kernel))
	off=$(awk -v a="$spent" -v b="$kernel" 'BEGIN { printf "%.2f", (a - b) * 100 / b }')
	printf '      %s: metered %d ms, the kernel says %d ms: %s %%\n' "$1" $((spent / 1000000)) $((kernel / 1000000)) "$off"
	expect "$1: $seconds s of load are metered within 1 %" 0 awk -v o="$off" 'BEGIN { exit o > 1 || o < -1 }'
}
[ $# -gt 0 ] || set -- lxc qemu
volume
for driver; do
	sed "s/@DRIVER@/$driver/" tests/tco/load.yaml >"$work/load.yaml"
	expect "$driver: it is made" 0 hanse apply "$work/load.yaml"
	try "$driver"
	"${driver}_disk" "load-$driver.stays"
	last "$driver"
done
summary
