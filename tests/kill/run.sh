#!/bin/bash
# run.sh HOW - hansed is killed or its calls fail, and nothing is left over, half
# made or done twice. On a running platform, as root.
#
#   run.sh steps                  SIGKILL at every boundary of every step of a
#                                 chain that is made, grown, re-templated,
#                                 rotated and removed, and whose disk grows
#   run.sh random COUNT [SEED]    SIGKILL at random instants of the first five
#   run.sh calls [COUNT [WHERE]]  each outside call (libvirt, directory, SQL,
#                                 files, programs, reloads) fails once; COUNT:
#                                 every so many; WHERE: only those whose names
#                                 begin so, e.g. "gateway."
#   run.sh cuts [COUNT [WHERE]]   SIGKILL before each of those calls
#   run.sh undo                   SIGKILL at every boundary of the undo of a chain
#                                 that was to be made, grown, re-templated, and
#                                 was cancelled while its new domain was made
#
# ONLY=PATTERN takes the operations whose name matches, FROM=NUMBER begins with
# that call, so that several hosts can share the calls.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
how=${1:-steps} count=${2:-1} seed=${3:-4711} where=${3:-}
only=${ONLY:-.}
slowest=0 undone=0
work=$(mktemp -d /tmp/hanse-kill.XXXXXX)
# shellcheck source=tests/kill/lib.sh
. tests/kill/lib.sh
run=$$-$(date +%s)

finish() {
	stop_hansed
	start_hansed
	hanse destroy -q --yes killed >/dev/null 2>&1
	give_hansed_back
	end_control
	rm -rf "$work"
}
trap finish EXIT
take_hansed

small=tests/kill/one.yaml
large=$work/large.yaml other=$work/other.yaml narrow=$work/narrow.yaml wide=$work/wide.yaml
sed 's/memory_mib: 128/memory_mib: 256/; s/Maker GmbH/Maker Holding SE/; s/Max Maker/Max Moritz Maker/' $small >"$large"
sed 's/template: app$/template: app-large/' "$large" >"$other"
sed 's/^enterprises:/database: {class: dedicated, disk_gib: 1}\n&/' $small >"$narrow"
sed 's/disk_gib: 1/disk_gib: 2/' "$narrow" >"$wide"

# What is done to the chain, one after the other: its name, the spec that it
# finds, the spec that it leaves, the command.
operations=(
	"create none $small apply $small"
	"grow $small $large apply $large"
	"re-template $large $other apply $other"
	"rotate $other $other rotate $member"
	"remove $other none destroy --yes killed"
)
# And to one with a database of its own.
disk="disk $narrow $wide apply --restart $wide"

# Boundaries that each has, at least: fewer, and the fault points are gone.
declare -A boundaries=([steps.create]=24 [steps.grow]=10 [steps.re-template]=8 [steps.rotate]=14 [steps.remove]=20
	[steps.disk]=4 [undo.create]=8 [undo.grow]=2 [undo.re-template]=2)

# The chain as it is before an operation.
back_to() { # SPEC, or none
	if [ "$1" = none ]; then
		hanse destroy -q --yes killed >/dev/null 2>&1
	elif ! hanse apply -q "$1" >/dev/null 2>&1; then
		# A disk that has grown, or a database of another class.
		hanse destroy -q --yes killed >/dev/null 2>&1
		hanse apply -q "$1" >/dev/null 2>&1
	fi
}

# It was killed, or the call of that number failed.
has_struck() { # NUMBER LINES-BEFORE
	is_dead || tail -n "+$(($2 + 1))" "$hansed_log" | grep -q "event=fault .*number=$1\$"
}

# Cancel a job once it makes a domain: what it has made by then is undone.
cancel_late() { # KEY
	local id
	id=$(control "SELECT job_id FROM job WHERE key = '$1'")
	for _ in $(seq 500); do
		case $(control "SELECT j.state, bool_or(s.state <> 'planned') FROM job j LEFT JOIN step s
			ON s.job_id = j.job_id AND s.kind = 'domain' AND s.action = 'create' WHERE j.job_id = $id GROUP BY 1") in
		running\|t) hanse job cancel "$id" >/dev/null 2>&1 && return ;;
		queued\|* | running\|*) ;;
		*) return ;;
		esac
	done
}

