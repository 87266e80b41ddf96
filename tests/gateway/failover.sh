#!/bin/bash
# failover.sh - a database on three servers under Patroni: a switchover, a killed
# primary, and what a client notices of it. Needs root. Environment: see
# ground.sh; ROWS transactions of the ledger a part (100000), CLIENTS (8), STALL_MS,
# what one may wait beyond the time without a primary (250; more for a build with
# sanitizers).
#
# Patroni's synchronous mode is on: without it PostgreSQL itself may lose what it
# has acknowledged when a primary dies. In it a commit waits for a standby, and
# one that waits when its server is shut down is cut off: nobody knows what has
# become of it (08007). So of the switchovers that nobody is to notice one is made
# with it off, where no commit waits, and one is planned, which the gateway hears of
# before.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

nodes="1 2 3" etcd_pid='' B=${B:-build} PORT=${PORT:-27200}
declare -A patroni_pids=()
postgres=(--reuid postgres --regid postgres --init-groups) # a process of its own, whose id is $!
api=$((PORT + 2)) etcd=$((PORT + 3)) peer=$((PORT + 4))
export POOLING=${POOLING:-transaction} BACKENDS=${BACKENDS:-4} WAIT_S=60
export REPLICAS="127.0.0.2 127.0.0.3"
rows=${ROWS:-100000} clients=${CLIENTS:-8} stall_ms=${STALL_MS:-250}

# --- three servers ------------------------------------------------------------

ctl() { patronictl -c "$dir/pg/n1.yml" "$@"; }
rest() { # NODE PATH [MORE...]
	curl -s --max-time 5 --cacert "$ca/ca.crt" --resolve "db.hanse.internal:$api:127.0.0.$1" \
	    "https://db.hanse.internal:$api$2" "${@:3}"
}
status_of() { rest "$1" /primary -o /dev/null -w '%{http_code}'; }
primary() { # the number of the node that is it
	local n
	for n in $nodes; do
		[ "$(status_of "$n")" != 200 ] || { echo "$n"; return; }
	done
	return 1
}
running() { # NODES: so many of them follow or lead
	[ "$(rest "$(primary)" /cluster | jq '[.members[] | select(.state == "running" or .state == "streaming")] | length')" = "$1" ]
}
sync_is_there() { rest "$(primary)" /cluster | jq -e '[.members[].role] | index("sync_standby")' >/dev/null; }
has_primary() { primary >/dev/null; }
admin() {
	as_postgres psql -XqAt -h "$dir/pg/n$(primary)" -p "$back" -U postgres "$@"
}
patroni_start() { # NODE
	setpriv "${postgres[@]}" env HOME="$dir/pg/n$1" PYTHONUNBUFFERED=1 patroni "$dir/pg/n$1.yml" >>"$dir/pg/n$1.log" 2>&1 &
	patroni_pids[$1]=$!
	disown "$!"
}
write_node() { # NODE
	install -d -o postgres -g postgres -m 0700 "$dir/pg/n$1"
	cat >"$dir/pg/n$1.yml" <<END
scope: hanse
name: n$1
restapi: {listen: "127.0.0.$1:$api", connect_address: "127.0.0.$1:$api", certfile: $dir/pg/db.crt, keyfile: $dir/pg/db.key}
ctl: {insecure: true, cacert: $dir/pg/ca.crt}
etcd3: {host: "127.0.0.1:$etcd"}
bootstrap:
  dcs:
    ttl: 10
    loop_wait: 1
    retry_timeout: 3
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {max_connections: 100, wal_keep_size: 64, fsync: "off", wal_log_hints: "on"}
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, {auth-local: peer}, {auth-host: scram-sha-256}, no-sync]
postgresql:
  listen: 127.0.0.$1:$back
  connect_address: 127.0.0.$1:$back
  data_dir: $dir/pg/n$1/data
  bin_dir: /usr/lib/postgresql/15/bin
  pgpass: $dir/pg/n$1/pgpass
  use_unix_socket: true
  authentication:
    superuser: {username: postgres}
    replication: {username: replicator, password: scratch}
    rewind: {username: postgres}
  parameters:
    unix_socket_directories: $dir/pg/n$1
    ssl: "on"
    ssl_cert_file: $dir/pg/db.crt
    ssl_key_file: $dir/pg/db.key
    ssl_ca_file: $dir/pg/ca.crt
  pg_hba:
    - local all postgres peer
    - hostssl replication replicator 127.0.0.0/8 scram-sha-256
    - hostssl all postgres 127.0.0.0/8 trust
    - hostssl all all 127.0.0.0/8 cert map=gateway
  pg_ident:
