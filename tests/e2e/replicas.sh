#!/bin/bash
# replicas.sh - a database with replicas: it is made, loses its primary, gets its
# domains back, one of them without its data; nothing that was written is gone,
# and at the end nothing is left. Needs a running platform on this host, with
# the image of such databases (make images IMAGES=db-replicated).
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
here=tests/e2e
state=/var/lib/hanse
url=https://stays.triple.localhost:8443
server=db.replicated
work=$(mktemp -d /tmp/hanse-replicas.XXXXXX)
spec=$work/triple.yaml

finish() {
	$here/policy.sh auto
	hanse destroy -q --yes triple >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT

now_ms() { echo $(($(date +%s%N) / 1000000)); }
with() { # REPLICAS: the spec with so many
	sed "s/^ve: leave/ve: triple/; s/class: shared/class: shared\n  replicas: $1/" $here/leave.yaml
}
sql() { PGCONNECT_TIMEOUT=5 hanse psql triple/stays -- -XAtq -v ON_ERROR_STOP=1 -c "$1" 2>&1; }
order() { sql "SELECT api.order_create('anna.becker', 'leaves', '[{\"item\":\"L-1\",\"quantity\":\"1\"}]')" >/dev/null; }
orders() { sql 'SELECT count(*) FROM api."order"'; }
address() { hanse get domains -o json | jq -r --arg n "$1" '.[] | select(.name == $n) | .address'; }
ask() { # DOMAIN PATH [OPTION...]: its Patroni, as anybody on this host
	curl -s --max-time 3 --cacert $state/ca/ca.crt "${@:3}" "https://${addresses[$1]}:8008$2"
}
# Who is what, as those that answer have it.
cluster() {
	local n
	for n in 1 2 3; do
		ask $server.$n /cluster && return
	done
}
count_of() { cluster | jq "[.members[] | select($1)] | length"; }
leader() { cluster | jq -r '.members[] | select(.role == "leader") | .name'; }
# What the primary itself says of who follows it.
streaming() {
	local primary
	primary=$(leader) && [ -n "$primary" ] || return 1
	[ "$(ask "$primary" /patroni | jq '[.replication[]? | select(.state == "streaming")] | length')" = "$1" ]
}
has_sync() { [ "$(count_of '.role == "sync_standby"')" = 1 ]; }
is_whole() { [ "$(count_of '.role == "leader" and .state == "running"')" = 1 ] && streaming 2 && has_sync; }
lxc() { virsh -q -c lxc:///system "$@" >/dev/null; }
logged_in() { portal_log_in $url anna.becker "$password" "$work/jar" | grep -q '^30[23]$'; }
orders_shown() { [ "$(curl -sk --max-time 10 -b "$work/jar" -o /dev/null -w '%{http_code}' $url/orders)" = 200 ]; }
# answers NAME SECONDS COMMAND...: it succeeds within that time, which is shown
answers() {
	local name=$1 since end
	since=$(now_ms)
	end=$((since + $2 * 1000))
	shift 2
	while ! "$@" >/dev/null 2>&1; do
		if [ "$(now_ms)" -ge $end ]; then
			fail "$name" "never: $*"
			return
		fi
		sleep 0.1
	done
	pass "$name (after $(($(now_ms) - since)) ms)"
}

echo "--- a spec"
with 1 >"$work/one.yaml"
expect "one replica has no majority: refused" 3 hanse plan "$work/one.yaml"
with 2 >"$spec"
expect "two are planned" 2 hanse plan "$spec"
same "as three domains" 3 "$(hanse plan "$spec" | grep -c 'create database-domain *db\.replicated\.[123]$')"

echo "--- it is made"
expect "apply" 0 hanse apply -q "$spec"
expect "the plan is empty" 0 hanse plan "$spec"
expect "verify is clean" 0 hanse verify
declare -A addresses
for n in 1 2 3; do addresses[$server.$n]=$(address $server.$n); done
eventually "one leader, two streaming replicas, one of them synchronous" 90 is_whole
password=$(hanse user passwd triple/stays anna.becker --generate -o json | jq -r .password)
expect "the portal lets in" 0 logged_in
expect "and shows orders" 0 orders_shown
expect "an order is written" 0 order
same "and read" 1 "$(orders)"

echo "--- who may what"
expect "who is asked says what it is" 0 ask "$(leader)" /primary -f
same "but does nothing for who has no certificate of a member" 403 \
	"$(ask "$(leader)" /restart -o /dev/null -w '%{http_code}' -X POST -d '{}')"
same "nor for the gateway's" 403 \
	"$(ask "$(leader)" /restart -o /dev/null -w '%{http_code}' -X POST -d '{}' --cert $state/ca/backend/role.hanse_provisioner.crt --key $state/ca/backend/role.hanse_provisioner.key)"
first=${addresses[$server.1]}
expect "nobody but a member reaches etcd" 28 curl -s --connect-timeout 2 "https://$first:2379/version"
expect "nor its members' port" 28 curl -s --connect-timeout 2 "https://$first:2380/version"
init_of() { pgrep -P "$(pgrep -f "libvirt_lxc --name $1 ")" | head -n 1; }
# reach DOMAIN ADDRESS PORT: a connection from within the domain
reach() {
	nsenter -t "$(init_of "$1")" -n timeout 2 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null
}
# No answer, or nobody who says who has that address.
is_shut() {
	local got=0
	reach "$@" || got=$?
	[ $got = 124 ] || [ $got = 1 ]
}
alone=$(address db.shared)
expect "a member reaches another one's server" 0 reach $server.2 "$first" 5432
expect "and its etcd" 0 reach $server.2 "$first" 2380
expect "but no other port of it" 0 is_shut $server.2 "$first" 22
expect "and not a database that is none of theirs" 0 is_shut $server.2 "$alone" 5432
expect "which reaches none of them" 0 is_shut db.shared "$first" 5432
expect "nor its etcd" 0 is_shut db.shared "$first" 2379
expect "its number of replicas stays" 6 hanse apply -q <(with 0)

echo "--- what somebody changes"
expect "nothing is mended by itself" 0 $here/policy.sh manual
ifname() { virsh -q -c lxc:///system dumpxml "$1" | grep -o 'hi[0-9a-f]\{12\}' | head -n 1; }
port=$(ifname $server.2)
changed() { # NAME DRIFT DOMAIN COMMAND...
	expect "$1" 0 "${@:4}"
	contains "$1: $2" "database-domain +$3 +$2 " "$(hanse verify)"
	expect "$1: repair" 0 hanse repair -q database-domain "$3"
	expect "$1: verify is clean" 0 hanse verify
}
edited() { # DOMAIN SED: its definition
	virsh -q -c lxc:///system dumpxml --inactive "$1" | sed "$2" >"$work/edited.xml" && lxc define "$work/edited.xml"
}
changed "a port off its bridge" domain-link-unplugged $server.2 ip link set dev "$port" nomaster
changed "a port that hears no peer" domain-link-unplugged $server.2 ip link set dev "$port" type bridge_slave isolated on
changed "a wall with a hole" domain-wall-edited $server.2 nft insert rule bridge hanse "to-$port" accept
changed "other peers" domain-filter-changed $server.2 edited $server.2 "s/peers=\(.\)[0-9.]*/peers=\110.90.1.99/"
eventually "all that goes by unseen" 60 is_whole
for n in 1 2 3; do echo "# edited" >>$state/domains/$server.$n/config/patroni.yml; done
was=$(orders)
(while [ ! -e "$work/done" ]; do order && echo one; sleep 0.5; done) >"$work/written" &
writer=$!
expect "all three must be restarted" 0 hanse repair -q --all
touch "$work/done"
wait $writer
eventually "they are whole" 60 is_whole
written=$(grep -c one "$work/written")
expect "meanwhile $written orders were written" 0 test "$written" -ge 5
same "and are there" $((was + written)) "$(orders)"
before=$(orders)

echo "--- the primary is gone"
lost=$(leader)
expect "destroy $lost" 0 lxc destroy "$lost"
answers "an order is written again" 60 order
answers "the portal shows orders again" 30 orders_shown
same "all orders are there" $((before + 1)) "$(orders)"
other() { [ -n "$(leader)" ] && [ "$(leader)" != "$lost" ]; }
eventually "another one is the primary" 30 other
contains "verify tells of the lost one" "domain-stopped +" "$(hanse verify)"
contains "by its name" "database-domain +$lost " "$(hanse verify)"
expect "repair" 0 hanse repair -q database-domain "$lost"
eventually "it is back: one leader, two replicas" 120 is_whole
expect "verify is clean" 0 hanse verify
expect "the plan is empty" 0 hanse plan "$spec"
same "nothing is lost" $((before + 1)) "$(orders)"

echo "--- its services die"
process() { pgrep -P "$(init_of "$1")" -f "$2"; } # DOMAIN PATTERN
lost=$(leader)
old=$(process "$lost" 'bin/postgres -D')
expect "the Patroni of $lost" 0 kill -KILL "$(process "$lost" 'patroni /etc')"
gone() { ! kill -0 "$old" 2>/dev/null; }
eventually "its PostgreSQL goes with it" 10 gone
answers "an order is written again" 60 order
eventually "there are one leader and two replicas" 120 is_whole
lost=$(leader)
expect "the etcd of $lost" 0 kill -KILL "$(process "$lost" 'bin/etcd')"
answers "an order is written" 60 order
eventually "there are one leader and two replicas" 120 is_whole
before=$((before + 2))

echo "--- the primary hears and says nothing for a while"
lost=$(leader)
expect "suspend $lost" 0 lxc suspend "$lost"
answers "an order is written again" 90 order
eventually "another one is the primary" 30 other
expect "resume it" 0 lxc resume "$lost"
eventually "it follows the new one" 180 is_whole
other_still() { [ "$(leader)" != "$lost" ]; }
expect "which is the primary still" 0 other_still
same "nothing is lost" $((before + 2)) "$(orders)"
expect "verify is clean" 0 hanse verify

echo "--- a replica is gone with all its data"
lost=$(cluster | jq -r '[.members[] | select(.role == "replica")][0].name')
lxc destroy "$lost"
lxc undefine "$lost"
umount "/run/hanse/mnt/domain/$lost/data" 2>/dev/null
expect "its volume is removed" 0 rm "$state/volumes/$lost.raw"
expect "meanwhile orders are written" 0 order
contains "verify tells of the volume" "volume +$lost +volume-missing" "$(hanse verify)"
expect "repair of the volume" 0 hanse repair -q volume "$lost"
expect "repair of the domain" 0 hanse repair -q database-domain "$lost"
eventually "it has joined again and copied everything" 180 is_whole
expect "verify is clean" 0 hanse verify
same "nothing is lost" $((before + 3)) "$(orders)"

echo "--- all at once"
for n in 1 2 3; do lxc destroy $server.$n; done
expect "hanse start brings them back" 0 hanse start -q
eventually "one leader, two replicas" 120 is_whole
answers "an order is written again" 60 order
same "nothing is lost" $((before + 4)) "$(orders)"
expect "verify is clean" 0 hanse verify

echo "--- and nothing is left"
expect "destroy" 0 hanse destroy -q --yes triple
expect "verify is clean" 0 hanse verify
same "no volume, domain, certificate" "" "$(find $state/volumes $state/domains $state/ca /run/hanse/mnt/domain -name "*$server*")"
lacks "no domain" "$server" "$(virsh -q -c lxc:///system list --all)"
same "no number, place, image of it" "" "$(psql -XqAt -h /run/hanse/control-db -U hanse -d hanse -c "
	SELECT key FROM allocation WHERE key LIKE '$server%' UNION ALL SELECT domain FROM placement WHERE domain LIKE '$server%'
	UNION ALL SELECT enterprise FROM instance WHERE enterprise LIKE '$server%' UNION ALL SELECT server FROM holding WHERE server = '$server'")"
lacks "no way of the gateway's" "$server" "$(cat $state/gateway/routes/platform.json)"
for n in 1 2 3; do
	lacks "no wall around ${addresses[$server.$n]}" "saddr ${addresses[$server.$n]} " "$(nft list table bridge hanse)"
done
summary
