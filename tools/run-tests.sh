#!/bin/sh
# run-tests.sh - run test programs one after the other; a line each, the output
# of those that fail, a closing count. Exit 1 if any failed.
set -u
passed=0 failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
for test in "$@"; do
	if "$test" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok    %s\n' "${test##*/}"
	else
		failed=$((failed + 1))
		printf 'FAIL  %s\n' "${test##*/}"
		sed 's/^/      /' "$log"
	fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
