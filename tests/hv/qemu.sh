# shellcheck shell=bash
# qemu.sh - part of run.sh: the same image as a QEMU domain, without KVM.

qemu_define() {
	conf t-hv.q1 app 10.91.2.30 10.91.2.1
	mksquashfs "$work/t-hv.q1.conf" "$work/t-hv.q1.squashfs" -quiet \
	    -no-progress -all-root >/dev/null
	"$try" render-domain qemu name=t-hv.q1 kind=app \
	    "uuid=$(ident domain t-hv.q1 1)" "mac=$(ident domain t-hv.q1 2)" \
	    "ifname=$(ident domain t-hv.q1 3)" ve=t-hv enterprise=q1 \
	    generation=1 memory_kib=131072 vcpus=1 network=t-hv-a \
	    address=10.91.2.30 prefix=24 gateway=10.91.2.1 \
	    route=$T_PLATFORM "calls=6432 1636" filter=t-hv-app accel=tcg "kernel=$kernel" \
	    "initrd=$initrd" "image=$work/t-hv-image.squashfs" \
	    "config_disk=$work/t-hv.q1.squashfs" \
	    "console_log=$work/t-hv.q1.log" >"$work/t-hv.q1.xml" &&
	    "$try" define "$work/t-hv.q1.xml"
}

# The domain has that much memory now: the balloon has followed.
uses() { "$try" usage | grep -q "^t-hv.q1 .*memory_kib=$1 "; }

# So many CPUs the domain itself uses: its hanse-init tells each change.
online() { grep -a 'cpus.changed' "$work/t-hv.q1.log" | tail -n 1 | grep -qE "online=$1([^0-9]|\$)"; }

# The balloon and the plug, within what the definition allows.
qemu_live() {
	contains "qemu: what it may grow to" \
	    'vcpus=1 memory_kib=131072 max=4/262144' "$("$try" list domain)"
	expect "qemu: more memory" 0 "$try" set-memory t-hv.q1 196608
	eventually "qemu: more memory, in it" 30 uses 196608
	expect "qemu: less memory" 0 "$try" set-memory t-hv.q1 163840
	eventually "qemu: less memory, in it" 30 uses 163840
	contains "qemu: memory beyond its maximum" '^limit: ' \
	    "$("$try" set-memory t-hv.q1 262145 2>&1)"
	expect "qemu: more vCPUs" 0 "$try" set-vcpus t-hv.q1 3
	eventually "qemu: more vCPUs, in it" 60 online 3
	contains "qemu: fewer vCPUs" '^limit: ' \
	    "$("$try" set-vcpus t-hv.q1 2 2>&1)"
	contains "qemu: vCPUs beyond its maximum" '^limit: ' \
	    "$("$try" set-vcpus t-hv.q1 5 2>&1)"
	contains "qemu: in the definition" \
	    'vcpus=3 memory_kib=163840 max=4/262144' "$("$try" list domain)"
	expect "qemu: suspended" 0 "$try" suspend t-hv.q1
	same "qemu: paused" paused "$("$try" state t-hv.q1)"
	expect "qemu: resumed" 0 "$try" resume t-hv.q1
	expect "qemu: it answers" 0 answers 10.91.2.30 9000
}

qemu_checks() {
	export HV_URI=qemu:///system
	expect "qemu: defined" 0 qemu_define
	since=$(ms)
	"$try" start t-hv.q1 && answers 10.91.2.30 9000
	took=$(($(ms) - since))
	expect "qemu: start to answer in $took ms" 0 test $took -lt 60000
	same "qemu: running" running "$("$try" state t-hv.q1)"
	contains "qemu: what is ours of it" \
	    '^t-hv.q1 running role=app ve=t-hv enterprise=q1 .*network=t-hv-a .*filter=t-hv-app address=10.91.2.30 isolated=1' \
	    "$("$try" list domain)"
	# What it may grow to it has at its start, and is ballooned away.
	eventually "qemu: its memory" 60 uses 131072
	contains "qemu: usage" \
	    '^t-hv.q1 cpu_ns=[1-9][0-9]* memory_kib=131072 rx=[1-9][0-9]* tx=[1-9]' \
	    "$("$try" usage)"
	qemu_live
	contains "qemu: no container, no first process" '^invalid: ' \
	    "$("$try" init-pid t-hv.q1 2>&1)"
	since=$(ms)
	"$try" stop t-hv.q1 15000
	took=$(($(ms) - since))
	expect "qemu: stopped by itself, in $took ms" 0 test $took -lt 15000
	same "qemu: stopped" stopped "$("$try" state t-hv.q1)"
	"$try" start t-hv.q1
	expect "qemu: destroyed" 0 "$try" destroy t-hv.q1
	expect "qemu: undefined" 0 "$try" undefine t-hv.q1
	expect "qemu: gone" 1 "$try" state t-hv.q1
	unset HV_URI
}

# Out of the cache where it is there; a kernel of the test's own, for "make
# check" comes here before anything has made the host's.
expect "qemu: a kernel" 0 dom-templates/image/build.sh -b "${B:-build}" \
    -o "$work/images" kernel
export MANIFEST=$work/images/manifest
kernel=$("$try" image-path kernel)
initrd=$("$try" image-path initrd)
qemu_checks
