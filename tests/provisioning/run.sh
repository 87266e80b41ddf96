#!/bin/bash
# run.sh - provisioning without a platform: the control database, what specs
# want, and hansed's socket. A scratch cluster, and libvirt hidden from us:
# nothing of a running platform is touched. run.sh [BUILD]; UPDATE=1 rewrites
# the golden list. Needs root.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "${HANSE_APART:-}" != yes ]; then
	exec env HANSE_APART=yes unshare -m "$0" "$@"
fi
# shellcheck source=tests/lib.sh
. tests/lib.sh
build=${1:-${B:-build}}
bin=/usr/lib/postgresql/15/bin
work=$(mktemp -d /tmp/hanse-prov.XXXXXX)
hansed=
receivers=()

finish() {
	[ -z "$hansed" ] || kill "$hansed" 2>/dev/null
	[ ${#receivers[@]} -eq 0 ] || kill "${receivers[@]}" 2>/dev/null
	runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

make --no-print-directory -s B="$build" "$build/hansed" "$build/tests/provisioning/want" \
	"$build/tests/provisioning/hosts" "$build/tests/provisioning/jobs" "$build/tests/provisioning/apply" "$build/tests/provisioning/ask" \
	"$build/tests/provisioning/archive" "$build/tests/provisioning/silent" \
	"$build/tests/provisioning/events" "$build/tests/provisioning/quota" "$build/tests/provisioning/drift" \
	"$build/bench/provisioning/quota" "$build/hanse" >/dev/null || exit 1
# Nor may our copies of a running platform's mounts keep them busy.
for dir in $(findmnt -rno TARGET | grep '^/run/hanse/' | sort -r); do
	umount -l "$dir" || exit 1
done
for dir in /run/libvirt /run/hanse /var/lib/hanse /etc/hanse; do
	[ ! -d "$dir" ] || mount -t tmpfs none "$dir" || exit 1
done

# --- the ground ---------------------------------------------------------------

mkdir -p "$work"/{state/images,run/control-db,share/schema,share/edge,etc}
chmod 755 "$work" "$work/run"
chown postgres "$work" "$work/run/control-db"
{
	runuser -u postgres -- "$bin/initdb" -D "$work/data" -E UTF8 --locale=C.UTF-8 -A trust -N &&
		runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start \
			-o "-k $work/run/control-db -c listen_addresses= -c fsync=off" &&
		runuser -u postgres -- createuser -h "$work/run/control-db" hanse &&
		runuser -u postgres -- createdb -h "$work/run/control-db" -O hanse hanse
} >"$work/ground.log" 2>&1 || { cat "$work/ground.log"; exit 1; }
for image in app db db-replicated kernel initrd; do
	echo "$image=/images/$image-0123"
done >"$work/state/images/manifest"
touch "$work/share/schema/001_a.sql" "$work/share/schema/003_c.sql"
echo 'server {{ve}} {{enterprise}} {{server_name}} {{listen}} {{portal}}' \
	>"$work/share/edge/enterprise.conf"
echo 'suspended {{server_name}}' >"$work/share/edge/suspended.conf"

# --- the store and what specs want --------------------------------------------

expect 'the store, and what specs want' 0 \
	"$build/tests/provisioning/want" "$work/state" "$work/run" "$work/share"
expect 'several hosts' 0 \
	"$build/tests/provisioning/hosts" "$work/state" "$work/run" "$work/share"
expect 'the queue of jobs' 0 \
	"$build/tests/provisioning/jobs" "$work/state" "$work/run" "$work/share"
expect 'applies that fail, and what is there' 0 \
	"$build/tests/provisioning/apply" "$work/state" "$work/run" "$work/share"
expect 'the event log' 0 \
	"$build/tests/provisioning/events" "$work/state" "$work/run" "$work/share"
expect 'the rows of drift' 0 \
	"$build/tests/provisioning/drift" "$work/state" "$work/run" "$work/share"
expect 'the ledger of quotas' 0 \
	"$build/tests/provisioning/quota" "$work/state" "$work/run" "$work/share"
expect 'database servers that say nothing' 0 \
	"$build/tests/provisioning/silent" "$work/state" "$work/run" "$work/share"
crowd() { # DATABASE ...: many clients at a ledger of their own
	runuser -u postgres -- createdb -h "$work/run/control-db" -O hanse "$1"
	"$build/bench/provisioning/quota" "host=$work/run/control-db user=hanse dbname=$1" 24 2000 "${@:2}"
}
expect 'a crowd with failures and kills: no limit is passed, the recount is the ledger' 0 crowd crowd 1
expect 'without its locks that would be noticed' 3 crowd unlocked 1 unlocked
[ "$checks_failed" -eq 0 ] || { summary; exit 1; }

# --- hansed's socket ----------------------------------------------------------

free_port() { # one on which nobody listens
	local port
	while :; do
		port=$((20000 + RANDOM % 10000))
		nc -z 127.0.0.1 "$port" || break
	done
	echo "$port"
}
port=$(free_port)
cat >"$work/etc/hansed.yaml" <<END
state: $work/state
run: $work/run
config: $work/etc
share: $work/share
metrics: {listen: "127.0.0.1:$port"}
END
socket=$work/run/hansed.sock
ask() { "$build/tests/provisioning/ask" "$socket" "$@"; }
start() {
	"$build/hansed" --config "$work/etc/hansed.yaml" 2>>"$work/hansed.log" &
	hansed=$!
	eventually 'hansed answers' 10 ask line '{"command":"ping"}'
}
expect 'hansed: an unknown option' 64 "$build/hansed" --what
expect 'hansed: help' 0 "$build/hansed" --help
printf 'edge: {listen: nowhere}\n' >"$work/etc/bad.yaml"
expect 'hansed: an edge without a port' 1 "$build/hansed" --config "$work/etc/bad.yaml"
printf 'gatway_port: 1\n' >"$work/etc/bad.yaml"
expect 'hansed: an unknown key' 1 "$build/hansed" --config "$work/etc/bad.yaml"
printf 'metrics: {listen: "0.0.0.0:9464"}\n' >"$work/etc/bad.yaml"
expect 'hansed: metrics for the world' 1 "$build/hansed" --config "$work/etc/bad.yaml"
start
same 'only root may open it' 600 "$(stat -c %a "$socket")"

same 'ping' '{"result":{"version":"0.1.0"}}' "$(ask line '{"command":"ping"}')"
for line in '' '{' 'garbage' '[]' 'null' '"ping"' '17' '{"command":17}' '{"command":null}' \
	'{"command":"format"}' '{}' '{"command":"apply"}' '{"command":"plan","spec":17}' \
	'{"command":"plan","spec":""}' '{"command":"get"}' '{"command":"get","what":"secrets"}' \
	'{"command":"describe","what":"ve"}' '{"command":"destroy"}' '{"command":"destroy","all":"yes"}' \
	'{"command":"user.passwd","ve":"v"}' '{"command":"plan","spec":"ve: \u0000"}' \
	"$(printf '{"command":"\xff"}')"; do
	contains "refused: $line" '^\{"error":\{"code":"invalid","message":"[^"]' "$(ask line "$line")"
done
contains 'a faulty spec: every fault with its line' '"faults":\[\{"line":1,"field":' \
	"$(ask line '{"command":"plan","spec":"ve: 1bad\n"}')"
contains 'a VE that is not there' '"code":"not-found"' \
	"$(ask line '{"command":"destroy","ve":"nobody"}')"
same 'no VEs' '[]' "$(ask line '{"command":"get","what":"ves"}' | jq -c .result.items)"
same 'a listing has the columns of its kind' '["JOB ID","COMMAND","VE","STATE","CHANGES","STARTED AT","SECONDS"]' \
	"$(ask line '{"command":"get","what":"jobs"}' | jq -c .result.columns)"
same 'status without a platform' 'control-db ok,directory down,edge down,gateway down,libvirt down' \
	"$(ask line '{"command":"status"}' | jq -r '[.result.services[] | .name + " " + .state] | sort | join(",")')"
contains 'verify without a platform says so' '"code":"remote"' "$(ask line '{"command":"verify"}')"

same 'no quotas' '[]' "$(ask line '{"command":"quota"}' | jq -c .result.items)"
same 'two limits are set' 've/v vcpus 8 0 8,ve/v domains 3 0 3' \
	"$(ask line '{"command":"quota.set","scope":"ve/v","limits":{"domains":3,"vcpus":8}}' |
		jq -r '[.result.items[] | "\(.scope) \(.resource) \(.limit) \(.used) \(.free)"] | join(",")')"
same 'a scope is shown with what is below it' '["ve/v/e","vcpus","2","0","2"]' \
	"$(ask line '{"command":"quota.set","scope":"ve/v/e","limits":{"vcpus":2}}' >/dev/null
	ask line '{"command":"quota","scope":"ve/v"}' | jq -c '.result.rows[2]')"
same 'one of them is removed' 've/v domains' \
	"$(ask line '{"command":"quota.unset","scope":"ve/v","resources":["vcpus"]}' |
		jq -r '[.result.items[] | .scope + " " + .resource] | join(",")')"
