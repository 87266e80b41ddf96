#!/bin/sh
# platform.sh - the services of hanse on this host: up, down, purge, status.
#
#   platform up SPEC   set up and start what is not running, apply the spec
#   platform start     the same without a spec: every stored virtual enterprise
#   platform down      stop every domain and service, keep the data
#   platform purge     remove every trace; CACHE=yes removes the image cache too
#   platform status    one line a service
#
# Under systemd the services are units of hanse.target; elsewhere runit's
# runsvdir supervises the same run scripts.
set -eu

prefix=/usr/local
share=$prefix/share/hanse
services=$prefix/libexec/hanse/services
state=/var/lib/hanse
run=/run/hanse
sv=$run/sv
logs=/var/log/hanse

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tools/ui.sh
. "$here/ui.sh"

has_systemd() { [ -d /run/systemd/system ]; }

needs_root() {
	[ "$(id -u)" -eq 0 ] || ui_fail "'$1' must run as root." "Run: sudo make $1"
}

# A member of a platform that another host has: domains, and the way there.
is_member() { [ -e "$state/hosts/member" ]; }

# The services in the order of their start. libvirtd is Debian's unit under
# systemd, and left alone where somebody else runs it already.
service_names() {
	if ! has_systemd && { [ -e "$sv/hanse-libvirtd" ] || ! virsh -q -c lxc:///system uri >/dev/null 2>&1; }; then
		echo hanse-virtlogd hanse-libvirtd
	fi
	if is_member; then
		echo hanse-relay
	else
		echo hanse-control-db hanse-directory hanse-gateway hanse-relay hansed hanse-console hanse-edge
	fi
}

# --- one service -----------------------------------------------------------

# What a service was started from; if it differs, it is started again.
service_stamp() {
	{
		cat "$services/$1/run"
		case $1 in
		hanse-gateway) cat "$prefix/sbin/hanse-gateway" /etc/hanse/gateway.yaml "$state/ca/gateway-server.crt" "$state/ca/backend/role.hanse_provisioner.crt" ;;
		# Here hansed writes relay.conf and has it read again by itself.
		hanse-relay) if is_member; then cat "$state/hosts/relay.conf" "$state/hosts/host.crt"; else cat "$state/ca/hosts/local.crt"; fi ;;
		hansed) cat "$prefix/sbin/hansed" /etc/hanse/hansed.yaml ;;
		hanse-console) cat "$prefix/sbin/hanse-console" /etc/hanse/console.yaml "$state/console/pgpass" ;;
		hanse-control-db) cat "$services/control-db-init" ;;
		hanse-edge) cat /etc/hanse/edge/nginx.conf /etc/hanse/edge/console.conf "$state/ca/hosts/local.crt" "$state/ca/console.crt" ;;
		hanse-directory) find "$share/directory" "$state/ca/directory.crt" -type f -exec cat {} + ;;
		esac
	} | sha256sum
}

service_ready() {
	case $1 in
	hanse-virtlogd) [ -S /run/libvirt/virtlogd-sock ] ;;
	hanse-libvirtd) virsh -q -c lxc:///system uri ;;
	hanse-control-db) pg_isready -q -h "$run/control-db" ;;
	hanse-directory) ldapwhoami -Q -Y EXTERNAL -H ldapi://%2Frun%2Fhanse%2Fdirectory%2Fldapi ;;
	hanse-gateway) port_answers 6432 ;;
	hanse-relay) kill -0 "$(cat "$run/relay/nginx.pid")" ;;
	hansed) hanse get ves ;;
	hanse-console) [ -S "$run/console/console.sock" ] ;;
	hanse-edge) port_answers 8443 ;;
	esac >/dev/null 2>&1
}

port_answers() { timeout 1 sh -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>/dev/null || bash -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>/dev/null; }

service_is_up() {
	if has_systemd; then
		systemctl -q is-active "$1.service"
	else
		[ -e "$sv/$1" ] && sv status "$sv/$1" 2>/dev/null | grep -q '^run:'
	fi
}

service_is_current() {
	service_is_up "$1" && service_ready "$1" &&
		[ "$(service_stamp "$1")" = "$(cat "$run/$1.stamp" 2>/dev/null)" ]
}

