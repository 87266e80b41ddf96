#!/bin/sh
# dom0.sh - a Xen host in a folder: hypervisor, kernel, initramfs, and the disk
# of a Debian domain 0 with libvirt. Prints the folder's name.
#
# Made once and kept in /var/cache/hanse, in two steps with a result each:
# Debian's tree, and that with ours as a disk. Each is named by the hash of what
# it is made from; whole or not at all. Needs root, and the network for Debian.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=/var/cache/hanse
umask 022
export LC_ALL=C

packages="linux-image-amd64 xen-hypervisor-4.17-amd64 xen-utils-4.17
xen-utils-common libvirt-daemon libvirt-daemon-driver-xen
libvirt-daemon-system libvirt-clients iproute2 busybox-static procps kmod udev
nftables iptables dnsmasq-base"
# What the initramfs loads to reach its disk.
disk_modules="virtio_pci virtio_blk crc32c_generic crc32c_intel ext4"
# What a host of nothing but domains never opens.
left_out="/usr/share/doc /usr/share/man /usr/share/locale
/lib/modules/*/kernel/sound /lib/modules/*/kernel/drivers/gpu
/lib/modules/*/kernel/drivers/media /lib/modules/*/kernel/drivers/infiniband
/lib/modules/*/kernel/drivers/net/wireless
/lib/modules/*/kernel/drivers/net/ethernet"

hash_of() {
	sha256sum | cut -c 1-20
}

base_inputs() {
	echo "$packages $left_out"
	apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: //p'
	for package in $packages; do
		apt-cache policy "$package" | sed -n "s/^ *Candidate: /$package=/p"
	done
}

base_make() { # FOLDER
	set --  "$1"
	for path in $left_out; do
		set -- "$@" "--dpkgopt=path-exclude=$path/*"
	done
	tree=$1
	shift
	# shellcheck disable=SC2086
	mmdebstrap --quiet --variant=minbase "$@" \
	    --include="$(echo $packages | tr ' ' ,)" \
	    "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$tree"
	rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* \
	    "$tree"/etc/libvirt/qemu/networks/autostart/* "$tree"/boot/initrd*
}

# Ours: the first process, the filters of Xen domains, libvirt over TCP. The
# tree is made of links to the base: files are replaced, never written to.
furnish() { # FOLDER
	conf=$1/etc/libvirt/libvirtd.conf
	install -m 0755 "$here/dom0-init" "$1/sbin/dom0-init"
	install -m 0755 "$root"/etc/xen/hanse-* "$here/block" "$1/etc/xen/scripts/"
	install -D -m 0644 "$root/etc/xen/filter.conf" "$1/etc/hanse/xen-filter.conf"
	install -D -m 0755 "$here/network-hook" "$1/etc/libvirt/hooks/network"
	rm "$conf"
	printf '%s\n' 'listen_tls = 0' 'listen_tcp = 1' 'auth_tcp = "none"' >"$conf"
}

# busybox and a few modules: Debian's own takes three times as long to start.
initrd_make() { # FOLDER OUT
	tree=$tmp/initrd
	mkdir -p "$tree/bin" "$tree/m" "$tree/new" "$tree/dev"
	for module in $disk_modules; do
		chroot "$1" modprobe -S "$(ls "$1/lib/modules")" \
		    --show-depends "$module" >>"$tmp/depends"
	done
	awk '$1 == "insmod" && !seen[$2]++ { print $2 }' "$tmp/depends" |
		while read -r path; do
			cp "$1$path" "$tree/m/"
			echo "${path##*/}" >>"$tree/modules"
		done
	cp "$1/bin/busybox" "$tree/bin/"
	install -m 0755 "$here/initrd-init" "$tree/init"
	(cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$2"
}

host_make() { # BASE FOLDER
	cp -al "$1" "$tmp/tree"
	furnish "$tmp/tree"
	mkdir "$2"
	zcat "$1"/boot/xen-4.17-amd64.gz >"$2/xen"
	cp "$1"/boot/vmlinuz-* "$2/vmlinuz"
	initrd_make "$1" "$2/initrd"
	truncate -s 2G "$2/disk"
	mkfs.ext4 -q -O ^has_journal -d "$tmp/tree" "$2/disk"
}

mkdir -p "$cache"
exec 9>"$cache/xen.lock"
flock 9
base=$cache/xen-base-$(base_inputs | hash_of)
host=$cache/xen-host-$({
	echo "$base"
	cat "$here/dom0.sh" "$here/dom0-init" "$here/initrd-init" \
	    "$here/network-hook" "$here/block" "$root"/etc/xen/*
} | hash_of)
if [ ! -d "$host" ]; then
	[ "$(id -u)" -eq 0 ] || { echo "dom0.sh: this needs root" >&2; exit 1; }
	rm -rf "$cache"/xen-tmp.*
	tmp=$(mktemp -d "$cache/xen-tmp.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT TERM HUP
	if [ ! -d "$base" ]; then
		echo "dom0.sh: making domain 0 (some minutes, once)" >&2
		base_make "$tmp/base"
		rm -rf "$cache"/xen-base-*
		mv "$tmp/base" "$base"
	fi
	host_make "$base" "$tmp/host"
	rm -rf "$cache"/xen-host-*
	mv "$tmp/host" "$host"
fi
echo "$host"
