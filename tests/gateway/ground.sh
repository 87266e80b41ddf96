# shellcheck shell=bash
# ground.sh - a scratch CA, PostgreSQL and gateway; to be sourced at the top of
# the source tree. Environment: B, the build folder; PORT, the first of three free
# ports; KEEP=1 leaves the scratch folder.
B=${B:-build} PORT=${PORT:-27200}
PATH=$PATH:/usr/lib/postgresql/15/bin
[ "$(id -u)" -eq 0 ] || { echo "gateway: needs root" >&2; exit 1; }
make -s B="$B" "$B/hanse-gateway" "$B/gw_cancel" "$B/gw_differ" "$B/gw_escape" "$B/gw_ledger" "$B/gw_many" "$B/gw_protocol" "$B/gw_routes" ||
	exit 1

dir=$(mktemp -d) gateway_pid=''
chmod 0711 "$dir"
ca=$dir/ca routes=$dir/routes socket=$dir/run/control.sock log=$dir/gateway.log
front=$PORT back=$((PORT + 1)) cut=hanse-cut-$PORT # a table of run.sh
anna=alpha.anna bert=alpha.bert carl=beta.carl

finish() {
	[ -z "$gateway_pid" ] || kill "$gateway_pid" 2>/dev/null
	database_stop >/dev/null 2>&1
	wait 2>/dev/null
	nft delete table inet "$cut" 2>/dev/null
	[ -n "${KEEP:-}" ] || rm -rf "$dir"
}
trap finish EXIT
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }

# --- the ground ---------------------------------------------------------------

key_of() { # NAME CN [SAN] [CA]
	local by=${4:-$ca}
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj "/CN=$2" -keyout "$ca/$1.key" -out "$ca/$1.csr" 2>/dev/null
	openssl x509 -req -in "$ca/$1.csr" -days 2 -CA "$by/ca.crt" \
	    -CAkey "$by/ca.key" -CAcreateserial -out "$ca/$1.crt" \
	    -extfile <(echo "subjectAltName=DNS:${3:-none.invalid}") 2>/dev/null
	chmod 0600 "$ca/$1.key"
}
make_ca() { # FOLDER
	mkdir -p "$1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 2 -subj '/CN=scratch CA' -keyout "$1/ca.key" \
	    -out "$1/ca.crt" 2>/dev/null
}
make_ca "$ca"
make_ca "$dir/stranger"
key_of gateway-server gateway.hanse.internal 'gateway.hanse.internal,DNS:*.gateway.hanse.internal'
key_of gateway-client hanse-gateway
key_of db db.hanse.internal db.hanse.internal
key_of anna "$anna"
key_of bert "$bert"
key_of carl "$carl"
key_of gina gamma.gina
key_of platform platform.provisioner
key_of foreign "$anna" none.invalid "$dir/stranger"

mkdir -p "$routes" "$dir/run"
install -d -o postgres -g postgres -m 0700 "$dir/data" "$dir/pg"
for f in db.crt db.key ca.crt; do
	install -o postgres -m 0600 "$ca/$f" "$dir/pg/$f"
done
# Who needs more than one server has a database_start and a database_stop of its
# own, before this is sourced.
pg_start() {
	as_postgres pg_ctl -D "$dir/data" -l "$dir/pg/log" -w start >/dev/null
}
idents() {
	for role in "$anna" "$bert" "$carl" hanse_provisioner; do
		echo "gateway hanse-gateway $role"
	done
}
declare -F database_stop >/dev/null || database_stop() {
	as_postgres pg_ctl -D "$dir/data" -m immediate -w stop
}
declare -F database_start >/dev/null || database_start() {
	as_postgres initdb -D "$dir/data" -U postgres -A peer --no-sync -E UTF8 \
	    --locale=C.UTF-8 >/dev/null || return 1
	cat >>"$dir/data/postgresql.conf" <<END
port = $back
listen_addresses = '127.0.0.1'
unix_socket_directories = '$dir/pg'
max_connections = 300
fsync = off
ssl = on
ssl_cert_file = '$dir/pg/db.crt'
ssl_key_file = '$dir/pg/db.key'
ssl_ca_file = '$dir/pg/ca.crt'
END
	cat >"$dir/data/pg_hba.conf" <<END
local all postgres peer
hostssl all all 127.0.0.1/32 cert map=gateway
END
	idents >"$dir/data/pg_ident.conf"
	pg_start || { cat "$dir/pg/log"; return 1; }
}
declare -F admin >/dev/null ||
	admin() { as_postgres psql -XqAt -h "$dir/pg" -p "$back" -U postgres "$@"; }
