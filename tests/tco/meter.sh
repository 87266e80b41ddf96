#!/bin/bash
# meter.sh - the ledger of usage: random histories against an oracle in Python, what
# the database refuses, and hansed's sampler with simulated hosts. A scratch PostgreSQL;
# nothing of a running platform is touched. meter.sh [BUILD]; SEEDS= histories. Needs root.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "${HANSE_APART:-}" != yes ]; then
	exec env HANSE_APART=yes unshare -m "$0" "$@"
fi
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck source=tests/tco/ground.sh
. tests/tco/ground.sh
build=${1:-${B:-build}}
make --no-print-directory -s B="$build" "$build/hansed" "$build/hanse" >/dev/null || exit 1
# Nor may our copies of a running platform's mounts keep them busy.
for dir in $(findmnt -rno TARGET | grep '^/run/hanse/' | sort -r); do
	umount -l "$dir" || exit 1
done
for dir in /run/libvirt /run/hanse /var/lib/hanse /etc/hanse; do
	[ ! -d "$dir" ] || mount -t tmpfs none "$dir" || exit 1
done
ground || exit 1

# --- histories ------------------------------------------------------------------

for seed in ${SEEDS-7 $RANDOM}; do
	fresh >/dev/null || exit 1
	expect "a history of 1,000 events, seed $seed: the ledger is the oracle's" 0 python3 tests/tco/meter.py "$seed" 1000
done
race() { # [COLUMN]: that the ledger forgets
	fresh >/dev/null || return 9
	[ $# -eq 0 ] || at -c "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN NEW.$1 := 0; RETURN NEW; END \$\$" \
		-c 'CREATE TRIGGER forget BEFORE INSERT OR UPDATE ON meter_last FOR EACH ROW EXECUTE FUNCTION forget()'
	python3 tests/tco/meter_race.py 12
}
# One that is wrong is found out.
spoilt() { # SQL: of a ledger that works like that
	fresh >/dev/null && at -c "$1" >/dev/null && python3 tests/tco/meter.py 7 200
}
# shellcheck disable=SC2016
expect 'one that believes the wall clock is found out' 1 spoilt \
	'CREATE OR REPLACE FUNCTION meter_tick(b text, u bigint, w timestamptz) RETURNS timestamptz LANGUAGE sql AS $$
	SELECT set_config($1, b || $2 || u, true); INSERT INTO meter_epoch SELECT 1, $3, b, u, w WHERE NOT EXISTS (SELECT FROM meter_epoch); SELECT w $$'
expect 'one that misses a suspension is found out' 1 spoilt 'ALTER TABLE instance DISABLE TRIGGER meter'
expect 'one that takes a restart for more of the same is found out' 1 spoilt \
	"CREATE OR REPLACE FUNCTION meter_goes_on(k text[], w bigint[], i bigint[]) RETURNS boolean LANGUAGE sql AS 'SELECT true'; UPDATE meter SET kind = 'level' WHERE meter = 'disk_reads'"
expect 'one that knows a domain by its number only is found out' 1 spoilt \
	"CREATE OR REPLACE FUNCTION meter_same_life(was text, is_now text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS
	\$\$ SELECT split_part(was, '@', 1) = split_part(is_now, '@', 1) \$\$"
# shellcheck disable=SC2016
expect 'one that takes what is old for new is found out' 1 spoilt \
	'CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.told_us := 0; RETURN NEW; END $$;
	CREATE TRIGGER forget BEFORE INSERT OR UPDATE ON meter_last FOR EACH ROW EXECUTE FUNCTION forget()'

# Steps, the sampler and what is between them, at once.
expect 'last readings race the sampler: no gap, no double count' 0 race
expect 'where they may not know of each other that is found out' 1 race told_us

# --- what the database refuses -----------------------------------------------------

fresh >/dev/null || exit 1
refused() { # SQL PATTERN
	contains "refused: $1" "$2" "$(at -c "$1" 2>&1)"
}
at >/dev/null <<'SQL'
INSERT INTO ve (ve, spec_text) VALUES ('v', '');
SELECT quota_reserve('v', '[{"object": "v.e", "enterprise": "e", "vcpus": 2, "memory_mib": 64}]');
SELECT pg_sleep(0.01);
SELECT quota_settle('v', '[{"object": "v.e", "enterprise": "e", "vcpus": 1, "memory_mib": 64}]');
SELECT meter_take('domain/local/lxc', '[]');
SELECT meter_take('domain/local/lxc', '[{"name": "v.e", "life": "1", "counts": [5, 7, 1, 1, 0, 0, 0, 0, null]}]');
SELECT meter_roll();
SELECT price_set('vcpus', '', now() - interval '1 hour', 1.5, 'EUR', 'vCPU-h', 'the test');
SQL
same 'a resize ends an interval, a domain that runs another' 'v.e 2 stopped,v.e 1 stopped' \
	"$(at -c "SELECT string_agg(concat(object, ' ', vcpus, ' ', state), ',' ORDER BY interval_id) FROM meter_interval")"
same 'and one is open' 'v.e 1 running' "$(at -c "SELECT concat(object, ' ', vcpus, ' ', state) FROM meter_open")"
for table in meter_epoch meter_interval meter_sample meter_hour price_change bill_close bill_line; do
	refused "TRUNCATE $table" 'append-only|cannot truncate'
done
at -c "INSERT INTO meter_epoch VALUES (1, 'start', 'b', 0, now(), NULL)"
for table in meter_epoch meter_interval meter_sample meter_hour price_change; do
	refused "DELETE FROM $table" append-only
done
refused 'UPDATE meter_interval SET vcpus = 0' append-only
refused 'UPDATE meter_sample SET used = counts' append-only
refused 'UPDATE meter_hour SET quantity = 0' append-only
refused "DELETE FROM $(at -c "SELECT 'meter_sample_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')")" append-only
refused "INSERT INTO meter_interval (object, vcpus, memory_mib, disk_gib, domains, connections, state, epoch, from_at, to_at)
	SELECT object, 1, 0, 0, 0, 0, state, epoch, from_at, to_at FROM meter_interval" 'exclusion constraint'
