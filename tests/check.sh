#!/bin/bash
# check.sh - every test, on any machine: packages first, then what is quick,
# then the real platform. Needs root (real domains, real networks).
#
#   check.sh              all parts
#   check.sh PART...      only those
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0 names=
only=" $* "
work=$(mktemp -d) port=29000
trap 'rm -rf "$work"' EXIT
trap stop_all INT TERM HUP

is_wanted() { [ "$only" = "  " ] || [[ $only == *" $1 "* ]]; }
count() { # NAME RC
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		names="$names $1"
	fi
}
verdict() { # NAME RC SECONDS
	[ "$2" -eq 0 ] && printf '=== %s: ok, %d s\n' "$1" "$3" || printf '=== %s: FAILED after %d s\n' "$1" "$3"
}
# part NAME COMMAND...: run it, show it, count it
part() {
	local name=$1 since=$SECONDS rc=0
	shift
	is_wanted "$name" || return 0
	printf '\n=== %s\n' "$name"
	"$@" || rc=$?
	verdict "$name" "$rc" $((SECONDS - since))
	count "$name" "$rc"
}
# beside NAME COMMAND...: a part that goes with others; two at a time. What it says
# comes when it is done.
beside() {
	is_wanted "$1" || return 0
	[ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
	port=$((port + 50))
	printf -- '--- %s begins\n' "$1"
	# A process group of its own: where somebody has stopped a process, the
	# kernel may hang up all of the group when another one's parent ends.
	set -m
	in_background "$@" </dev/null &
	set +m
}
stop_all() {
	for pid in $(jobs -p); do kill -- "-$pid"; done
	wait
	exit 130
}
in_background() { # NAME COMMAND...
	local name=$1 since=$SECONDS rc=0
	shift
	PORT=$port "$@" >"$work/$name.said" 2>&1 || rc=$?
	{
		printf '\n=== %s\n' "$name"
		cat "$work/$name.said"
		verdict "$name" "$rc" $((SECONDS - since))
	} >"$work/$name.all"
	flock "$work/lock" cat "$work/$name.all"
	echo "$name $rc" >"$work/$name.rc"
}
# all of them are done
together() {
	local name rc
	wait
	for file in "$work"/*.rc; do
		[ -e "$file" ] || continue
		read -r name rc <"$file"
		rm "$file"
		count "$name" "$rc"
	done
}
quietly() { # a build: its output only if it fails
	local log
	log=$(mktemp)
	"$@" >"$log" 2>&1 || { tail -n 40 "$log"; rm -f "$log"; return 1; }
	rm -f "$log"
}
mk() { make --no-print-directory -j"$(nproc)" "$@"; }

tools/packages.sh build run test || exit 1
# With what tests and measurements need: two at a time must not build the same.
part build quietly mk all bench
[ "$failed" -eq 0 ] || exit 1
part lint mk lint
part layers tests/layers/run.sh
part unit mk unit
part sanitized mk asan
part clang quietly mk CC=clang B=build/clang all
part fuzz mk fuzz-short
part command tests/cli/run.sh
part provisioning tests/provisioning/run.sh
part schema tests/sql/run.sh
part directory tests/directory/run.sh
# These go by the clock.
part limits tests/gateway/limits.sh
part failover tests/gateway/failover.sh
beside pooling tests/gateway/pool.sh
beside people tests/gateway/people.sh
beside escapes tests/gateway/escape.sh
beside gateway tests/gateway/run.sh
beside workers tests/gateway/workers.sh
beside audit tests/gateway/audit.sh
beside portal tests/portal/run.sh
beside console tests/console/run.sh
beside regress tests/gateway/regress.sh portals portals_p2 transactions prepare plancache copy2 rowsecurity privileges errors
beside tco tests/tco/run.sh
beside metering tests/tco/meter.sh
together
part images tests/with-libvirt.sh tests/image/run.sh
part hypervisor tests/with-libvirt.sh tests/hv/run.sh
# In hosts of their own, which have no network: with the images.
beside kills tests/kill/host.sh
# One at a time has this machine's libvirt.
beside isolation flock "$work/machine" tests/with-libvirt.sh tests/isolation/run.sh
beside platform flock "$work/machine" tests/e2e/run.sh
beside hosts tests/e2e/hosts.sh
together
part xen tests/xen/run.sh

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] || { echo "failed:$names"; exit 1; }
