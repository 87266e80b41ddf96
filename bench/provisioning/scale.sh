#!/bin/bash
# scale.sh [HOSTS [CLIENTS [SECONDS]]] - the control plane alone: hansed over a
# scratch control database, an empty directory and simulated hosts of 16 domains
# each, asked by many clients. A look for drift begins a second after the start
# and after each minute; nobody has asked for these domains, so the first one
# writes twenty thousand findings down. Needs root; touches no platform.
#
# OpenNebula publishes 30 requests a second and 1.27 s for a list at 1,250 hosts
# and 20,000 virtual machines.
set -eu
cd "$(dirname "$0")/../.."
if [ "${HANSE_APART:-}" != yes ]; then
	exec env HANSE_APART=yes unshare -m "$0" "$@"
fi
hosts=${1:-1250} clients=${2:-16} seconds=${3:-10}
build=${B:-build}
bin=/usr/lib/postgresql/15/bin
work=$(mktemp -d /tmp/hanse-scale.XXXXXX)
hansed='' slapd=''
finish() {
	[ -z "$slapd" ] || kill "$slapd" 2>/dev/null || true
	[ -z "$hansed" ] || kill "$hansed" 2>/dev/null || true
	runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap finish EXIT
make --no-print-directory -s B="$build" "$build/hansed" "$build/bench/provisioning/scale" "$build/bench/hv/many-hosts" >/dev/null
[ ! -d /run/libvirt ] || mount -t tmpfs none /run/libvirt

mkdir -p "$work"/{state/images,run/control-db,run/directory,share/schema,etc,ca}
chmod 755 "$work" "$work/run"
chown postgres "$work" "$work/run/control-db"
chown openldap "$work/run/directory"
{
	runuser -u postgres -- "$bin/initdb" -D "$work/data" -E UTF8 --locale=C.UTF-8 -A trust -N
	runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start \
		-o "-k $work/run/control-db -c listen_addresses= -c max_connections=100"
	runuser -u postgres -- createuser -h "$work/run/control-db" hanse
	runuser -u postgres -- createdb -h "$work/run/control-db" -O hanse hanse
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj /CN=directory.hanse.internal -keyout "$work/ca/directory.key" -out "$work/ca/directory.crt"
	cp "$work/ca/directory.crt" "$work/ca/ca.crt"
	etc/directory/init.sh "$work/directory" "$work/ca"
} >"$work/ground.log" 2>&1
/usr/sbin/slapd -d 0 -u openldap -g openldap -F "$work/directory/config" \
	-h "ldapi://$(printf %s "$work/run/directory/ldapi" | sed 's|/|%2F|g')" >"$work/slapd.log" 2>&1 &
slapd=$!
printf 'state: %s\nrun: %s\nconfig: %s\nshare: %s\nmetrics: {listen: none}\n' \
	"$work/state" "$work/run" "$work/etc" "$work/share" >"$work/etc/hansed.yaml"
sql() { psql -XqAt -h "$work/run/control-db" -U hanse -d hanse -c "$1"; }
start() {
	"$build/hansed" --config "$work/etc/hansed.yaml" 2>"$work/hansed.log" &
	hansed=$!
	for _ in $(seq 200); do
		[ ! -S "$work/run/hansed.sock" ] || return 0
		sleep 0.05
	done
	return 1
}
start
kill "$hansed"
wait "$hansed" || true
rm -f "$work/run/hansed.sock"
sql "UPDATE host SET uris = '{\"lxc\": \"sim:///here?driver=lxc\", \"qemu\": \"sim:///here2\"}', vcpus = 64, memory_mib = 65536"
sql "INSERT INTO host (name, address, shell, uris, drivers, vcpus, memory_mib)
	SELECT 's' || n, '10.99.' || n / 250 || '.' || 1 + n % 250, '[\"true\"]',
		jsonb_build_object('qemu', 'sim:///s' || n || '?domains=16'), '[\"qemu\"]', 64, 65536
	FROM generate_series(0, $hosts - 1) n"
# Hundredths of a second of processor time that hansed has used, in all.
used() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$hansed/stat"; }
start
echo "$hosts simulated hosts, $((hosts * 16)) domains"
before=$(used)
"$build/bench/provisioning/scale" "$work/run/hansed.sock" "$clients" "$seconds" "$hosts" | tee "$work/scale.out"
awk -v used="$(($(used) - before))" '/ requests of / { printf "hansed: %.2f s of processor time, %.2f ms a request\n", used / 100, used * 10 / $1 }' "$work/scale.out"
echo "drift: $(sql "SELECT count(*) FROM event WHERE event = 'drift.seen'") findings"
[ -z "${VERBOSE:-}" ] || tail -n 20 "$work/hansed.log"
awk '/VmRSS|VmHWM|Threads/ { print "hansed: " $1, $2, $3 }' "/proc/$hansed/status"
# The simulated hosts live in hansed, too: what they take by themselves.
echo "of it the simulated hosts: $("$build/bench/hv/many-hosts" "$hosts" 16 | grep -o 'rss_kib=[0-9]*' | cut -d= -f2) kB"
echo "hansed: $(find "/proc/$hansed/fd" -mindepth 1 | wc -l) descriptors"
