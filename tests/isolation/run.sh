#!/bin/bash
# run.sh - isolation, tried from inside the domains.
#
#   run.sh                       on domains of its own (see tests/hv/fixture.sh)
#   run.sh VE.ENTERPRISE...      on the running platform's: name two of one VE,
#                                one of another and a database domain
#
# The host's tools are used in a domain's network namespace, as a domain's root
# with every tool and every capability would. Each refusal has a control beside
# it that shows the same probe getting through where it may. Needs root.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib.sh
. tests/hv/fixture.sh

escape=$B/tests/isolation/escape
spy_port=7777      # a host's service that is nobody's business
inner_port=7778    # a domain's service that is nobody's business
fake_mac=52:54:00:99:99:99
trial=4242         # metric of the routes a trial adds

### What the domains are

declare -A pid kind net addr mac host bridge

# value LINE KEY: of "key=value" words
value() { sed -n "s/.* $2=\([^ ]*\).*/\1/p" <<<"$1 "; }

look_up() { # NAME
	local line network
	line=$("$try" list domain | grep "^$1 running ") || {
		echo "isolation: no running domain '$1'" >&2
		exit 2
	}
	pid[$1]=$("$try" init-pid "$1")
	kind[$1]=$(value "$line" role)
	net[$1]=$(value "$line" network)
	addr[$1]=$(value "$line" address)
	mac[$1]=$(value "$line" mac)
	network=$("$try" list network | grep "^${net[$1]} ")
	host[$1]=$(value "$network" host)
	host[$1]=${host[$1]%/*}
	bridge[$1]=$(value "$network" bridge)
}

port_of() { [ "${kind[$1]}" = db ] && echo 5432 || echo 9000; }

### Probes

# inside DOMAIN COMMAND...
inside() { nsenter -t "${pid[$1]}" -n "${@:2}"; }

# verdict NC_ARGUMENT...: open, refused, or blocked
verdict() {
	case $("$@" 2>&1 </dev/null) in
	*succeeded*) echo open ;;
	*refused*) echo refused ;;
	*) echo blocked ;;
	esac
}
# Half a second is ample on one host; the controls wait no longer than the rest.
reach() { verdict inside "$1" timeout 0.5 nc -nzv "${@:2}"; }
# The same, when the neighbour must be asked for again first.
reach_again() {
	for _ in 1 2 3 4 5 6; do
		[ "$(reach "$@")" = open ] && break
	done
	reach "$@"
}
from_host() { verdict timeout 0.5 nc -nzv "$@"; }

# seen_by_none NAME FILTER: it left the domain, and never reached the bridge
seen_by_none() {
	local left arrived
	left=$(tcpdump -nr "$caught/inside" "$2" 2>/dev/null | wc -l)
	arrived=$(tcpdump -nr "$caught/bridge" "$2" 2>/dev/null)
	if [ "$left" -eq 0 ]; then
		fail "$1" "the probe sent nothing"
	else
		same "$1" "" "$arrived"
	fi
}

catch() { # DOMAIN: write down what leaves it, and what gets through
	caught=$(mktemp -d /tmp/t-isolation.XXXXXX)
	nsenter -t "${pid[$1]}" -n tcpdump -Uni eth0 -w "$caught/inside" 2>"$caught/log1" &
	catchers=$!
	tcpdump -Uni "${bridge[$1]}" -w "$caught/bridge" 2>"$caught/log2" &
	catchers="$catchers $!"
	for i in $(seq 50); do
		[ "$(cat "$caught"/log? | grep -c listening)" -eq 2 ] && return
		sleep 0.1
	done
	fail "tcpdump starts ($i tries)"
}

caught_all() {
	sleep 0.3
	# shellcheck disable=SC2086
	kill $catchers
	# shellcheck disable=SC2086
	wait $catchers 2>/dev/null
}

### The cases

# The gateway and the directory are there for an app domain; the host gets in.
controls() { # DOMAIN
	same "$1: the host reaches its port $(port_of "$1")" open \
	    "$(from_host "${addr[$1]}" "$(port_of "$1")")"
	same "$1: the probe works in it" open \
	    "$(reach "$1" 127.0.0.1 "$(port_of "$1")")"
	if [ "${kind[$1]}" = app ]; then
		same "$1 -> gateway" open "$(reach "$1" "$platform" 6432)"
		same "$1 -> directory" open "$(reach "$1" "$platform" 1636)"
	fi
}

# One domain and another, with the route and the neighbour's MAC given.
to_domain() { # FROM TO
	local port where=$2
	port=$(port_of "$2")
	[ "${kind[$2]}" = db ] && where="$2 (database)"
	same "host -> $where port $port (control)" open \
	    "$(from_host "${addr[$2]}" "$port")"
	if [ "${net[$1]}" = "${net[$2]}" ]; then
		where="$where, same network"
		same "$1 -> $where" blocked "$(reach "$1" "${addr[$2]}" "$port")"
		inside "$1" ip neigh replace "${addr[$2]}" lladdr "${mac[$2]}" \
		    dev eth0
		same "$1 -> $where, MAC known" blocked \
		    "$(reach "$1" "${addr[$2]}" "$port")"
		inside "$1" ip neigh del "${addr[$2]}" dev eth0
	else
		where="$where, other network"
		inside "$1" ip route add "${addr[$2]}" via "${host[$1]}"
		same "$1 -> $where, by way of the host" blocked \
		    "$(reach "$1" "${addr[$2]}" "$port")"
		inside "$1" ip route del "${addr[$2]}" via "${host[$1]}"
	fi
}

# Every address of the host, on ports with and without a service.
to_host() { # DOMAIN
	local address port
	inside "$1" ip route add default via "${host[$1]}" metric $trial
	for address in "$platform" "${host[$1]}" $other_hosts; do
		same "host -> $address:$spy_port (control)" open \
		    "$(from_host "$address" $spy_port)"
		for port in 22 8443 $spy_port; do
			same "$1 -> host $address:$port" blocked \
			    "$(reach "$1" "$address" "$port")"
		done
	done
	for port in 22 6432 8443; do
		same "$1 -> host $outer:$port" blocked \
		    "$(reach "$1" "$outer" $port)"
	done
	same "$1 -> beyond the host" blocked "$(reach "$1" "$beyond" 443)"
	same "$1 -> gateway's port at the host end" blocked \
	    "$(reach "$1" "${host[$1]}" 6432)"
	inside "$1" ip route del default metric $trial
	if [ "${kind[$1]}" = db ]; then
		same "$1 -> gateway" blocked "$(reach "$1" "$platform" 6432)"
		same "$1 -> directory" blocked "$(reach "$1" "$platform" 1636)"
	fi
}

# Only the service's port is open, and only to the host.
from_outside() { # DOMAIN
	local listener
	nsenter -t "${pid[$1]}" -n nc -lk $inner_port </dev/null >/dev/null &
	listener=$!
	sleep 0.2
	same "$1: its other port, from within (control)" open \
	    "$(reach "$1" 127.0.0.1 $inner_port)"
	same "host -> $1, other port" blocked \
	    "$(from_host "${addr[$1]}" $inner_port)"
	kill $listener
	wait $listener 2>/dev/null
}

# SYN from the service's port: allowed for answers only.
by_source_port() { # DOMAIN
	local answer
	answer=$(inside "$1" hping3 -q -c 1 -S -k -s "$(port_of "$1")" \
	    -p $spy_port "${host[$1]}" 2>&1)
	contains "$1 -> host from its service's port" '100% packet loss' \
	    "$answer"
	[ "${kind[$1]}" = app ] || return
	answer=$(inside "$1" hping3 -q -c 1 -S -p 6432 "$platform" 2>&1)
	contains "$1 -> gateway with the same probe (control)" \
	    ' 0% packet loss' "$answer"
}

# False senders, and what is not IPv4: all of it in one catch.
false_senders() { # DOMAIN
	local d=$1 own=${addr[$1]} gw=${host[$1]} stranger
	stranger=${gw%.*}.99
	catch "$d"
	# A database has no way to the platform; its root would make one.
	inside "$d" ip route add "$platform" via "$gw" metric $trial
	inside "$d" ip neigh flush dev eth0
	inside "$d" arping -q -c1 -w1 -i eth0 "$gw" >/dev/null 2>&1
	inside "$d" arping -q -c1 -w1 -i eth0 -S "$stranger" "$gw" >/dev/null 2>&1
	inside "$d" arping -q -c1 -w1 -i eth0 -S "$gw" -U "$gw" >/dev/null 2>&1
	inside "$d" arping -q -c1 -w1 -i eth0 -s $fake_mac "$gw" >/dev/null 2>&1
	inside "$d" arping -q -c1 -w1 -i eth0 "$stranger" >/dev/null 2>&1
	inside "$d" hping3 -q -c 1 -S -a "$stranger" -p 6432 "$platform" \
	    >/dev/null 2>&1
	inside "$d" hping3 -q -c 1 -S -a "$gw" -p 6432 "$platform" >/dev/null 2>&1
	inside "$d" hping3 -q -c 1 -1 "$gw" >/dev/null 2>&1
	inside "$d" hping3 -q -c 1 -2 -p 53 "$gw" >/dev/null 2>&1
	inside "$d" hping3 -q -c 1 -2 -s 67 -k -p 68 "$gw" >/dev/null 2>&1
	inside "$d" hping3 -q -c 1 -0 --ipproto 47 "$gw" >/dev/null 2>&1
	echo x | inside "$d" nc -6uw1 ff02::1%eth0 547 >/dev/null 2>&1
	inside "$d" ip route del "$platform" metric $trial
	caught_all
	contains "$d: its own ARP passes (control)" "tell $own" \
	    "$(tcpdump -nr "$caught/bridge" arp 2>/dev/null)"
	seen_by_none "$d: ARP as $stranger" "arp and src host $stranger"
	seen_by_none "$d: ARP as the host end" \
	    "arp and src host $gw and ether src ${mac[$d]}"
	seen_by_none "$d: a false MAC" "ether src $fake_mac"
	seen_by_none "$d: asking who else is there" "arp dst host $stranger"
	seen_by_none "$d: IP as $stranger" "tcp and src host $stranger"
	seen_by_none "$d: IP as the host end" \
	    "tcp and src host $gw and ether src ${mac[$d]}"
	seen_by_none "$d: ping" "icmp and src host $own"
	seen_by_none "$d: DNS" "udp port 53 and src host $own"
	seen_by_none "$d: a DHCP server" "udp port 68 and src host $own"
	seen_by_none "$d: a tunnel (GRE)" "ip proto 47 and src host $own"
	seen_by_none "$d: IPv6" "ip6 and ether src ${mac[$d]}"
	rm -rf "$caught"
}

# The interface itself changed, as one who owns it could.
other_identity() { # app DOMAIN
	local stranger=${host[$1]%.*}.98
	inside "$1" ip link set eth0 address $fake_mac
	same "$1 -> gateway, other MAC" blocked "$(reach "$1" "$platform" 6432)"
	inside "$1" ip link set eth0 address "${mac[$1]}"
	same "$1 -> gateway, its own MAC again (control)" open \
	    "$(reach_again "$1" "$platform" 6432)"
	inside "$1" ip addr add "$stranger/24" dev eth0
	same "$1 -> gateway, second address" blocked \
	    "$(reach "$1" -s "$stranger" "$platform" 6432)"
	inside "$1" ip addr del "$stranger/24" dev eth0
	same "$1 -> gateway, as itself again (control)" open \
	    "$(reach_again "$1" "$platform" 6432)"
}

# What the domain's root may do to the host: nothing.
escapes() { # DOMAIN
	local name told init=${pid[$1]} uids
	told=$("$escape" "$init")
	for name in $possible; do
		contains "$1: $name" "^denied $name:" "$told"
	done
	uids=$(ns=$(readlink "/proc/$init/ns/pid")
	for p in /proc/[0-9]*; do
		[ "$(readlink "$p/ns/pid")" = "$ns" ] &&
		    awk '/^Uid:/ { print $2 }' "$p/status"
	done | sort -nu)
	contains "$1: runs as" '^[0-9]+' "$uids"
	expect "$1: nobody of the host" 0 test "$(head -n 1 <<<"$uids")" -ge 100000
	expect "$1: a limit on processes" 0 test \
	    "$(cat "/sys/fs/cgroup/pids/hanse/$1/pids.max")" -le 1024
	lacks "$1: no other domain's name in its mounts" \
	    "$(IFS='|'; echo "${others[*]//./\\.}")" \
	    "$(cat "/proc/$init/mountinfo")"
}

### Here it begins

# Every service of the platform, with nobody behind it.
own_domains() {
	fixture_open
	network_up t-hv-a t-hv-ve1 10.91.2.1
	network_up t-hv-b t-hv-ve2 10.91.3.1
	network_up t-hv-data t-hv-data 10.91.1.1
	domain_define t-hv.a1 app t-hv-a t-hv-ve1 10.91.2.10 7000000
	domain_define t-hv.a2 app t-hv-a t-hv-ve1 10.91.2.11 7100000
	domain_define t-hv.b1 app t-hv-b t-hv-ve2 10.91.3.10 7200000
	"$try" volume-create "$work/t-hv.raw" 16777216 \
	    "$(ident volume t-hv.db 1)" || exit 2
	domain_define t-hv.db db t-hv-data t-hv-data 10.91.1.10 7300000 \
	    "data_dir=$("$try" data-mount t-hv.db "$work/t-hv.raw" 7300000)"
	for d in t-hv.a1 t-hv.a2 t-hv.b1 t-hv.db; do
		"$try" start $d || exit 2
	done
	listen $T_PLATFORM 6432
	listen $T_PLATFORM 1636
	answers 10.91.2.10 9000 && answers 10.91.2.11 9000 &&
	    answers 10.91.3.10 9000 && answers 10.91.1.10 5432 || exit 2
}

# Also after an interruption: a platform's domains are to be as they were.
clean_up() {
	for d in "${!pid[@]}"; do
		inside "$d" ip link set eth0 address "${mac[$d]}"
		inside "$d" ip route del default metric $trial
		inside "$d" ip route del "$platform" metric $trial
	done 2>/dev/null
	for l in $T_LISTENERS; do kill "$l" 2>/dev/null; done
	[ -z "${work:-}" ] || fixture_close
}

make -s "B=$B" "$try" "$escape" || exit 2
if [ $# -eq 0 ]; then
	own_domains
	platform=$T_PLATFORM
	set -- t-hv.a1 t-hv.a2 t-hv.b1 t-hv.db
else
	platform=${PLATFORM:-10.90.0.1}
fi
trap clean_up EXIT
trap 'exit 1' INT TERM

for d in "$@"; do look_up "$d"; done
hosts=$(for d in "$@"; do echo "${host[$d]}"; done | sort -u)
for h in $platform $hosts; do listen "$h" $spy_port; done
outer=$(ip -4 -o addr show scope global |
    awk '$2 !~ /^(hv-|hanse-|lo$|virbr)/ { sub("/.*", "", $4); print $4; exit }')
outer=${outer:-127.0.0.1}
beyond=192.0.2.1
sleep 0.3

possible=$("$escape" host | sed -n 's/^allowed //p')
expect "the escapes work on the host itself (control)" 0 test \
    "$(wc -w <<<"$possible")" -ge 20

for d in "$@"; do
	other_hosts=$(grep -vx "${host[$d]}" <<<"$hosts" | head -n 1)
	others=()
	for e in "$@"; do [ "$e" = "$d" ] || others+=("$e"); done
	controls "$d"
	for e in "${others[@]}"; do to_domain "$d" "$e"; done
	to_host "$d"
	from_outside "$d"
	by_source_port "$d"
	false_senders "$d"
	[ "${kind[$d]}" = app ] && other_identity "$d"
	escapes "$d"
done
same "the host forwards for none of the networks" "" \
    "$(for d in "$@"; do
	grep -lx 1 "/proc/sys/net/ipv4/conf/${bridge[$d]}/forwarding"
    done 2>/dev/null | sort -u)"
summary
