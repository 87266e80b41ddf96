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

commands='doctor plan apply destroy restart rotate suspend resume roll get
describe status events audit webhook psql verify quota usage price bill gateway tco user version completion help'

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
expect 'user of another subcommand' 64 "$hanse" user rename a/b c
expect "an enterprise's people stand in its spec" 64 "$hanse" user remove a/b c
expect 'user add without roles' 64 "$hanse" user add asp c Name
expect 'events: no number is no cursor' 64 "$hanse" events --since -1
expect 'audit of another subcommand' 64 "$hanse" audit repair
for args in asp/x ve/ ve/V everything 'asp asp' set 'set asp' 'set asp vcpus' 'set asp vcpus=' \
	'set asp vcpus=-1' 'set asp vcpus=1x' 'set asp cores=1' 'set all vcpus=1' unset 'unset asp cores' \
	'verify asp' 'remove asp'; do
	# shellcheck disable=SC2086
	expect "quota $args" 64 "$hanse" quota $args
done
contains 'a near resource is suggested' "did you mean 'vcpus'" "$(out "$hanse" quota set asp vcpu=3)"
for args in 'a b' 'sources now' 'correct a.b cpu' 'correct a.b cpu 1'; do
	# shellcheck disable=SC2086
	expect "usage $args" 64 "$hanse" usage $args
done
for args in lst 'units now' 'set vcpus' 'set vcpus 1 EUR/vCPU-h' 'set vcpus 1,5 EUR/vCPU-h --source x' \
	'set vcpus 1e3 EUR/vCPU-h --source x' 'set vcpus -1 EUR/vCPU-h --source x' 'set vcpus 1. EUR/vCPU-h --source x' \
	'set vcpus .5 EUR/vCPU-h --source x' 'set vcpus 0.1234567890 EUR/vCPU-h --source x' 'set vcpus 1 vCPU-h --source x' \
	'set vcpus 1 EURO/vCPU-h --source x' end; do
	# shellcheck disable=SC2086
	expect "price $args" 64 "$hanse" price $args
done
for args in close 'close 2026-11 x' show 'show 2026-11 a.b c' 'verify' 'list now' undo; do
	# shellcheck disable=SC2086
	expect "bill $args" 64 "$hanse" bill $args
done
expect 'csv is of usage, price and bill' 64 "$hanse" get ves -o csv
for args in routes 'status now' kill 'kill a b'; do
	# shellcheck disable=SC2086
	expect "gateway $args" 64 "$hanse" gateway $args
done
expect 'webhook of another subcommand' 64 "$hanse" webhook send
expect 'webhook add without a URL' 64 "$hanse" webhook add
expect 'webhook test without a number' 64 "$hanse" webhook test
expect 'webhook add: no number is no cursor' 64 "$hanse" webhook add http://a.example --since x
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

contains 'faults as JSON' '"field": "relations\[0\].seller"' "$("$hanse" \
	plan -o json tests/golden/spec/with-itself.yaml 2>/dev/null)"

# no hansed
for c in 'apply etc/examples/automotive.yaml' 'get ves' 'describe ve x' \
	'destroy --yes x' 'verify' 'events' 'events --follow' 'audit verify' 'quota' 'quota set asp vcpus=1' \
	'quota unset asp' 'quota verify' usage 'usage sources' 'usage -o csv' 'price list' 'bill list' gateway 'gateway kill 1' 'status' 'user passwd a/b c --generate'; do
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

# a hansed that says what it is told
answer() { # LINES COMMAND...: run the command against it; sets got and text
	local lines=$1 server
	shift
	rm -f "$work/told.sock" "$work/heard"
	printf '%s' "$lines" | nc -N -lU "$work/told.sock" >"$work/heard" &
	server=$!
	for _ in $(seq 50); do
		[ -S "$work/told.sock" ] && break
		sleep 0.02
	done
	got=0
	text=$("$hanse" "$@" --socket "$work/told.sock" 2>&1 </dev/null) || got=$?
	# It answers before it has written down what it was asked.
	for _ in $(seq 20); do
		[ ! -s "$work/heard" ] || break
		sleep 0.02
	done
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
}

