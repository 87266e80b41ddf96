#!/bin/bash
# check.sh - every test, on any machine: packages first, then what is quick,
# then the real platform. Needs root for all but the first part.
set -u
cd "$(dirname "$0")/.."
started=$(date +%s)
passed=0 failed=0 names=

# part NAME COMMAND...: run it, show it, count it
part() {
	local name=$1 since
	since=$(date +%s)
	shift
	printf '\n=== %s\n' "$name"
	if "$@"; then
		passed=$((passed + 1))
		printf '=== %s: ok, %d s\n' "$name" $(($(date +%s) - since))
	else
		failed=$((failed + 1))
		names="$names $name"
		printf '=== %s: FAILED after %d s\n' "$name" $(($(date +%s) - since))
	fi
}

tools/packages.sh build run test || exit 1
part build make -j"$(nproc)" all
[ "$failed" -eq 0 ] || exit 1
part build-clang make -j"$(nproc)" CC=clang B=build/clang all
part lint make --no-print-directory lint
part unit make --no-print-directory -j"$(nproc)" unit
part unit-sanitized make --no-print-directory -j"$(nproc)" asan
