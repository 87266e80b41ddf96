#!/bin/bash
# model.sh - hanse-tco as it is run: the worked example by every number, bad
# input with file, line and field, what is not given, same seed same bytes.
# model.sh; B=build folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
build=$PWD/${B:-build}
tco=$build/hanse-tco
example=etc/tco/example/case.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
make --no-print-directory B="${B:-build}" "${B:-build}/hanse-tco" "${B:-build}/monte_carlo" >/dev/null || exit 1

# the worked example
"$tco" report --case $example -o json --date 2026-01-01 >"$work/one.json" || fail 'the example runs'
is() { # NAME FILTER WANT
	same "$1" "$3" "$(jq -r "$2" "$work/one.json")"
}
is 'annual TCO of each' '[.dedicated[].annual] | join(" ")' '18541.44 13906.08 13906.08'
is 'annual TCO of all' .dedicated_annual 46353.60
is 'of the platform' .platform_annual 39022.88
is 'opex of a server' '.dedicated[0].opex' 3335.36
is 'kWh' '.dedicated[0].kwh + " " + .carbon.platform_kwh' '1576.8 12614.4'
is 'opex of the platform' '.years[0].platform_opex' 25022.88
is 'yearly saving' '[.years[].saving] | unique | join(" ")' 8330.72
is 'annuity factor' '.annuity | tonumber * 10000000000 | round' 39927100371
is 'refresh due' '.refresh_due | .investment + " " + .npv' '5000.00 28262.15'
is 'its IRR' '.refresh_due.irr | tonumber * 10000 | round' 16535
is 'its paybacks' '.refresh_due | [.payback, .discounted_payback] | map(tonumber * 100 | round) | join(" ")' '60 65'
is 'just bought' '.just_bought | .investment + " " + .npv' '70000.00 -36737.85'
is 'its IRR' '.just_bought.irr | tonumber * 10000 | round' -1514
is 'its paybacks' '.just_bought | "\(.payback | tonumber * 100 | round) \(.is_paid_back) \(.discounted_payback)"' '840 false null'
is 'pools' '.showback.pools | [.cpu, .ram, .storage, .network] | map(.cost) | join(" ")' \
	'15609.152 11706.864 7804.576 3902.288'
is 'rates' '.showback.pools | [.cpu, .ram, .storage, .network] | map(.rate[:12]) | join(" ")' \
	'0.15609152 0.023413728 0.2601525333 0.7804576'
is 'direct' '[.showback.bills[].direct] | join(" ")' '16389.6096 8428.94208 7180.20992'
is 'idle' '.showback | .idle + " " + .idle_part' '7024.1184 0.2'
rule() { # RULE BILLS LOSS OF A
	is "bills, $1" "[.showback.bills[].rules[\"$1\"].bill] + [.showback.rules[\"$1\"].operator] | join(\" \")" "$2"
	is "A, $1" ".showback.bills[0].rules[\"$1\"] | if .is_loser then .gain else \"gains\" end" "$3"
	is "others gain, $1" "[.showback.bills[1:][].rules[\"$1\"].is_loser] | any" false
}
rule operator '16389.61 8428.94 7180.21 7024.12' gains
rule proportional '19987.33 10279.20 8756.35 0.00' -1445.89
rule even '18730.98 10770.32 9521.58 0.00' -189.54
rule stand-alone '19199.26 10536.18 9287.44 0.00' -657.82
rule equal-percent '15609.15 11706.87 11706.86 0.00' gains
is 'carbon' '.carbon | [.dedicated_use, .dedicated_embodied, .platform_use, .platform_embodied] | map(tonumber * 100 | round / 100) | join(" ")' \
	'5171.9 3000 4137.52 900'
is 'tornado' '[.tornado[] | select(.is_main) | .swing] | join(" ")' \
	'33582.50 26000.00 23290.81 12477.22 10381.05 4000.00 2808.08 1007.31 1007.31'
