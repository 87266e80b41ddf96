#!/bin/bash
# roll.sh URL LOGIN PASSWORD - a portal is asked without pause while its domain
# is changed in every way: no request fails, and the plan is empty afterwards.
# Needs the platform with etc/examples/automotive.yaml on this host.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
url=$1 login=$2 password=$3
here=tests/e2e
example=etc/examples/automotive.yaml
work=$(mktemp -d /tmp/hanse-roll.XXXXXX)
spec=$work/chain.yaml
hammer=
rate_min=20 # of 60; a busy machine's timers are late
member=automotive/adler-motors
user=automotive.adler-motors
manifest=/var/lib/hanse/images/manifest

finish() {
	[ -z "$hammer" ] || kill "$hammer" 2>/dev/null
	[ ! -e "$work/manifest" ] || cat "$work/manifest" >$manifest
	rm -rf "$work"
}
trap finish EXIT
cp $example "$spec"

log_in() { portal_log_in "$url" "$login" "$password" "$work/jar"; }
cookie() { awk '$6 == "__Host-session" { print $6 "=" $7 }' "$work/jar"; }
instances() { hanse get domains -o json | jq -r '.[] | .name' | grep -c '^automotive\.adler-motors\(\.\|$\)'; }
instance() { hanse get domains -o json | jq -r '.[] | .name' | grep '^automotive\.adler-motors\(\.\|$\)'; }
# edit FROM TO: in the spec, the first time it is there
edit() { sed -i "0,/$1/s//$2/" "$spec"; }

# hammered NAME COMMAND...: it succeeds, and no request failed meanwhile
hammered() {
	local name=$1 report
	shift
	node $here/hammer.mjs "$url" "$(cookie)" >"$work/hammer" 2>&1 &
	hammer=$!
	sleep 1
	expect "$name" 0 "$@"
	sleep 1
	kill "$hammer"
	wait "$hammer"
	hammer=
	report=$(cat "$work/hammer")
	contains "$name: no request failed ($(jq -r '"\(.requests) asked, \(.rate) a second, \(.retried) asked again, slowest \(.slowest_ms) ms"' "$work/hammer"))" \
		'"failed":0,' "$report"
	same "$name: at least $rate_min requests a second were asked" yes \
		"$(jq -r --argjson min $rate_min 'if .rate >= $min then "yes" else "no" end' "$work/hammer")"
	expect "$name: the plan is empty" 0 hanse plan "$spec"
	expect "$name: verify is clean" 0 hanse verify
	same "$name: one instance is left" 1 "$(instances)"
}
apply() { hanse apply -q "$spec"; }
# The example as the spec file has it, whatever was decided beyond it.
clean() {
	expect "$1: the plan is empty" 0 hanse plan "$spec"
	expect "$1: verify is clean" 0 hanse verify
}
code() { curl -sk -o /dev/null -w '%{http_code}' --max-time 10 "$@"; }
saved_psql() { # PAIR: as the enterprise, with a pair that was saved
	psql -XAtq -d "host=automotive.gateway.hanse.internal hostaddr=127.0.0.1 port=6432 user=$user dbname=ve_automotive sslmode=verify-full sslrootcert=/var/lib/hanse/ca/ca.crt sslcert=$1.crt sslkey=$1.key" \
		-c 'select current_user' 2>&1
}

contains "log in" '^30[23]$' "$(log_in)"
before=$(instance)

edit 'legal_name: Adler Motors AG' 'legal_name: Adler Motors SE'
contains "a new legal name is a roll" '~ roll +domain +automotive\.adler-motors\.[0-9]+' "$(hanse plan "$spec")"
hammered "a new legal name" apply
same "it is another instance" no "$([ "$before" = "$(instance)" ] && echo yes || echo no)"
contains "and has the new name" 'Adler Motors SE' "$(curl -sk "$url/login")"

edit 'template: app$' 'template: app-large'
contains "another template is a roll" 'template: "app" -> "app-large"' "$(hanse plan "$spec")"
hammered "another template" apply

before=$(instance)
hammered "restart" hanse restart -q $member
same "restart: it is another instance" no "$([ "$before" = "$(instance)" ] && echo yes || echo no)"

