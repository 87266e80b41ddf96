#!/bin/bash
# run.sh - every test of tco-report that runs programs: the scripts beside it,
# but meter.sh, which is hansed's, and load.sh, which needs a platform. run.sh;
# B=build folder.
set -u
cd "$(dirname "$0")" || exit 1
failed=0
for script in *.sh; do
	case $script in run.sh | ground.sh | load.sh | meter.sh) continue ;; esac
	printf -- '--- %s\n' "$script"
	"./$script" || failed=1
done
exit "$failed"