same 'all of a scope are removed' '[]' \
	"$(ask line '{"command":"quota.unset","scope":"ve/v"}' >/dev/null
	ask line '{"command":"quota.unset","scope":"ve/v/e"}' | jq -c .result.items)"
for line in '{"command":"quota","scope":"all"}' '{"command":"quota","scope":"ve/"}' \
	'{"command":"quota.set","scope":"ve/v/"}' '{"command":"quota.set","scope":"ve/V","limits":{"vcpus":1}}' \
	'{"command":"quota.set","scope":"asp"}' '{"command":"quota.set","scope":"asp","limits":{}}' \
	'{"command":"quota.set","scope":"asp","limits":{"vcpus":-1}}' \
	'{"command":"quota.set","scope":"asp","limits":{"vcpus":1.5}}' \
	'{"command":"quota.set","scope":"asp","limits":{"vcpus":1,"cores":2}}' \
	'{"command":"quota.unset","scope":"asp","resources":["cores"]}' \
	'{"command":"quota.unset","scope":"asp","resources":[1]}' '{"command":"quota.unset"}'; do
	contains "refused: $line" '"code":"invalid"' "$(ask line "$line")"
done
same 'of a refused request nothing is kept' '[]' "$(ask line '{"command":"quota"}' | jq -c .result.items)"
same 'limits are events' 6 "$(ask line '{"command":"get","what":"events"}' |
	jq '[.result.items[] | select(.event | startswith("quota."))] | length')"
