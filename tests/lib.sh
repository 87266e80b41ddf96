# shellcheck shell=bash
# lib.sh - what shell tests share: checks are counted, people log in; to be sourced.

checks_passed=0 checks_failed=0

pass() {
	checks_passed=$((checks_passed + 1))
	printf 'ok    %s\n' "$1"
}

fail() { # NAME [DETAIL]
	checks_failed=$((checks_failed + 1))
	printf 'FAIL  %s\n' "$1"
	[ -z "${2:-}" ] || printf '%s\n' "$2" | tail -n 15 | sed 's/^/      /'
}

# expect NAME STATUS COMMAND...: the command ends with that exit status
expect() {
	local name=$1 want=$2 got=0 out
	shift 2
	out=$("$@" 2>&1 </dev/null) || got=$?
	if [ "$got" -eq "$want" ]; then
		pass "$name"
	else
		fail "$name" "exit $got instead of $want: $* -> $out"
	fi
}

# same NAME WANT GOT
same() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "wanted: $2
got: $3"
	fi
}

# contains NAME PATTERN TEXT
contains() {
	if grep -qE -- "$2" <<<"$3"; then
		pass "$1"
	else
		fail "$1" "no '$2' in: $3"
	fi
}

# lacks NAME PATTERN TEXT
lacks() {
	if grep -qE -- "$2" <<<"$3"; then
		fail "$1" "'$2' is in: $3"
	else
		pass "$1"
	fi
}

now_ms() { echo $(($(date +%s%N) / 1000000)); }
seconds() { printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }
# why FILE: the failed checks in a test's output, else how it ended
why() { grep -A 3 '^FAIL' "$1" || tail -n 15 "$1"; }

# works NAME FILE COMMAND...: it succeeds; its output in FILE below $work, its time
# printed
works() {
	local name=$1 file=$work/$2 since got=0
	since=$(now_ms)
	shift 2
	"$@" >"$file" 2>&1 </dev/null || got=$?
	if [ $got -eq 0 ]; then
		pass "$name ($(seconds $(($(now_ms) - since))))"
	else
		fail "$name (exit $got)" "$(why "$file")"
	fi
	return $got
}

# by_then SECONDS COMMAND...: it succeeds within that time
by_then() {
	local end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.2
	done
}

# eventually NAME SECONDS COMMAND...: the same, as a check
eventually() {
	if by_then "${@:2}"; then
		pass "$1"
	else
		fail "$1" "never: ${*:3}"
	fi
}

# damage FILE OFFSET: one byte of it becomes another one
damage() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# portal_log_in URL LOGIN PASSWORD JAR: prints the status; the session is in JAR
portal_log_in() {
	local token
	rm -f "$4"
	token=$(curl -sk --max-time 10 -c "$4" "$1/login" |
		grep -oE 'name="?csrf"? value="?[^" >]+' | head -n 1 | sed 's/.*value="\{0,1\}//')
	curl -sk --max-time 10 -b "$4" -c "$4" -o /dev/null -w '%{http_code}' -H "Origin: $1" -H "Referer: $1/login" \
		--data-urlencode "csrf=$token" --data-urlencode "login=$2" --data-urlencode "password=$3" "$1/login"
}

# lxc_reads NAME FILE: an LXC domain reads a file, which was in no cache before, from
# its disk: who reads is in the domain's cgroup
lxc_reads() {
	local group
	group=$(awk -F: '$2 == "blkio" { print "/blkio" $3; exit }' "/proc/$(virsh -c lxc:///system domid "$1")/cgroup")
	[ -n "$group" ] || group=$(sed -n 's/^0:://p' "/proc/$(virsh -c lxc:///system domid "$1")/cgroup")
	dd if="$2" iflag=nocache count=0 status=none
	(
		echo "$BASHPID" >"/sys/fs/cgroup$group/cgroup.procs" &&
			dd if="$2" of=/dev/null bs=64k status=none
	)
}
# lxc_largest NAME: the largest file of an LXC domain's root, as the host sees it
lxc_largest() { find "/run/hanse/mnt/domain/$1/root" -xdev -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-; }

summary() {
	printf '%d passed, %d failed\n' "$checks_passed" "$checks_failed"
	[ "$checks_failed" -eq 0 ]
}
