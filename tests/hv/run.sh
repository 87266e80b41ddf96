#!/bin/bash
# run.sh - hv/ against the real libvirt: networks, walls, mounts, LXC and
# QEMU. Needs root and libvirtd.
# B=build/asan tests/hv/run.sh uses another build folder.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib.sh
. tests/hv/fixture.sh

# as_domain BASE COMMAND...: as the domain's root, seen from the host
as_domain() {
	setpriv "--reuid=$1" "--regid=$1" --clear-groups "${@:2}"
}

ms() { echo $(($(date +%s%N) / 1000000)); }

fixture_open

### Networks
network_up t-hv-a t-hv 10.91.2.1
network_up t-hv-b t-hv2 10.91.3.1
same "network: active" running "$("$try" net-state t-hv-a)"
expect "network: start again" 0 "$try" net-start t-hv-a
expect "network: define again" 0 "$try" net-define "$work/t-hv-a.xml"
contains "network: listed as ours" \
    '^t-hv-a running .*ve=t-hv .*host=10.91.2.1/24 forwards=0' \
    "$("$try" list network)"
sed 's/<uuid>......../<uuid>00000000/' "$work/t-hv-a.xml" >"$work/other.xml"
contains "network: the name belongs to another" '^conflict: ' \
    "$("$try" net-define "$work/other.xml" 2>&1)"
expect "network: an unknown one" 1 "$try" net-state t-hv-none
expect "network: destroy one that is not there" 0 "$try" net-destroy t-hv-none
same "host forwards nothing between networks" 0 \
    "$(cat /proc/sys/net/ipv4/conf/"$(ident network t-hv-a 1 |
	sed 's/\(........\).*/hv-\1/')"/forwarding)"

### The host
contains "host: the platform's address" "inet $T_PLATFORM/32" \
    "$(ip -o addr show dev lo)"
expect "host: added again" 0 "$try" address-add $T_PLATFORM/32
same "host: asks for MACs in the network's own name" 2 \
    "$(cat /proc/sys/net/ipv4/conf/all/arp_announce)"

### What the drivers can do
make --no-print-directory -s B="$B" "$B/tests/hv/caps-try" >/dev/null || exit 1
expect "caps: as the table says" 0 "$B/tests/hv/caps-try" lxc:///system \
    qemu:///system test:///default

### Volumes
volume=$work/t-hv.raw
volume_uuid=$(ident volume t-hv.db1 1)
expect "volume: made" 0 "$try" volume-create "$volume" 67108864 "$volume_uuid"
expect "volume: not made twice" 1 \
    "$try" volume-create "$volume" 67108864 "$volume_uuid"
same "volume: its file system's UUID" "$volume_uuid" \
    "$(blkid -p -s UUID -o value "$volume")"
contains "volume: sparse" '^[0-9]{1,4}$' "$(du -k "$volume" | cut -f1)"

### Mounts
data=$("$try" data-mount t-hv.db1 "$volume" 7200000)
same "data: owned by the domain's root" 7200000 "$(stat -c %u "$data")"
as_domain 7200000 touch "$data/mark"
same "data: mounted twice is mounted once" "$data" \
    "$("$try" data-mount t-hv.db1 "$volume" 7200000)"
same "data: one mount" 1 "$(grep -c " $data " /proc/self/mountinfo)"
expect "volume: not deleted while mounted" 1 "$try" volume-delete "$volume"
mount -t tmpfs none "$data"
"$try" data-mount t-hv.db1 "$volume" 7200000 >/dev/null
expect "data: a foreign mount on top is repaired" 0 test -e "$data/mark"
"$try" data-mount t-hv.db1 "$volume" 7300000 >/dev/null
same "data: another base is another shift" 7300000 "$(stat -c %u "$data")"
expect "volume: its file grows while mounted" 0 "$try" volume-grow "$volume" 134217728
same "volume: what is in it does not" 67108864 "$("$try" volume-content "$volume")"
contains "volume: nor can it be fitted now" 'in use' "$("$try" volume-fit "$volume" 134217728 2>&1)"
contains "volume: nothing is cut off" '^conflict: .*nothing is cut off' \
    "$("$try" volume-grow "$volume" 67108864 2>&1)"
expect "volume: to more than its file has it cannot grow" 1 \
    "$try" volume-fit-live "$volume" 268435456
# ext4 asks for CAP_SYS_RESOURCE.
if [ $((0x$(awk '/^CapEff/ { print $2 }' /proc/self/status) >> 24 & 1)) = 1 ]; then
	expect "volume: fitted while mounted" 0 "$try" volume-fit-live "$volume" 134217728
