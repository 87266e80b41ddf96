#!/bin/bash
# order-list.sh LOGIN PASSWORD [URL [SECONDS]] - the order list through nginx,
# portal, gateway and database at 32 connections, against a static file of the
# same nginx, in turns in one run. Prints requests/s, p99 and the ratio.
set -eu
login=$1 password=$2
url=${3:-https://adler-motors.automotive.localhost:8443}
seconds=${4:-5}
jar=$(mktemp)
trap 'rm -f "$jar"' EXIT

get() { curl -sk --max-time 10 -b "$jar" -c "$jar" "$@"; }
token=$(get "$url/login" | grep -oE 'name="?csrf"? value="?[^" >]+' | head -n 1 | sed 's/.*value="\{0,1\}//')
get -o /dev/null -H "Origin: $url" --data-urlencode "csrf=$token" \
	--data-urlencode "login=$login" --data-urlencode "password=$password" "$url/login"
cookie=$(awk '/__Host-/ && $7 != "" { printf "%s%s=%s", s, $6, $7; s = "; " }' "$jar")
[ "$(curl -sk -o /dev/null -w '%{http_code}' -H "Cookie: $cookie" "$url/orders")" = 200 ] ||
	{ echo "order-list.sh: cannot log in as $login" >&2; exit 1; }
host=${url#https://}
host=${host%%:*}

# wrk asks the C library for the name, which need not know *.localhost: a hosts
# file of its own, in a mount namespace of its own.
hosts=$(mktemp)
printf '127.0.0.1 localhost %s\n' "$host" >"$hosts"
trap 'rm -f "$jar" "$hosts"' EXIT
run() { # PATH
	# shellcheck disable=SC2016
	unshare --mount sh -c 'mount --bind "$0" /etc/hosts && exec wrk "$@"' "$hosts" \
	    -t2 -c32 -d"${seconds}s" --latency -H "Cookie: $cookie" "$url$1"
}
field() { awk -v key="$1" '$1 == key { print $2 }'; }
printf '%-10s %12s %10s %12s %10s %8s\n' round list_rps list_p99 static_rps static_p99 ratio
for round in 1 2 3; do
	list=$(run /orders)
	static=$(run /static/portal.css)
	a=$(field Requests/sec: <<<"$list")
	b=$(field Requests/sec: <<<"$static")
	printf '%-10s %12s %10s %12s %10s %8s\n' "$round" "$a" "$(field '99%' <<<"$list")" \
		"$b" "$(field '99%' <<<"$static")" "$(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.3f", a / b }')"
	grep -E 'Non-2xx|Socket errors' <<<"$list" || true
done
