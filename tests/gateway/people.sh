#!/bin/bash
# people.sh - people log in with the directory's passwords: real clients, a real
# slapd with our configuration, a real PostgreSQL, the gateway under its own
# user. Needs root. Environment: see ground.sh.
# shellcheck disable=SC1003 # backslashes are meant
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
PATH=$PATH:/usr/sbin:/sbin
make -s B="${B:-build}" "${B:-build}/directory_tool" || exit 1
export POOLING=transaction BACKENDS=4 PEOPLE=1
. tests/gateway/ground.sh

good='correct horse 9 staple' slapd_pid=''
state=$dir/directory
ldapi="ldapi://$(printf %s "$dir/slapd/ldapi" | sed 's|/|%2F|g')"
end_slapd() {
	[ -z "$slapd_pid" ] || kill -CONT "$slapd_pid" 2>/dev/null
	[ -z "$slapd_pid" ] || kill "$slapd_pid" 2>/dev/null
}
trap 'end_slapd; finish' EXIT
stop_gateway() {
	kill "$gateway_pid"
	wait "$gateway_pid" 2>/dev/null
}
gateway_start() {
	setpriv --reuid 62901 --regid 62901 --clear-groups --no-new-privs \
	    --inh-caps=-all --bounding-set=-all \
	    "$B/hanse-gateway" --config "$dir/gateway.yaml" 2>>"$log" &
	gateway_pid=$!
}
start_slapd() {
	slapd -d 0 -u openldap -g openldap -F "$state/config" -h "$ldapi" >"$dir/slapd.log" 2>&1 &
	slapd_pid=$!
	eventually "slapd answers" 10 ldapsearch -Q -Y EXTERNAL -H "$ldapi" -b dc=hanse -s base 1.1
}
root() { URI=$ldapi "$B/directory_tool" "$@"; }
# to USER PASSWORD: a conninfo of somebody without a certificate
to() { conn "'$1'" ve_alpha "password='$2' sslcert=none"; }
login() { ask "$(to "$1" "$2")" -c "${3:-SELECT 1}" | paste -sd" "; }
# refused NAME USER PASSWORD [MESSAGE]
refused() { contains "$1" "FATAL: *${4:-password authentication failed for user}" "$(ask "$(to "$2" "$3")" -c 'SELECT 1' | tr '\n' ' ')"; }
unlock() { root person-unlock alpha anna li.wei; }
last() { sleep 0.2; tool audit "$dir/audit" list | jq -c '.[]' | tail -n 1 | jq -r "$1"; }

# --- the ground ---------------------------------------------------------------

key_of directory directory.hanse.internal directory.hanse.internal
install -d -o openldap "$dir/slapd"
etc/directory/init.sh "$state" "$ca" || exit 1
start_slapd
{
	for ve in alpha beta; do
		root ve-put $ve "Chain of $ve"
		for enterprise in anna bert carl; do
			root enterprise-put $ve $enterprise "$enterprise AG" oem
			root person-put $ve $enterprise li.wei 'Li Wei' - zh buyer
			root password-set $ve $enterprise li.wei "$good $ve $enterprise"
		done
	done
	root password-set alpha anna li.wei "$good"
	root person-put alpha anna paul.wagner 'Paul Wagner' - de seller
	root password-set alpha anna paul.wagner "$good"
	root person-put alpha anna new.one 'No Password' - de seller
	root person-put alpha anna a+b@x.example 'Odd Name' - de seller
	root password-set alpha anna a+b@x.example "$good"
	root person-put alpha bert only.bert 'Only Bert' - de seller
	root password-set alpha bert only.bert "$good"
	for i in 1 2 3 4 5; do
		for enterprise in anna bert; do
			root person-put alpha $enterprise crowd.$i "Crowd $i" - de seller
			root password-set alpha $enterprise crowd.$i "$good"
		done
	done
	root person-put beta carl only.carl 'Only Carl' - de seller
	root password-set beta carl only.carl "$good"
} || exit 1
stop_gateway
cat >>"$dir/gateway.yaml" <<END
directory: {uri: "$ldapi", timeout_s: 4}
END
sed -i 's/^login_timeout_s: .*/login_timeout_s: 30/' "$dir/gateway.yaml"
PEOPLE=0 tool write "$routes" beta 127.0.0.1 "$back" 5 "$carl" -
chown -R 62901:62901 "$routes" "$dir/run" "$dir/audit" "$ca"
gateway_start
eventually "the gateway runs under its own user" 10 tool call "$socket" ping

