# shellcheck shell=bash disable=SC2154
# fixture.sh - the Xen host, its cables, and what an operator's program does
# with it over libvirt alone. Sourced by inside.sh.
try=build/tests/hv/hv-try
dom0_address=10.98.7.2
export HV_URI=xen+tcp://$dom0_address/system

now_ms() { echo $(($(date +%s%N) / 1000000)); }
seconds_since() {
	local ms=$(($(now_ms) - $1))
	printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}
# The first line of "hv-try uuid KIND NAME", or the second, or the third.
ident() { "$try" uuid "$1" "$2" | sed -n "$3p"; }

# -- The host ----------------------------------------------------------------

# PV only and without SMAP: libvirt's Xen driver knows Westmere, and a domain 0
# under QEMU does not survive SMAP. No guards against a processor that is none:
# they change page tables on each entry, the dearest thing there is here. eth0 is libvirt's cable, eth1 the networks'.
dom0_boot() {
	ip tuntap add xen-control mode tap
	ip address add 10.98.7.1/24 dev xen-control
	ip link set xen-control up
	ip tuntap add xen-cable mode tap
	ip link set xen-cable up
	qemu-system-x86_64 -accel tcg,thread=multi -machine pc \
	    -cpu Westmere,-smap,-smep -smp 2 -m 2048 -nodefaults \
	    -display none -no-reboot -serial "file:$work/console" \
	    -kernel "$dom0/xen" \
	    -append "console=com1 com1=115200,8n1 dom0_mem=1152M,max:1152M spec-ctrl=no xpti=no pv-l1tf=off" \
	    -initrd "$dom0/vmlinuz console=hvc0 quiet mitigations=off net.ifnames=0 dom0.address=$dom0_address/24,$dom0/initrd" \
	    -drive "file=$dom0/disk,format=raw,if=virtio,snapshot=on" \
	    -netdev tap,id=control,ifname=xen-control,script=no,downscript=no \
	    -device virtio-net-pci,netdev=control,romfile= \
	    -netdev tap,id=cable,ifname=xen-cable,script=no,downscript=no \
	    -device virtio-net-pci,netdev=cable,romfile= \
	    >"$work/qemu.log" 2>&1 </dev/null &
	dom0_pid=$!
}

# Whether libvirt answers there within so many seconds, asked through hv/.
dom0_wait() {
	local end=$((SECONDS + $1))
	until "$try" list domain >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] && kill -0 "$dom0_pid" 2>/dev/null || return 1
		sleep 1
	done
}

# -- Beside hansed, which places domains on its own host only ----------------

hansed_stop() { sv -w 30 down /run/hanse/sv/hansed >/dev/null; }
hansed_start() {
	sv -w 30 up /run/hanse/sv/hansed >/dev/null
	for _ in $(seq 100); do
		! hanse get ves >/dev/null 2>&1 || break
		sleep 0.1
	done
}

# A VE's network on the Xen host, and its cable to the one of the platform. At
# this end its port is isolated, as every domain's.
network_far_up() { # VE
	local uuid
	uuid=$(ident ve "$1" 1)
	bridge=hv-${uuid%%-*}
	uuid=$(ident network "hanse-$1" 1)
	ip link set xen-cable master "$bridge"
	bridge link set dev xen-cable isolated on
	"$try" render-network "name=hanse-$1" "uuid=$uuid" "ve=$1" \
	    "bridge=$bridge" "mac=52:54:01:${uuid:0:2}:${uuid:2:2}:${uuid:4:2}" \
	    >"$work/network.xml" &&
	    "$try" net-define "$work/network.xml" && "$try" net-start "hanse-$1"
}

pool() { # FOLDER: as a storage pool of the Xen host, called as the folder
	virsh -q -c $HV_URI pool-create-as "$(basename "$1")" dir --target "$1" --build
}

send() { # FILE FOLDER
	local pool size
	pool=$(basename "$2") size=$(stat -c %s "$1")
	virsh -q -c $HV_URI vol-create-as "$pool" "$(basename "$1")" "$size" --format raw &&
		virsh -q -c $HV_URI vol-upload --pool "$pool" "$(basename "$1")" "$1"
}

# The domain's configuration, as hansed wrote it for LXC, as a disk: the same
# files, owned by the ids inside.
config_disk() { # NAME
	local dir=$work/$1.config base file
	cp -a "/var/lib/hanse/domains/$1/config" "$dir"
	base=$(stat -c %u "$dir")
	for file in "$dir" "$dir"/*; do
		chown "$(($(stat -c %u "$file") - base)):$(($(stat -c %g "$file") - base))" "$file"
	done
	mksquashfs "$dir" "$work/config.squashfs" -quiet -no-progress -no-xattrs -noappend
}

# The platform's own images, under the paths they have here.
files_send() { # NAME
	config_disk "$1" && pool /var/lib/hanse/images &&
		pool "/var/lib/hanse/domains/$1" || return 1
	send "$app" /var/lib/hanse/images && send "$kernel" /var/lib/hanse/images &&
		send "$initrd" /var/lib/hanse/images &&
		send "$work/config.squashfs" "/var/lib/hanse/domains/$1"
}

# xen_define NAME ENTERPRISE KIND ADDRESS IMAGE [KEY=VALUE...]
xen_define() {
	local domain=$1 address=$4
	"$try" render-domain xen "name=$1" "uuid=$(ident domain "$1" 1)" \
	    "mac=$(ident domain "$1" 2)" "ifname=$(ident domain "$1" 3)" \
	    "ve=$ve" "enterprise=$2" "kind=$3" generation=1 vcpus=1 \
	    "network=hanse-$ve" "bridge=$bridge" "address=$4" prefix=24 \
	    "gateway=${address%.*}.1" route=10.90.0.1 "filter=hanse-$3" \
	    "kernel=$kernel" "initrd=$initrd" "image=$5" \
	    "config_disk=/var/lib/hanse/domains/$member/config.squashfs" \
	    "${@:6}" >"$work/$domain.xml" &&
	    "$try" define "$work/$domain.xml"
}

# The end of a file of the Xen host, by a storage pool of its folder.
far_file() { # FOLDER FILE
	local pool
	pool=$(basename "$1")
	virsh -q -c $HV_URI pool-info "$pool" >/dev/null 2>&1 || pool "$1"
	virsh -q -c $HV_URI pool-refresh "$pool" &&
		virsh -q -c $HV_URI vol-download --pool "$pool" "$2" "$work/far" &&
		tr -d '\r' <"$work/far" | tail -n 20
}

# What a domain has said since it started; and what there is to say of Xen.
console_of() { far_file /var/log/xen "guest-$1.log"; }
dom0_words() {
	far_file /var/log/libvirt/libxl libxl-driver.log
	far_file /var/log/xen xen-hotplug.log
}

# -- People ------------------------------------------------------------------

password() { # VE/ENTERPRISE LOGIN
	hanse user passwd "$1" "$2" --generate -o json | jq -r .password
}

log_in() { # URL LOGIN PASSWORD: prints the status; cookies in $work/jar
	local token
	rm -f "$work/jar"
	token=$(curl -sk --max-time 10 -c "$work/jar" "$1/login" |
		sed -n 's/.*name="csrf" value="\([0-9a-f]*\)".*/\1/p' | head -n 1)
	curl -sk --max-time 20 -b "$work/jar" -c "$work/jar" -o /dev/null \
	    -w '%{http_code}' -H "Origin: $1" --data-urlencode "csrf=$token" \
	    --data-urlencode "login=$2" --data-urlencode "password=$3" "$1/login"
}