answer '{"result":{"ve":"automotive","changes":[
]}}
' verify
same 'an answer that is not one line' 7 "$got"
answer '{"result":{"changes":[{"action":"create","kind":"domain","name":"a.b","detail":[]},{"action":"update","kind":"domain","name":"a.c","detail":[{"field":"vcpus","from":1,"to":2}]},{"action":"delete","kind":"network","name":"hanse-x"}]}}
' plan etc/examples/automotive.yaml
same 'plan with changes' 2 "$got"
contains 'plan: a creation' '^  \+ create domain +a\.b' "$text"
contains 'plan: a change' '^      vcpus: 1 -> 2' "$text"
contains 'plan: the sum' '^1 to create, 1 to change, 1 to delete' "$text"
contains 'plan: what was asked' '^\{"command":"plan","file":"etc/examples/automotive.yaml","spec":"# A chain' "$(cat "$work/heard")"
answer '{"result":{"changes":[]}}
' plan etc/examples/automotive.yaml
same 'plan without changes' 0 "$got"
answer '{"event":"plan","changes":2}
{"event":"step","index":1,"of":2,"kind":"domain","name":"a.b","action":"create","state":"running"}
{"event":"step","index":1,"of":2,"kind":"domain","name":"a.b","action":"create","state":"done","ms":1412}
{"event":"step","index":2,"of":2,"kind":"route","name":"a","action":"update","state":"done","ms":3}
{"result":{"ve":"automotive","changes":2,"ms":1415,"portals":[{"enterprise":"b","url":"https://b.a.localhost:8443","people":[{"login":"x","password":"p-1"},{"login":"y"}]}]}}
' apply etc/examples/automotive.yaml
same 'apply' ' 1/2  done    create domain a.b  1.4 s
 2/2  done    update route a  0.0 s
automotive: 2 changes in 1.4 s.

ENTERPRISE  PORTAL                      LOGIN  INITIAL PASSWORD
b           https://b.a.localhost:8443  x      p-1
                                        y      (changed)' "$text"
answer '{"event":"step","index":1,"of":2,"kind":"domain","name":"a.b","action":"create","state":"failed","ms":20,"message":"no\u001b[31m room"}
{"error":{"code":"limit","message":"no room for domain a.b"}}
' apply etc/examples/automotive.yaml
same 'apply that fails' 3 "$got"
contains 'no control characters from a server' 'no\?\[31m room' "$text"
answer '{"error":{"code":"invalid","message":"x","faults":[{"line":7,"field":"ve","message":"is taken"}]}}
' apply etc/examples/automotive.yaml
same 'faults that only hansed sees' 'etc/examples/automotive.yaml:7: ve: is taken
hanse: the spec has 1 fault' "$text"
answer '{"result":{"columns":["NAME","STATE","TITLE"],"rows":[["李伟","running","x"],["ab",3,null]],"items":[{"name":"李伟"}]}}
' get domains automotive
same 'get' 'NAME  STATE    TITLE
李伟  running  x
ab    3        -' "$text"
contains 'get: what was asked' '"what":"domains","ve":"automotive"' "$(cat "$work/heard")"
answer '{"result":{"columns":["NAME"],"rows":[],"items":[]}}
' get jobs -o json
same 'get as JSON' '[]' "$text"
answer '{"result":{"name":"a","spec":{"vcpus":2,"people":[{"login":"x"},"y"],"none":[]}}}
' describe domain a
same 'describe' 'name: a
spec:
  vcpus: 2
  people:
    - login: x
    - y
  none: none' "$text"