# --- who gets in --------------------------------------------------------------

same "by name and password, with the enterprise's rights" "$anna|ve_alpha" "$(login "$anna/li.wei" "$good" 'SELECT session_user, current_database()')"
same "letter case does not matter in a name" 1 "$(login "$anna/Li.Wei" "$good")"
same "a name with signs in it" 1 "$(login "$anna/a+b@x.example" "$good")"
same "with the enterprise's certificate besides" 1 "$(ask "$(conn "$anna/li.wei" ve_alpha "password='$good' $(cert anna)")" -c 'SELECT 1')"
contains "but not with another's" 'FATAL: *certificate authentication failed' "$(ask "$(conn "$anna/li.wei" ve_alpha "password='$good' $(cert gina)")" -c 'SELECT 1')"
same "a certificate needs no password" 1 "$(ask "$by_cert" -c 'SELECT 1')"
same "and SCRAM is as it was" 1 "$(ask "$by_password" -c 'SELECT 1')"
same "by URI" 1 "$(PGPASSWORD=$good ask "postgresql://alpha.anna%2Fli.wei@alpha.gateway.hanse.internal:$front/ve_alpha?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=$ca/ca.crt&sslcert=none" -c 'SELECT 1')"
refused "wrong password" "$anna/li.wei" 'wrong password 1'
refused "unknown person" "$anna/nobody" "$good"
refused "unknown enterprise" "alpha.nobody/li.wei" "$good"
refused "a person of another enterprise" "$anna/only.bert" "$good"
refused "and of another VE" "$anna/only.carl" "$good"
refused "a namesake's password" "$anna/li.wei" "$good alpha bert"
refused "one who has none yet" "$anna/new.one" "$good"
refused "where people may not" "$carl/only.carl" "$good"
refused "no name at all" "$anna/" "$good"
refused "a name too long" "$anna/$(printf 'x%.0s' {1..200})" "$good"
refused "a password too long" "$anna/li.wei" "$(printf 'x%.0s' {1..300})"
same "each with the same code" "28P01" "$(grep -o 'state=directory why=password sqlstate=[^ ]*' "$log" | sed 's/.*=//' | sort -u)"
# raw MESSAGE: what the gateway says to that in place of a PasswordMessage
raw() {
	local start="user\0$anna/li.wei\0database\0ve_alpha\0\0"
	# shellcheck disable=SC2059
	(printf '\0\0\0\x32\0\3\0\0'"$start$1"; sleep 1) | timeout 5 openssl s_client -quiet -starttls postgres \
	    -servername alpha.gateway.hanse.internal -connect "127.0.0.1:$front" -CAfile "$ca/ca.crt" 2>/dev/null | strings -n 5 | tr '\n' ' '
}
contains "an empty password" 'C28P01' "$(raw 'p\0\0\0\5\0')"
contains "the right one, without a client library" 'application_name' "$(raw "p\0\0\0\x1b$good\0")"
contains "two passwords" 'C08P01' "$(raw 'p\0\0\0\x9xx\0y\0')"
contains "a password without an end" 'C08P01' "$(raw 'p\0\0\0\6xx')"
contains "something else in place of it" 'C08P01' "$(raw 'Q\0\0\0\7xx\0')"
for text in '*' 'li*' 'li.wei)(uid=*' '*)(objectClass=*' 'li.wei,ou=people' 'li.wei+cn=x' 'x)(|(uid=li.wei' '\6ci.wei' 'li.wei\00' '\' \
    'li.wei,ou=people,o=anna,ou=alpha,ou=ves,dc=hanse' '../portal' 'uid=li.wei' 'portal' 'decoy' '#li.wei' 'li.wei/li.wei' $'li\xff' ' li.wei' 'li.wei '; do
	refused "injection: $text" "$anna/${text//\\/\\\\}" "$good"
done
unlock

# --- with TLS or not at all ---------------------------------------------------

contains "without TLS nothing is asked" 'FATAL: *connections without TLS are refused' \
    "$(PGPASSWORD=$good psql -XqAt "host=127.0.0.1 port=$front sslmode=disable user=$anna/li.wei dbname=ve_alpha" -c 'SELECT 1' 2>&1)"

# --- who it was ---------------------------------------------------------------

