#!/bin/bash
# memory.sh - what the daemons of the running platform hold, those in the domains
# included: processes, the largest resident set, and the sum of the proportional
# sets (shared pages divided), in KiB.
set -u
printf '%-16s %9s %12s %12s\n' daemon processes max_rss_kib sum_pss_kib
for name in hansed hanse-gateway slapd nginx libvirtd virtlogd postgres hanse-init hanse-portal; do
	for pid in $(pgrep -x "${name:0:15}"); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk -v name="$name" '
		/^Rss/ { n++; if ($2 > max) max = $2 }
		/^Pss:/ { sum += $2 }
		END { if (n) printf "%-16s %9d %12d %12d\n", name, n, max, sum }'
done
