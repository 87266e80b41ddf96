#!/bin/bash
# lxd.sh [ROUNDS] - to create and start a container until its portal's port
# answers: hanse's step for a domain against LXD from Debian, in turns in one
# run. Both have the same image, the same first process and the same files in
# /etc/hanse, one vCPU's time and the same memory; LXD's bridge is without STP
# and, unlike hanse's, without walls. LXD's pools are a folder and btrfs, both
# unpacked once before; what its command takes to ask anything at all is taken
# off its times. Everything is in a host of its own. HERE=yes: on the platform
# that runs here.
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-7}
build=${B:-build}
domain=automotive.eilfracht

if [ "${HERE:-}" != yes ]; then
	make --no-print-directory -s B="$build" "$build/bench/platform/domain" >/dev/null
	trap 'tests/lab/host.sh down lxd' EXIT
	tests/lab/host.sh up lxd
	tests/lab/host.sh run lxd make up >/tmp/hanse-lxd.log 2>&1 ||
		{ tail -n 20 /tmp/hanse-lxd.log; exit 1; }
	HERE=yes tests/lab/host.sh run lxd "$0" "$rounds"
	exit
fi

# Not on an overlay: there LXD could not shift owners by mounts.
work=$(mktemp -d /tmp/hanse-lxd.XXXXXX)
export LXD_DIR=$work/lxd
finish() {
	lxc list -f csv -c n 2>/dev/null | xargs -r lxc delete -f >/dev/null 2>&1 || true
	lxd shutdown --timeout 20 >/dev/null 2>&1 || true
	umount -q "$work"/lxd/storage-pools/* "$work"/lxd/* 2>/dev/null || true
	ip link del hl-lxd 2>/dev/null || true
	rm -rf "$work" 2>/dev/null || true
}
trap finish EXIT
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# --- LXD ----------------------------------------------------------------------

mkdir "$LXD_DIR"
chmod 711 "$work"
setsid lxd --logfile "$work/lxd.log" --group root >"$work/lxd.out" 2>&1 &
lxd waitready --timeout 60
lxd init --preseed >/dev/null <<END
storage_pools:
- {name: dir, driver: dir}
- {name: btrfs, driver: btrfs, config: {size: 4GiB}}
profiles:
- {name: default, devices: {}}
END
ip link add hl-lxd type bridge
ip address add 10.91.0.1/24 dev hl-lxd
ip link set hl-lxd up
printf 'architecture: x86_64\ncreation_date: 1700000000\nproperties: {os: hanse, description: app}\n' >"$work/metadata.yaml"
tar -C "$work" -cf "$work/meta.tar" metadata.yaml
lxc image import "$work/meta.tar" "$(sed -n 's/^app=//p' /var/lib/hanse/images/manifest)" --alias app >/dev/null

# The same files; their owners as LXD shifts them.
cp -a "/var/lib/hanse/domains/$domain/config" "$work/config"
from=$(stat -c %u "$work/config")
to=$(awk -F: '$1 == "root" { print $2; exit }' /etc/subuid)
for f in "$work/config" "$work/config"/*; do
	id=$(($(stat -c %u "$f") - from + to))
	chown "$id:$id" "$f"
done
memory=$(virsh -q -c lxc:///system dumpxml "$domain" | sed -n "s|.*<memory unit='KiB'>\([0-9]*\)<.*|\1|p")

container() { # POOL NUMBER
	cat <<END
config:
  raw.lxc: |
    lxc.init.cmd = /usr/sbin/hanse-init
    lxc.net.0.ipv4.address = 10.91.0.$2/24
    lxc.net.0.ipv4.gateway = 10.91.0.1
  limits.memory: ${memory}KiB
  limits.cpu.allowance: 100ms/100ms
devices:
  root: {type: disk, path: /, pool: $1}
  config: {type: disk, source: $work/config, path: /etc/hanse, readonly: "true"}
  eth0: {type: nic, nictype: bridged, parent: hl-lxd, name: eth0}
END
}
own_ms() { # what the command takes by itself
	local since
	since=$(now_ms)
	lxc query /1.0 >/dev/null
	echo $(($(now_ms) - since))
}
lxd_ms() { # POOL NUMBER
	local since own took
	own=$(own_ms)
	container "$1" "$2" >"$work/container.yaml"
	since=$(now_ms)
	lxc launch app "c$2" <"$work/container.yaml" >/dev/null 2>&1 || return 1
	"$build/bench/platform/domain" answers "10.91.0.$2" || return 1
	took=$(($(now_ms) - since - own))
	lxc delete -f "c$2" >/dev/null
	echo "$took"
}
hanse_ms() { "$build/bench/platform/domain" "$domain" | awk '{ print $6 }'; }

# --- In turns -------------------------------------------------------------------

for pool in dir btrfs; do # the first one unpacks
	lxd_ms $pool 250 >/dev/null || { lxc info --show-log c250 || true; exit 1; }
done
hanse_ms >/dev/null
printf '%-7s %9s %9s %10s\n' round hanse_ms lxd_dir_ms lxd_btrfs_ms
for round in $(seq "$rounds"); do
	h=$(hanse_ms)
	d=$(lxd_ms dir $((10 + round)))
	b=$(lxd_ms btrfs $((100 + round)))
	printf '%-7s %9s %9s %10s\n' "$round" "$h" "$d" "$b"
	echo "$h $d $b" >>"$work/times"
done
middle() { # COLUMN: minimum, median, maximum
	awk -v c="$1" '{ print $c }' "$work/times" | sort -n |
		awk '{ v[NR] = $1 } END { print v[1], v[int((NR + 1) / 2)], v[NR] }'
}
read -r hmin h hmax < <(middle 1)
read -r dmin d dmax < <(middle 2)
read -r bmin b bmax < <(middle 3)
printf '%-7s %9s %9s %10s\n' minimum "$hmin" "$dmin" "$bmin" median "$h" "$d" "$b" maximum "$hmax" "$dmax" "$bmax"
awk -v h="$h" -v d="$d" -v b="$b" 'BEGIN { printf "hanse / LXD, medians: dir %.2f, btrfs %.2f (1 and less: hanse is no slower)\n", h / d, h / b }'
