#!/bin/bash
# sick-host.sh [SECONDS [HOSTS]] - hosts of the lab with a libvirtd each,
# questions in a loop to all of them; the first is stopped (SIGSTOP) for a third
# of the time. Bars: p99 on the others within 10 %, its breaker opens within
# 15 s, its domains are listed again within 5 s, of whoever lets it go on.
# Needs root; run it while nothing else runs.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-90} hosts=${2:-4}
B=${B:-build}
work=$(mktemp -d)

finish() {
	local i
	[ ! -s "$work/pid" ] || kill -CONT "$(cat "$work/pid")" 2>/dev/null || true
	for i in $(seq "$hosts"); do tests/lab/host.sh down "sick$i"; done
	rm -rf "$work"
}
trap finish EXIT

uris=()
for i in $(seq "$hosts"); do
	tests/lab/host.sh up "sick$i" "10.98.0.$((200 + i))"
	cat >"$work/libvirtd.conf" <<-CONF
		listen_tls = 0
		listen_tcp = 1
		listen_addr = "10.98.0.$((200 + i))"
		auth_tcp = "none"
		auth_unix_rw = "none"
	CONF
	cp "$work/libvirtd.conf" "$work/$i.conf"
	tests/lab/host.sh run "sick$i" sh -c \
		"virtlogd -d; exec libvirtd --listen -d -f $work/$i.conf"
	uris+=("sick$i=qemu+tcp://10.98.0.$((200 + i))/system")
done
for i in $(seq "$hosts"); do
	for _ in $(seq 100); do
		! virsh -q -c "qemu+tcp://10.98.0.$((200 + i))/system" uri >/dev/null 2>&1 || break
		sleep 0.2
	done
done
# As this machine numbers it: the one in the PID namespace of the first host.
space=$(readlink "/proc/$(tests/lab/host.sh pid sick1)/ns/pid")
for pid in $(pgrep -x libvirtd); do
	[ "$(readlink "/proc/$pid/ns/pid")" != "$space" ] || echo "$pid" >"$work/pid"
done
"$B/bench/hv/sick-host" "$(cat "$work/pid")" "$seconds" "${uris[@]}"
