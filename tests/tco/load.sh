#!/bin/bash
# load.sh - whether what is metered of a domain that burns a known load is what the
# kernel says: LXC by its cgroup, QEMU by its process. Brings a platform up in a host of the
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

metered() { # VE.ENTERPRISE: nanoseconds of processor time in the ledger
	hanse usage "$1" --from 2000-01 -o json | jq '[.[] | select(.meter == "cpu") | .quantity | tonumber] | add // 0'
}
sources_read() { # that everything has been read since now
	local since
	since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
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
for driver; do
	sed "s/@DRIVER@/$driver/" tests/tco/load.yaml >"$work/load.yaml"
	expect "$driver: it is made" 0 hanse apply "$work/load.yaml"
	try "$driver"
done
summary