# It goes on as what is installed now, and who is in stays in.
service_renew() {
	[ "$1" = hanse-gateway ] && hanse gateway renew >/dev/null 2>&1
}

service_start() {
	stamp=$(service_stamp "$1")
	if service_is_up "$1"; then
		[ "$stamp" != "$(cat "$run/$1.stamp" 2>/dev/null)" ] || return 0
		if service_renew "$1"; then
			:
		elif has_systemd; then
			systemctl restart "$1.service"
		else
			sv -w 30 restart "$sv/$1" >/dev/null
		fi
	elif has_systemd; then
		systemctl start "$1.service"
	else
		service_define "$1"
		sv -w 30 start "$sv/$1" >/dev/null
	fi
	echo "$stamp" >"$run/$1.stamp"
	service_wait "$1"
}

# runit: a folder in run/, because runsv keeps its state in it.
service_define() {
	[ ! -e "$sv/$1/run" ] || return 0
	new=$run/sv-new/$1
	rm -rf "$new"
	mkdir -p "$new/log" "$logs/$1"
	ln -s "$services/$1/run" "$new/run"
	printf '#!/bin/sh\nexec svlogd -tt %s/%s\n' "$logs" "$1" >"$new/log/run"
	chmod 755 "$new/log/run"
	rm -rf "${sv:?}/$1"
	mv "$new" "$sv/$1"
	for _ in $(seq 100); do
		[ ! -p "$sv/$1/supervise/ok" ] || return 0
		sleep 0.1
	done
	ui_fail "runit did not take the service '$1'." "Look at: ps -C runsvdir -f"
}

service_wait() {
	for _ in $(seq 300); do
		! service_ready "$1" || return 0
		sleep 0.1
	done
	echo "hanse: the service '$1' does not answer after 30 s; its last words:" >&2
	if has_systemd; then
		journalctl -q -n 8 --no-pager -u "$1" >&2 || true
	else
		tail -n 8 "$logs/$1/current" >&2 || true
	fi
	exit 7
}

service_stop() {
	if has_systemd; then
		systemctl stop "$1.service"
	elif [ -e "$sv/$1" ]; then
		sv -w 30 force-stop "$sv/$1" >/dev/null || true
	fi
}

# --- all of them -----------------------------------------------------------

target_name() {
	if is_member; then echo hanse-member.target; else echo hanse.target; fi
}

supervisor_start() {
	if has_systemd; then
		cp "$share"/systemd/hanse* /etc/systemd/system/
		systemctl daemon-reload
		systemctl -q enable "$(target_name)"
		systemctl start libvirtd.service
		return
	fi
	[ ! -f "$run/runsvdir.pid" ] || ! kill -0 "$(cat "$run/runsvdir.pid")" 2>/dev/null || return 0
	mkdir -p "$sv"
	setsid runsvdir -P "$sv" >/dev/null 2>&1 </dev/null &
	echo $! >"$run/runsvdir.pid"
}

# HUP: runsvdir has every runsv end with its service and log, and waits for
# none; one that still writes its state would leave half a folder behind.
supervisor_stop() {
	if has_systemd; then
		systemctl -q disable hanse.target hanse-member.target 2>/dev/null || true
		rm -f /etc/systemd/system/hanse* && systemctl daemon-reload
		return
	fi
	[ -f "$run/runsvdir.pid" ] || return 0
	pid=$(cat "$run/runsvdir.pid")
	all=$pid,$(pgrep -d , -P "$pid" || true)
	kill -HUP "$pid" 2>/dev/null || true
	for _ in $(seq 300); do
		ps -o stat= -p "${all%,}" | grep -qv '^Z' || break
		sleep 0.1
	done
	rm -rf "$sv" "$run/sv-new" "$run/runsvdir.pid"
}

check_ports() {
	for port in 8443 6432 1636; do
		taken=$(ss -Hltnp "( sport = :$port )" | grep -vE 'nginx|hanse-gateway|slapd' || true)
		[ -z "$taken" ] || ui_fail "port $port is taken by another program: $(echo "$taken" | grep -o 'users:.*' | head -n 1)." "Stop it, or change the port in /etc/hanse."
	done
}