answer '{"error":{"code":"not-found","message":"no domain a"}}
' describe domain a
same 'describe of nothing' 4 "$got"
status='{"result":{"version":"1","uptime_s":3661,"services":[{"name":"gateway","state":"%s","detail":"d"}],"ves":[{"ve":"a","title":"A","generation":1,"enterprises":2,"running":2,"stopped":0,"unknown":%d}],"jobs":{"running":0,"failed":0}}}
'
# shellcheck disable=SC2059
answer "$(printf "$status" ok 0)
" status
same 'status when all is well' 0 "$got"
contains 'status: uptime' 'up 1:01:01' "$text"
# shellcheck disable=SC2059
answer "$(printf "$status" down 0)
" status
same 'status with a service down' 1 "$got"
# shellcheck disable=SC2059
answer "$(printf "$status" ok 1)
" status
same 'status with a domain unknown' 1 "$got"
answer '{"result":{"clean":true,"findings":[]}}
' verify
same 'verify that is clean' 0 "$got"
answer '{"result":{"clean":false,"findings":[{"kind":"domain","name":"a.b","problem":"missing","detail":"d"}]}}
' verify
same 'verify that is not' 1 "$got"
contains 'verify: the finding' '^missing  domain  a\.b' "$text"
answer '{"result":{"password":"Geheim-12345678"}}
' user passwd a/b c --generate
same 'a new password' 'Geheim-12345678' "$text"
contains 'user: what was asked' '"command":"user.passwd","ve":"a","enterprise":"b","login":"c","generate":true' "$(cat "$work/heard")"
answer '{"result":{"password":"Geheim-12345678"}}
' user passwd asp c --generate
contains 'user: one of the ASP' '"command":"user.passwd","login":"c","generate":true' "$(cat "$work/heard")"
answer '{"result":{}}
' user add asp frida.fink 'Frida Fink' finance,operator de
same 'user add' 0 "$got"
contains 'user add: what was asked' '"command":"user.put","login":"frida.fink","name":"Frida Fink","roles":"finance,operator","language":"de"' "$(cat "$work/heard")"
answer '{"result":{}}
' user remove asp frida.fink
contains 'user remove: what was asked' '"command":"user.remove","login":"frida.fink"' "$(cat "$work/heard")"
answer '{"result":{"people":[{"login":"frida.fink","name":"Frida Fink","language":"de","roles":["operator","finance"]}]}}
' user list asp
contains 'user list' '^frida.fink +Frida Fink +de +operator finance$' "$text"
answer '{"error":{"code":"denied","message":"no"}}
' destroy --yes a
same 'destroy that is denied' 5 "$got"
answer '{"error":{"code":"conflict","message":"no"}}
' destroy --yes a
same 'destroy while a job runs' 6 "$got"
answer '' get ves
same 'a hansed that hangs up' 7 "$got"
answer 'what?
' get ves
same 'a hansed that talks nonsense' 7 "$got"
answer '{"result":{"version":"9.9"}}
' version
contains 'version of hansed' 'hansed 9\.9' "$text"

# on a terminal
terminal() { # INPUT COMMAND...: run it on a terminal; sets got and text
	local input=$1
	shift
	got=0
	text=$(printf '%s' "$input" | TERM=xterm script -qec "$*" /dev/null) || got=$?
}
esc=$(printf '\033')
terminal 'other
' "$hanse destroy automotive"
same 'destroy: the wrong name' 6 "$got"
contains 'destroy: nothing was touched' 'nothing was touched' "$text"
terminal 'automotive
' "$hanse destroy automotive"
same 'destroy: the right name' 7 "$got"
got=0
text=$({
	sleep 0.7
	printf 'Geheim-12345678\n'
} | TERM=xterm script -qec "$hanse user passwd a/b c --stdin" /dev/null) || got=$?
same 'a password on a terminal' 7 "$got"
contains 'a password on a terminal: asked for' 'New password: ' "$text"
lacks 'a password on a terminal: not shown' 'Geheim' "$text"
terminal '' "$hanse help"
contains 'colour on a terminal' "$esc\[1mUsage" "$text"
terminal '' "NO_COLOR=1 $hanse help"
lacks 'NO_COLOR' "$esc" "$text"
lacks 'no colour elsewhere' "$esc" "$(TERM=xterm out "$hanse" help)"
{
	printf '{"event":"plan","changes":4}\n'
	printf '{"event":"step","index":3,"of":4,"kind":"domain","name":"a.b","action":"create","state":"running"}\n'
	sleep 1.3
	printf '{"result":{"ve":"a","changes":4,"ms":1300,"portals":[]}}\n'
} | nc -N -lU "$work/slow.sock" >"$work/heard" &
sleep 0.3
terminal '' "$hanse apply --socket $work/slow.sock etc/examples/automotive.yaml"
contains 'a bar on a terminal' '\[############\.+\] 3/4 0:0[01] create domain a\.b' "$text"
contains 'the result below the bar' 'a: 4 changes in 1\.3 s' "$text"
wait

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
	text=$(HANSE_CA_DIR=$work/ca PATH=$work/bin:$PATH setpriv --reuid 65534 --clear-groups \
		"$hanse" psql a/b --person Anna.B+x@c -- -c 'select 1')
	contains 'psql as a person needs no root' "user=a.b/Anna.B\\+x@c dbname=ve_a .*sslcert='none'.*<-c><select 1>$" "$text"
	for login in '' "a' host=evil" 'a b' 'a/b'; do
		expect "psql as a person that cannot be: $login" 64 "$hanse" psql a/b --person "$login"
	done
	text=$(HANSE_CA_DIR=$work/ca PATH=$work/bin:$PATH \
		"$hanse" psql a/b -- -c 'select 1' -o x)
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
