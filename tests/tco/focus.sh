#!/bin/bash
# focus.sh - bills as FOCUS charges, judged by a second reading of FOCUS's rules
# in another language; their sums are the report's bills. B=build folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
B=${B:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
check() { python3 tests/tco/focus_check.py "$@"; }
sums() { # CSV JSON RULE: each invoice adds up to its bill, all to the total
	python3 - "$@" <<'PY'
import csv, json, sys
from decimal import Decimal, getcontext
getcontext().prec = 60
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
report = json.load(open(sys.argv[2]))["showback"]
billed = {}
for row in rows:
    key = row["SubAccountId"]
    billed[key] = billed.get(key, Decimal(0)) + Decimal(row["BilledCost"])
want = {b["enterprise"]: Decimal(b["rules"][sys.argv[3]]["bill"]) for b in report["bills"]}
for name, amount in want.items():
    if billed.get(name, Decimal(0)) != amount:
        sys.exit(f"{name}: {billed.get(name)} instead of {amount}")
total = sum(billed.values())
if total != Decimal(report["total"]).quantize(Decimal("0.01")):
    sys.exit(f"all: {total} instead of {report['total']}")
print(len(rows), "rows", total)
PY
}
mkdir "$dir/many"
python3 tests/tco/many.py "$dir/many" 40 11
for name in example many; do
	case=etc/tco/example/case.yaml
	[ $name = example ] || case=$dir/many/case.yaml
	"$B/hanse-tco" report --case "$case" -o json --draws 100 -O "$dir/report.json"
	for rule in operator proportional even stand-alone equal-percent; do
		expect "$name, $rule: charges are written" 0 \
			"$B/hanse-tco" report --case "$case" -o focus --rule $rule --draws 100 -O "$dir/$rule.csv"
		expect "$name, $rule: every column of every row is as FOCUS wants it" 0 check "$dir/$rule.csv"
		expect "$name, $rule: they add up to the bills, to the cent" 0 sums "$dir/$rule.csv" "$dir/report.json" $rule
	done
	[ $name = many ] ||
		expect "$name: none of the ways to spoil the file goes unnoticed" 0 check --break "$dir/proportional.csv"
done
expect "a rule there is not is refused" 3 "$B/hanse-tco" report --case etc/tco/example/case.yaml -o focus --rule fair
summary