else
	contains "volume: the kernel does not let us fit it while mounted" 'ermission' \
	    "$("$try" volume-fit-live "$volume" 134217728 2>&1)"
	same "volume: which harms nothing" 67108864 "$("$try" volume-content "$volume")"
fi
expect "data: it is still there" 0 test -e "$data/mark"
expect "data: a folder's name is no way out" 1 \
    "$try" data-mount ../../t-hv "$volume" 7200000
expect "data: no file system" 1 \
    "$try" data-mount t-hv.db2 "$work/t-hv-image.squashfs" 7200000
expect "mounts: removed" 0 "$try" mounts-remove t-hv.db1
expect "mounts: removed again" 0 "$try" mounts-remove t-hv.db1
expect "volume: fitted" 0 "$try" volume-fit "$volume" 134217728
same "volume: it fills its file" 134217728 "$("$try" volume-content "$volume")"
expect "volume: fitted again" 0 "$try" volume-fit "$volume" 134217728
expect "volume: not fitted to more than its file" 1 "$try" volume-fit "$volume" 268435456
expect "volume: to a file that is none" 1 "$try" volume-fit "$work/none.raw" 1
expect "volume: without a fault" 0 e2fsck -f -n "$volume"
image_dir=$("$try" image-mount "$work/t-hv-image.squashfs")
root_dir=$("$try" root-mount t-hv.x "$image_dir" 7400000)
same "root: owned by the domain's root" 7400000 "$(stat -c %u "$root_dir")"
expect "root: read-only" 1 touch "$root_dir/x"
umount "$root_dir"
"$try" root-mount t-hv.x "$image_dir" 7400000 >/dev/null
expect "root: mounted again after a crash" 0 test -x "$root_dir/usr/sbin/hanse-init"
expect "image: kept while used" 1 \
    "$try" image-unmount "$work/t-hv-image.squashfs"
"$try" mounts-remove t-hv.x
expect "image: unmounted" 0 "$try" image-unmount "$work/t-hv-image.squashfs"
expect "root: no image" 1 "$try" root-mount t-hv.x "$image_dir" 7400000
expect "image: not there" 1 "$try" image-mount "$work/none.squashfs"
expect "image: none" 1 "$try" image-mount "$work/t-hv-a.xml"

### An LXC domain
data=$("$try" data-mount t-hv.db1 "$volume" 7100000)
domain_define t-hv.a1 app t-hv-a t-hv 10.91.2.10 7000000
domain_define t-hv.db1 db t-hv-a t-hv 10.91.2.20 7100000 "data_dir=$data"
same "lxc: defined, not started" stopped "$("$try" state t-hv.a1)"
since=$(ms)
"$try" start t-hv.a1 && answers 10.91.2.10 9000
took=$(($(ms) - since))
expect "lxc: start to answer in $took ms" 0 test $took -lt 5000
same "lxc: running" running "$("$try" state t-hv.a1)"
expect "lxc: started again" 0 "$try" start t-hv.a1
contains "lxc: what is ours of it" \
    '^t-hv.a1 running role=app ve=t-hv enterprise=a1 generation=1 vcpus=1 memory_kib=65536 max=1/65536 root=/run/hanse/mnt/domain/t-hv.a1/root network=t-hv-a .*filter=t-hv-app address=10.91.2.10 isolated=1 idmap=7000000.65536' \
    "$("$try" list domain)"
contains "lxc: usage" '^t-hv.a1 cpu_ns=[1-9][0-9]* memory_kib=[1-9][0-9]* rx=[1-9][0-9]* tx=[1-9]' \
    "$("$try" usage)"
init=$("$try" init-pid t-hv.a1)
same "lxc: root inside is nobody outside" 7000000 \
    "$(awk '/^Uid:/ { print $2 }' "/proc/$init/status")"
same "lxc: its number of processes is limited" 1024 \
    "$(cat /sys/fs/cgroup/pids/hanse/t-hv.a1/pids.max)"
expect "lxc: all its processes are counted" 0 test \
    "$(wc -l </sys/fs/cgroup/pids/hanse/t-hv.a1/cgroup.procs)" -ge 3
lacks "lxc: no host cgroups in it" cgroup "$(cat "/proc/$init/mountinfo")"
expect "lxc: not undefined while it runs" 1 "$try" undefine t-hv.a1
. tests/hv/live.sh