$(idents | sed 's/.*/    - "&"/')
END
	chown postgres "$dir/pg/n$1.yml"
}
database_start() {
	local n
	install -d -o postgres -g postgres -m 0700 "$dir/pg/etcd"
	setpriv "${postgres[@]}" etcd --data-dir "$dir/pg/etcd" --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$etcd" \
	    --advertise-client-urls "http://127.0.0.1:$etcd" --listen-peer-urls "http://127.0.0.1:$peer" \
	    --initial-advertise-peer-urls "http://127.0.0.1:$peer" --initial-cluster "default=http://127.0.0.1:$peer" >"$dir/pg/etcd.log" 2>&1 &
	etcd_pid=$!
	for n in $nodes; do write_node "$n"; done
	patroni_start 1
	eventually "the first server is the primary" 60 has_primary
	for n in 2 3; do patroni_start "$n"; done
	eventually "the others follow it" 60 running 3
	eventually "one of them synchronously" 30 sync_is_there
	[ "$checks_failed" -eq 0 ]
}
database_stop() {
	local n
	for n in $nodes; do
		[ -z "${patroni_pids[$n]:-}" ] || kill -9 "${patroni_pids[$n]}"
		as_postgres pg_ctl -D "$dir/pg/n$n/data" -m immediate stop
	done
	[ -z "$etcd_pid" ] || kill "$etcd_pid"
}
. tests/gateway/ground.sh

# Who asks for what is not there is not kept waiting for a primary.
provisioner() { timeout 20 psql -XqAt -v VERBOSITY=verbose -d "$(conn platform.provisioner "$1" "$(cert platform)")" -c 'SELECT session_user' 2>&1; }
contains "a database that is not there" 'could not be opened' "$(provisioner nothing@db.shared)"
same "and one that is" hanse_provisioner "$(provisioner postgres@db.shared)"

# --- the load -----------------------------------------------------------------

admin -d ve_alpha -c "CREATE TABLE ledger(id int); CREATE TABLE pulse(a int); GRANT ALL ON ledger, pulse TO PUBLIC"
direct=()
for n in $nodes; do
	direct+=("host=db.hanse.internal hostaddr=127.0.0.$n port=$back sslmode=verify-full sslrootcert=$ca/ca.crt connect_timeout=2 user=$anna dbname=ve_alpha $(cert gateway-client)")
done
load_start() {
	coproc LOAD { "$B/gw_ledger" "$clients" "$by_password" "${direct[@]}" 2>>"$dir/ledger.err"; }
	# shellcheck disable=SC2153
	load_pid=$LOAD_PID
}
say() { # COMMAND: prints the answer
	local answer
	echo "$1" >&"${LOAD[1]}"
	read -r -t "${2:-120}" answer <&"${LOAD[0]}"
	echo "$answer"
}
# One part: mark what an event has done to the load, and hold it against its bar.
number() { grep -oE "[0-9]+ $1" <<<"$2" | grep -oE '^[0-9]+'; }
moved_from() { # NODE
	local now
	now=$(primary) && [ "$now" != "$1" ]
}
event() { # NAME COMMAND...
	local name=$1 before
	shift
	before=$(primary)
	say calm >/dev/null
	say "mark before" >/dev/null
	"$@" >>"$dir/events" 2>&1 || echo "note  $name: $(tail -n 1 "$dir/events")"
	eventually "$name: another one is the primary" 60 moved_from "$before"
	sleep 1
	say calm >/dev/null
	figures=$(say "mark $name")
	echo "note  $figures"
}
# A cluster may decline, or let a planned one pass: a standby that lags behind the
# load, or is not yet said to be synchronous, is not to lead. It is asked again.
ask_switchover() { # [AT]: to a standby that may be one; succeeds if it is done, or will be
	local from to
	from=$(primary) || return
	to=$(rest "$from" /cluster | jq -r '[.members[] | select(.role == "sync_standby" or (.role == "replica" and .state != "stopped"))] | sort_by(.role) | last | .name')
	answer=$(rest "$from" /switchover -XPOST -w ' %{http_code}' --max-time 30 \
	    -d "$(jq -nc --arg l "n$from" --arg c "$to" --arg at "${1:-}" '{leader: $l, candidate: $c} + if $at == "" then {} else {scheduled_at: $at} end')")
	echo "$answer"
	[[ $answer =~ ' 20'.$ ]]
}
switchover() { # at once
	local from _
	from=$(primary)
	for _ in {1..10}; do
		ask_switchover && return
		sleep 2
		! moved_from "$from" || return 0
	done
	return 1
}
planned() { # said eight seconds before
	local from at _
	from=$(primary)
	for _ in {1..3}; do
		at=$(date -u -d '+8 seconds' +%Y-%m-%dT%H:%M:%S.%6N+00:00)
		say "planned $(date -d "$at" +%s%3N)"
		ask_switchover "$at" || continue
		sleep 7
		by_then 10 moved_from "$from" && return
	done
	return 1
}
kill_primary() { # its postmaster and its Patroni
	local n
	n=$(primary)
	kill -9 "${patroni_pids[$n]}" "$(head -n 1 "$dir/pg/n$n/data/postmaster.pid")"
	dead=$n
}
in_time() { # NAME: no longer than there is no primary, and a quarter of a second
	local more
	more=$(grep -oE '[0-9]+ ms of a stall' <<<"$figures" | grep -oE '^[0-9]+')
	expect "$1: with a primary nobody waits longer than $stall_ms ms ($more)" 0 test "$more" -le "$stall_ms"
}
no_error() { # NAME: nobody was told what is not so; what nobody can know is said
	same "$1: no error, no log-in refused" "0 0" "$(number errors "$figures") $(number log-ins "$figures")"
	in_time "$1"
}
unnoticed() { # NAME
	same "$1: nothing unknown" 0 "$(number unknown "$figures")"
	no_error "$1"
}

