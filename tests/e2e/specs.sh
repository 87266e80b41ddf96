#!/bin/bash
# specs.sh COUNT [SEED] - generated specs of one chain, one after the other on a
# running platform: applied, planned (empty every time), applied again (nothing
# is done). As root.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
count=${1:-10} seed=${2:-1}
work=$(mktemp -d /tmp/hanse-specs.XXXXXX)
finish() {
	hanse destroy -q --yes generated >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT
steps() { psql -XqAt -h /run/hanse/control-db -U hanse -d hanse -c 'SELECT count(*) FROM step'; }

empty=0 idle=0
for ((i = seed; i < seed + count; i++)); do
	tests/provisioning/gen-spec "$i" $((1 + i % 4)) generated >"$work/spec.yaml"
	if ! hanse apply -q --restart "$work/spec.yaml" >"$work/out" 2>&1; then
		fail "spec $i: apply" "$(cat "$work/out")"
		continue
	fi
	if hanse plan "$work/spec.yaml" >"$work/out" 2>&1; then
		empty=$((empty + 1))
	else
		fail "spec $i: the plan is not empty" "$(cat "$work/out")"
	fi
	before=$(steps)
	if hanse apply -q "$work/spec.yaml" >"$work/out" 2>&1 && [ "$(steps)" = "$before" ]; then
		idle=$((idle + 1))
	else
		fail "spec $i: a second apply does something" "$(cat "$work/out")"
	fi
done
same "$count specs from seed $seed: the plan is empty after each" "$count" "$empty"
same "and a second apply takes no step" "$count" "$idle"
expect "verify is clean" 0 hanse verify
summary
