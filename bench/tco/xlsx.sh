#!/bin/sh
# xlsx.sh - 100,000 rows as a spreadsheet: at most 2.5 s, in at most 16 MiB.
# xlsx.sh [ROWS]; five runs, the slowest counts. Exit 1 beyond the bar.
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for _ in 1 2 3 4 5; do
	"$B/tco_xlsx" "$dir/usage.xlsx" "${1:-100000}" | tee -a "$dir/runs"
done
python3 - "$dir/usage.xlsx" "${1:-100000}" <<'PY'
import re, sys, zipfile
sheet = zipfile.ZipFile(sys.argv[1]).read("xl/worksheets/sheet1.xml").decode()
rows = len(re.findall("<row ", sheet)) - 1
print(rows, "rows in the file")
sys.exit(rows != int(sys.argv[2]))
PY
awk '{ if ($1 > s) s = $1; if ($3 > m) m = $3 }
	END { printf "slowest %.2f s, most %d KiB\n", s, m; exit s > 2.5 || m > 16384 }' "$dir/runs"
