# shellcheck shell=bash
# lib.sh - a hansed of the test's own on a running platform: started with a
# fault, killed, started again; and what must hold afterwards.

hansed=
hansed_log=$work/hansed.log

# One session in the control database for all questions: they are asked all the
# time, and a new one each would take more of the machine than what is tested.
mkfifo "$work/ask" "$work/answer"
psql -XqAt -h /run/hanse/control-db -U hanse -d hanse <"$work/ask" >"$work/answer" 2>&1 &
asked=$!
exec 8>"$work/ask" 9<"$work/answer"
control() { # SQL, one statement
	local line
	printf '%s;\n\\echo =end=\n' "$1" >&8
	while read -r line <&9 && [ "$line" != "=end=" ]; do
		echo "$line"
	done
}
end_control() {
	exec 8>&- 9<&-
	wait "$asked"
}
answers() { hanse version 2>/dev/null | grep -q '^hansed *[0-9]'; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# The platform's own daemon makes room, and takes over again at the end.
take_hansed() {
	sv -w 20 down /run/hanse/sv/hansed >/dev/null
	: >"$hansed_log"
}
give_hansed_back() {
	stop_hansed
	sv -w 20 up /run/hanse/sv/hansed >/dev/null
	for _ in $(seq 200); do
		! answers || return 0
		sleep 0.1
	done
}

# What is to go wrong from the next job on; nothing: "".
ask_for() { echo "$1" >"$work/fault"; }

start_hansed() {
	HANSE_FAULT=@$work/fault /usr/local/sbin/hansed --config /etc/hanse/hansed.yaml 2>>"$hansed_log" 8>&- 9<&- &
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

job_state() { control "SELECT state FROM job WHERE key = '$1'"; } # of the request with that key
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

half_written() {
	find /var/lib/hanse /etc/hanse \( -name '*.new' -o -name '*.new.*' -o -name '*.old' \) \
		-not -path '*/control-db/*' -not -path '*/directory/*' 2>/dev/null
}
# Files that a write has left half-way: one that goes on is over a second later.
litter() {
	local first
	first=$(half_written)
	[ -n "$first" ] || return 0
	sleep 1
	half_written | grep -xFf <(echo "$first")
}

# settled NAME: after a restart everything is finished or undone in time, and
# nothing is left over or half made.
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

# -- What the chain is to be like ---------------------------------------------

state=/var/lib/hanse
member=killed/maker user=killed.maker

instances() { hanse get domains killed -o json | jq -r ".[] | select(.name | test(\"^$user([.][0-9]+)?\$\")) | $1"; }

as_member() { hanse psql $member -- -XAtqc 'select current_user' 2>&1; }

# How many there are of the enterprise: instances, certificates, keys, files with
# a password of its portal, passwords that the directory takes from it.
counts() {
	echo "$(instances .name | wc -l)" \
		"$(find $state/ca -name "$user*.crt" | wc -l)" "$(find $state/ca -name "$user*.key" | wc -l)" \
		"$(find $state/domains/$user -name 'portal*.password' 2>/dev/null | wc -l)" \
		"$(ldapsearch -Q -Y EXTERNAL -H ldapi://%2Frun%2Fhanse%2Fdirectory%2Fldapi -LLL -s base \
			-b cn=portal,o=maker,ou=killed,ou=ves,dc=hanse userPassword 2>/dev/null | grep -c ^userPassword)"
}

# The pair that is good now is kept, in a folder that hanse psql can be told of.
keep_pair() {
	local certificate
	rm -rf "$work/kept"
	certificate=$(find $state/ca -name "$user*.crt")
	[ -n "$certificate" ] || return 0
	mkdir "$work/kept"
	cp $state/ca/ca.crt "$work/kept/"
	cp "$certificate" "$work/kept/$user.crt"
	cp "${certificate%.crt}.key" "$work/kept/$user.key"
}
# It is the one that is there, or good for nothing.
kept_pair_is_current_or_refused() {
	[ -d "$work/kept" ] || return 0
	! cmp -s "$work/kept/$user.crt" "$(find $state/ca -name "$user*.crt")" || return 0
	[ "$(HANSE_CA_DIR=$work/kept as_member)" != $user ]
}

# Containers that may make namespaces for users: libvirt started them, and nobody
# confined them.
unconfined() {
	local name id init
	for name in $(instances 'select(.driver == "lxc") | .name'); do
		id=$(virsh -q -c lxc:///system domid "$name")
		read -r init _ <"/proc/$id/task/$id/children"
		[ "$(nsenter -t "$init" -U cat /proc/sys/user/max_user_namespaces)" = 0 ] || echo "$name"
	done
}

# What is not as it should be; of what is as it should, nothing.
wrong() { # SPEC, or none
	local want="1 1 1 1 1" got url
	[ "$1" != none ] || want="0 0 0 0 0"
	got=$(counts)
	[ "$got" = "$want" ] || echo "instances, certificates, keys, password files, passwords: $got instead of $want"
	kept_pair_is_current_or_refused || echo "the pair of before is accepted"
	[ "$1" != none ] || return 0
	got=$(unconfined)
	[ -z "$got" ] || echo "not confined: $got"
	got=$(hanse plan "$1" 2>&1) || echo "the plan is not empty: $got"
	got=$(as_member)
	[ "$got" = $user ] || echo "the pair is no way into the database: $got"
	url=$(hanse get enterprises killed -o json | jq -r '.[0].portal')
	got=$(portal_log_in "${url%/}" max "$(jq -r '."maker/max"' $state/initial-passwords/killed.json)" "$work/jar")
	[[ $got =~ ^30[23]$ ]] || echo "nobody can log in at $url: $got"
}

# stands NAME SPEC: the chain is as the spec says, once, and serves; "none":
# nothing is left of it.
stands() {
	local found
	found=$(wrong "$2")
	[ -n "$found" ] || return 0
	fail "$1: not what $2 says" "$found"
	return 1
}

# -- Requests -----------------------------------------------------------------

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
