#!/bin/bash
# boot.sh [ROUNDS] - from the start of a domain to its first page through the
# edge: the same image as an LXC domain and as a QEMU machine (TCG where KVM
# does not boot), in turns. Works on a scratch VE named bench-boot.
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"; hanse destroy -q --yes bench-boot >/dev/null 2>&1 || true' EXIT

now_ms() { echo $(($(date +%s%N) / 1000000)); }
page_answers() { [ "$(curl -sk -o /dev/null -w '%{http_code}' --max-time 2 "https://$1.bench-boot.localhost:8443/login")" = 200 ]; }
boot_ms() { # URI ENTERPRISE
	local since
	virsh -q -c "$1" destroy "bench-boot.$2" >/dev/null
	since=$(now_ms)
	virsh -q -c "$1" start "bench-boot.$2" >/dev/null
	until page_answers "$2"; do sleep 0.02; done
	echo $(($(now_ms) - since))
}
member() { # NAME DRIVER
	printf '  - {name: %s, legal_name: %s, role: supplier, template: app, vcpus: 1, memory_mib: 256, driver: %s,\n' "$1" "$1" "$2"
	printf '     sites: [{id: main, name: Main, city: Ulm, country: DE, time_zone: Europe/Berlin}],\n'
	printf '     people: [{login: a.b, name: A B, mail: a@b.example, language: en, roles: [seller]}]}\n'
}
{
	printf 've: bench-boot\ntitle: Two ways to boot\ndatabase: {class: shared, connections: 8}\ndriver: auto\nisolation: any\nenterprises:\n'
	member container lxc
	member machine qemu
	echo 'relations: []'
} >"$work/spec.yaml"
hanse apply -q "$work/spec.yaml" >/dev/null

printf '%-7s %10s %10s\n' round lxc_ms qemu_ms
for round in $(seq "$rounds"); do
	printf '%-7s %10s %10s\n' "$round" "$(boot_ms lxc:///system container)" "$(boot_ms qemu:///system machine)"
done