refused "INSERT INTO price (meter, valid, amount, currency, unit, source) VALUES ('vcpus', tstzrange(now(), NULL), 1, 'EUR', 'vCPU-h', 'x')" 'exclusion constraint'
refused "SELECT price_set('vcpus', '', now(), 1, 'USD', 'vCPU-h', 'x')" 'the price book is in EUR'
refused "SELECT price_set('vcpu', '', now(), 1, 'EUR', 'vCPU-h', 'x')" "there is no meter 'vcpu'"
refused "SELECT price_set('vcpus', '', now(), 1, 'EUR', 'GB', 'x')" "'GB' is no unit of vcpus; there are: vCPU-h, vCPU-month"
refused "SELECT price_set('cpu', 'running', now(), 1, 'EUR', 'core-h', 'x')" 'it has no states'
refused "UPDATE price SET amount = 2" 'a price does not change'
refused "SELECT bill_close_month(date_trunc('month', now())::date)" 'is not over yet'
refused "SELECT bill_close_month((date_trunc('month', now()) + interval '1 month')::date)" 'first close'
refused "SELECT meter_when('from', '2026-13')" "there is no time '2026-13'"
refused "SELECT meter_when('from', 'yesterday')" "'yesterday' is no time"

# Two that change one thing, and a step of the clock between them: nobody waits for ever.
storm() {
	local n pids=()
	for n in 1 2 3; do
		for _ in $(seq 40); do
			echo "BEGIN; SELECT quota_reserve('v$n', '[{\"object\": \"v$n.e\", \"enterprise\": \"e\", \"vcpus\": $((RANDOM % 5 + 1))}]');
				SELECT quota_settle('v$n', '[{\"object\": \"v$n.e\", \"enterprise\": \"e\", \"vcpus\": $((RANDOM % 5 + 1))}]'); COMMIT;"
		done | at >/dev/null 2>"$work/storm.$n" &
		pids+=($!)
	done
	for n in $(seq 40); do
		echo "SELECT meter_tick('b', $n * 1000000, '2026-01-01Z'::timestamptz + $n * interval '1 hour');
			SELECT meter_take('domain/local/lxc', '[{\"name\": \"v$((n % 3 + 1)).e\", \"life\": \"$n\", \"counts\": [$n]}]');"
	done | at >/dev/null 2>"$work/storm.0" &
	wait $! "${pids[@]}"
	cat "$work"/storm.[0-3]
	[ ! -s "$work/storm.0" ] && [ ! -s "$work/storm.1" ] && [ ! -s "$work/storm.2" ] && [ ! -s "$work/storm.3" ]
}
expect 'changes, readings and steps of the clock at once: no deadlock' 0 storm

