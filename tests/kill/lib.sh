# shellcheck shell=bash
# lib.sh - a hansed of the test's own on a running platform: started with a
# fault, killed, started again; and what must hold afterwards.

hansed=
hansed_log=$work/hansed.log

control() { psql -XqAt -h /run/hanse/control-db -U hanse -d hanse -c "$1"; }
answers() { hanse version 2>/dev/null | grep -q '^hansed *[0-9]'; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# The platform's own daemon makes room, and takes over again at the end.
take_hansed() {
	sv -w 20 down /run/hanse/sv/hansed >/dev/null
}
give_hansed_back() {
	stop_hansed
	sv -w 20 up /run/hanse/sv/hansed >/dev/null
}

start_hansed() { # [FAULT]
	HANSE_FAULT=${1:-} /usr/local/sbin/hansed --config /etc/hanse/hansed.yaml 2>>"$hansed_log" &
	hansed=$!
	for _ in $(seq 200); do
		! answers || return 0
		kill -0 "$hansed" 2>/dev/null || return 0
		sleep 0.02
	done
	return 1
}
stop_hansed() {
	[ -n "$hansed" ] || return 0
	kill "$hansed" 2>/dev/null
	wait "$hansed" 2>/dev/null
	hansed=
}
kill_hansed() {
	kill -9 "$hansed" 2>/dev/null
	wait "$hansed" 2>/dev/null
	hansed=
}
is_dead() { ! kill -0 "$hansed" 2>/dev/null; }

open_jobs() { control "SELECT count(*) FROM job WHERE state IN ('queued', 'running', 'undoing', 'broken')"; }

# over SECONDS: every job has come to its end
over() {
	local end=$(($(now_ms) + $1 * 1000))
	while [ "$(now_ms)" -lt "$end" ]; do
		[ "$(open_jobs)" != 0 ] || return 0
		sleep 0.05
	done
	return 1
}

# Until the daemon is dead or has nothing more to do.
until_dead_or_over() {
	for _ in $(seq 1200); do
		! is_dead || return 0
		[ "$(open_jobs)" != 0 ] || return 0
		sleep 0.03
	done
}

# Files that a write has left half-way.
litter() {
	find /var/lib/hanse /etc/hanse \( -name '*.new' -o -name '*.new.*' -o -name '*.old' \) \
		-not -path '*/control-db/*' -not -path '*/directory/*' 2>/dev/null
}

# settled NAME: after a restart everything is finished or undone in time, and
# nothing is left over or half made.
slowest=0
settled() {
	local since ms found
	since=$(now_ms)
	if ! over 30; then
		fail "$1: not settled in 30 s" "$(control "SELECT job_id, command, state, message FROM job WHERE state IN ('queued', 'running', 'undoing', 'broken')"; tail -n 5 "$hansed_log")"
		return 1
	fi
	ms=$(($(now_ms) - since))
	[ "$ms" -le "$slowest" ] || slowest=$ms
	if ! found=$(hanse verify 2>&1); then
		fail "$1: not clean" "$found"
		return 1
	fi
	found=$(litter)
	if [ -n "$found" ]; then
		fail "$1: litter" "$found"
		return 1
	fi
	return 0
}

# A request whose answer may get lost: the key makes a repetition the same job.
request() { # KEY COMMAND...
	local key=$1
	shift
	for _ in $(seq 40); do
		! hanse "$@" -q --detach --key "$key" >/dev/null 2>"$work/request" || return 0
		! is_dead || return 0
		grep -qE 'hansed (is not running|ended)' "$work/request" || return 1
		sleep 0.05
	done
	return 1
}