knows() { # REPLICAS PATRONI_PORT: so the routes say
	REPLICAS=$1 PATRONI_PORT=$2 write_alpha 250
	tool call "$socket" reload
}
reloaded() { # amidst the load the routes name the servers otherwise
	say calm >/dev/null
	say "mark before" >/dev/null
	knows "127.0.0.3 127.0.0.2" "$api" >/dev/null
	knows "$REPLICAS" "" >/dev/null
	say calm >/dev/null
	figures=$(say "mark $1")
	echo "note  $figures"
	unnoticed "$1"
}
settled() { # NAME
	eventually "$1: all follow again" 60 running 3
	eventually "$1: one of them synchronously" 60 sync_is_there
}
synchronous() { # true or false
	ctl edit-config --force -s "synchronous_mode=$1" >/dev/null
	sleep 3
}
killed() { # NAME
	event "$1, kill -9 of the primary" kill_primary
	no_error "$1, kill -9"
	patroni_start "$dead"
	eventually "$1: the killed one follows" 120 running 3
}
reckon() { # NAME ROWS
	local account
	say "wait $2" 600 >/dev/null
	account=$(say check 120)
	echo "note  $1: $account"
	contains "$1: nothing is lost, doubled, or there though it was said to have failed" ' 0 lost, 0 doubled, 0 there though' "$account"
	wait "$load_pid"
}
part_patroni() {
	synchronous false
	event "patroni, switchover" switchover
	unnoticed "patroni, switchover"
	synchronous true
	settled patroni
	event "patroni, planned synchronous switchover" planned
	unnoticed "patroni, planned synchronous switchover"
	settled patroni
	killed patroni
	reckon patroni "$rows"
}
part_probing() {
	reloaded "probing, a reload"
	event "probing, synchronous switchover" switchover
	no_error "probing, synchronous switchover"
	settled probing
	killed probing
	reckon probing "$rows"
}
# Who has a backend of its own loses it, and what was in it; it waits at log-in.
part_session() {
	event "session, synchronous switchover" switchover
	same "session, synchronous switchover: no log-in refused" 0 "$(number log-ins "$figures")"
	settled session
	reckon session 5000
}
for how in ${PARTS:-patroni probing session}; do
	admin -d ve_alpha -c 'TRUNCATE ledger'
	[ "$how" != session ] || export POOLING=session BACKENDS=0
	knows "$REPLICAS" "$([ "$how" = probing ] || echo "$api")" >/dev/null
	load_start
	say "wait 2000" >/dev/null
	"part_$how"
done
grep ' waited from ' "$dir/ledger.err" | cut -c1-300 | sed 's/^/note  /'
grep -v ' waited from ' "$dir/ledger.err" | sort | uniq -c | sort -rn | head -n 20 | sed 's/^/note  /'
lacks 'no sanitizer spoke' 'Sanitizer|runtime error' "$(cat "$log")"
summary
