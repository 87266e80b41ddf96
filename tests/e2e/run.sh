#!/bin/bash
# run.sh - the whole platform on this host, from nothing to nothing: up, trade,
# isolation, faults, down and up, purge. Needs root and a host without hanse.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
here=tests/e2e
spec=etc/examples/automotive.yaml
work=$(mktemp -d /tmp/hanse-e2e.XXXXXX)
edge=https://adler-motors.automotive.localhost:8443

if [ -d /var/lib/hanse ]; then
	echo "run.sh: there is a platform on this host already; this test begins and ends with none." >&2
	echo "run.sh: remove it first with: make purge" >&2
	exit 1
fi

finish() {
	if [ -d /var/lib/hanse ]; then
		make --no-print-directory purge >"$work/purge-at-exit" 2>&1 || true
	fi
	rm -rf "$work"
}
trap finish EXIT

page() { curl -sk -o /dev/null -w '%{http_code}' --max-time 5 "$@"; }
page_is() { [ "$(page "${@:2}")" = "$1" ]; }
password() { # VE/ENTERPRISE LOGIN
	hanse user passwd "$1" "$2" --generate -o json | jq_get password
}
jq_get() { node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>console.log(JSON.parse(t)[process.argv[1]]??""))' "$1"; }
sql() { # VE/ENTERPRISE STATEMENT
	hanse psql "$1" -- -XAtq -v ON_ERROR_STOP=1 -c "$2" 2>&1
}

echo "--- up"
# libvirtd writes files of its own below /etc when it first starts; that is the
# host's libvirt, not hanse, so it has run before the picture is taken.
tools/packages.sh build run test
$here/libvirt-once.sh
$here/snapshot.sh | sort >"$work/before"
if ! works "make up, cold" up make --no-print-directory up; then
	summary
	exit 1
fi
text=$(cat "$work/up")
for member in adler-motors brecht-braking changjiang-wiring dorn-castings eilfracht falk-autohaus; do
	contains "make up names the portal of $member" "https://$member.automotive.localhost:8443" "$text"
	expect "the log-in page of $member answers" 0 page_is 200 "https://$member.automotive.localhost:8443/login"
done
works "make up, warm" up2 make --no-print-directory up
contains "a second make up changes nothing" "nothing changed" "$(cat "$work/up2")"
gateway_master() {
	awk '/^PPid:/ { print $2 }' "/proc/$(hanse gateway workers -o json | jq '[.[] | select(.state == "serving")][0].pid')/status"
}
serving() { hanse gateway workers -o json | jq -c '[.[] | select(.state == "serving").pid] | sort'; }
gateway=$(gateway_master) workers=$(serving)
contains "the gateway has a master" '^[0-9]+$' "$gateway"
rm /run/hanse/hanse-gateway.stamp # as if another one had been installed
works "make up, with another gateway" up2 make --no-print-directory up
same "it goes on in the same process" "$gateway" "$(gateway_master)"
expect "with new workers" 1 test "$workers" = "$(serving)"
expect "plan is empty after apply" 0 hanse plan $spec
expect "verify is clean" 0 hanse verify
expect "status is well" 0 hanse status
expect "doctor finds nothing that fails" 0 hanse doctor --quick
lacks "nothing listens beyond loopback and the networks of the VEs" 'bad' "$(ss -Hltn | awk '{ print $4 }' | grep -E ':(8443|6432|1636)$' | grep -vE '^(127\.|10\.90\.|\[::1\])' | sed 's/^/bad /')"
for secret in /var/lib/hanse/ca/*.key /var/lib/hanse/gateway/routes/*.json /var/lib/hanse/initial-passwords/*.json; do
	same "mode of ${secret##*/}" 600 "$(stat -c %a "$secret")"
done

echo "--- trade"
buyer_password=$(password automotive/adler-motors anna.becker)
seller_password=$(password automotive/brecht-braking jonas.keller)
works "the browser's driver from npm" npm npm ci --ignore-scripts --no-audit --no-fund --prefix tests/browser
works "two enterprises trade in the browser" trade node tests/browser/apart.mjs 8443 node tests/browser/trade.mjs \
	$edge anna.becker "$buyer_password" \
	https://brecht-braking.automotive.localhost:8443 jonas.keller "$seller_password"

