#!/bin/sh
# xlsx.sh - 100,000 rows as a spreadsheet: at most 2.5 s, in at most 16 MiB; the
# writer alone, then "hanse-tco sheet" with the same rows as CSV.
# xlsx.sh [ROWS]; B=build folder. Five runs each, the slowest counts; on a
# machine that does nothing else. Exit 1 beyond the bar.
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build}
rows=${1:-100000}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 - "$dir/usage.csv" "$rows" <<'PY'
import sys
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write("hour,enterprise,meter,quantity,unit,price,amount\n")
    for i in range(int(sys.argv[2])):
        out.write(f"2026-11-{1 + i // 12000 % 30:02}T{i // 500 % 24:02}:00:00Z,enterprise-{i // 5 % 100},cpu.reserved,"
                  f"{i % 977}.{i * 7919 % 1000000:06},core-h,0.15609152,{i % 153}.{i * 104729 % 1000000:06}\n")
PY
for _ in 1 2 3 4 5; do
	"$B/tco_xlsx" "$dir/alone.xlsx" "$rows" | tee -a "$dir/runs"
done
for _ in 1 2 3 4 5; do
	python3 - "$B/hanse-tco" sheet "$dir/usage.csv" -O "$dir/sheet.xlsx" <<'PY' | tee -a "$dir/runs"
import resource, subprocess, sys, time
since = time.monotonic()
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{time.monotonic() - since:.2f} s, {used.ru_maxrss} KiB: hanse-tco sheet, {used.ru_utime + used.ru_stime:.2f} s of processor time")
PY
done
python3 - "$rows" "$dir/alone.xlsx" "$dir/sheet.xlsx" <<'PY'
import re, sys, zipfile
for path in sys.argv[2:]:
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    rows = len(re.findall("<row ", sheet)) - 1
    print(rows, "rows in the file")
    if rows != int(sys.argv[1]):
        sys.exit(1)
PY
awk '{ if ($1 > s) s = $1; if ($3 > m) m = $3 }
	END { printf "slowest %.2f s, most %d KiB\n", s, m; exit s > 2.5 || m > 16384 }' "$dir/runs"
