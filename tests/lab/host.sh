#!/bin/bash
# host.sh - hosts in namespaces: mounts, network, PIDs, names, cgroups of their
# own, so that several run whole platforms, or libvirt daemons, on one machine.
#
#   host.sh up NAME [ADDRESS]  make a host; with an address it is on the bridge
#                              "lab" (10.98.0.1/24), and its veth is hl-NAME
#   host.sh run NAME COMMAND...
#   host.sh pid NAME           its first process, as the machine numbers it
#   host.sh down NAME
#
# /var/lib and /var/log are overlays over the machine's, /etc and /usr/local over
# copies, so that a platform of the machine's own may come and go; /run is its own;
# /tmp, /var/cache and everything else are the machine's.
# Needs root.
set -u
root=/tmp/hanse-lab
controllers="blkio cpu cpuacct cpuset devices freezer memory pids systemd"
overlaid="etc usr/local var/lib var/log"

fail() { echo "host.sh: $1" >&2; exit 1; }
verb=${1:-} name=${2:-}
[[ $name =~ ^[a-z][a-z0-9-]{0,10}$ ]] || fail "a host's name is a short label, e.g. h1"
dir=$root/$name

group() { echo "/sys/fs/cgroup/$1/lab-$name"; }

# The caller joins the host's groups; libvirt and hanse make theirs below.
enter_groups() {
	local c g
	for c in $controllers; do
		[ -d "/sys/fs/cgroup/$c" ] || continue
		g=$(group "$c")
		if [ ! -d "$g" ]; then
			mkdir "$g" || exit 1
			if [ "$c" = cpuset ]; then
				cat "/sys/fs/cgroup/$c/cpuset.cpus" >"$g/cpuset.cpus"
				cat "/sys/fs/cgroup/$c/cpuset.mems" >"$g/cpuset.mems"
			fi
		fi
		echo "$BASHPID" >"$g/cgroup.procs"
	done
}

# Inside: the host's own view, then wait as its first process.
init() {
	local c d lower
	hostname "$name"
	mount -t proc proc /proc
	umount -R /sys/fs/cgroup 2>/dev/null || umount -l /sys/fs/cgroup
	mount -t sysfs sysfs /sys
	mount -t tmpfs cgroup /sys/fs/cgroup
	for c in $controllers; do
		mkdir "/sys/fs/cgroup/$c"
		if [ "$c" = systemd ]; then
			mount -t cgroup -o none,name=systemd cgroup "/sys/fs/cgroup/$c"
		else
			mount -t cgroup -o "$c" cgroup "/sys/fs/cgroup/$c"
		fi
	done
	for d in $overlaid; do
		case $d in
		etc) lower=$dir/etc ;;
		usr/local) lower=$dir/lower ;;
		*) lower=/$d ;;
		esac
		mount -t overlay overlay "/$d" \
			-o "lowerdir=$lower,upperdir=$dir/upper/$d,workdir=$dir/work/$d" || exit 1
	done
	# A platform of the machine's own is none of this host's.
	for d in $(awk '$5 ~ "^/run/" { print $5 }' /proc/self/mountinfo | tac); do
		umount -l "$d"
	done
	rm -rf /var/lib/hanse /etc/hanse /etc/libvirt/lxc/*.xml /etc/libvirt/qemu/*.xml \
		/etc/libvirt/{lxc,qemu}/autostart /etc/libvirt/qemu/networks/hanse-* /etc/libvirt/qemu/networks/autostart/hanse-*
	mount -t tmpfs -o mode=755 run /run
	mkdir -m 1777 /run/lock
	ip link set lo up
	touch "$dir/ready"
	trap 'exit 0' TERM
	while :; do sleep 3600 & wait -n; done
}

up() {
	local address=${3:-} d
	[ ! -e "$dir/pid" ] || fail "there is a host '$name' already"
	for d in $overlaid; do
		mkdir -p "$dir/upper/$d" "$dir/work/$d"
	done
	# What is below must not change while it is mounted.
	# Somebody may be writing there just now.
	cp -a /etc "$dir/etc" 2>/dev/null ||
		{ rm -rf "${dir:?}/etc"; cp -a /etc "$dir/etc" 2>/dev/null; } ||
		{ rm -rf "${dir:?}/etc"; cp -a /etc "$dir/etc"; } || exit 1
	for d in var/lib var/log; do
		mknod "$dir/upper/$d/hanse" c 0 0 || exit 1 # hides the machine's
	done
	cp -al /usr/local "$dir/lower" 2>/dev/null || { rm -rf "$dir/lower"; cp -a /usr/local "$dir/lower"; } || exit 1
	find "$dir/lower" -name 'hanse*' -prune -exec rm -rf {} +
	(
		enter_groups
		exec setsid unshare -m -n -u -i -p -C -f --propagation private \
			"$0" init "$name" </dev/null >"$dir/log" 2>&1
	) &
	for _ in $(seq 100); do
		[ ! -e "$dir/ready" ] || break
		sleep 0.05
	done
	[ -e "$dir/ready" ] || fail "the host does not start: $(tail -n 1 "$dir/log")"
	pgrep -f "^/bin/bash $0 init $name\$" | tail -n 1 >"$dir/pid"
	[ -z "$address" ] || join "$address"
}

join() {
	local pid
	pid=$(cat "$dir/pid")
	if [ ! -d /sys/class/net/lab ]; then
		ip link add lab type bridge
		ip address add 10.98.0.1/24 dev lab
		ip link set lab up
	fi
	# Of one that was ended without "down".
	ip link del "hl-$name" 2>/dev/null
	ip link add "hl-$name" type veth peer name lab0 netns "$pid"
	ip link set "hl-$name" master lab up
	nsenter -t "$pid" -n ip address add "$1/24" dev lab0
	nsenter -t "$pid" -n ip link set lab0 up
}

run() {
	shift 2
	[ -s "$dir/pid" ] || fail "there is no host '$name'"
	enter_groups
	exec nsenter -t "$(cat "$dir/pid")" -m -n -u -i -p -C --wd="$PWD" -- "$@"
}

down() {
	local pid c
	[ -e "$dir" ] || exit 0
	pid=$(cat "$dir/pid" 2>/dev/null)
	# With its first process all others of its PID namespace end.
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	for _ in $(seq 100); do
		[ -d "/proc/${pid:-none}" ] || break
		sleep 0.05
	done
	for c in $controllers; do
		[ ! -d "$(group "$c")" ] || find "$(group "$c")" -depth -type d -exec rmdir {} \; 2>/dev/null
	done
	rm -rf "$dir"
	rmdir "$root" 2>/dev/null
	if [ -d /sys/class/net/lab ] && [ ! -e "$root" ]; then
		ip link del lab
	fi
}

case $verb in
up | init | down) "$verb" "$@" ;;
run) run "$@" ;;
pid) cat "$dir/pid" ;;
*) fail "up, run, pid or down" ;;
esac
