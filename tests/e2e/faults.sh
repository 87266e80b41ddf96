#!/bin/bash
# faults.sh URL LOGIN PASSWORD - a service of the platform goes and comes back:
# the portal says so with 503 and a reference, and recovers by itself.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
url=$1 login=$2 password=$3
jar=$(mktemp)
more=$(mktemp)
trap 'rm -f "$jar" "$more"' EXIT

service() { # stop|start NAME
	if [ -d /run/systemd/system ]; then
		systemctl "$1" "$2.service"
	else
		sv -w 20 "$1" "/run/hanse/sv/$2" >/dev/null
	fi
}
get() { curl -sk --max-time 10 -b "$jar" -c "$jar" "$@"; }
status_is() { [ "$(get -o /dev/null -w '%{http_code}' "$url$2")" = "$1" ]; }
log_in() { portal_log_in "$url" "$login" "$password" "$jar"; }

contains "log in" '^30[23]$' "$(log_in)"
expect "the orders are shown" 0 status_is 200 /orders

service stop hanse-gateway
eventually "gateway down: 503" 15 status_is 503 /orders
contains "gateway down: a reference on the page" '[0-9a-f]{8}' "$(get "$url/orders")"
service start hanse-gateway
eventually "gateway back: the orders are shown again" 15 status_is 200 /orders

service stop hanse-directory
contains "directory down: log-in says 503" '^503$' "$(log_in)"
service start hanse-directory
eventually "directory back: the log-in page answers" 15 status_is 200 /login
log_in_works() { [[ $(log_in) =~ ^30[23]$ ]]; }
eventually "directory back: one can log in" 20 log_in_works

# By itself it would be started again before anybody sees the page.
tests/e2e/policy.sh manual
virsh -q -c lxc:///system destroy db.shared
eventually "database domain down: 503" 15 status_is 503 /orders
contains "status says so" 'stopped|down|unknown' "$(hanse status 2>&1; hanse get domains 2>&1)"
expect "verify names it" 1 hanse verify
expect "apply brings it back" 0 hanse apply -q etc/examples/automotive.yaml
eventually "database back: the orders are shown again" 30 status_is 200 /orders
expect "verify is clean again" 0 hanse verify
virsh -q -c lxc:///system destroy db.shared
expect "a chain that is made while it is down: it is started first" 0 hanse apply -q tests/kill/one.yaml
expect "and verify is clean" 0 hanse verify
expect "and that chain goes" 0 hanse destroy -q --yes killed
tests/e2e/policy.sh auto

# A database that hangs: the job that needs it ends, for what mends the database
# waits for its locks; what it could not undo is undone when the database is back.
sql() { psql -XqAt -h /run/hanse/control-db -U hanse -d hanse -c "$1"; }
awk '/^relations:/ {
	print "  - name: late\n    legal_name: Late GmbH\n    role: supplier\n    template: app\n    vcpus: 1\n    memory_mib: 192"
	print "    sites:\n      - {id: main, name: Main works, city: Jena, country: DE, time_zone: Europe/Berlin}"
	print "    people:\n      - {login: jo.late, name: Jo Late, mail: jo@late.example, language: en, roles: [seller, admin]}\n"
} { print }' etc/examples/automotive.yaml >"$more"
job=$(hanse apply --detach "$more" | grep -oE '[0-9]+$')
begun() { # KIND: a step of the job
	[ -n "$(sql "SELECT 1 FROM step WHERE job_id = $job AND kind = '$1' AND state <> 'planned' LIMIT 1")" ]
}
# Not before: a step that grows the database would let it go on.
eventually "the database is about to be asked" 20 begun database-role
virsh -q -c lxc:///system suspend db.shared
sleep 1
expect "the job is cancelled" 0 hanse job cancel "$job"
expect "the database is repaired, for which the job's locks must be free" 0 hanse repair -q database-domain db.shared
undo_s=$(sql "SELECT round(extract(epoch FROM max(at) FILTER (WHERE event = 'job.broken') - min(at) FILTER (WHERE event = 'job.undoing')))
	FROM event WHERE job_id = $job")
same "it was undone as far as could be within 30 s (${undo_s:-none})" yes "$([ "${undo_s:-99}" -le 30 ] && echo yes)"
job_is() { [ "$(sql "SELECT state FROM job WHERE job_id = $job")" = "$1" ]; }
hanse job retry "$job" >/dev/null 2>&1 || true # unless it is under way by itself
eventually "the rest is undone" 20 job_is cancelled
expect "verify is clean" 0 hanse verify
expect "apply adds the member" 0 hanse apply -q "$more"
expect "verify is clean with it" 0 hanse verify
expect "and takes it away again" 0 hanse apply -q etc/examples/automotive.yaml

# The host asks for a domain's MAC again when the first to send is the gateway:
# the packet ends at the wall, the question does not.
address=$(hanse get domains automotive -o json | jq -r '.[0].address')
ip neighbour flush to "$address"
curl -s -o /dev/null --max-time 1 --interface 10.90.0.1 "http://$address:9000/" || true
contains "the host may ask in nobody's name but the network's" 'lladdr' "$(ip neighbour show to "$address")"

# A domain that is destroyed, or cut off, cannot end its sessions; they must not
# use up what its enterprise may have, for it would have no way in any more.
its() { hanse get domains automotive -o json | jq -re ".[] | select(.name | startswith(\"automotive.eilfracht\")) | .$1"; }
one=$(its name) address=$(its address)
of_address() { ss -Htn state established '( sport = :6432 )' dst "$address" | wc -l; }
portal_answers() { [ "$(curl -sk -o /dev/null -w '%{http_code}' --max-time 5 https://eilfracht.automotive.localhost:8443/healthz)" = 200 ]; }
tests/e2e/policy.sh manual
for n in 1 2 3 4; do
	expect "it is destroyed" 0 virsh -q -c lxc:///system destroy "$one"
	expect "destroyed for the time number $n, it comes back" 0 hanse start -q
done
expect "its portal answers" 0 portal_answers
between() { [ "$(of_address)" -ge 1 ] && [ "$(of_address)" -le 12 ]; }
expect "and has one domain's sessions" 0 between
ip link del "$(virsh -q -c lxc:///system dumpxml "$one" | grep -o 'hi[0-9a-f]\{12\}' | head -n 1)"
gone() { [ "$(of_address)" = 0 ]; }
eventually "cut off, its sessions end" 40 gone
expect "apply rolls it" 0 hanse apply -q etc/examples/automotive.yaml
expect "its portal answers again" 0 portal_answers
expect "verify is clean" 0 hanse verify
tests/e2e/policy.sh auto

truncate -s 1M /var/lib/hanse/volumes/db.stranger.raw
contains "verify lists what no spec explains" 'unexplained +volume +db\.stranger' "$(hanse verify)"
rm /var/lib/hanse/volumes/db.stranger.raw
rm /var/lib/hanse/ca/automotive.eilfracht.crt
contains "verify lists what a spec wants and is not there" 'missing +credential +automotive\.eilfracht' "$(hanse verify)"
expect "apply brings that back, too" 0 hanse apply -q etc/examples/automotive.yaml
expect "and verify is clean" 0 hanse verify

if [ -d /run/systemd/system ]; then
	kill -9 "$(systemctl show -p MainPID --value hansed.service)"
else
	kill -9 "$(cat /run/hanse/sv/hansed/supervise/pid)"
fi
answers() { hanse status; }
eventually "hansed killed: it is back" 20 answers
expect "and finds nothing to do" 0 hanse plan etc/examples/automotive.yaml
summary
