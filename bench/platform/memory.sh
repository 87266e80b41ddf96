#!/bin/bash
# memory.sh - what every daemon of the running platform holds: resident set and
# proportional set (shared pages divided), in KiB. Domains' services included.
set -u
printf '%-28s %7s %9s %9s\n' daemon pid rss_kib pss_kib
show() { # NAME PID
	local rss pss
	rss=$(awk '/^Rss/ { print $2 }' "/proc/$2/smaps_rollup" 2>/dev/null) || return
	pss=$(awk '/^Pss:/ { print $2 }' "/proc/$2/smaps_rollup" 2>/dev/null)
	printf '%-28s %7s %9s %9s\n' "$1" "$2" "${rss:-?}" "${pss:-?}"
}
for name in hansed hanse-gateway slapd nginx libvirtd virtlogd postgres hanse-init hanse-portal; do
	for pid in $(pgrep -x "${name:0:15}"); do
		show "$name" "$pid"
	done
done
