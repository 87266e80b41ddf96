#!/bin/bash
# hosts.sh - a platform over three hosts in namespaces: members come, enterprises
# are placed, moved and answer; a host is stopped, one is given up and comes
# back, one is gone; at the end nothing is left anywhere. Needs root.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
lab=tests/lab/host.sh
work=$(mktemp -d /tmp/hanse-hosts.XXXXXX)
a=hosts-a b=hosts-b c=hosts-c # a has the platform
net=10.98.0
declare -A at=([$a]=$net.21 [$b]=$net.22 [$c]=$net.23)

finish() {
	for h in $a $b $c; do
		$lab down "$h"
	done
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

on() { # HOST COMMAND...
	local host=$1
	shift
	$lab run "$host" "$@"
}
hanse() { on $a hanse "$@"; }
# spec VE ENTERPRISE[:PLACEMENT]...: a file
spec() {
	local ve=$1 e
	shift
	printf 've: %s\ntitle: Over hosts\ndriver: %s\nenterprises:\n' "$ve" "${driver:-lxc}"
	for e; do
		printf '  - {name: %s, legal_name: %s GmbH, role: supplier, template: app, vcpus: 1, memory_mib: 256,\n' "${e%%:*}" "${e%%:*}"
		[[ $e != *:* ]] || printf '     placement: {%s},\n' "${e#*:}"
		printf '     sites: [{id: works, name: Works, city: Worms, country: DE, time_zone: Europe/Berlin}],\n'
		printf '     people: [{login: ben, name: Ben Buche, mail: ben@%s.example, roles: [seller, admin]}]}\n' "${e%%:*}"
	done
}
host_of() { hanse get domains "${1%%.*}" -o json | jq -r --arg n "$1" '.[] | select(.name == $n or (.name | startswith($n + "."))) | .host'; }
hosts_of() { hanse get domains "$1" -o json | jq -r '[.[] | .host] | sort | join(" ")'; }
answers() { # VE ENTERPRISE...
	local ve=$1 e
	shift
	for e; do
		[ "$(on $a curl -sk -o /dev/null -w '%{http_code}' --max-time 5 "https://$e.$ve.localhost:8443/healthz")" = 200 ] || return 1
	done
}
# The processes of a host, as this machine numbers them.
processes() {
	local first space p
	first=$($lab pid "$1")
	space=$(readlink "/proc/$first/ns/net")
	echo "$first"
	for p in /proc/[0-9]*; do
		[ "$(readlink "$p/ns/net" 2>/dev/null)" != "$space" ] || echo "${p#/proc/}"
	done
	# Domains have networks of their own, but descend from the host.
	pgrep --ns "$first" --nslist ipc 2>/dev/null
}
send() { processes "$2" | sort -u | xargs kill "-$1" 2>/dev/null; }
of_hanse() { # what is there of hanse on a host; loop devices and /etc below are everybody's
	{
		on "$1" tests/e2e/snapshot.sh | grep -vE '^loop |^[fdl] /etc|^[0-9a-f]{64}  /etc'
		find "/tmp/hanse-lab/$1/upper/etc" -type f -exec sha256sum {} +
		find "/tmp/hanse-lab/$1/upper/etc" -type l -printf '%y %p %l\n'
	} | sort
}
# begun HOST: when its domains were started, as their processes' start times
# shellcheck disable=SC2016
begun() { on "$1" sh -c 'for p in $(pgrep hanse-init); do cut -d " " -f 22 /proc/$p/stat; done' | sort; }

# --- three machines, and root's way between them ------------------------------

tools/packages.sh build run test
make --no-print-directory -s -j2 all || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
chmod 755 "$work"
cat >"$work/sshd_config" <<END
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile $work/key.pub
StrictModes no
PasswordAuthentication no
UsePAM no
PidFile none
END
cat >"$work/ssh_config" <<END
IdentityFile $work/key
UserKnownHostsFile $work/known
StrictHostKeyChecking accept-new
BatchMode yes
ConnectTimeout 5
LogLevel ERROR
END
add() { # HOST OPTION...
	local host=$1
	shift
	hanse host add "$host" "${at[$host]}" --shell "ssh -F $work/ssh_config root@${at[$host]} --" "$@"
}
machine() { # HOST: a bare one, with hanse installed if it is a member
	$lab up "$1" "${at[$1]}" || exit 1
	on "$1" tests/e2e/libvirt-once.sh
	of_hanse "$1" >"$work/before-$1"
}
member() {
	machine "$1"
	on "$1" make --no-print-directory install >/dev/null || exit 1
	on "$1" sh -c "mkdir -p /run/sshd && exec /usr/sbin/sshd -f $work/sshd_config"
}
machine $a
member $b
member $c

echo "--- members"
on $a sh -c "mkdir -p /etc/hanse && sed 's/^platform_address:.*/&\nunderlay: ${at[$a]}/' etc/hansed.yaml >/etc/hanse/hansed.yaml"
spec home one two >"$work/home.yaml"
works "a platform on the first host" out on $a make --no-print-directory up SPEC="$work/home.yaml" || { summary; exit 1; }
same "one host is known" local "$(hanse get hosts -o json | jq -r '.[].name')"
expect "a host's name must be a label" 3 hanse host add H_2 "${at[$b]}"
expect "its address must be one" 3 hanse host add hx nowhere
expect "a machine that is not there is refused" 7 hanse host add hx $net.99 --shell "ssh -F $work/ssh_config root@$net.99 --"
expect "so is one without hanse" 7 hanse host add hx $net.1 --shell "env false"
expect "the first host cannot be added" 6 hanse host add local "${at[$b]}"
expect "nor removed" 3 hanse host remove local
same "still one host is known" local "$(hanse get hosts -o json | jq -r '.[].name')"
works "a second host becomes a member" out add $b
works "a third, with room for two" out add $c --memory-mib 600
expect "nobody joins twice" 6 add $c
same "all answer" "yes yes yes" "$(hanse get hosts -o json | jq -r '[.[].answers] | join(" ")')"
contains "describe tells the limit" '600' "$(hanse host describe $c)"

echo "--- placement"
spec trade p q r s >"$work/trade.yaml"
works "four enterprises, apply to answering" out hanse apply -q "$work/trade.yaml"
same "they are on the other hosts, by load" "$b $b $c $c" "$(hosts_of trade)"
expect "every portal answers through the first host's edge" 0 answers trade p q r s
expect "and those at home" 0 answers home one two
expect "plan is empty" 0 hanse plan "$work/trade.yaml"
expect "verify is clean" 0 hanse verify
spec full x:"host: $c" y >"$work/full.yaml"
expect "a host that is full takes no more" 6 hanse apply -q "$work/full.yaml"
contains "it says why" "'$c' has 88 of 600 MiB left, 256 are asked" "$(hanse apply -q "$work/full.yaml" 2>&1)"
expect "and nothing of it is there" 0 hanse verify
same "no such VE is stored" "" "$(hanse get ves -o json | jq -r '.[] | select(.ve == "full") | .ve')"
spec apart n:"avoid: [m, db]" m:"avoid: [n]" >"$work/apart.yaml"
works "two that avoid each other, one the database too" out hanse apply -q "$work/apart.yaml"
[ "$(host_of apart.m)" != "$(host_of apart.n)" ] && [ "$(host_of apart.n)" != local ]
same "they are apart" 0 $?
spec apart m:"host: local" n:"host: $b" >"$work/apart.yaml"
works "pinned" out hanse apply -q "$work/apart.yaml"
same "they are where they should be" "local $b" "$(host_of apart.m) $(host_of apart.n)"
expect "and answer" 0 answers apart m n

echo "--- what they use there"
ledger() { on $a psql -XqAt -h /run/hanse/control-db -U hanse -d hanse -c "$1"; }
elsewhere="FROM meter_last WHERE source LIKE 'domain/hosts-%' AND NOT gone"
all_known() { [ "$(ledger "SELECT count(*) $elsewhere AND life ~ '^[0-9]+@[0-9a-f]{32}@[0-9]+$'")" = "$(hanse get domains -o json | jq '[.[] | select(.host != "local")] | length')" ]; }
eventually "domains elsewhere are known by their host's boot and their beginning" 60 all_known
one=$(ledger "SELECT min(name) $elsewhere AND source = 'domain/$b/lxc'")
same "which is when their process began" \
	"$(on $b sh -c "cut -d ' ' -f 22 /proc/\$(virsh -c lxc:///system domid $one)/stat")" \
	"$(ledger "SELECT split_part(life, '@', 3) $elsewhere AND name = '$one'")"
for meter in cpu network_in network_out disk_reads disk_read; do
	expect "and metered: $meter" 0 test "$(hanse usage trade -o json | jq -r --arg m $meter '[.[] | select(.meter == $m) | .quantity | tonumber] | add // 0')" -gt 0
done

echo "--- between hosts"
lacks "nothing of hanse listens on the underlay but the relay" ' ' \
	"$(on $b ss -Hltn | awk '{ print $4 }' | grep "^${at[$b]}:" | grep -v ':6443$' | sed 's/^/ /')"
stays_open() { # FROM NAME [CERTIFICATE OPTIONS]: what b's relay does with such a client
	local from=$1 name=$2 got=0
	shift 2
	sleep 6 | on "$from" timeout 3 openssl s_client -quiet -connect "${at[$b]}:6443" -servername "$name" "$@" >/dev/null 2>&1 || got=$?
	[ $got -eq 124 ]
}
own="-cert /var/lib/hanse/hosts/host.crt -key /var/lib/hanse/hosts/host.key"
main="-cert /var/lib/hanse/ca/hosts/local.crt -key /var/lib/hanse/ca/hosts/local.key"
portal=$(hanse get domains trade -o json | jq -r --arg h $b '[.[] | select(.host == $h)][0].address')
portal=portal-$(echo "$portal" | cut -d. -f3)-$(echo "$portal" | cut -d. -f4).$b.hosts.hanse.internal
# shellcheck disable=SC2086
{
	expect "the platform's certificate opens a portal" 0 stays_open $a "$portal" $main
	expect "and libvirt" 0 stays_open $a "libvirt.$b.hosts.hanse.internal" $main
	expect "but no other port of a domain" 1 stays_open $a "db${portal#portal}" $main
	expect "nothing opens anything without one" 1 stays_open $a "$portal"
	expect "another member's opens no libvirt" 1 stays_open $c "libvirt.$b.hosts.hanse.internal" $own
	expect "and no portal" 1 stays_open $c "$portal" $own
}
refused() { on $b sh -c 'cat /var/log/hanse/hanse-relay/current' | grep -c 'no host in upstream'; }
[ "$(refused)" -gt 0 ]
same "and the relay says so" 0 $?
contains "walls stand on a member" 'jump from-hi' "$(on $b nft list table bridge hanse)"
same "members' keys are root's" 600 "$(on $b stat -c %a /var/lib/hanse/hosts/host.key)"
same "so is the folder of the sockets" 700 "$(on $a stat -c %a /run/hanse/hosts)"

there=$(hanse get domains -o json | jq -r --arg h $b '[.[] | select(.host == $h) | .name] | sort_by(startswith("apart")) | .[:3] | join(" ")')
# shellcheck disable=SC2086
works "isolation from inside the domains of a member" out on $b tests/isolation/run.sh $there

echo "--- behind our back, elsewhere"
one=${there##* } # of the chain that is not apart
ifname=$(on $b virsh -q -c lxc:///system dumpxml "$one" | grep -o 'hi[0-9a-f]\{12\}' | head -n 1)
named() { hanse verify -o json | jq -r '.findings[] | select(.follows | not) | .drift + " " + .name' | sort -u | paste -sd' '; }
nothing() { [ -z "$(named)" ]; }
try() { # WHAT DRIFT COMMAND...: on that host; it is named so, and mended
	local what=$1 want=$2
	shift 2
	on $b "$@" >/dev/null
	same "$what" "$want $one" "$(named)"
	expect "$what: mended" 0 hanse repair -q domain "$one"
	eventually "$what: nothing is left" 20 nothing # its portal finds its way again
}
on $a tests/e2e/policy.sh manual
try "a wall removed" domain-wall-missing nft delete element bridge hanse to "{ \"$ifname\" }"
try "a wall edited" domain-wall-edited nft insert rule bridge hanse "to-$ifname" accept
try "an interface off its bridge" domain-link-unplugged ip link set dev "$ifname" nomaster
try "an interface not isolated" domain-link-open ip link set dev "$ifname" type bridge_slave isolated off
try "a root unmounted" domain-mount-missing umount "/run/hanse/mnt/domain/$one/root"
expect "all portals answer" 0 answers trade p q r s
on $a tests/e2e/policy.sh auto
sleep 2 # hansed has begun to watch
runs_again() { on $b virsh -q -c lxc:///system domstate "$one" | grep -q running; }
on $b virsh -q -c lxc:///system destroy "$one" >/dev/null
eventually "a destroyed domain is started at once" 15 runs_again
eventually "and all is well" 20 "$lab" run $a hanse verify

echo "--- drain"
expect "what is pinned keeps its host from being drained" 6 hanse host drain $b
contains "it says which" "apart.n.*must be on '$b'" "$(hanse host drain $b 2>&1)"
same "and the host is as it was" active "$(hanse get hosts -o json | jq -r --arg h $b '.[] | select(.name == $h) | .state')"
spec apart m n >"$work/apart.yaml"
expect "no wish any more" 0 hanse apply -q "$work/apart.yaml"
# Somebody asks without a pause what is to move.
moved=$(hanse get domains trade -o json | jq -r --arg h $b '.[] | select(.host == $h) | .name | split(".")[1]')
touch "$work/asking"
for e in $moved; do
	# shellcheck disable=SC2016
	on $a bash -c 'while [ -e "$0" ]; do
		curl -sk -o /dev/null -w "%{http_code} %{exitcode} %{time_total}\n" --max-time 20 "$1"
	done' "$work/asking" "https://$e.trade.localhost:8443/login" >"$work/asked-$e" &
done
works "drain" out hanse host drain -q $b
rm -f "$work/asking"
wait
same "no request failed meanwhile" "" "$(grep -v '^200 ' "$work"/asked-*)"
[ "$(cat "$work"/asked-* | wc -l)" -gt 100 ]
same "and many were asked" 0 $?
same "no way of the relay is left behind" "" "$(on $a sh -c 'grep -L "unix:" /etc/hanse/edge/*.*.conf | sed s/conf\$/relay/ | xargs ls 2>/dev/null')"
same "its enterprises are elsewhere" "" "$(hanse get domains -o json | jq -r --arg h $b '.[] | select(.host == $h) | .name')"
expect "and answer" 0 answers trade p q r s
same "libvirt there has nothing of ours" "" "$(on $b virsh -q -c lxc:///system list --all --name | grep .)"
expect "verify is clean" 0 hanse verify
expect "nothing new goes there" 0 hanse apply -q <(spec fresh f)
lacks "it went elsewhere" "$b" "$(host_of fresh.f)"
expect "until it is undrained" 0 hanse host undrain $b
expect "a host with domains is not removed" 6 hanse host remove $c

echo "--- a host stops"
since=$(begun $c)
[ -n "$since" ]
same "there are domains on $c" 0 $?
send STOP $c
sleep 1 # a look at the hosts may be a second old
works "status answers, and is not well" out sh -c "$lab run $a hanse status >$work/status; [ \$? -eq 1 ]"
contains "it names the host" "host $c +down" "$(cat "$work/status")"
contains "domains there are unknown" 'trade +4 +2 +0 +0 +2 ' "$(cat "$work/status")"
works "another VE is made meanwhile" out hanse apply -q <(spec meanwhile g)
expect "and answers" 0 answers meanwhile g
expect "verify is not clean" 1 hanse verify
contains "it says unknown, nothing else" '^unknown$' "$(hanse verify -o json | jq -r '.findings[].problem' | sort -u)"
expect "a host that does not answer cannot be drained" 7 hanse host drain $c
works "a VE that is on it goes as far as it can be seen" out hanse destroy -q --yes fresh
send CONT $c
eventually "it is back" 20 sh -c "$lab run $a hanse verify"
same "nothing on it was started again" "$since" "$(begun $c)"
expect "all portals answer" 0 answers trade p q r s

echo "--- a host is given up, and comes back"
send STOP $c
works "its enterprises begin again elsewhere" out hanse host remove -q --lost $c
lacks "none is on it" "$c" "$(hosts_of trade)"
expect "all portals answer" 0 answers trade p q r s
expect "verify is clean" 0 hanse verify
send CONT $c
[ -n "$(begun $c)" ]
same "the old ones still run there" 0 $?
works "it becomes a member again" out add $c
contains "the old ones are unexplained" "unexplained domain trade\..*@$c" \
	"$(hanse verify -o json | jq -r '.findings[] | .problem + " " + .kind + " " + .name')"
works "apply removes them" out hanse apply -q "$work/trade.yaml"
expect "verify is clean" 0 hanse verify
same "none runs twice" "" "$(begun $c)"

echo "--- a virtual machine elsewhere"
driver=qemu spec machine v:"host: $b" >"$work/machine.yaml"
works "a QEMU member on another host, apply to answering" out hanse apply -q "$work/machine.yaml"
expect "it answers" 0 answers machine v
contains "it is there" 'machine.v' "$(on $b virsh -q -c qemu:///system list --name)"

echo "--- a host is gone"
$lab down $b
expect "what is pinned to it keeps it from being given up" 6 hanse host remove -q --lost $b
driver=qemu spec machine v >"$work/machine.yaml"
expect "the VE with the pinned one goes" 0 hanse destroy -q --yes machine
works "given up" out hanse host remove -q --lost $b
expect "all portals answer" 0 answers trade p q r s
expect "verify is clean" 0 hanse verify

echo "--- nothing is left"
works "purge of the platform" out on $a make --no-print-directory purge
works "purge of a member" out on $c /usr/local/libexec/hanse/platform purge
for h in $a $c; do
	on "$h" tests/e2e/libvirt-once.sh
	of_hanse "$h" >"$work/after"
	if diff "$work/before-$h" "$work/after" >"$work/diff"; then
		pass "$h is as it was"
	else
		fail "$h is as it was" "$(cat "$work/diff")"
	fi
done
summary
