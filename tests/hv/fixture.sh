# shellcheck shell=sh
# fixture.sh - what tests/hv and tests/isolation stand on: a tiny image (the
# real hanse-init and busybox instead of the services), two networks of VEs, a
# data network, and domains with their walls from the real templates. All of
# it is named t-hv... and lives in 10.91.0.0/16. Needs root and libvirtd.
#
# B is the build folder. Sourced; call fixture_open first.

B=${B:-build}
try=$B/tests/hv/hv-try
T_PLATFORM=10.91.0.1
T_DOMAINS=
T_NETWORKS=
T_LISTENERS=

# The first line of "hv-try uuid KIND NAME", or the second, or the third.
ident() { "$try" uuid "$1" "$2" | sed -n "$3p"; }

# The folder of one of the shared file systems, e.g. root of a domain.
dir_of() { printf '%s/%s' "$work" "$1"; }

# image: busybox under the names of all its tools, and two "services" that
# say hello on their port.
make_image() {
	r=$work/image
	mkdir -p "$r/bin" "$r/usr/sbin" "$r/usr/bin" "$r/usr/libexec/hanse" \
	    "$r/etc/hanse" "$r/proc" "$r/sys" "$r/dev" "$r/run" "$r/tmp" \
	    "$r/var/log" "$r/var/tmp" "$r/data" "$r/mnt" "$r/.oldroot"
	: >"$r/etc/hosts"
	cp "$B/hanse-init" "$r/usr/sbin/"
	cp "$(command -v busybox)" "$r/bin/busybox"
	for tool in $(busybox --list | grep -vx busybox); do
		ln -sf busybox "$r/bin/$tool"
	done
	for service in usr/sbin/hanse-portal:9000 usr/libexec/hanse/db-run:5432
	do
		printf '#!/bin/sh\n/bin/nc -ll -p 9001 -e /bin/echo other &\nexec /bin/nc -ll -p %s -e /bin/echo hello\n' \
		    "${service##*:}" >"$r/${service%:*}"
		chmod 755 "$r/${service%:*}"
	done
	mksquashfs "$r" "$work/t-hv-image.squashfs" -quiet -no-progress \
	    -all-root >/dev/null
}

# network_up NAME VE HOST_ADDRESS
network_up() {
	uuid=$(ident network "$1" 1)
	"$try" render-network "name=$1" "uuid=$uuid" "ve=$2" \
	    "bridge=hv-$(printf %.8s "$uuid")" "mac=$(ident network "$1" 2)" \
	    "address=$3" prefix=24 >"$work/$1.xml" &&
	    "$try" net-define "$work/$1.xml" && "$try" net-start "$1" ||
	    return 1
	T_NETWORKS="$T_NETWORKS $1"
}

# conf NAME KIND ADDRESS GATEWAY: what the domain reads at /etc/hanse.
conf() {
	mkdir -p "$work/$1.conf"
	printf 'name=%s\nhostname=%s\nservice=%s\naddress=%s\nprefix=24\ngateway=%s\nroute=%s\n' \
	    "$1" "${1#*.}" "$2" "$3" "$4" $T_PLATFORM \
	    >"$work/$1.conf/domain.conf"
}

# domain_define NAME KIND NETWORK VE ADDRESS BASE [KEY=VALUE...]
domain_define() {
	d_name=$1 d_kind=$2 d_net=$3 d_ve=$4 d_addr=$5 d_base=$6
	shift 6
	d_gw=${d_addr%.*}.1
	# A database calls nobody.
	[ "$d_kind" = db ] || set -- "route=$T_PLATFORM" "calls=6432 1636" "$@"
	conf "$d_name" "$d_kind" "$d_addr" "$d_gw"
	image_dir=$("$try" image-mount "$work/t-hv-image.squashfs") || return 1
	root_dir=$("$try" root-mount "$d_name" "$image_dir" "$d_base") ||
	    return 1
	"$try" render-domain lxc "name=$d_name" "kind=$d_kind" \
	    "uuid=$(ident domain "$d_name" 1)" \
	    "mac=$(ident domain "$d_name" 2)" \
	    "ifname=$(ident domain "$d_name" 3)" \
	    "ve=$d_ve" "enterprise=${d_name#*.}" generation=1 \
	    memory_kib=65536 vcpus=1 "network=$d_net" "address=$d_addr" \
	    prefix=24 "gateway=$d_gw" "filter=t-hv-$d_kind" \
	    "root_dir=$root_dir" \
	    "config_dir=$work/$d_name.conf" "idmap_base=$d_base" "$@" \
	    >"$work/$d_name.xml" &&
	    "$try" define "$work/$d_name.xml" || return 1
	T_DOMAINS="$T_DOMAINS $d_name"
}

# Whether host ADDRESS PORT says hello within some seconds.
answers() {
	tries=0
	until [ "$(nc -w1 "$1" "$2" </dev/null 2>/dev/null)" = hello ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || return 1
		sleep 0.05
	done
}

# listen ADDRESS PORT: a host's service that a domain may or may not reach.
listen() {
	nc -lk "$1" "$2" >/dev/null 2>&1 </dev/null &
	T_LISTENERS="$T_LISTENERS $!"
}

fixture_open() {
	[ "$(id -u)" -eq 0 ] || { echo "needs root" >&2; exit 2; }
	make -s "B=$B" "$try" "$B/hanse-init" || exit 2
	work=$(mktemp -d /tmp/t-hv.XXXXXX)
	chmod 755 "$work"
	trap fixture_close EXIT
	trap 'exit 1' INT TERM
	make_image
	"$try" mount-prepare
	"$try" address-add $T_PLATFORM/32
}

fixture_close() {
	for pid in $T_LISTENERS; do
		kill "$pid" 2>/dev/null
	done
	for name in $T_DOMAINS; do
		"$try" destroy "$name"
		"$try" undefine "$name"
		"$try" mounts-remove "$name"
	done
	for name in $T_NETWORKS; do
		"$try" net-destroy "$name"
		"$try" net-undefine "$name"
	done
	"$try" walls-clear
	"$try" image-unmount "$work/t-hv-image.squashfs"
	"$try" address-remove $T_PLATFORM/32
	rm -rf "$work"
}