contains 'a recount without a platform says so' '"code":"remote"' "$(ask line '{"command":"quota.verify"}')"
contains 'a request of 5 MiB' '"code":"limit"' "$(ask large 5)"
contains 'deep nesting' '"code":"invalid"' "$(ask deep 100000)"
expect 'in small pieces, the answer comes' 0 ask pieces '{"command":"ping"}'
expect 'a hundred that hang up early' 0 ask hangup 100
expect 'thirty that do not read' 0 ask silent 30
contains 'it still answers' '"version"' "$(ask line '{"command":"ping"}')"
same 'fifty at once, all answered' 50 "$(ask many 50)"
contains 'one too many is told so' '"code":"limit"' "$(ask full 64)"
eventually 'and room again' 15 ask line '{"command":"ping"}'
expect 'others than root cannot open it' 1 runuser -u nobody -- "$build/tests/provisioning/ask" "$socket" line '{}'
chmod 666 "$socket"
contains 'and are refused if they could' '"code":"denied"' \
	"$(runuser -u nobody -- "$build/tests/provisioning/ask" "$socket" line '{"command":"ping"}')"

# --- jobs that a killed daemon leaves ------------------------------------------

sql() { psql -XqAt -h "$work/run/control-db" -U hanse -d hanse -c "$1"; }
state_is() { [ "$(sql 'SELECT state FROM job ORDER BY job_id DESC LIMIT 1')" = "$1" ]; }
kill -9 "$hansed"
wait "$hansed" 2>/dev/null
sql "INSERT INTO job (command, state, started_at) VALUES ('start', 'running', now())"
start
eventually 'what ran is gone on with; without a platform it fails' 20 state_is failed
contains 'a job without a VE can be described' '"ve":null' \
	"$(ask line "{\"command\":\"describe\",\"what\":\"job\",\"name\":\"$(sql 'SELECT job_id FROM job')\"}")"

