#!/bin/bash
# run.sh - the command line program without a platform: help, usage, faulty
# specs against their golden answers, completion, exit statuses, no hansed.
# run.sh [BUILD]; UPDATE=1 rewrites the golden answers.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
build=${1:-${B:-build}}
hanse=$PWD/$build/hanse
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset HANSE_SOCKET
export HANSE_SOCKET=$work/none.sock LC_ALL=C.UTF-8

commands='doctor plan apply destroy get describe status psql verify user
version completion help'

out() { # COMMAND...: what it prints, both streams
	"$@" 2>&1 </dev/null
}

# help and usage
contains 'hanse alone is a short help' 'hanse help COMMAND' "$(out "$hanse")"
expect 'hanse alone ends well' 0 "$hanse"
for c in $commands; do
	text=$(out "$hanse" "$c" --help)
	same "help of $c is the same both ways" "$text" "$(out "$hanse" help "$c")"
	contains "help of $c has examples" '^Examples$' "$text"
	contains "help of $c has statuses" 'a service does not answer' "$text"
	contains "the manual has $c" "^### hanse $c\$" "$(cat docs/hanse.1.md)"
done
expect 'help of nothing' 64 "$hanse" help nothing
contains 'a near command is suggested' "did you mean 'apply'" \
	"$(out "$hanse" aply)"
expect 'unknown command' 64 "$hanse" aply
expect 'unknown option' 64 "$hanse" get ves --colour
expect 'option without its value' 64 "$hanse" get ves -o
expect 'value for an option without' 64 "$hanse" get ves --quiet=1
expect 'unknown output' 64 "$hanse" get ves -o xml
expect 'option of another command' 64 "$hanse" get ves --yes
expect 'too few arguments' 64 "$hanse" apply
expect 'too many arguments' 64 "$hanse" apply a b
expect 'arguments where none are taken' 64 "$hanse" status now
expect 'unknown kind of get' 64 "$hanse" get vess
expect 'unknown kind of describe' 64 "$hanse" describe vm x
expect 'user passwd without a way' 64 "$hanse" user passwd a/b c
expect 'user passwd with two ways' 64 "$hanse" user passwd a/b c --generate --stdin
expect 'user of another subcommand' 64 "$hanse" user remove a/b c
expect 'member without enterprise' 64 "$hanse" psql automotive
expect 'member with a path in it' 64 "$hanse" psql ../etc/passwd