# --- hansed reads ------------------------------------------------------------------------

fresh >/dev/null || exit 1
mkdir -p "$work"/{state/images,state/volumes,run/gateway,run/edge,etc,share/schema}
at -c "UPDATE host SET drivers = '[\"qemu\"]', uris = '{\"qemu\": \"sim:///meter?driver=qemu&domains=5\"}'" \
	-c "INSERT INTO host (name, address, shell, drivers, uris) VALUES ('away', '10.0.0.9', '[\"false\"]', '[\"lxc\"]', '{\"lxc\": \"lxc+unix:///system?socket=/nowhere\"}')"
cat >"$work/etc/hansed.yaml" <<END
state: $work/state
run: $work/run
config: $work/etc
share: $work/share
metrics: {listen: none}
metering: {every_s: 1}
END
said() { # LIFE STATEMENTS ROWS MS
	echo '{"ok": true, "routes": [{"ve": "v", "enterprise": "e", "user": "v.e", "meters": {"'"$1"'": ['"$2, 3, $3"', 10, 20, '"$4"']}}]}' >"$work/said.new"
	mv "$work/said.new" "$work/said"
}
said one 1000 500 60000
python3 tests/tco/gateway.py "$work/run/gateway/control.sock" "$work/said" &
ground_also+=($!)
eventually 'a gateway to ask' 10 test -S "$work/run/gateway/control.sock"
printf 12345 >"$work/run/edge/v.e.requests"
export HANSE_SOCKET=$work/run/hansed.sock
hanse=$build/hanse
start() {
	"$build/hansed" --config "$work/etc/hansed.yaml" 2>>"$work/hansed.log" &
	hansed=$!
	ground_also+=("$hansed")
	eventually 'hansed answers' 10 "$hanse" usage
}
seen() { # SOURCE: has been read twice since the last call
	local was
	was=$(at -c "SELECT coalesce(max(sample_id), 0) FROM meter_sample WHERE source = '$1'")
	eventually "$1 is read" 10 test "$was" -lt "$(at -c "SELECT coalesce(max(sample_id), 0) FROM meter_sample WHERE source = '$1'")"
}
used() { # VE.ENTERPRISE METER: as hanse says
	"$hanse" usage "$1" -o json | jq -r --arg m "$2" '[.[] | select(.meter == $m) | .quantity | tonumber] | add // 0'
}
more() { [ "$(used "$1" "$2")" -gt "$3" ]; }
is() { [ "$(used "$1" "$2")" = "$3" ]; }
start
eventually 'a simulated domain has used the processor' 10 more meter.d1 cpu 0
same 'the sources, and how they are' 'domain/local/qemu 5,edge 1,gateway 1' \
	"$("$hanse" usage sources -o json | jq -r '[.[] | select(.failing == "") | .source + " " + .things] | join(",")')"
