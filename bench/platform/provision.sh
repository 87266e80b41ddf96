#!/bin/bash
# provision.sh [ROUNDS] - how long the running platform takes, in one run:
# a virtual enterprise of six from apply to the last portal answering, LXC
# against QEMU. One more enterprise: member.sh. Works on scratch VEs named bench-*.
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-3}
ve=
work=$(mktemp -d)
trap 'rm -rf "$work"; for ve in bench-six bench-vm; do hanse destroy -q --yes $ve >/dev/null 2>&1 || true; done' EXIT

now_ms() { echo $(($(date +%s%N) / 1000000)); }
measure() { # COMMAND...: milliseconds
	local since
	since=$(now_ms)
	"$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
	echo $(($(now_ms) - since))
}
spec() { # VE: the example under another name
	sed "s/^ve: automotive/ve: $1/" etc/examples/automotive.yaml
}
machine() { # DRIVER
	sed "s/^ve: machine/ve: bench-vm/; s/^driver: .*/driver: $1/; s/^isolation: .*/isolation: any/" tests/e2e/machine.yaml
}

printf '%-7s %-12s %-14s %-14s\n' round six_ms lxc_member_ms qemu_member_ms
for round in $(seq "$rounds"); do
	spec bench-six >"$work/six.yaml"
	machine lxc >"$work/lxc.yaml"
	machine qemu >"$work/qemu.yaml"
	six=$(measure hanse apply -q "$work/six.yaml")
	hanse destroy -q --yes bench-six >/dev/null 2>&1
	lxc=$(measure hanse apply -q "$work/lxc.yaml")
	hanse destroy -q --yes bench-vm >/dev/null 2>&1
	qemu=$(measure hanse apply -q "$work/qemu.yaml")
	hanse destroy -q --yes bench-vm >/dev/null 2>&1
	printf '%-7s %-12s %-14s %-14s\n' "$round" "$six" "$lxc" "$qemu"
done
