#!/bin/bash
# run.sh - the system images: reproducible, whole or not there; the same image
# as an LXC and as a QEMU domain; the database's first start, killed at any
# moment. Needs root, libvirtd and what "make" has built in $B.
# Everything of ours is named t-dom... and lives in 10.92.250.0/24.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib.sh
B=${B:-build}
try=$B/tests/hv/hv-try
net=10.92.250
base=7700000
domains=

[ "$(id -u)" -eq 0 ] || { echo "needs root" >&2; exit 2; }
make -s "B=$B" "$try" "$B/hanse-init" "$B/hanse-portal" || exit 2
work=$(mktemp -d /tmp/t-dom.XXXXXX)
chmod 711 "$work"

clean() {
	for d in $domains; do
		HV_URI=${d%%=*} "$try" destroy "${d#*=}"
		HV_URI=${d%%=*} "$try" undefine "${d#*=}"
		"$try" mounts-remove "${d#*=}"
	done
	"$try" net-destroy t-dom
	"$try" net-undefine t-dom
	for name in app db; do # a domain's last process may still hold it
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			"$try" image-unmount "$(image $name)" 2>/dev/null && break
			sleep 0.2
		done
	done
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM

ident() { "$try" uuid domain "$1" | sed -n "$2p"; }
image() { sed -n "s/^$1=//p" "$work/images/manifest"; }
build() { # CACHE ARGUMENT...
	local cache=$1
	shift
	nice dom-templates/image/build.sh -b "$B" -o "$work/images" -c "$cache" "$@"
}

# answers ADDRESS PORT SECONDS: somebody takes the connection
answers() {
	local end=$(($(now_ms) + $3 * 1000))
	until timeout 1 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null; do
		[ "$(now_ms)" -lt "$end" ] || return 1
		sleep 0.02
	done
}

sql() { # STATEMENT: to the database domain, until it answers
	local end=$(($(now_ms) + 30000))
	while [ "$(now_ms)" -lt $end ]; do
		psql -XAtq -c "$1" "host=$net.20 user=postgres dbname=postgres \
		    sslmode=require connect_timeout=2" 2>"$work/psql.err" && return
		sleep 0.05
	done
	cat "$work/psql.err"
	return 1
}

timed() { # NAME SINCE_MS
	printf 'time  %s: %d ms\n' "$1" $(($(now_ms) - $2))
}

### What a domain reads at /etc/hanse; UID is the service's, as the host sees it
conf_common() { # FOLDER NAME SERVICE ADDRESS
	mkdir -p "$1"
	cat >"$1/domain.conf" <<END
name=$2
service=$3
address=$4
prefix=24
gateway=$net.1
route=10.90.0.1
END
}

certificate() { # CERTIFICATE KEY CN
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$2" -out "$1" -subj "/CN=$3" -days 2 2>/dev/null
}

conf_app() { # FOLDER NAME ADDRESS UID
	conf_common "$1" "$2" app "$3"
	cat >"$1/portal.yaml" <<END
ve: t-dom
enterprise: app
title: Test
legal_name: Test
listen: ":9000"
database:
  conninfo: host=gateway.hanse.internal port=6432
directory:
  uri: ldaps://directory.hanse.internal:1636
  base: o=app,ou=t-dom,ou=ves,dc=hanse
  bind_dn: cn=portal,o=app,ou=t-dom,ou=ves,dc=hanse
  password: secret
  ca: /etc/hanse/ca.crt
END
	certificate "$1/ca.crt" "$work/ca.key" "hanse platform CA"
	chmod 600 "$1/portal.yaml"
	chown "$4:$4" "$1/portal.yaml"
}

conf_db() { # FOLDER NAME ADDRESS UID
	conf_common "$1" "$2" db "$3"
	cat >"$1/postgresql.conf" <<END
listen_addresses = '*'
hba_file = '/etc/hanse/pg_hba.conf'
ident_file = '/etc/hanse/pg_ident.conf'
ssl = on
ssl_cert_file = '/etc/hanse/server.crt'
ssl_key_file = '/etc/hanse/server.key'
unix_socket_directories = ''
END
	echo "hostssl all postgres $net.1/32 trust" >"$1/pg_hba.conf"
	: >"$1/pg_ident.conf"
	certificate "$1/server.crt" "$1/server.key" db.hanse.internal
	chmod 600 "$1/server.key"
	chown "$4:$4" "$1/server.key"
}

### Domains
render() { # DRIVER NAME KIND ADDRESS KEY=VALUE...
	local driver=$1 name=$2 kind=$3 address=$4
	shift 4
	"$try" render-domain "$driver" "name=$name" "kind=$kind" \
	    "uuid=$(ident "$name" 1)" "mac=$(ident "$name" 2)" \
	    "ifname=$(ident "$name" 3)" ve=t-dom generation=1 \
	    memory_kib=262144 vcpus=1 network=t-dom "address=$address" \
	    prefix=24 "gateway=$net.1" route=10.90.0.1 "$@" >"$work/$name.xml"
}

lxc_up() { # NAME KIND ADDRESS KEY=VALUE...: mounts, definition, start
	local name=$1 kind=$2 address=$3 mounted root
	shift 3
	mounted=$("$try" image-mount "$(image "$kind")") &&
	    root=$("$try" root-mount "$name" "$mounted" $base) &&
	    render lxc "$name" "$kind" "$address" "root_dir=$root" \
		"config_dir=$work/$name" "idmap_base=$base" "$@" &&
	    "$try" define "$work/$name.xml" || return
	"$try" start "$name"
}

qemu_up() { # NAME KIND ADDRESS KEY=VALUE...
	local name=$1 kind=$2 address=$3
	shift 3
	mksquashfs "$work/$name" "$work/$name.squashfs" -quiet -no-progress >/dev/null
	render qemu "$name" "$kind" "$address" accel=tcg \
	    "kernel=$(image kernel)" "initrd=$(image initrd)" \
	    "image=$(image "$kind")" "config_disk=$work/$name.squashfs" \
	    "console_log=$work/$name.log" "$@" &&
	    HV_URI=qemu:///system "$try" define "$work/$name.xml" || return
	HV_URI=qemu:///system "$try" start "$name"
}

inside() { cat "/proc/$("$try" init-pid "$1")/root/$2"; }

### The build
since=$(now_ms)
expect "build: all of it" 0 build "$work/cache"
timed "build, cold" "$since"
same "build: what the manifest names" "app db initrd kernel" \
    "$(cut -d= -f1 "$work/images/manifest" | paste -sd' ')"
since=$(now_ms)
expect "build: again" 0 build "$work/cache"
timed "build, warm" "$since"
sha256sum "$(image app)" "$(image initrd)" >"$work/sums"
rm -rf "$work/images"
build "$work/other" app kernel >"$work/again.log" &
build_pid=$!
sleep 3
kill -9 $build_pid
wait $build_pid 2>/dev/null
expect "build: one that was killed names nothing" 1 test -e "$work/images/manifest"
expect "build: the next one" 0 build "$work/other" app db kernel
same "build: of the dead one nothing is left" "" \
    "$(find "$work/other" -maxdepth 1 -name 'tmp.*')"
expect "build: the same bytes from nothing" 0 sha256sum -c "$work/sums"
expect "build: an unknown recipe" 1 build "$work/cache" mail
lacks "app: no shell, no command" '/(sh|dash|bash|busybox|perl)$' \
    "$(unsquashfs -l "$(image app)")"
same "images: nothing with another user's rights" "" \
    "$(for i in app db; do unsquashfs -lln "$(image $i)"; done | grep -E '^-..[sS]|^-.....[sS]')"

### One network for all
"$try" mount-prepare
"$try" render-network name=t-dom "uuid=$("$try" uuid network t-dom | head -n 1)" \
    ve=t-dom bridge=t-dombr mac=52:54:00:92:fa:01 "address=$net.1" prefix=24 \
    >"$work/net.xml"
"$try" net-define "$work/net.xml" && "$try" net-start t-dom || exit 1

### The app image as an LXC domain
conf_app "$work/t-dom.app" t-dom.app $net.10 $((base + 900))
since=$(now_ms)
expect "lxc app: starts" 0 lxc_up t-dom.app app $net.10
domains="$domains lxc:///system=t-dom.app"
expect "lxc app: answers" 0 answers $net.10 9000 10
timed "lxc app, mounts to TCP" "$since"
init=$("$try" init-pid t-dom.app)
service=$(pgrep -P "$init")
status=$(cat "/proc/$service/status")
contains "lxc app: the service's user" "^Uid:.*$((base + 900))" "$status"
contains "lxc app: no capability" '^CapEff:.0+$' "$status"
contains "lxc app: no new privileges" '^NoNewPrivs:.1' "$status"
contains "lxc app: calls filtered" '^Seccomp:.2' "$status"
contains "lxc app: root is nobody outside" "^Uid:.$base" \
    "$(cat "/proc/$init/status")"
contains "lxc app: six capabilities" '^CapBnd:.00000000000000eb$' \
    "$(cat "/proc/$init/status")"
expect "lxc app: read-only" 1 touch "/proc/$init/root/usr/x"
contains "lxc app: knows the platform" '^10.90.0.1 gateway.hanse.internal' \
    "$(inside t-dom.app run/hosts)"
kill -9 "$service"
sleep 0.5
expect "lxc app: answers again" 0 answers $net.10 9000 5
contains "lxc app: and says why" 'event=service.ended .*signal=9' \
    "$(inside t-dom.app var/log/hanse.log)"
since=$(now_ms)
expect "lxc app: stops when told" 0 "$try" stop t-dom.app 10000
timed "lxc app, stop" "$since"

### The database image, its first start killed in between
conf_db "$work/t-dom.db" t-dom.db $net.20 $((base + 901))
"$try" volume-create "$work/db.raw" 1073741824 "$(ident t-dom.db 1)"
domains="$domains lxc:///system=t-dom.db"
for pause in 0.2 0.5 0.8; do
	data=$("$try" data-mount t-dom.db "$work/db.raw" $base)
	lxc_up t-dom.db db $net.20 "data_dir=$data" || break
	sleep $pause
	kill -9 "$("$try" init-pid t-dom.db)"
	eventually "lxc db: killed after $pause s" 5 \
	    sh -c "[ \"\$($try state t-dom.db)\" = stopped ]"
	expect "lxc db: no half cluster in its place" 1 test -e "$data/postgres"
done
since=$(now_ms)
expect "lxc db: starts on what is left" 0 "$try" start t-dom.db
same "lxc db: answers" hanse_owner \
    "$(sql "select rolname from pg_roles where rolname = 'hanse_owner'")"
timed "lxc db, new cluster to SQL" "$since"
sql 'create table kept (n int); insert into kept values (42)'
expect "lxc db: stops when told" 0 "$try" stop t-dom.db 30000
since=$(now_ms)
expect "lxc db: starts" 0 "$try" start t-dom.db
same "lxc db: data survives" 42 "$(sql 'select n from kept')"
timed "lxc db, start to SQL" "$since"
"$try" destroy t-dom.db
"$try" mounts-remove t-dom.db

### The same images as QEMU domains
conf_app "$work/t-dom.vm" t-dom.vm $net.11 900
since=$(now_ms)
expect "qemu app: starts" 0 qemu_up t-dom.vm app $net.11
domains="$domains qemu:///system=t-dom.vm"
expect "qemu app: answers" 0 answers $net.11 9000 60
timed "qemu app (TCG), definition to TCP" "$since"
since=$(now_ms)
expect "qemu app: the power button" 0 env HV_URI=qemu:///system \
    "$try" stop t-dom.vm 20000
timed "qemu app, stop" "$since"
contains "qemu app: stopped by itself" 'event=domain.stop by=button' \
    "$(cat "$work/t-dom.vm.log")"

conf_db "$work/t-dom.vmdb" t-dom.vmdb $net.20 901
since=$(now_ms)
expect "qemu db: starts on the LXC domain's data" 0 \
    qemu_up t-dom.vmdb db $net.20 "data_disk=$work/db.raw"
domains="$domains qemu:///system=t-dom.vmdb"
expect "qemu db: answers" 0 answers $net.20 5432 60
same "qemu db: the same data" 42 "$(sql 'select n from kept')"
timed "qemu db (TCG), definition to SQL" "$since"
expect "qemu db: the power button" 0 env HV_URI=qemu:///system \
    "$try" stop t-dom.vmdb 30000

for name in app db kernel initrd; do
	printf 'size  %s: %d KiB\n' $name $(($(stat -c %s "$(image $name)") / 1024))
done
summary
