# shellcheck shell=bash disable=SC2154
# isolation.sh - part of inside.sh: a second domain on the Xen host, whose root
# does what it can; and the platform, which asks for what is not its to ask.
# libvirt has no filter for Xen: what is judged is etc/xen/hanse-app.

probe=alloy.probe probe_address=${address%.*}.201 host_end=${address%.*}.1

probe_image() {
	local tree=$work/probe
	mkdir -p "$tree"/{bin,dev,etc/hanse,proc,sys,tmp,usr/sbin}
	cp "$(command -v busybox)" "$tree/bin/busybox"
	sed -e "s/@ADDRESS@/$probe_address/; s/@SPOOFED@/${address%.*}.202/g" \
	    -e "s/@HOST@/$host_end/; s/@NEIGHBOUR@/$address/; s/@DOM0@/$dom0_address/" \
	    tests/xen/probe-init >"$tree/usr/sbin/hanse-init"
	chmod 755 "$tree/usr/sbin/hanse-init"
	mksquashfs "$tree" "$work/probe.squashfs" -quiet -no-progress -all-root
}
report_is_there() {
	nc -w 2 "$probe_address" 9000 </dev/null >"$work/report" 2>/dev/null
	grep -q '^end$' "$work/report"
}
listens() { nc -z -w 2 "$1" "$2"; } # whether one hears us

for listen in 10.90.0.1 "$host_end"; do
	nc -lk "$listen" 7001 >/dev/null 2>&1 </dev/null &
done
probe_image
expect "a domain of a prying root" 0 send "$work/probe.squashfs" /var/lib/hanse/images
expect "is defined" 0 xen_define $probe probe app "$probe_address" \
    /var/lib/hanse/images/probe.squashfs memory_kib=98304
expect "and started" 0 "$try" start $probe
eventually "it reports" 300 report_is_there
report=$(cat "$work/report" 2>/dev/null)
for allowed in gateway directory gateway-again; do
	contains "from inside: $allowed can be reached" "^$allowed open" "$report"
done
expect "(what it may not reach listens: the platform)" 0 listens 10.90.0.1 7001
expect "(and the host end)" 0 listens "$host_end" 7001
expect "(and domain 0)" 0 listens "$dom0_address" 16509
for refused in platform-other host-end neighbour domain-0 spoofed-address spoofed-mac; do
	contains "from inside: no way to $refused" "^$refused closed" "$report"
done
expect "from outside: no way to another port" 1 listens "$probe_address" 9001

# Another address than the host end's, on the platform's side of the cable.
ip address add "${address%.*}.77/24" dev "$bridge"
expect "from outside: no way from another sender" 1 \
    nc -z -w 2 -s "${address%.*}.77" "$address" 9000
ip address del "${address%.*}.77/24" dev "$bridge"
expect "(but from the host end)" 0 listens "$address" 9000

expect "destroyed at once" 0 "$try" destroy $probe
expect "and undefined" 0 "$try" undefine $probe

# Without its script an interface would be without a filter: no domain then.
sed "s/script path='hanse-app'/script path='hanse-none'/" "$work/$probe.xml" >"$work/none.xml"
"$try" define "$work/none.xml"
expect "a domain whose filter is not there does not start" 1 "$try" start $probe
same "and is stopped" stopped "$("$try" state $probe)"
expect "and goes" 0 "$try" undefine $probe