login "$anna/li.wei" "$good" 'SELECT count(*) FROM t' >/dev/null
same "the audit says who" "alpha anna li.wei SELECT count(*) FROM t" "$(last '[.ve, .enterprise, .person, .statement] | join(" ")')"
ask "$by_cert" -c 'SELECT 1' >/dev/null
same "and nobody where it was none" "anna null" "$(last '"\(.enterprise) \(.person)"')"
same "and is whole" true "$(tool audit "$dir/audit" | jq .ok)"
contains "the log, too" 'event=session.login .*enterprise=anna person="li.wei" user=alpha.anna .*by=directory' "$(cat "$log")"
contains "and at the end" 'event=session.close .*enterprise=anna person="li.wei"' "$(cat "$log")"
lacks "no password is in it" 'horse' "$(cat "$log" "$dir"/audit/*/*.audit | strings)"
timeout 20 psql -XqAt -d "$(to "$anna/li.wei" "$good")" -c 'SELECT pg_sleep(30)' >"$dir/long" 2>&1 &
long=$!
eventually "and who is there" 10 bash -c "'$B/gw_routes' call '$socket' sessions | jq -e '.sessions[] | select(.person == \"li.wei\" and .enterprise == \"anna\")'"

# --- whose access ends --------------------------------------------------------

PEOPLE=0 write_alpha 250
chown -R 62901:62901 "$routes"
tool call "$socket" reload >/dev/null
eventually "where people may no longer, they must go" 10 grep -q 'access of this user has ended' "$dir/long"
wait $long
refused "and come no more" "$anna/li.wei" "$good"
same "others stay" 1 "$(ask "$by_cert" -c 'SELECT 1')"
write_alpha 250
chown -R 62901:62901 "$routes"
tool call "$socket" reload >/dev/null
same "where they may again, they do" 1 "$(login "$anna/li.wei" "$good")"
for _ in 1 2 3 4 5; do login "$anna/paul.wagner" 'wrong password 1' >/dev/null; done
refused "five wrong ones lock: the right one is refused alike" "$anna/paul.wagner" "$good"
root person-unlock alpha anna paul.wagner
same "unlocked" 1 "$(login "$anna/paul.wagner" "$good")"
root enterprise-put alpha anna 'anna AG' oem suspended
refused "of an enterprise that is suspended" "$anna/li.wei" "$good"
root enterprise-put alpha anna 'anna AG' oem
same "and no longer" 1 "$(login "$anna/li.wei" "$good")"
pids=()
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do login "$anna/nobody.else" x >>"$dir/often" & pids+=($!); done
wait "${pids[@]}"
contains "who fails too often must wait" 'FATAL: *too many log-ins of user' "$(tr '\n' ' ' <"$dir/often")"
same "for the others it is nothing" 1 "$(login "$anna/li.wei" "$good")"

# --- one answer, one time -----------------------------------------------------

# times USER PASSWORD COUNT: the least ms from the first byte to the answer
times() {
	local from
	from=$(wc -l <"$log")
	for ((i = 0; i < $3; i++)); do login "$1" "$2" >/dev/null; done
	tail -n +"$((from + 1))" "$log" | sed -n 's/.*event=session.refused .*why=password .*ms=//p' | sort -n | head -n 1
}
# Whether the longest is less than twice the shortest; without the decoy it is
# four times that.
alike() { printf '%s\n' "$@" | sort -n | awk 'NR == 1 { low = $1 } END { print ($1 < 2 * low) }'; }
printf 'dn: cn=people,ou=policies,dc=hanse\nchangetype: modify\nreplace: pwdMaxFailure\npwdMaxFailure: 1000\n' |
	ldapmodify -Q -Y EXTERNAL -H "$ldapi" >/dev/null
for _ in 1 2 3; do # another program's burst of work may spoil one, not three
	stop_gateway # begins the count of tries anew
	gateway_start
	eventually "the gateway" 10 tool call "$socket" ping
	wrong=$(times "$anna/li.wei" wrong 9) unknown=$(times "$anna/nobody" "$good" 9) nowhere=$(times alpha.nobody/li.wei "$good" 9) none=$(times "$anna/new.one" "$good" 9)
	[ "$(alike "$wrong" "$unknown" "$nowhere" "$none")" = 0 ] || break