# attempt WHAT FAULT NUMBER OPERATION...: with the fault, then with a daemon that
# is well: the same, unless it was killed; *struck if there was that many.
attempt() {
	local what=$1 fault=$2 number=$3 before=$5 after=$6 key=$run-$RANDOM-$RANDOM lines ended
	shift 6
	keep_pair
	lines=$(wc -l <"$hansed_log")
	ask_for "$fault:$number $key"
	request "$key" "$@"
	[ "$how" != undo ] || cancel_late "$key"
	until_dead_or_over
	struck=no
	! has_struck "$number" "$lines" || struck=yes
	ask_for ""
	! is_dead || start_hansed
	settled "$what" || return 1
	ended=$(job_state "$key")
	if [ "$ended" = "done" ]; then
		stands "$what" "$after" || return 1
	else
		undone=$((undone + 1))
		stands "$what, ${ended:-never taken}" "$before" || return 1
	fi
	# Undone or never taken: now it must go through.
	if ! hanse "$@" -q >"$work/out" 2>&1 && ! { [ "$1" = destroy ] && grep -q 'there is no' "$work/out"; }; then
		fail "$what: repeated, it fails" "$(cat "$work/out")"
		return 1
	fi
	[ "$ended" = "done" ] || { settled "$what, repeated" && stands "$what, repeated" "$after"; }
}

# strike NUMBER OPERATION...: it is tried with the fault at that point; 1 when it
# has not that many. What the attempts were like is added up by its name.
strike() {
	local n=$1 name=$2 failed=$checks_failed since=$SECONDS
	[ "$is" = "$3" ] || back_to "$3"
	slowest=${slowest_of[$name]:-0} undone=${undone_of[$name]:-0} is=unknown
	attempt "$name, $what $n" "$fault" "$@" && is=$4
	slowest_of[$name]=$slowest undone_of[$name]=$undone
	seconds_of[$name]=$((${seconds_of[$name]:-0} + SECONDS - since))
	failed_of[$name]=$((${failed_of[$name]:-0} + checks_failed - failed))
	[ "$struck" = yes ] && last_of[$name]=$n
}

# each_point WHAT FAULT EVERY: the operations one after the other, each with the
# fault at its first point (or FROM), then each at the next, or so many further.
each_point() {
	local what=$1 fault=$2 every=$3 is=unknown operation name n left=() others
	local -A slowest_of undone_of seconds_of failed_of last_of
	for operation in "${operations[@]}" "$disk"; do
		read -r name _ <<<"$operation"
		[[ ! $name =~ $only ]] || left+=("$operation")
	done
	start_hansed
	for ((n = ${FROM:-$every}; ${#left[@]} > 0; n += every)); do
		others=()
		for operation in "${left[@]}"; do
			# shellcheck disable=SC2086
			! strike $n $operation || others+=("$operation")
		done
		left=("${others[@]}")
	done
	for name in "${!slowest_of[@]}"; do
		n=${last_of[$name]:-0}
		[ "$n" -ge "${boundaries[$how.$name]:-0}" ] || fail "$name: only $n times $what"
		[ "${failed_of[$name]}" -gt 0 ] || pass "$name, $what ${FROM:-$every} to $n, every $every: \
settled in ${slowest_of[$name]} ms at most, ${undone_of[$name]} undone (${seconds_of[$name]} s)"
	done
}

steps() { each_point "killed at boundary" kill:step. 1; }
undo() { only=${ONLY:-^(create|grow|re-template)$} && each_point "killed in its undo, at boundary" kill:undo. 1; }
cuts() { each_point "killed before call" "kill:$where" "$count"; }
calls() { each_point "failing call" "fail:$where" "$count"; }

# One operation after the other; each is killed once, after a random while.
random() {
	local i key name before after command failed=$checks_failed is=none
	RANDOM=$seed
	start_hansed
	for ((i = 0; i < count; i++)); do
		read -r name before after command <<<"${operations[i % ${#operations[@]}]}"
		key=$run-$i
		keep_pair
		# shellcheck disable=SC2086
		request "$key" $command
		sleep "$(printf '0.%03d' $((RANDOM % 1000)))"
		[ $((RANDOM % 3)) -ne 0 ] || sleep "$((RANDOM % 2))"
		kill_hansed
		start_hansed
		# shellcheck disable=SC2086
		request "$key" $command
		settled "random $i ($name)" || continue
		if [ "$(job_state "$key")" = "done" ]; then
			is=$after
		else
			undone=$((undone + 1))
		fi
		stands "random $i ($name)" "$is"
	done
	stop_hansed
	[ "$checks_failed" -gt "$failed" ] || pass "killed at $count random instants, seed $seed: \
settled in $slowest ms at most, $undone undone"
}

case $how in
steps | random | calls | cuts | undo) "$how" ;;
*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d' && exit 64 ;;
esac
lacks 'no sanitizer spoke' 'Sanitizer|runtime error' "$(cat "$hansed_log" 2>/dev/null)"
summary