install_config() {
	mkdir -p /etc/hanse/edge
	for file in hansed.yaml gateway.yaml console.yaml; do
		[ -e "/etc/hanse/$file" ] || cp "$share/etc/$file" "/etc/hanse/$file"
	done
	# A case to begin with; the ASP's own figures replace the example's.
	[ -e /etc/hanse/tco ] || cp -r "$share/tco/example" /etc/hanse/tco
	cmp -s "$share/edge/nginx.conf" /etc/hanse/edge/nginx.conf ||
		cp "$share/edge/nginx.conf" /etc/hanse/edge/nginx.conf
}

start_all() {
	needs_root up
	is_member || check_ports
	is_member || install_config
	"$services/host-prepare"
	supervisor_start
	for name in $(service_names); do
		case $name in
		hanse-control-db) ui_run "setup" 0 "$prefix/sbin/hansed" --setup --config /etc/hanse/hansed.yaml ;;
		esac
		service_is_current "$name" || ui_run "start $name" 0 service_start "$name"
	done
}

do_up() {
	[ $# -eq 1 ] || ui_fail "'up' takes one spec." "For example: platform up $share/examples/automotive.yaml"
	start_all
	hanse start
	hanse apply "$1"
	echo
	echo "Finance: https://console.localhost:8443"
	hanse user list asp -o json 2>/dev/null | grep -q '"finance"' ||
		echo "         nobody yet: hanse user add asp LOGIN 'FULL NAME' finance && hanse user passwd asp LOGIN --generate"
}

do_down() {
	needs_root down
	if [ ! -d "$run" ]; then
		echo "hanse is not running."
		return
	fi
	if ! is_member && service_ready hansed; then
		hanse stop
	fi
	for name in $(service_names | tr ' ' '\n' | tac); do
		! service_is_up "$name" || ui_run "stop $name" 0 service_stop "$name"
	done
	supervisor_stop
	leave_host
}

# What host-prepare made.
leave_host() {
	for target in $(awk -v at="$run/mnt" 'index($5, at) == 1 { print $5 }' /proc/self/mountinfo | tac); do
		umount "$target" 2>/dev/null || umount -l "$target" || true
	done
	ip address del 10.90.0.1/32 dev lo 2>/dev/null || true
	rm -rf "$run"
}

do_purge() {
	needs_root purge
	if is_member; then
		start_all
		"$prefix/libexec/hanse/hanse-host" leave
	elif [ -x "$prefix/sbin/hansed" ] && [ -d "$state" ]; then
		start_all
		hanse destroy --all --yes && hanse verify
		hanse get hosts | awk 'NR > 1 && $1 != "local" { print $1 }' |
			while read -r host; do hanse host remove "$host" </dev/null; done
		do_down
	elif [ -d "$run" ]; then
		do_down
	fi
	nft delete table bridge hanse 2>/dev/null || true
	[ ! -f "$share/manifest" ] || xargs -r rm -f <"$share/manifest"
	rm -rf "$share" "$prefix/libexec/hanse" "$state" "$logs" /etc/hanse
	echo "removed: domains, networks, walls, mounts, volumes, databases, directory entries, routes,"
	echo "         services, $state, $logs, /etc/hanse and the installed programs"
	if [ "${CACHE:-no}" = yes ]; then
		rm -rf /var/cache/hanse
		echo "removed: the image cache /var/cache/hanse"
	elif [ -d /var/cache/hanse ]; then
		echo "kept:    the image cache /var/cache/hanse ($(du -sh /var/cache/hanse | cut -f 1)); CACHE=yes removes it too"
	fi
}

do_status() {
	for name in $(service_names); do
		if service_ready "$name"; then
			echo "$name answers"
		elif service_is_up "$name"; then
			echo "$name runs, but does not answer"
		else
			echo "$name is stopped"
		fi
	done
}

verb=${1:-help}
[ $# -eq 0 ] || shift
case $verb in
up) do_up "$@" ;;
start)
	start_all
	is_member || hanse start
	;;
down)
	do_down
	echo "hanse is stopped; its data stays in $state. Start again with: make up"
	;;
purge) do_purge ;;
status) do_status ;;
*)
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'
	[ "$verb" = help ] || exit 64
	;;
esac