is 'the verdict' '.verdict | .answer + " " + .saving' 'when-due 7330.72'
is 'every parameter has a unit, a source or is yours' \
	'[.parameters[] | select(.unit == null or ((.source == null) != (.confidence == "your figure")) or ((.source == null) != (.date == null)))] | length' 0
is 'what has no source is yours' '.parameters[] | select(.name == "finance.discount_rate") | "\(.source) \(.confidence)"' \
	'null your figure'

# seeds
"$tco" report --case $example -o json --date 2026-01-01 >"$work/two.json"
expect 'same seed, same bytes' 0 cmp "$work/one.json" "$work/two.json"
"$tco" report --case $example -o json --date 2026-01-01 --seed 2 >"$work/two.json"
expect 'another seed, other bytes' 1 cmp "$work/one.json" "$work/two.json"
drawn='del(.report, .seed, .verdict.loss_part, .refresh_due.simulation, .just_bought.simulation)'
same 'and the same model' "$(jq "$drawn" "$work/one.json")" "$(jq "$drawn" "$work/two.json")"
ms=$("$build/monte_carlo" $example 100000)
echo "      $ms"
took=$(sed -n 's/.*draws \([0-9]*\)\..*/\1/p' <<<"$ms")
expect '100,000 draws of nine parameters in a second at most' 0 test "$took" -le 1000