done
echo "      least ms of a refusal: wrong $wrong, unknown $unknown, no such enterprise $nowhere, no password yet $none"
same "refusals take as long as each other" 1 "$(alike "$wrong" "$unknown" "$nowhere" "$none")"
printf 'dn: cn=people,ou=policies,dc=hanse\nchangetype: modify\nreplace: pwdMaxFailure\npwdMaxFailure: 5\n' |
	ldapmodify -Q -Y EXTERNAL -H "$ldapi" >/dev/null
unlock
stop_gateway
gateway_start
eventually "the gateway" 10 tool call "$socket" ping

# --- the directory is away ----------------------------------------------------

many() { # EACH: log-ins at once of each of the crowd; their answers
	local pids=()
	for ((i = 0; i < $1; i++)); do
		for who in "$anna/crowd".{1..5} "$bert/crowd".{1..5}; do
			login "$who" "$good" &
			pids+=($!)
		done
	done
	wait "${pids[@]}"
}
for _ in 1 2 3; do # slapd itself may be late on a busy machine
	got=$(many 1 | sort | uniq -c)
	[[ ! $got =~ ^\ *10\ 1$ ]] || break
done
same "ten at once" "10 1" "$(awk '{ $1 = $1; print }' <<<"$got")"
kill -STOP "$slapd_pid"
many 8 >"$dir/many" 2>&1 &
crowd=$!
eventually "many wait" 40 bash -c "'$B/gw_routes' call '$socket' status | jq -e '.people_waiting >= 5'"
from=$(wc -l <"$log")
for _ in 1 2 3; do ask "$by_cert" -c 'SELECT 7' >>"$dir/sevens"; done
ms=$(tail -n +"$((from + 1))" "$log" | sed -n 's/.*event=session.login .*by=certificate.* ms=//p' | sort -n | tail -n 1)
same "while it stands still, certificates get in" 3 "$(grep -cx 7 "$dir/sevens")"
if [ "$ms" -lt 2000 ]; then pass "undisturbed: $ms ms at most"; else fail "undisturbed" "$ms ms"; fi
wait $crowd
contains "people are told that it is not their fault" 'FATAL: *people cannot log in now' "$(tr '\n' ' ' <"$dir/many")"
contains "and those who were too many" 'FATAL: *too many people log in at once' "$(tr '\n' ' ' <"$dir/many")"
lacks "nobody is told that his password is wrong" 'authentication failed' "$(cat "$dir/many")"
timeout 1 psql -XqAt -d "$(to "$anna/li.wei" "$good")" -c 'SELECT 1' >/dev/null 2>&1 # leaves while it waits
kill -CONT "$slapd_pid"
same "and then again" 1 "$(login "$anna/li.wei" "$good")"
kill "$slapd_pid"
wait "$slapd_pid" 2>/dev/null
slapd_pid=''
refused "it is gone" "$anna/li.wei" "$good" 'people cannot log in now'
etc/directory/init.sh "$state" "$ca"
start_slapd
same "and back" 1 "$(login "$anna/li.wei" "$good")"

# --- what the gateway sees of it ----------------------------------------------

seen() { setpriv --reuid 62901 --regid 62901 --clear-groups ldapsearch -Q -Y EXTERNAL -H "$ldapi" -LLL -o ldif-wrap=no "$@" 2>&1; }
contains "names of people" '^uid: li.wei' "$(seen -b o=anna,ou=alpha,ou=ves,dc=hanse '(uid=li.wei)' uid)"
lacks "no passwords, addresses or histories" 'userPassword|mail:|pwdFailureTime|hanseLegalName|preferredLanguage' "$(seen -b o=anna,ou=alpha,ou=ves,dc=hanse '*' +)"
lacks "nothing of the ASP" '^dn: .*ou=asp' "$(seen -b ou=asp,dc=hanse)"
contains "and changes nothing" 'Insufficient access|No such object' "$(printf 'dn: uid=li.wei,ou=people,o=anna,ou=alpha,ou=ves,dc=hanse\nchangetype: modify\nreplace: cn\ncn: x\n' | setpriv --reuid 62901 --regid 62901 --clear-groups ldapmodify -Q -Y EXTERNAL -H "$ldapi" 2>&1)"

stop_gateway
gateway_pid=''
# At its end LeakSanitizer complains that it may not trace: it is confined.
lacks 'no sanitizer spoke' 'AddressSanitizer|ThreadSanitizer|runtime error' "$(cat "$log")"
summary