echo "--- finance"
expect "somebody for the console" 0 hanse user add asp frida.fink 'Frida Fink' finance
expect "the console answers" 0 page_is 200 https://console.localhost:8443/healthz
expect "with a report to log in for" 0 page_is 303 https://console.localhost:8443/report/pdf
console_password=$(hanse user passwd asp frida.fink --generate -o json | jq_get password)
token=$(curl -sk -c "$work/jar" https://console.localhost:8443/login | sed -n 's/.*name="csrf" value="\([0-9a-f]*\)".*/\1/p' | head -n 1)
expect "finance logs in" 0 page_is 303 -b "$work/jar" -c "$work/jar" -H 'Origin: https://console.localhost:8443' \
	--data-urlencode "csrf=$token" --data-urlencode login=frida.fink --data-urlencode "password=$console_password" https://console.localhost:8443/login
expect "and has the report" 0 page_is 200 -b "$work/jar" https://console.localhost:8443/report/json
lxc_reads automotive.adler-motors "$(lxc_largest automotive.adler-motors)"
meters='connections cpu disk_read disk_reads domains memory_mib memory_used network_in network_out requests rows statements transactions vcpus'
eventually "what an enterprise has used is metered" 30 bash -c \
	"[ -z \"\$(comm -23 <(tr ' ' '\n' <<<'$meters') <(hanse usage automotive.adler-motors -o json | jq -r '[.[] | select(.quantity | tonumber > 0) | .meter] | unique[]'))\" ]"
same "every source is read" 0 "$(hanse usage sources -o json | jq '[.[] | select(.failing != "" or (.age_s | tonumber) > 60)] | length')"
# A month as if it had been closed: hansed brings it to the enterprise.
month=$(date -u -d "$(date -u +%Y-%m-01) -1 month" +%F)
psql -XqAt -v ON_ERROR_STOP=1 -v month="$month" -h /run/hanse/control-db -U hanse -d hanse -f - <<'SQL' || fail "a closed month"
BEGIN;
INSERT INTO bill_line (month, line_no, ve, enterprise, meter, state, late, quantity, amount, currency, unit, divisor, valid, cents)
VALUES (:'month', 1, 'automotive', 'adler-motors', 'vcpus', 'running', false, 2678400000000, 0.0157, 'EUR', 'vCPU-h', 3600000000, '[2020-01-01,)', 1168);
INSERT INTO bill_close (month, interval_id, hour_id, currency, cents, lines, sha256) VALUES (:'month', 0, 0, 'EUR', 1168, 1, bill_digest(:'month'));
COMMIT;
SQL
eventually "an enterprise has its bill" 90 bash -c "[ \"\$(hanse psql automotive/adler-motors -- -XAtqc 'SELECT amount FROM api.bill')\" = 11.68 ]"
same "and its neighbour none" "" "$(sql automotive/brecht-braking 'SELECT amount FROM api.bill')"

echo "--- isolation"
expect "a second VE with the same enterprise names" 0 hanse apply -q $here/second.yaml
expect "plan of the second VE is empty" 0 hanse plan $here/second.yaml
works "isolation in SQL through the gateway" sql $here/sql-isolation.sh
works "isolation from inside the domains" inside tests/isolation/run.sh automotive.adler-motors automotive.brecht-braking second.adler-motors

echo "--- quotas"
expect "the recount is the ledger" 0 hanse quota verify
expect "a limit at what is used" 0 hanse quota set ve/automotive vcpus=7 domains=6
expect "what is there is not refused" 0 hanse plan $spec
more=$work/more.yaml
sed '0,/vcpus: 1/s//vcpus: 2/' $spec >"$more"
expect "a plan that would pass it is" 3 hanse plan "$more"
contains "with the numbers" 'quota of ve/automotive: vcpus: limit 7, used 7, asked 1 more' "$(hanse plan "$more" 2>&1)"
expect "so is its apply" 3 hanse apply -q "$more"
expect "of which nothing is left" 0 hanse verify
expect "with the limit gone the plan has a change" 2 bash -c "hanse quota unset ve/automotive && hanse plan $more"
for verb in destroy undefine; do
	virsh -q -c lxc:///system $verb automotive.eilfracht >/dev/null
done
contains "a domain that somebody removed is not counted" '^automotive.eilfracht  vcpus +1 +0$' "$(hanse quota verify)"
expect "hanse start brings it back" 0 hanse start -q
expect "and the recount is the ledger again" 0 hanse quota verify

echo "--- a virtual machine"
works "a QEMU member, apply to answering" machine hanse apply -q $here/machine.yaml
expect "its portal answers" 0 page_is 200 https://gruber-tools.machine.localhost:8443/login
contains "it is a QEMU domain" 'machine.gruber-tools' "$(virsh -q -c qemu:///system list --name)"
expect "isolation: vm with driver: lxc is refused" 3 hanse plan <(sed 's/^driver: qemu/driver: lxc/' $here/machine.yaml)
expect "the VE with the machine goes" 0 hanse destroy -q --yes machine

echo "--- rolls"
works "every change of a domain while its portal is asked" roll $here/roll.sh "$edge" anna.becker "$buyer_password"

echo "--- faults"
works "faults" faults $here/faults.sh "$edge" anna.becker "$buyer_password"

echo "--- archives and migrations"
works "an enterprise leaves and comes back" archive $here/archive.sh
works "a migration is rolled through the VEs" schema $here/schema.sh

echo "--- disks"
works "the disks of databases grow" disk $here/disk.sh
works "the image of replicated databases" image make --no-print-directory images IMAGES=db-replicated
works "a database with replicas" replicas $here/replicas.sh

echo "--- drift"
works "drift" drift $here/drift.sh

echo "--- burn-in"
works "everything an operator does, to two chains at once" burnin hanse burnin 2
expect "and verify is clean" 0 hanse verify
expect "the event log is whole" 0 hanse audit verify

echo "--- down and up"
orders=$(sql automotive/adler-motors 'select count(*) from api."order"')
contains "there are orders" '^[1-9]' "$orders"
works "make down" down make --no-print-directory down
same "no domain runs after down" "" "$(virsh -q -c lxc:///system list --name 2>/dev/null | grep -E '^(automotive|second|db)\.' || true)"
works "make up, after down" up3 make --no-print-directory up
same "the orders are still there" "$orders" "$(sql automotive/adler-motors 'select count(*) from api."order"')"
eventually "the second VE is up again, too" 20 page_is 200 https://adler-motors.second.localhost:8443/login
expect "plan is still empty" 0 hanse plan $spec

echo "--- one VE goes"
expect "destroy the second VE" 0 hanse destroy -q --yes second
expect "the first one still answers" 0 page_is 200 $edge/login
expect "verify is clean without it" 0 hanse verify
expect "destroy of what is not there" 4 hanse destroy --yes second

echo "--- purge"
works "make purge" purge make --no-print-directory purge
contains "purge says what it removed" "removed" "$(cat "$work/purge")"
$here/libvirt-once.sh
$here/snapshot.sh | sort >"$work/after"
if diff "$work/before" "$work/after" >"$work/diff"; then
	pass "purge leaves the host as it was"
else
	fail "purge leaves the host as it was" "$(cat "$work/diff")"
fi
summary
