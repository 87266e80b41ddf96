#!/bin/bash
# host.sh - generated specs, and hansed killed wherever it can be, on a platform of
# their own in a host of its own (tests/lab): other tests run meanwhile. Needs root.
# Environment: SPECS (10) of them; KILLS (200) at random instants; every CALLS-th
# (61) outside call fails.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
lab=tests/lab/host.sh host=kills
work=$(mktemp -d /tmp/hanse-kills.XXXXXX)
finish() {
	$lab down $host
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
in_host() { $lab run $host "$@"; }

$lab up $host || exit 1
in_host tests/e2e/libvirt-once.sh
if ! works "a platform of their own" up in_host make --no-print-directory up SPEC=tests/e2e/leave.yaml; then
	summary
	exit 1
fi
works "${SPECS:-10} generated specs" specs in_host tests/e2e/specs.sh "${SPECS:-10}"
works "killed at every boundary of every step" killed in_host tests/kill/run.sh steps
works "at ${KILLS:-200} random instants" killed2 in_host tests/kill/run.sh random "${KILLS:-200}"
works "between the gateway's files and its reading them" killed3 in_host tests/kill/run.sh cuts 1 gateway.
works "between the start of a domain and its confinement" killed4 in_host tests/kill/run.sh cuts 1 hv.domain.confine
works "every ${CALLS:-61}th outside call fails" failed in_host tests/kill/run.sh calls "${CALLS:-61}"
grep -hE '^(ok|FAIL)' "$work"/killed* "$work/failed" | sed 's/^/      /'
expect "and verify is clean" 0 in_host hanse verify
expect "the event log is whole" 0 in_host hanse audit verify
works "make purge" purge in_host make --no-print-directory purge
summary
