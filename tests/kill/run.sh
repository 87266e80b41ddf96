#!/bin/bash
# run.sh HOW [COUNT] [SEED] - hansed is killed or its calls fail, and nothing is
# left over, half made or done twice. On a running platform, as root.
#
#   run.sh steps          SIGKILL at every boundary of every step of a chain
#                         that is made, grown and removed
#   run.sh random COUNT   SIGKILL at random instants of the same
#   run.sh calls [COUNT]  each outside call (libvirt, directory, SQL, files,
#                         programs, reloads) fails once; COUNT: every so many
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
how=${1:-steps} count=${2:-1} seed=${3:-4711}
work=$(mktemp -d /tmp/hanse-kill.XXXXXX)
# shellcheck source=tests/kill/lib.sh
. tests/kill/lib.sh
RANDOM=$seed
run=$$-$(date +%s)

finish() {
	stop_hansed
	start_hansed
	hanse destroy -q --yes killed >/dev/null 2>&1
	give_hansed_back
	rm -rf "$work"
}
trap finish EXIT
take_hansed

small=tests/kill/one.yaml
large=$work/large.yaml
sed 's/memory_mib: 128/memory_mib: 160/; s/Maker GmbH/Maker Holding SE/; s/Max Maker/Max Moritz Maker/' $small >"$large"

# What is done to the chain, one after the other; each leaves what the next needs.
operations=(
	"create apply $small"
	"grow apply $large"
	"remove destroy --yes killed"
)

# attempt NAME FAULT COMMAND...: with the fault, then with a daemon that is well
attempt() {
	local name=$1 fault=$2 key=$run-$RANDOM-$RANDOM
	shift 2
	start_hansed "$fault"
	request "$key" "$@"
	until_dead_or_over
	died=no
	is_dead && died=yes
	stop_hansed
	start_hansed
	settled "$name" || return 1
	# Undone or never taken: now it must go through.
	if ! hanse "$@" -q >"$work/out" 2>&1 && ! { [ "$1" = destroy ] && grep -q 'there is no' "$work/out"; }; then
		fail "$name: repeated, it fails" "$(cat "$work/out")"
		return 1
	fi
	settled "$name, repeated"
}

each_boundary() { # NAME COMMAND...
	local name=$1 n=0 before=$checks_failed
	shift
	while :; do
		n=$((n + 1))
		back_to "$name"
		attempt "$name, boundary $n" "kill:step.:$n" "$@"
		stop_hansed
		[ "$died" = yes ] || break
	done
	[ "$n" -gt 6 ] || fail "$name: only $n boundaries"
	[ "$checks_failed" -gt "$before" ] || pass "$name: killed at each of $((n - 1)) boundaries (settled in $slowest ms at most)"
}

# The chain as it is before an operation.
back_to() {
	start_hansed
	case $1 in
	create) hanse destroy -q --yes killed >/dev/null 2>&1 ;;
	grow) hanse apply -q $small >/dev/null 2>&1 ;;
	remove) hanse apply -q "$large" >/dev/null 2>&1 ;;
	esac
	stop_hansed
}

steps() {
	for operation in "${operations[@]}"; do
		slowest=0
		# shellcheck disable=SC2086
		each_boundary $operation
	done
}

# One operation after the other; each is killed once, after a random while.
random() {
	local i key operation name before=$checks_failed
	start_hansed
	for ((i = 0; i < count; i++)); do
		read -r name operation <<<"${operations[i % ${#operations[@]}]}"
		key=$run-$i
		# shellcheck disable=SC2086
		request "$key" $operation
		sleep "$(printf '0.%03d' $((RANDOM % 1000)))"
		[ $((RANDOM % 3)) -ne 0 ] || sleep "$((RANDOM % 2))"
		kill_hansed
		start_hansed
		# shellcheck disable=SC2086
		request "$key" $operation
		settled "random $i ($name)" || true
	done
	stop_hansed
	[ "$checks_failed" -gt "$before" ] || pass "killed at $count random instants, seed $seed (settled in $slowest ms at most)"
}

calls() {
	local n name rest before operation died
	for operation in "${operations[@]}"; do
		read -r name rest <<<"$operation"
		n=0 before=$checks_failed slowest=0
		while :; do
			n=$((n + count))
			back_to "$name"
			rm -f "$hansed_log"
			# shellcheck disable=SC2086
			attempt "$name, call $n fails" "fail::$n" $rest
			stop_hansed
			grep -q "event=fault .*number=$n" "$hansed_log" || break
		done
		[ "$checks_failed" -gt "$before" ] || pass "$name: each of its outside calls has failed, up to the ${n}th, every ${count}th (settled in $slowest ms at most)"
	done
}

case $how in
steps | random | calls) "$how" ;;
*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d' && exit 64 ;;
esac
lacks 'no sanitizer spoke' 'Sanitizer|runtime error' "$(cat "$hansed_log" 2>/dev/null)"
summary
