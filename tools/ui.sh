# shellcheck shell=sh
# ui.sh - steps as people see them; to be sourced.
#
#   ui_run "build" TOTAL COMMAND...   run it, its output kept in $ui_log
#
# On a terminal one line is redrawn with the elapsed time and, where TOTAL (the
# lines of output expected, 0 if unknown) tells, a bar. Elsewhere a line at the
# start of a long step and one at its end.

ui_start=$(date +%s%N)
ui_log=${TMPDIR:-/tmp}/hanse-step.$$.log

ui_elapsed() { # SINCE_NS -> seconds with one decimal
	ns=$(($(date +%s%N) - $1))
	printf '%d.%d' $((ns / 1000000000)) $((ns / 100000000 % 10))
}

ui_bar() { # DONE TOTAL
	[ "$2" -gt 0 ] || return 0
	n=$(($1 * 24 / $2))
	[ "$n" -le 24 ] || n=24
	printf '[%.*s%.*s] ' "$n" '########################' $((24 - n)) \
	    '------------------------'
}

ui_fail() { # MESSAGE REMEDY
	echo "hanse: $1" >&2
	[ -z "${2:-}" ] || echo "hanse: $2" >&2
	exit 1
}

ui_watch() { # PID LABEL TOTAL SINCE: until the process has ended
	while kill -0 "$1" 2>/dev/null; do
		printf '\r\033[K%7s s  %-28s %s%s' "$(ui_elapsed "$ui_start")" "$2" \
		    "$(ui_bar "$(wc -l <"$ui_log")" "$3")" \
		    "$(tail -n 1 "$ui_log" | tr -d '\r\033' | cut -c 1-40)"
		sleep 0.2
	done
	printf '\r\033[K'
}

ui_run() { # LABEL TOTAL COMMAND...
	label=$1 total=$2
	shift 2
	since=$(date +%s%N)
	"$@" >"$ui_log" 2>&1 </dev/null &
	pid=$!
	if [ -t 1 ]; then
		ui_watch "$pid" "$label" "$total" "$since"
	else
		printf '%7s s  %s ...\n' "$(ui_elapsed "$ui_start")" "$label"
	fi
	if ! wait "$pid"; then
		echo "hanse: '$label' failed after $(ui_elapsed "$since") s:" >&2
		tail -n 25 "$ui_log" | sed 's/^/    /' >&2
		echo "hanse: the whole output is in $ui_log" >&2
		exit 1
	fi
	printf '%7s s  %-28s done in %s s\n' "$(ui_elapsed "$ui_start")" \
	    "$label" "$(ui_elapsed "$since")"
	rm -f "$ui_log"
}