same 'what the gateway had counted before is not billed' 0 "$(used v.e statements)"
said one 1234 600 75000
eventually 'what it counts is' 10 is v.e statements 234
same 'rows, too' 100 "$(used v.e rows)"
same 'and the time of sessions' 15000 "$(used v.e connected)"
printf 678 >>"$work/run/edge/v.e.requests"
eventually 'so are requests' 10 is v.e requests 3
kill -9 "$hansed"
wait "$hansed" 2>/dev/null
said two 40 7 900
printf 9 >>"$work/run/edge/v.e.requests"
start
eventually 'of a gateway that was renewed while hansed was away everything' 10 is v.e statements 274
eventually 'and the request meanwhile' 10 is v.e requests 4
contains 'a table for people' '^PERIOD +VE +ENTERPRISE +METER' "$("$hanse" usage v)"
contains 'CSV' '^period,ve,enterprise,meter,state,amount,unit,quantity,counted' "$("$hanse" usage v -o csv)"
contains 'hours' "T[0-9][0-9]:00Z" "$("$hanse" usage v --by hour)"
same 'of another time nothing' 'Nothing was used.' "$("$hanse" usage v --from 2020-01 --to 2020-02)"
contains 'what hanse-tco reads' '^enterprise,meter,quantity,unit.e,requests.used,4.000000000,requests' \
	"$("$hanse" usage model v -o csv | tr -d '\n')"
contains 'and the load by hour' "^20[0-9-]*T[0-9]{2}:00:00Z,d1,cpu,0[.][0-9]{9},cores" "$("$hanse" usage load meter -o csv)"
# The ledger goes into the comparison as it is.
mkdir "$work/case"
cp etc/tco/example/parameters.yaml "$work/case"
"$hanse" usage model meter -o csv >"$work/case/usage.csv"
"$hanse" usage load meter -o csv >"$work/case/load.csv"
{
	printf 'title: Metered\ncurrency: EUR\nparameters_from: [parameters.yaml]\nusage: usage.csv\nload: load.csv\n'
	printf 'period: { from: %s-01, months: 1 }\nenterprises:\n' "$(date -u +%Y-%m)"
	{ tail -n +2 "$work/case/usage.csv" | cut -d, -f1; tail -n +2 "$work/case/load.csv" | cut -d, -f2; } | sort -u |
	    sed 's/.*/  - { name: &, servers: 1, domains: 1 }/'
	printf 'parameters:\n'
	printf '  - { name: host.%s, value: %s, unit: "%s" }\n' cpu 32 cores target_cpu 70 % ram 256 GiB target_ram 80 % \
	    iops 50000 IOPS target_iops 70 % network 10 Gbit/s target_network 50 %
} >"$work/case/case.yaml"
expect 'which reads it' 0 "$build/hanse-tco" check "$work/case/case.yaml"
expect 'and bills by it' 0 cmp <(cut -d, -f1 "$work/case/usage.csv" | tail -n +2 | sort -u) \
	<("$build/hanse-tco" report --case "$work/case/case.yaml" --draws 100 -o json |
		jq -r '.showback.bills[] | select((.direct | tonumber) > 0) | .enterprise' | sort)
expect 'a time that is none' 3 "$hanse" usage --from 2026-02-30
expect 'a period that is none' 3 "$hanse" usage --by week
expect 'a correction' 0 "$hanse" usage correct v.e statements --note 'ours' -- -0.000074
same 'counts' 200 "$(used v.e statements)"
expect 'of nobody' 4 "$hanse" usage correct v.x statements 1 --note x
expect 'of half a statement' 3 "$hanse" usage correct v.e statements 0.0000005 --note x
expect 'a price' 0 "$hanse" price set statements 12.5 EUR/million --source 'the test'
expect 'another one later' 0 "$hanse" price set statements 13 EUR/million --source 'the test' --from 2037-01
same 'both are in the book' '12.5 2037-01-01T00:00:00Z,13 ' \
	"$("$hanse" price list -o json | jq -r '[.[] | .amount + " " + .to] | join(",")')"