### Its wall
ifname=$(ident domain t-hv.a1 3)
wall_is() { same "wall: $1" "$2" "$("$try" wall "$ifname")"; }
wall_is "stands" up
nft insert rule bridge hanse "to-$ifname" accept
wall_is "somebody let more in" edited
expect "wall: the domain is started again" 0 "$try" start t-hv.a1
wall_is "as it was" up
nft delete element bridge hanse from "{ \"$ifname\" }"
wall_is "nothing leads to it" gone
lacks "wall: without it the domain says nothing" hello "$(nc -w1 10.91.2.10 9000 </dev/null 2>&1)"
"$try" start t-hv.a1
expect "wall: with it the domain answers" 0 answers 10.91.2.10 9000
nft flush chain bridge hanse prerouting
wall_is "no frame is led to any" open
"$try" start t-hv.a1
nft delete table bridge hanse
wall_is "all of them are gone" open
"$try" start t-hv.a1
wall_is "and back" up
sed "s/platform='[^']*'/platform='10.91.0.1; flush ruleset'/" "$work/t-hv.a1.xml" >"$work/bad.xml"
"$try" define "$work/bad.xml"
"$try" stop t-hv.a1 10000
contains "wall: one that says more than addresses is refused" '^invalid: ' "$("$try" start t-hv.a1 2>&1)"
same "wall: and its domain does not start" stopped "$("$try" state t-hv.a1)"
"$try" define "$work/t-hv.a1.xml"
"$try" start t-hv.a1
init=$("$try" init-pid t-hv.a1)
"$try" start t-hv.db1 && answers 10.91.2.20 5432
same "lxc: the data is there, and its root's" 7100000 \
    "$(stat -c %u "/proc/$("$try" init-pid t-hv.db1)/root/data/mark")"
since=$(ms)
"$try" stop t-hv.a1 10000
took=$(($(ms) - since))
expect "lxc: stopped in $took ms" 0 test $took -lt 3000
same "lxc: stopped" stopped "$("$try" state t-hv.a1)"
expect "lxc: no group left" 1 test -e /sys/fs/cgroup/pids/hanse/t-hv.a1
expect "lxc: stopped again" 0 "$try" stop t-hv.a1 1000
"$try" start t-hv.a1
init=$("$try" init-pid t-hv.a1)
kill -STOP "$init" # it will not hear SIGTERM
since=$(ms)
"$try" stop t-hv.a1 500
took=$(($(ms) - since))
expect "lxc: one that does not hear is destroyed in $took ms" 0 \
    test $took -lt 3000
same "lxc: destroyed" stopped "$("$try" state t-hv.a1)"
"$try" start t-hv.a1
since=$(ms)
"$try" destroy t-hv.a1
took=$(($(ms) - since))
expect "lxc: destroyed at once, in $took ms" 0 test $took -lt 3000
sed 's/<uuid>......../<uuid>00000000/' "$work/t-hv.a1.xml" >"$work/other.xml"
contains "lxc: the name belongs to another" '^conflict: ' \
    "$("$try" define "$work/other.xml" 2>&1)"
expect "lxc: undefined" 0 "$try" undefine t-hv.a1
lacks "lxc: and its wall is gone" "$(ident domain t-hv.a1 3)" "$(nft list ruleset)"
expect "lxc: undefined again" 0 "$try" undefine t-hv.a1
expect "lxc: gone" 1 "$try" state t-hv.a1
contains "lxc: gone is not-found" '^not-found: ' "$("$try" state t-hv.a1 2>&1)"

### A domain that cannot start leaves nothing running
sed 's#/usr/sbin/hanse-init#/usr/sbin/none#' "$work/t-hv.a1.xml" \
    >"$work/bad.xml"
"$try" define "$work/bad.xml"
expect "lxc: no init, no start" 1 "$try" start t-hv.a1
same "lxc: and it is stopped" stopped "$("$try" state t-hv.a1)"
echo '<domain type="lxc"><name>t-hv.bad</name></domain>' >"$work/bad.xml"
contains "lxc: bad XML is invalid" '^(invalid|remote): ' \
    "$("$try" define "$work/bad.xml" 2>&1)"

### Without libvirt
contains "no such libvirt is no domain's fault" '^invalid: ' \
    "$(HV_URI=bogus:///system "$try" state t-hv.a1 2>&1)"

### QEMU
. tests/hv/qemu.sh

fixture_close
trap - EXIT
lacks "the platform's address is gone" "$T_PLATFORM" \
    "$(ip -o addr show dev lo)"
lacks "nothing of ours is left mounted" 't-hv' "$(cat /proc/self/mountinfo)"
lacks "no loop device is left" 't-hv' "$(losetup -l -n -O BACK-FILE)"
lacks "no wall is left" "$(ident domain t-hv.a1 3)" "$(nft list ruleset)"
summary
