#!/bin/bash
# snapshot.sh - what hanse could leave behind on a host, one line each, sorted:
# taken before "make up" and after "make purge", the two must be equal.
set -u
for uri in lxc:///system qemu:///system; do
	virsh -q -c "$uri" list --all --name 2>/dev/null | sed "/^$/d; s|^|$uri domain |"
done
virsh -q -c qemu:///system net-list --all --name 2>/dev/null | sed '/^$/d; s/^/network /'
nft list ruleset 2>/dev/null | grep -E 'hanse|hv-|hi[0-9a-f]{6}|10\.90\.' | sed 's/^[[:space:]]*/nft /'
awk '{ print "mount", $5 }' /proc/self/mountinfo | grep -E 'hanse'
# Other hosts on this machine (tests/lab) have file systems and groups of their own.
device=$(stat -c '%Hd:%Ld' /var/lib)
losetup -l -n -O BACK-MAJ:MIN,BACK-FILE 2>/dev/null | awk -v device="$device" '$1 == device && /hanse/ { print "loop", $2 }'
ip -o link | awk -F': ' '{ print $2 }' | grep -E '^(hv-|hi|hanse)' | sed 's/^/link /'
ip -o address show dev lo | awk '{ print "address", $4 }'
find /etc -xdev -type f ! -name '*-' ! -path '/etc/ld.so.cache' -exec sha256sum {} + 2>/dev/null
find /etc -xdev \( -type l -o -type d \) -printf '%y %p %l\n'
for path in /var/lib/hanse /run/hanse /var/log/hanse /usr/local/share/hanse /usr/local/libexec/hanse; do
	[ ! -e "$path" ] || echo "left $path"
done
ss -Hltn | awk '{ print "listens", $4 }' | grep -E ':(8443|6432|1636)$'
find /sys/fs/cgroup -maxdepth 3 -name 'lab-*' -prune -o -name '*hanse*' -print 2>/dev/null
true
