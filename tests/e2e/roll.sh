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

finish() {
	[ -z "$hammer" ] || kill "$hammer" 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT
cp $example "$spec"

get() { curl -sk --max-time 10 -b "$work/jar" -c "$work/jar" "$@"; }
log_in() {
	local token
	rm -f "$work/jar"
	token=$(get "$url/login" | grep -oE 'name="?csrf"? value="?[^" >]+' | head -n 1 | sed 's/.*value="\{0,1\}//')
	get -o /dev/null -w '%{http_code}' -H "Origin: $url" -H "Referer: $url/login" \
		--data-urlencode "csrf=$token" --data-urlencode "login=$login" --data-urlencode "password=$password" "$url/login"
}
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
	contains "$name: no request failed ($(jq -r '"\(.requests) asked, \(.retried) asked again, slowest \(.slowest_ms) ms"' "$work/hammer"))" \
		'"failed":0,' "$report"
	same "$name: at least 50 requests a second were asked" yes "$(jq -r 'if .requests > 100 then "yes" else "no" end' "$work/hammer")"
	expect "$name: the plan is empty" 0 hanse plan "$spec"
	expect "$name: verify is clean" 0 hanse verify
	same "$name: one instance is left" 1 "$(instances)"
}
apply() { hanse apply -q "$spec"; }

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

summary
