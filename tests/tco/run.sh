#!/bin/bash
# run.sh - every test of tco-report that runs programs: the scripts beside it.
# run.sh; B=build folder.
set -u
cd "$(dirname "$0")" || exit 1
failed=0
for script in *.sh; do
	[ "$script" != run.sh ] || continue
	printf -- '--- %s\n' "$script"
	"./$script" || failed=1
done
exit "$failed"