# bad input, each with file, line and field
cp etc/tco/example/* "$work"
bad() { # NAME FILE SED-SCRIPT MESSAGE
	local got status
	cp "etc/tco/example/$2" "$work/$2"
	sed -i "$3" "$work/$2"
	if cmp -s "etc/tco/example/$2" "$work/$2"; then
		fail "$1" 'nothing was changed'
	fi
	got=$(cd "$work" && "$tco" report --case case.yaml 2>&1)
	status=$?
	cp "etc/tco/example/$2" "$work/$2"
	[ "$status" -eq 3 ] || fail "$1: status" "$status instead of 3"
	contains "$1" "$4" "$got"
}
line() { # FILE PATTERN: where it stands
	grep -n -m 1 -- "$2" "etc/tco/example/$1" | cut -d: -f1
}
n=$(line parameters.yaml discount_rate)
bad 'a discount rate of 800 %' parameters.yaml 's/value: 8,/value: 800,/' \
	"^parameters.yaml:$n: parameters.1..value: found '800'; expected a number from 0 to 100$"
n=$(line parameters.yaml server.life)
bad 'a negative life' parameters.yaml '/server.life/s/value: 5/value: -5/' \
	"^parameters.yaml:$n: parameters.12..value: found '-5'; expected a number from 1 to 15$"
n=$(line parameters.yaml tariff)
bad 'a wrong unit' parameters.yaml 's,EUR/kWh,EUR/MWh,' \
	"^parameters.yaml:$n: parameters.3..unit: found 'EUR/MWh'; expected 'EUR/kWh'"
bad 'a decimal comma in YAML' parameters.yaml "s/value: 0.20/value: '0,20'/" \
	"^parameters.yaml:$n: parameters.3..value: found '0,20'; expected a number with a decimal point, not a comma$"
bad 'a decimal comma in CSV' usage.csv 's/40000/40000,5/' \
	'^usage.csv:2: quantity: a decimal comma\? there are more fields than enterprise,meter,quantity,unit; write the number with a point$'
bad 'a quoted decimal comma in CSV' usage.csv 's/40000/"40000,5"/' \
	"^usage.csv:2: quantity: found '40000,5'; expected a number with a decimal point, not a comma$"
bad 'an exponent in CSV' usage.csv 's/40000/4e4/' \
	"^usage.csv:2: quantity: found '4e4'; expected the number written out"
bad 'a wrong unit in CSV' usage.csv 's/40000,core-h/40000,vCPU-h/' \
	"^usage.csv:2: unit: found 'vCPU-h'; expected 'core-h'$"
bad 'overlapping prices' prices.yaml 's/, to: 2026-12-31//' \
	'^prices.yaml:8: prices: two prices of cpu are valid from 2027-01-01 on; the other is in line 6$'
bad 'a price that changes in the period' prices.yaml 's/2026-12-31/2026-06-30/; s/2027-01-01/2026-07-01/' \
	'^case.yaml:8: prices: the price of cpu changes on 2026-07-01, within the period of the usage'
bad 'a price that ends in the period' prices.yaml 's/2026-12-31/2026-06-30/' \
	'^case.yaml:8: prices: the price of cpu ends on 2026-06-30, within the period of the usage'
bad 'a stranger in the usage' usage.csv '3s/^a/d/' \
	"^usage.csv:3: enterprise: the case has no enterprise 'd'$"
bad 'all faults, not the first' parameters.yaml 's/value: 8,/value: 800,/; s,EUR/kWh,EUR/MWh,' \
	'parameters.3..unit'
sed 's/usage.csv/absent.csv/' "$work/case.yaml" >"$work/absent.yaml"
expect 'usage that is not there' 4 "$tco" check "$work/absent.yaml"

# what is needed and not given is asked for by name
grep -v 'discount_rate\|host_price' etc/tco/example/parameters.yaml >"$work/parameters.yaml"
got=$("$tco" report --case "$work/case.yaml" 2>&1)
contains 'the discount rate is asked for' "finance.discount_rate is not given, and has no default: .*--set finance.discount_rate=VALUE$" "$got"
contains 'and a price in the same run' 'platform.host_price is not given' "$got"
same 'and nothing else' 2 "$(wc -l <<<"$got")"
got=$("$tco" report --case "$work/case.yaml" --set finance.discount_rate=8 --set platform.host_price=20000 -o json)
same 'given on the command line, the same' "$(jq -c .refresh_due "$work/one.json")" "$(jq -c .refresh_due <<<"$got")"
same 'it is your figure' 'your figure' \
	"$(jq -r '.parameters[] | select(.name == "finance.discount_rate") | .confidence' <<<"$got")"
printf 'title: T\ncurrency: EUR\nparameters_from: [published.yaml]\nenterprises: [ { name: a, servers: 1, domains: 1 } ]\n' \
	>"$work/new.yaml"
cp etc/tco/published.yaml "$work"
got=$("$tco" check "$work/new.yaml" 2>&1)
lacks 'what is published is good' published.yaml "$got"
contains 'and what has no source is asked for' 'server.price is not given, and has no default' "$got"
same 'each published figure has its source' "$(grep -c '{ name:' etc/tco/published.yaml)" \
	"$(grep -c source: etc/tco/published.yaml)"

# the method once more, in another language
expect '60 random cases, worked out in Python as well' 0 \
	python3 tests/tco/oracle.py "$tco" 60 "${SEED:-1}"

# the command line
contains 'help has examples' '^Examples$' "$("$tco" --help)"
expect 'help ends well' 0 "$tco" help
expect 'no command' 64 "$tco"
expect 'an unknown command' 64 "$tco" compare
expect 'no case' 64 "$tco" report
expect 'an unknown option' 64 "$tco" report --colour
expect 'an unknown form' 64 "$tco" report --case $example -o xml
expect 'a seed that is none' 64 "$tco" report --case $example --seed -1
expect 'too many draws' 64 "$tco" report --case $example --draws 100000001
expect 'a setting without a value' 64 "$tco" report --case $example --set finance.horizon
expect 'a setting that is none' 3 "$tco" report --case $example --set finance.horizo=5
expect 'a case that is not there' 4 "$tco" check "$work/none.yaml"
expect 'a case that is good' 0 "$tco" check $example
expect 'a full disk' 1 sh -c "'$tco' report --case $example >/dev/full"
same 'every parameter is listed' '' "$(comm -23 <(jq -r '.parameters[].name' "$work/one.json" | sort) \
	<("$tco" parameters | awk '{ print $1 }' | sort))"
if [ -x "$build/hanse" ]; then
	same 'hanse tco is the same' "$("$tco" report --case $example -o json | md5sum)" \
		"$(PATH=$build:$PATH "$build/hanse" tco report --case $example -o json | md5sum)"
fi
summary