# specs
expect 'a good spec passes the check' 7 "$hanse" plan etc/examples/automotive.yaml
for f in tests/golden/spec/*.yaml; do
	name=$(basename "$f" .yaml)
	got=$(cd tests/golden/spec && out "$hanse" plan "$name.yaml")
	status=$?
	if [ -n "${UPDATE:-}" ]; then
		printf '%s\n' "$got" >"tests/golden/spec/$name.expected"
	fi
	same "spec $name" "$(cat "tests/golden/spec/$name.expected")" "$got"
	[ "$status" -eq 3 ] || fail "spec $name: status" "$status instead of 3"
done
count=$(find tests/golden/spec -name '*.yaml' | wc -l)
same 'forty faulty specs or more' yes "$([ "$count" -ge 40 ] && echo yes)"
head -c 1100000 /dev/zero | tr '\0' '#' >"$work/large.yaml"
expect 'a spec of more than 1 MiB' 3 "$hanse" plan "$work/large.yaml"
expect 'a spec that is not there' 4 "$hanse" plan "$work/absent.yaml"
expect 'a spec that is a folder' 1 "$hanse" plan "$work"
sed 's/$/\r/' etc/examples/automotive.yaml >"$work/crlf.yaml"
expect 'a spec with CRLF' 7 "$hanse" plan "$work/crlf.yaml"
printf '\357\273\277' | cat - etc/examples/automotive.yaml >"$work/bom.yaml"
expect 'a spec with a byte order mark' 7 "$hanse" plan "$work/bom.yaml"
got=$("$hanse" apply - <tests/golden/spec/stranger.yaml 2>&1)
contains 'a spec from standard input' 'standard input:28: relations.0..buyer' "$got"

# no hansed
for c in 'apply etc/examples/automotive.yaml' 'get ves' 'describe ve x' \
	'destroy --yes x' 'verify' 'status' 'user passwd a/b c --generate'; do
	# shellcheck disable=SC2086
	expect "no hansed: ${c%% *}" 7 "$hanse" $c
done
contains 'no hansed: the remedy' 'make up' "$(out "$hanse" get ves)"
same 'no hansed: one line' 1 "$(out "$hanse" get ves | wc -l)"
contains 'no hansed: JSON for scripts' '"code": "remote"' \
	"$("$hanse" get ves -o json 2>/dev/null)"
expect 'version needs no hansed' 0 "$hanse" version
contains '--version' 'does not answer' "$(out "$hanse" --version)"
expect 'destroy asks a terminal only' 3 "$hanse" destroy automotive
expect 'a socket path that is too long' 3 "$hanse" get ves \
	--socket "/$(head -c 200 /dev/zero | tr '\0' x)"
got=0
printf 'short\n' | "$hanse" user passwd a/b c --stdin >/dev/null 2>&1 || got=$?
same 'a short password' 3 "$got"

# psql without a platform
mkdir "$work/ca"
HANSE_CA_DIR=$work/ca expect 'psql of an enterprise that is not here' 4 \
	"$hanse" psql automotive/adler-motors
if [ "$(id -u)" -eq 0 ]; then
	: >"$work/ca/a.b.crt"
	: >"$work/ca/a.b.key"
	chmod 600 "$work/ca"/*
	chmod 755 "$work" "$work/ca"
	got=0
	text=$(HANSE_CA_DIR=$work/ca setpriv --reuid 65534 --clear-groups \
		"$hanse" psql a/b 2>&1) || got=$?
	same 'psql without root' 5 "$got"
	contains 'psql without root: the remedy' 'as root' "$text"
	mkdir "$work/bin"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nprintf "<%%s>" "$@"\n' >"$work/bin/psql"
	chmod 755 "$work/bin/psql"
	text=$(HANSE_CA_DIR=$work/ca PATH=$work/bin:$PATH \
		"$hanse" psql a/b -- -c 'select 1' -o x)
	contains 'psql gets its arguments' '<-c><select 1><-o><x>$' "$text"
	contains 'psql gets the certificate' "user=a.b dbname=ve_a sslmode=verify-full sslrootcert='$work/ca/ca.crt'" "$text"
fi

# completion
for shell in bash zsh; do
	"$hanse" completion "$shell" >"$work/completion.$shell"
	if command -v "$shell" >/dev/null; then
		expect "completion is good $shell" 0 "$shell" -n "$work/completion.$shell"
	fi
done
expect 'completion of another shell' 64 "$hanse" completion fish
complete_words() { # WORD...: what bash offers for the last of them
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_hanse; printf "%s\n" "${COMPREPLY[@]}" | sort' - \
		"$work/completion.bash" hanse "$@"
}
same 'completion of commands' 'describe
destroy' "$(complete_words des)"
same 'completion of get' 'domains' "$(complete_words get d)"
same 'completion of options' '--output' "$(complete_words get --o)"
same 'completion of a format' 'json' "$(complete_words get ves -o j)"
same 'completion of a file' 'etc/packages.txt' "$(complete_words apply etc/pack)"

# doctor
got=0
text=$("$hanse" doctor --quick -o json 2>/dev/null) || got=$?
same 'doctor runs' yes "$([ "$got" -le 1 ] && echo yes)"
for word in '"area": "hypervisor"' '"name": "lxc"' '"name": "kvm"' \
	'"area": "port"' '"area": "service"' '"remedy"'; do
	contains "doctor says $word" "$word" "$text"
done

summary