# --- the event log ---------------------------------------------------------------

# shellcheck source=tests/provisioning/audit.sh
. tests/provisioning/audit.sh
# shellcheck source=tests/provisioning/metrics.sh
. tests/provisioning/metrics.sh
# shellcheck source=tests/provisioning/webhook.sh
. tests/provisioning/webhook.sh

since=$SECONDS
kill "$hansed"
wait "$hansed"
same 'it ends when told to' 0 $?
same 'at once' yes "$([ $((SECONDS - since)) -le 2 ] && echo yes)"
hansed=
same 'and takes its socket away' no "$([ -e "$socket" ] && echo yes || echo no)"
lacks 'no sanitizer spoke' 'Sanitizer|runtime error' "$(cat "$work/hansed.log")"

# --- archives, from a shared database with four documents of tier-a -----------
# Last: cluster.sql takes from template1 what other databases here are made with.

at() { psql -XqAt -v ON_ERROR_STOP=1 -h "$work/run/control-db" "$@"; }
shared_database() {
	local file schema=shared-db-gateway/schema uid
	at -U postgres -d postgres -f $schema/cluster.sql &&
		at -U hanse_provisioner -d postgres -c 'CREATE DATABASE ve_alpha OWNER hanse_owner' || return 1
	for file in "$schema"/[0-9]*.sql; do
		{
			echo 'BEGIN; SET LOCAL ROLE hanse_owner;'
			cat "$file"
			echo "INSERT INTO hanse.schema_migration VALUES ($((10#$(basename "$file" | cut -c1-3))), '$file', ''); COMMIT;"
		} | at -U hanse_provisioner -d ve_alpha -f - || return 1
	done
	at -U hanse_provisioner -d ve_alpha -v spec="$(sed 's/@VE@/alpha/g' tests/sql/members.json)" \
		-f - <<<"SELECT admin.members_apply(:'spec')" || return 1
	for name in oem tier-a; do
		at -U hanse_provisioner -d postgres -c "CREATE ROLE \"alpha.$name\" LOGIN NOINHERIT" \
			-c 'SET ROLE hanse_owner' -c "GRANT CONNECT ON DATABASE ve_alpha TO \"alpha.$name\"" || return 1
	done
	for order in 'oem tier-a send' 'oem tier-a send' 'tier-a foundry send' 'tier-a foundry'; do
		read -r buyer seller action <<<"$order"
		uid=$(at -U "alpha.$buyer" -d ve_alpha -c "SELECT api.order_create('x', '$seller', '[{\"item\":\"P-1\",\"quantity\":\"1.5\"}]')") || return 1
		[ -z "$action" ] || at -U "alpha.$buyer" -d ve_alpha -c "SELECT api.order_act('$uid', '$action', 'x')" || return 1
	done
}
shared_database >>"$work/ground.log" 2>&1 || { tail "$work/ground.log"; exit 1; }
expect 'archives, killed at every call' 0 \
	"$build/tests/provisioning/archive" "$work/state" "$work/run" "$work/share"
summary
