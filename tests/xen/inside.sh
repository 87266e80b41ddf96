#!/bin/bash
# inside.sh DOM0 WORK - part of run.sh: the checks, in the host of their own.
# What it starts ends with that host.
set -u
# shellcheck disable=SC2034 # of fixture.sh
dom0=$1 work=$2
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck source=tests/xen/fixture.sh
. tests/xen/fixture.sh

ve=alloy enterprise=mill member=alloy.mill
url=https://mill.alloy.localhost:8443
page() { curl -sk -o /dev/null -w '%{http_code}' --max-time 5 "$@"; }
page_is() { [ "$(page "${@:2}")" = "$1" ]; }

echo "--- a platform, and a Xen host beside it"
since=$(now_ms)
dom0_boot
make --no-print-directory up SPEC=tests/xen/ve.yaml >"$work/up" 2>&1
same "make up" 0 $?
if ! dom0_wait 300; then
	fail "Xen: libvirt answers over the network" "$(tail -n 15 "$work/console")"
	summary
	exit 1
fi
pass "Xen: libvirt answers over the network ($(seconds_since "$since"))"
contains "Xen: it is one" 'Running hypervisor: Xen 4' "$(virsh -q -c "$HV_URI" version)"
same "Xen: no domain of ours on it" "" "$("$try" list domain)"
address=$(hanse get domains -o json | jq -r ".[] | select(.name == \"$member\").address")
contains "the member runs as LXC" '^10\.90\.' "$address"
expect "its portal answers" 0 page_is 200 $url/login
secret=$(password $ve/$enterprise max.walz) # as long as hansed is asked

echo "--- the member moves"
app=$("$try" image-path app) kernel=$("$try" image-path kernel)
# shellcheck disable=SC2034 # of fixture.sh
initrd=$("$try" image-path initrd)
network_far_up $ve || fail "the VE's network on the Xen host"
contains "the network is listed as ours, without a host end" \
    "^hanse-$ve running .*ve=$ve .*host=-/0 forwards=0" "$("$try" list network)"
since=$(now_ms)
expect "images and configuration are sent" 0 files_send $member
echo "      $(seconds_since "$since")"
expect "the domain is defined" 0 xen_define $member mill app "$address" "$app" \
    memory_kib=196608
expect "and defined again" 0 "$try" define "$work/$member.xml"
same "it is stopped" stopped "$("$try" state $member)"
hansed_stop
HV_URI=lxc:///system "$try" destroy $member
lacks "as LXC it is gone from the edge" '^200$' "$(page $url/healthz)"
since=$(now_ms)
if ! "$try" start $member 2>"$work/start"; then
	fail "it starts under Xen" "$(cat "$work/start"; dom0_words 2>&1)"
	summary
	exit 1
fi
pass "it starts under Xen"
created=$(seconds_since "$since")
eventually "healthz is ok, through the edge" 300 page_is 200 $url/healthz
echo "      created in $created, answers after $(seconds_since "$since")"
expect "the log-in page" 0 page_is 200 $url/login
contains "a log-in: directory, gateway and database answer it" '^30[23]$' \
    "$(log_in $url max.walz "$secret")"
expect "the orders of who logged in" 0 page_is 200 -b "$work/jar" $url/orders
expect "the other member answers meanwhile" 0 \
    page_is 200 https://forge.alloy.localhost:8443/healthz
same "running" running "$("$try" state $member)"
expect "started again" 0 "$try" start $member
contains "what is ours of it" \
    "^$member running role=app ve=alloy enterprise=mill generation=1 vcpus=1 memory_kib=196608 .*root=$app network=hanse-alloy .*filter=hanse-app address=$address isolated=1" \
    "$("$try" list domain)"
contains "usage" "^$member cpu_ns=[1-9][0-9]* memory_kib=19[0-9]* rx=[1-9][0-9]* tx=[1-9]" \
    "$("$try" usage)"
echo "--- what it uses"
tests/xen/meter.sh $member $url/login
same "it is metered as libvirt counts it" 0 $?
expect "not undefined while it runs" 1 "$try" undefine $member

echo "--- isolation, from inside and outside"
# shellcheck source=tests/xen/isolation.sh
. tests/xen/isolation.sh

echo "--- and goes"
since=$(now_ms)
expect "asked to stop" 0 "$try" stop $member 60000
took=$(($(now_ms) - since))
expect "it stops by itself ($took ms)" 0 test $took -lt 55000
contains "its service was told" 'domain.stop by=signal' "$(console_of $member)"
same "stopped" stopped "$("$try" state $member)"
expect "undefined" 0 "$try" undefine $member
expect "gone" 1 "$try" state $member
expect "the network goes" 0 "$try" net-destroy hanse-$ve
expect "and its definition" 0 "$try" net-undefine hanse-$ve
hansed_start
expect "the member runs as LXC again" 0 hanse start
expect "its portal answers again" 0 page_is 200 $url/login
expect "verify is clean" 0 hanse verify
summary