# --- rotate
pair=$(find /var/lib/hanse/ca -name "$user*.crt" | head -n 1)
cp "$pair" "$work/old.crt"
cp "${pair%.crt}.key" "$work/old.key"
same "the pair that is saved is good" $user "$(saved_psql "$work/old")"
hammered "rotate" hanse rotate -q $member
contains "rotate: the old pair is refused" 'certificate authentication failed' "$(saved_psql "$work/old")"
same "rotate: hanse psql has the new one" $user "$(hanse psql $member -- -XAtqc 'select current_user')"
same "rotate: one pair and one password are left" "1 1" \
	"$(find /var/lib/hanse/ca -name "$user*.crt" | wc -l) $(find /var/lib/hanse/domains/$user -name 'portal*.password' | wc -l)"
contains "rotate: people log in with the new one" '^30[23]$' "$(log_in)"

# --- suspend and resume
documents() { hanse psql "$1" -- -XAtqc 'select count(*) from api."order"'; }
partner=automotive/brecht-braking
had=$(documents $member) partner_had=$(documents $partner)
expect "suspend" 0 hanse suspend -q $member
same "suspend: the portal answers 503" 503 "$(code "$url/login")"
contains "suspend: and says why" 'This portal is suspended' "$(curl -sk "$url/orders")"
contains "suspend: hanse says so" 'suspended' "$(hanse get enterprises | grep adler-motors)"
expect "suspend: nothing is down" 0 hanse status
clean "suspend"
same "suspend: no domain is left" "" "$(hanse get domains -o json | jq -r '.[] | .name' | grep "^$user\(\.\|\$\)")"
contains "suspend: the gateway refuses it" 'certificate authentication failed' "$(hanse psql $member -- -c 'select 1' 2>&1)"
expect "suspend: what is suspended is not restarted" 6 hanse restart -q $member
expect "suspend: nor rotated" 6 hanse rotate -q $member
expect "suspend: an apply leaves it so" 0 apply
same "suspend: still 503" 503 "$(code "$url/login")"
same "suspend: its partner has its documents" "$partner_had" "$(documents $partner)"
expect "resume" 0 hanse resume -q $member
same "resume: the portal answers" 200 "$(code "$url/login")"
same "resume: the documents are there" "$had" "$(documents $member)"
contains "resume: people log in" '^30[23]$' "$(log_in)"
clean "resume"

# --- images
image=$(sed -n 's/^app=//p' $manifest)
cp $manifest "$work/manifest"
cp "$image" "${image%.squashfs}-e2e.squashfs"
head -c 65536 /dev/zero >"${image%/*}/broken-e2e.squashfs"
sed -i "s|^app=.*|app=${image%/*}/broken-e2e.squashfs|" $manifest
expect "a broken image: the roll fails" 1 hanse roll image -q automotive
contains "a broken image: the second one's turn did not come" '"old"' \
	"$(hanse roll image -q automotive -o json | jq -c '[.items[1].state]')"
same "a broken image: the portal answers" 200 "$(code "$url/login")"
sed -i "s|^app=.*|app=${image%.squashfs}-e2e.squashfs|" $manifest
hammered "a new image" hanse roll image -q
same "a new image: everybody is on it" "$(hanse get enterprises -o json | jq length)" \
	"$(hanse roll image -q -o json | jq '[.items[] | select(.state == "current" and (.image | endswith("-e2e.squashfs")))] | length')"
cat "$work/manifest" >$manifest
expect "and back" 0 hanse roll image -q
rm -f "$work/manifest" "${image%.squashfs}-e2e.squashfs" "${image%/*}/broken-e2e.squashfs"

# --- killed in the middle
kill_hansed() {
	if [ -d /run/systemd/system ]; then
		kill -9 "$(systemctl show -p MainPID --value hansed.service)"
	else
		kill -9 "$(cat /run/hanse/sv/hansed/supervise/pid)"
	fi
}
killed_in_a_roll() {
	local job
	job=$(hanse restart --detach -o json $member | jq .job)
	until hanse describe job "$job" -o json | jq -e '.steps[] | select(.kind == "domain" and .state == "running")' >/dev/null; do
		sleep 0.1
	done
	kill_hansed
	eventually "killed in a roll: hansed is back" 20 hanse get jobs
	hanse job follow -q "$job" >/dev/null
}
hammered "killed in a roll" killed_in_a_roll

summary
