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

# part NAME COMMAND...: run it, show it, count it
part() {
	local name=$1 since=$SECONDS
	shift
	[ "$only" = "  " ] || [[ $only == *" $name "* ]] || return 0
	printf '\n=== %s\n' "$name"
	if "$@"; then
		passed=$((passed + 1))
		printf '=== %s: ok, %d s\n' "$name" $((SECONDS - since))
	else
		failed=$((failed + 1))
		names="$names $name"
		printf '=== %s: FAILED after %d s\n' "$name" $((SECONDS - since))
	fi
}
quietly() { # a build: its output only if it fails
	local log
	log=$(mktemp)
	"$@" >"$log" 2>&1 || { tail -n 40 "$log"; rm -f "$log"; return 1; }
	rm -f "$log"
}
mk() { make --no-print-directory -j"$(nproc)" "$@"; }

tools/packages.sh build run test || exit 1
part build quietly mk all
[ "$failed" -eq 0 ] || exit 1
part lint mk lint
part layers tests/layers/run.sh
part unit mk unit
part sanitized mk asan
part clang quietly mk CC=clang B=build/clang all
part fuzz mk fuzz-short
part command tests/cli/run.sh
part provisioning tests/provisioning/run.sh
part metering tests/tco/meter.sh
part schema tests/sql/run.sh
part directory tests/directory/run.sh
part tco tests/tco/run.sh
part gateway tests/gateway/run.sh
part workers tests/gateway/workers.sh
part pooling tests/gateway/pool.sh
part limits tests/gateway/limits.sh
part audit tests/gateway/audit.sh
part people tests/gateway/people.sh
part failover tests/gateway/failover.sh
part escapes tests/gateway/escape.sh
part regress tests/gateway/regress.sh portals portals_p2 transactions prepare plancache copy2 rowsecurity privileges errors
part portal tests/portal/run.sh
part console tests/console/run.sh
part images tests/with-libvirt.sh tests/image/run.sh
part hypervisor tests/with-libvirt.sh tests/hv/run.sh
part isolation tests/with-libvirt.sh tests/isolation/run.sh
part platform tests/e2e/run.sh
part xen tests/xen/run.sh
part hosts tests/e2e/hosts.sh

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] || { echo "failed:$names"; exit 1; }
