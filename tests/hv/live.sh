# shellcheck shell=bash disable=SC2154
# live.sh - part of run.sh: what is changed while a domain runs, and what is
# told of it. The LXC domain t-hv.a1 runs.

# The domain's own cgroup of a controller.
cgroup_of() {
	sed -n "s#^[0-9]*:[a-z,]*\\b$1\\b[a-z,]*:#/sys/fs/cgroup/$1#p" \
	    "/proc/$("$try" init-pid t-hv.a1)/cgroup"
}
quota() { cat "$(cgroup_of cpu)/cpu.cfs_quota_us"; }
limit() { cat "$(cgroup_of memory)/memory.limit_in_bytes"; }
uptime_of() { timeout 2 nc -w1 10.91.2.10 9000 </dev/null 2>/dev/null; }
listed() { "$try" list domain | grep '^t-hv.a1 '; }

### Watch what follows
"$try" watch 60 >"$work/events" 2>&1 &
watcher=$!
eventually "watch: begun" 5 grep -q watching "$work/events"

### Memory and vCPUs, at once and for good
init=$("$try" init-pid t-hv.a1)
same "live: memory limit before" 67108864 "$(limit)"
expect "live: more memory" 0 "$try" set-memory t-hv.a1 131072
same "live: more memory, in force" 134217728 "$(limit)"
expect "live: less memory" 0 "$try" set-memory t-hv.a1 49152
same "live: less memory, in force" 50331648 "$(limit)"
same "live: vCPUs before" 100000 "$(quota)"
expect "live: more vCPUs" 0 "$try" set-vcpus t-hv.a1 3
same "live: more vCPUs, in force" 300000 "$(quota)"
expect "live: fewer vCPUs" 0 "$try" set-vcpus t-hv.a1 2
same "live: fewer vCPUs, in force" 200000 "$(quota)"
contains "live: the definition has both" 'vcpus=2 memory_kib=49152 max=2/49152' \
    "$(listed)"
contains "live: the definition's quota" '<quota>200000</quota>' \
    "$(virsh -c lxc:///system dumpxml --inactive t-hv.a1)"
expect "live: set again" 0 "$try" set-vcpus t-hv.a1 2
same "live: nothing was restarted" "$init" "$("$try" init-pid t-hv.a1)"
contains "live: what is impossible is refused" '^[a-z]+: ' \
    "$("$try" set-memory t-hv.a1 4 2>&1)"
contains "live: and has changed nothing" 'memory_kib=49152 ' "$(listed)"
expect "live: no such domain" 1 "$try" set-memory t-hv.none 65536
contains "live: no such domain is not-found" '^not-found' \
    "$("$try" set-vcpus t-hv.none 1 2>&1)"

### Pause
expect "pause: suspended" 0 "$try" suspend t-hv.a1
same "pause: paused is not running" paused "$("$try" state t-hv.a1)"
expect "pause: suspended again" 0 "$try" suspend t-hv.a1
contains "pause: listed as such" '^t-hv.a1 paused ' "$(listed)"
same "pause: and it does not answer" "" "$(uptime_of)"
expect "pause: not undefined" 1 "$try" undefine t-hv.a1
expect "pause: changed while paused" 0 "$try" set-vcpus t-hv.a1 1
expect "pause: resumed" 0 "$try" resume t-hv.a1
expect "pause: resumed again" 0 "$try" resume t-hv.a1
expect "pause: it answers" 0 answers 10.91.2.10 9000
same "pause: the same processes" "$init" "$("$try" init-pid t-hv.a1)"
"$try" suspend t-hv.a1
expect "pause: start lets it go on" 0 "$try" start t-hv.a1
same "pause: running" running "$("$try" state t-hv.a1)"
"$try" suspend t-hv.a1
since=$(ms)
"$try" stop t-hv.a1 10000
took=$(($(ms) - since))
expect "pause: stopped in order, in $took ms" 0 test $took -lt 3000
contains "pause: a stopped one is not suspended" '^conflict: ' \
    "$("$try" suspend t-hv.a1 2>&1)"
"$try" start t-hv.a1
"$try" suspend t-hv.a1
expect "pause: destroyed" 0 "$try" destroy t-hv.a1
same "pause: destroyed is stopped" stopped "$("$try" state t-hv.a1)"

### A stopped one
expect "stopped: memory" 0 "$try" set-memory t-hv.a1 65536
expect "stopped: vCPUs" 0 "$try" set-vcpus t-hv.a1 1
contains "stopped: in the definition" 'vcpus=1 memory_kib=65536 max=1/65536' \
    "$(listed)"
"$try" start t-hv.a1
same "stopped: in force after the start" "67108864 100000" "$(limit) $(quota)"
virsh -q -c lxc:///system net-destroy t-hv-b >/dev/null

### What was told
virsh -q -c lxc:///system define /dev/stdin >/dev/null <<'XML'
<domain type='lxc'><name>t-hv-foreign</name><memory>65536</memory>
<os><type>exe</type><init>/bin/sh</init></os></domain>
XML
virsh -q -c lxc:///system undefine t-hv-foreign >/dev/null
eventually "watch: the network" 5 grep -q '^stopped network t-hv-b' "$work/events"
"$try" net-start t-hv-b
kill "$watcher"
wait "$watcher" 2>/dev/null
told=$(cat "$work/events")
for event in defined suspended resumed stopped started; do
	contains "watch: $event" "^$event domain t-hv.a1\$" "$told"
done
lacks "watch: nothing of others" foreign "$told"