expect 'it ends' 0 "$hanse" price end statements --from 2036-01
same 'three changes were made' 'added,shortened,added,shortened' \
	"$("$hanse" price list statements --all -o json | jq -r '[.[].what] | join(",")')"
expect 'in a unit that it has not' 3 "$hanse" price set statements 1 EUR/GB --source x
contains 'units' '^cpu +core-h +ns' "$("$hanse" price units)"
month=$(date -u +%Y-%m)
expect 'a month that is not over' 6 "$hanse" bill close "$month"
expect 'a month that nobody closed' 4 "$hanse" bill show "$month"

# A month that is over: of rows from before.
last=$(date -u -d "$month-15 -1 month" +%Y-%m)
at -c "INSERT INTO meter_hour (hour, object, ve, enterprise, meter, quantity) VALUES ('$last-10Z', 'v.e', 'v', 'e', 'statements', 3000000),
	('$last-10Z', 'v.f', 'v', 'f', 'statements', 1), ('$last-11Z', 'v.f', 'v', 'f', 'rows', 5)"
expect 'prices may begin in the past' 0 "$hanse" price set statements 10 EUR/million --source 'the test' --from "$last"
expect 'the last month is closed' 0 "$hanse" bill close "$last"
first=$("$hanse" bill show "$last" -o csv)
contains 'a line' "^v,e,statements,,,3.000000,million,10,$last-01T00:00:00Z,30.00,EUR,3000000" "$first"
contains 'one without a price' '^v,f,rows,,no price,0.000005,million,,,0.00,,5' "$first"
contains 'together' '^Together: 30.00 EUR$' "$("$hanse" bill show "$last" v.e)"
expect 'not again' 6 "$hanse" bill close "$last"
expect 'no price begins in it any more' 6 "$hanse" price set rows 1 EUR/million --source x --from "$last-20"
expect 'a correction of it' 0 "$hanse" usage correct v.e statements --note 'late' --from "$last-10T00:00Z" -- -1
same 'changes no byte of it' "$first" "$("$hanse" bill show "$last" -o csv)"
contains 'it can be made again' 'make the same again' "$("$hanse" bill verify "$last")"
at -U postgres -c 'ALTER TABLE bill_line DISABLE TRIGGER append_only' -c 'UPDATE bill_line SET cents = cents + 1 WHERE line_no = 1' \
	-c 'ALTER TABLE bill_line ENABLE TRIGGER append_only'
expect 'one that was tampered with is found out' 1 "$hanse" bill verify "$last"
same 'who closed it, who priced it stands in the log' 'bill.closed price.set usage.corrected' \
	"$(at -c "SELECT string_agg(DISTINCT event, ' ' ORDER BY event) FROM event WHERE event ~ '^(bill|price|usage)'")"
ended() { # STATUS
	kill "$hansed"
	wait "$hansed"
	same 'hansed ends well' 0 $?
}
ended

# --- what ends, what has begun anew -----------------------------------------------------

# The sampler reads once: what is used after that only a last reading can tell.
again() { # SQL: hansed anew, every_s seconds between readings
	fresh >/dev/null && at -c "$1" || exit 1
	sed -i "s/every_s: .*}/every_s: $2}/" "$work/etc/hansed.yaml"
	start
	seen_once() { [ "$(at -c "SELECT count(*) FROM meter_source WHERE failing IS NULL AND source LIKE 'domain/%'")" = "$1" ]; }
	eventually 'it is read once' 10 seen_once "$3"
}
# shellcheck disable=SC2016
again "UPDATE host SET drivers = '[\"qemu\"]', uris = '{\"qemu\": \"sim:///last?driver=qemu&domains=3\"}'" 300 1
same 'nothing is counted yet' 0 "$(used last.d1 cpu)"
sleep 2
expect 'all domains are stopped' 0 "$hanse" stop
for domain in last.d1 last.d2 last.d3; do
	# A simulated domain uses a fiftieth of a processor.
	expect "$domain: what it used until then is in the ledger" 0 more $domain cpu 39999999
