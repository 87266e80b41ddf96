#!/bin/bash
# run.sh - Xen for real: a Xen host boots under QEMU without KVM beside a whole
# platform, libvirt is asked over the network, and an enterprise's portal comes
# up in a paravirtual domain there. Needs root. All of it happens in a host in
# namespaces (tests/lab), with which everything ends.
set -u
cd "$(dirname "$0")/../.." || exit 2
[ "$(id -u)" -eq 0 ] || { echo "run.sh: needs root" >&2; exit 2; }
host=x$$
work=$(mktemp -d /tmp/hanse-xen.XXXXXX)

finish() {
	tests/lab/host.sh down "$host"
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# What needs the network is done before: there is none in there.
make --no-print-directory -s -j"$(nproc)" all build/tests/hv/hv-try >"$work/build.log" 2>&1 ||
	{ tail -n 20 "$work/build.log"; exit 2; }
dom-templates/image/build.sh -b build -o "$work/images" >"$work/images.log" 2>&1 ||
	{ tail -n 5 "$work/images.log"; exit 2; }
dom0=$(tests/xen/dom0.sh) || exit 2

tests/lab/host.sh up "$host" || exit 2
# libxl gives a hotplug script 40 s: two processors of QEMU and a platform are
# not to share one program's part of a busy machine.
echo 4096 2>/dev/null >"/sys/fs/cgroup/cpu/lab-$host/cpu.shares"
tests/lab/host.sh run "$host" tests/xen/inside.sh "$dom0" "$work"
