#!/bin/bash
# xlsx.sh - the workbook, calculated anew by LibreOffice: every formula gives the
# value it holds, which is the report's; an input that is changed there moves
# all of it to what hanse-tco says of that input. B=build folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
B=${B:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
look() { python3 tests/tco/xlsx_check.py "$@"; }
write() { # CASE FILE OPTION...: workbook and report
	"$B/hanse-tco" report --case "$1" -o xlsx -O "$dir/$2.xlsx" --draws 2000 "${@:3}" &&
		"$B/hanse-tco" report --case "$1" -o json -O "$dir/$2.json" --draws 2000 "${@:3}"
}
example=etc/tco/example/case.yaml
changed="server.price=7000 finance.discount_rate=6.5 finance.horizon=7 server.life=3 platform.hosts=4 weight.cpu=30
	weight.storage=30 energy.tariff=0.31"
settings=() cells=()
for setting in $changed; do
	settings+=(--set "$setting")
	cells+=("${setting/./_}")
done

expect "the example's workbook is written" 0 write $example plain
expect "the same in German" 0 write $example german --language de
expect "the same in Chinese" 0 write $example chinese --language zh
expect "the example with other figures is written" 0 write $example changed "${settings[@]}"
mkdir "$dir/many"
expect "a case of forty enterprises is made" 0 python3 tests/tco/many.py "$dir/many" 40 7
expect "its workbook is written" 0 write "$dir/many/case.yaml" many
expect "hosts that cost nothing, and nobody who is paid" 0 write $example free --set platform.host_price=0 \
	--set people.fte_cost=0 --set energy.tariff=0
expect "a rate of return far below nothing" 0 write $example deep --set finance.growth=-13.52 --set platform.life=2 \
	--set platform.host_price=87183 --set platform.hosts=28 --set people.fte_cost=0 --set energy.tariff=1.529 \
	--set server.life=12 --set server.residual=31 --set server.resale=41 --set server.port_price=0
expect "a rate that is missed from the first guess" 0 write $example missed --set finance.horizon=4 --set platform.life=7 \
	--set server.port_price=0 --set platform.host_price=41066 --set platform.spare_hosts=2 --set people.fte_cost=0 \
	--set people.servers_per_admin=89 --set finance.price_increase=-3.4 --set finance.discount_rate=7.3
expect "a cost that ends at half a cent" 0 write $example half --set finance.horizon=4 --set finance.price_increase=9.1 \
	--set finance.labour_increase=6 --set finance.hardware_change=-29.1 --set platform.life=4 --set platform.residual=50 \
	--set server.resale=6 --set server.price=1331 --set server.port_price=225 --set platform.host_price=50169 \
	--set people.fte_cost=0 --set people.servers_per_admin=14 --set energy.tariff=0 --set platform.migration=0
expect "other figures are put into the cells" 0 look set "$dir/plain.xlsx" "$dir/typed.xlsx" "${cells[@]}"
expect "they are put in, and nothing has moved yet" 1 look moved "$dir/plain.xlsx" "$dir/typed.xlsx"
expect "so it is not what hanse-tco says of them" 1 look same "$dir/changed.xlsx" "$dir/typed.xlsx"

expect "LibreOffice calculates all of them anew" 0 tests/tco/recalculate "$dir/anew" "$dir"/{plain,german,chinese}.xlsx \
	"$dir"/{changed,typed,many,free,deep,missed,half}.xlsx
for name in plain german chinese changed many free deep missed half; do
	expect "$name: every formula gives the value it holds" 0 look same "$dir/$name.xlsx" "$dir/anew/$name.xlsx"
done
for name in plain changed many free deep missed half; do
	expect "$name: what it gives is the report's numbers" 0 look json "$dir/anew/$name.xlsx" "$dir/$name.json"
done
expect "what was put into the cells moves the rest" 0 look moved "$dir/plain.xlsx" "$dir/anew/typed.xlsx"
expect "to what hanse-tco says of it, everywhere" 0 look same "$dir/changed.xlsx" "$dir/anew/typed.xlsx"
# what Monte Carlo drew is a value; it says so, and stays
expect "and to the report's numbers" 0 look json "$dir/anew/typed.xlsx" "$dir/changed.json" loss_chance

list=$(python3 -m zipfile -l "$dir/plain.xlsx")
lacks "nothing in it is linked from elsewhere" 'externalLink' "$list"
same "it has five charts of its own" 5 "$(grep -c 'xl/charts/chart' <<<"$list")"
write $example again && mv "$dir/again.xlsx" "$dir/first.xlsx" && write $example again
expect "the same case gives the same bytes" 0 cmp "$dir/first.xlsx" "$dir/again.xlsx"
look same "$dir/plain.xlsx" "$dir/anew/plain.xlsx"
look same "$dir/many.xlsx" "$dir/anew/many.xlsx"
summary