done
before=$(at -c "SELECT sum(u) FROM meter_sample, unnest(used) AS u")
eventually 'the sampler sees that they are gone' 10 test \
	"$(at -c "SELECT count(*) FROM meter_last WHERE source = 'domain/local/qemu' AND NOT gone")" = 0
same 'and counts nothing more' "$before" "$(at -c "SELECT sum(u) FROM meter_sample, unnest(used) AS u")"
ended

# A last reading that fails keeps nobody from stopping.
export HANSE_FAULT=fail:hv.usage.find:1
again "UPDATE host SET drivers = '[\"qemu\"]', uris = '{\"qemu\": \"sim:///deaf?driver=qemu&domains=1\"}'" 300 1
expect 'a domain that cannot be read is stopped' 0 "$hanse" stop
expect 'which is logged' 0 grep -q 'event=meter.last domain=deaf.d1' "$work/hansed.log"
same 'and what it used since is lost' 0 "$(used deaf.d1 cpu)"
ended
unset HANSE_FAULT

# Another host has booted behind our back, and its counters are far beyond what they were.
cat >"$work/shell" <<END
#!/bin/sh
cat $work/lives
END
chmod 755 "$work/shell"
far() { # BOOT UPTIME BEGAN...: so it is there; each domain's number is its place
	local began number=0
	echo "boot $1" >"$work/lives"
	for began in "${@:3}"; do
		number=$((number + 1))
		echo "domain far.d$number $number $began" >>"$work/lives"
	done
	at -c "UPDATE host SET uris = '{\"qemu\": \"sim:///far?driver=qemu&domains=2&uptime_s=$2\"}' WHERE name = 'there'"
}
far_is() { # SECONDS1 SECONDS2: of processor time, and a little more
	local n got
	for n in 1 2; do
		got=$(used far.d$n cpu)
		[ "$got" -ge $((${!n} * 1000000000)) ] && [ "$got" -lt $((${!n} * 1000000000 + 900000000)) ] || return 1
	done
}
echo 'boot b1' >"$work/lives"
again "UPDATE host SET drivers = '[]'; INSERT INTO host (name, address, shell, drivers, uris) VALUES ('there', '10.0.0.9', '[\"$work/shell\"]',
	'[\"qemu\"]', '{\"qemu\": \"sim:///nowhere?driver=qemu\"}')" 1 1
far b1 100 11 12 # seconds of uptime: 2 of processor time
eventually 'of what is seen for the first time everything' 10 far_is 2 2
lives_are() { [ "$(at -c "SELECT string_agg(life, ' ' ORDER BY name) FROM meter_last WHERE name LIKE 'far.%'")" = "$1" ]; }
eventually 'with its boot, and when it began' 10 lives_are '1@b1@11 2@b1@12'
ended
far b1 200 11 12
start
eventually 'hansed restarts: the difference' 10 far_is 4 4
ended
far b2 500 11 12
start
eventually 'the host has booted: both count from zero, though they are beyond' 10 far_is 14 14
ended
far b2 1000 11 77
start
eventually 'one of them has begun anew: from zero, the other goes on' 10 far_is 24 34
ended
echo 'sorry' >"$work/lives"
at -c "UPDATE host SET uris = '{\"qemu\": \"sim:///far?driver=qemu&domains=2&uptime_s=1500\"}' WHERE name = 'there'"
start
silent() { "$hanse" usage sources -o json | jq -e '.[] | select(.source == "domain/there/qemu") | .failing | test("which boot of host .there. it is")' >/dev/null; }
eventually 'who does not say its boot is not read yet' 10 silent
same 'and not billed by guess' 0 "$(far_is 24 34; echo $?)"
far b3 1500 11 77
eventually 'but once it does' 50 far_is 54 64
ended
[ "$checks_failed" -eq 0 ] || tail "$work/hansed.log"
summary