database_start || exit 1
admin -d postgres <<END
CREATE ROLE "$anna" LOGIN; CREATE ROLE "$bert" LOGIN; CREATE ROLE "$carl" LOGIN;
CREATE ROLE hanse_provisioner LOGIN CREATEDB CREATEROLE;
CREATE DATABASE ve_alpha; CREATE DATABASE ve_beta;
END
admin -d ve_alpha -c "CREATE TABLE t(a int, b text); GRANT ALL ON t TO PUBLIC;
    GRANT CREATE ON SCHEMA public TO \"$anna\""

tool() { "$B/gw_routes" "$@"; }
write_alpha() { # CONNECTIONS [PASSWORD OF BERT]
	tool write "$routes" alpha 127.0.0.1 "$back" "$1" "$anna" secret-anna \
	    "$bert" "${2:-secret-bert}"
}
write_alpha 250
tool write "$routes" beta 127.0.0.1 "$back" 5 "$carl" -
tool platform "$routes" 127.0.0.1 "$back"
cat >"$dir/gateway.yaml" <<END
listen: ["127.0.0.1:$front"]
routes: $routes
control_socket: $socket
ca: $ca/ca.crt
server:
  certificate: $ca/gateway-server.crt
  key: $ca/gateway-server.key
backend:
  certificate: $ca/gateway-client.crt
  key: $ca/gateway-client.key
max_sessions: 240
wait_timeout_s: ${WAIT_S:-30}
audit: {folder: $dir/audit, required: ${AUDIT_REQUIRED:-false}}
login_timeout_s: 3
connect_timeout_s: 2
log: debug
END
gateway_start() {
	"${program:-$B/hanse-gateway}" --config "$dir/gateway.yaml" 2>>"$log" &
	gateway_pid=$!
}
gateway_start
eventually "it starts" 10 tool call "$socket" ping

# conn USER DATABASE [MORE...]: a conninfo
conn() {
	local ve=${1#\'}
	echo "host=${ve%%.*}.gateway.hanse.internal hostaddr=127.0.0.1 port=$front" \
	    "sslmode=verify-full sslrootcert=$ca/ca.crt connect_timeout=10" \
	    "user=$1 dbname='$2' ${*:3}"
}
cert() { echo "sslcert=$ca/$1.crt sslkey=$ca/$1.key"; }
# shellcheck disable=SC2034 # for those who source this
by_cert="$(conn "$anna" ve_alpha "$(cert anna)")"
# shellcheck disable=SC2034
by_password="$(conn "$anna" ve_alpha password=secret-anna sslcert=none)"
ask() { # CONNINFO SQL...: the answer, or the error
	timeout 60 psql -XqAt -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -d "$1" \
	    "${@:2}" 2>&1 </dev/null
}
# gateway_pids: the master, its listener and its workers
gateway_pids() { echo "$gateway_pid" && pgrep -P "$gateway_pid"; }
worker_of() { tool call "$socket" status | jq ".workers[] | select(.ve == \"$1\" and .state == \"serving\").pid"; }
of_gateway() { # FIELD: of all its processes' status, added up
	for pid in $(gateway_pids); do cat "/proc/$pid/status"; done 2>/dev/null |
		awk -v field="$1:" '$1 == field { sum += $2 } END { print sum }'
}
rss_kib() { of_gateway VmRSS; }
peak_kib() { of_gateway VmHWM; }
# pss_kib: what they take together, what they share counted once
pss_kib() {
	for pid in $(gateway_pids); do cat "/proc/$pid/smaps_rollup"; done 2>/dev/null |
		awk '/^Pss:/ { sum += $2 } END { print sum }'
}
# gateway_us: processor time of all of them, microseconds
gateway_us() {
	for pid in $(gateway_pids); do cat "/proc/$pid"/task/*/schedstat; done 2>/dev/null |
		awk '{ sum += $1 } END { printf "%d", sum / 1000 }'
}
# hold NAME CONNINFO, say NAME SQL, let_go NAME: a session kept open
hold() {
	mkfifo "$dir/$1.in"
	timeout 120 psql -XqAt -v VERBOSITY=verbose -d "$2" <"$dir/$1.in" >"$dir/$1.out" 2>&1 &
	eval "exec {held_$1}>'$dir/$1.in'"
}
say() {
	local fd=held_$1
	: >"$dir/$1.out"
	echo "$2" >&"${!fd}" || return 1
	for _ in $(seq 50); do
		[ ! -s "$dir/$1.out" ] || break
		sleep 0.1
	done
	tr -d '\0' <"$dir/$1.out"
}
let_go() { eval "exec {held_$1}>&-"; }
