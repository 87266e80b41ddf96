#!/bin/bash
# doc.sh - the report as people get it: in a real browser by day, by night, on
# a phone and on paper; as PDF; on a terminal; the same numbers in all of them.
# doc.sh [FOLDER for pictures]; B=build folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
build=$PWD/${B:-build}
tco=$build/hanse-tco try=$build/tests/tco/doc-try
example=etc/tco/example/case.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pictures=${1:-$work/pictures}
export LC_ALL=C.UTF-8
unset COLUMNS NO_COLOR
make --no-print-directory B="${B:-build}" "${B:-build}"/{hanse-tco,tests/tco/doc-try,tco_pdf} >/dev/null || exit 1

report() { # LANGUAGE FORMAT FILE [OPTION...]
	"$tco" report --case $example --draws 2000 --date 2026-11-28 --language "$1" -o "$2" -O "$3" "${@:4}"
}
for language in en de zh; do
	for format in table html pdf json; do
		report $language $format "$work/$language.$format" || fail "the report: $language, $format"
	done
	report $language csv "$work/$language.csv" || fail "the report: $language, csv"
	pdftotext -layout "$work/$language.pdf" "$work/$language.txt"
done

# the same bytes whenever and wherever it is made
for format in table html pdf json; do
	LC_ALL=POSIX TZ=Pacific/Apia report de $format "$work/again"
	expect "the same bytes again: $format" 0 cmp "$work/de.$format" "$work/again"
done

# the same numbers in all
plain() { # a page's words: no tags, one kind of blank
	sed 's/<[^>]*>/\n/g; s/\xc2\xa0/ /g; s/&amp;/\&/g' "$1"
}
# shellcheck disable=SC2016 # jq's variable
placed='[.report.sections[].blocks[].table // empty] as $on | .report.tables[] | select(.id | IN($on[]))'
absent() { # WORDS TEXT: those that are not there, as a whole
	awk 'NR == FNR { text = text "\n" $0; next }
		{ at = index(text, $0); if (at == 0) print }' "$2" "$1" | sort -u
}
for language in en de zh; do
	json=$work/$language.json
	jq -r "$placed | .rows[].cells[] | select(.value).text" "$json" | sed 's/\xc2\xa0/ /g' | sort -u >"$work/figures"
	same "hundreds of figures: $language" true "$([ "$(wc -l <"$work/figures")" -gt 250 ] && echo true)"
	for format in html table; do
		plain "$work/$language.$format" >"$work/plain"
		same "each figure of JSON is in $format: $language" '' "$(absent "$work/figures" "$work/plain")"
	done
	sed 's/\xc2\xa0/ /g' "$work/$language.txt" >"$work/plain"
	same "each figure of JSON is in PDF: $language" '' "$(absent "$work/figures" "$work/plain")"
	same "CSV has JSON's values, cell by cell: $language" \
		"$(jq -r '.report.tables[] | .id as $id | .rows[].cells[] | select(.value) | "\($id) \(.value)"' "$json" | sort)" \
		"$(jq -r '.report.tables[] | .id as $id | .rows | to_entries[] | .key as $r | .value.cells | to_entries[]
			| select(.value.value) | "\($id) \($r) \(.key)"' "$json" | python3 -c '
import csv, sys
tables = {}
for line in sys.stdin:
    name, row, column = line.split()
    if name not in tables:
        with open(f"'"$work/$language.csv"'/{name}.csv", newline="") as file:
            tables[name] = list(csv.reader(file))
    print(name, tables[name][int(row) + 1][int(column)])' | sort)"
done
same 'and all languages have the same values' \
	"$(jq -c '[.report.tables[].rows[].cells[].value]' "$work/en.json" | md5sum)" \
	"$(jq -c '[.report.tables[].rows[].cells[].value]' "$work/zh.json" | md5sum)"
same 'a figure is its value, grouped' '' "$(jq -r '.report.tables[].rows[].cells[] | select(.value) | "\(.value) \(.text)"' "$work/en.json" |
	grep -vE '^[0-9]{4}-' | sed 's/,//g; s/−/-/' | awk '{ value = $1; $1 = ""; gsub(/[^-0-9.]*[^-0-9. ][^-0-9.]*/, " "); if ($1 != value && $1 $2 != value) print value ":" $0 }')"
for figure in 7,330.72 28,262.15 36,737.85 1,445.89 39,022.88 165.35; do
	for format in html table txt; do
		contains "the worked example: $figure in $format" "${figure//./\\.}" "$(cat "$work/en.$format")"
	done
done
contains 'German writes them its way' '28\.262,15.€' "$(cat "$work/de.txt")"
contains 'Chinese has its own words' '净现值' "$(cat "$work/zh.txt")"
lacks 'no key of a catalogue is shown' '(param|rule|driver|unit|line|group)\.[a-z]' "$(cat "$work"/{en,de,zh}.table)"

# paper
info=$(pdfinfo "$work/de.pdf")
contains 'PDF: tagged' '^Tagged: +yes' "$info"
contains 'PDF: A4' '^Page size: .*A4' "$info"
contains 'PDF: its title' '^Title: +Plattform oder eigene Server' "$info"
contains 'PDF: the date is the report'"'"'s' '^CreationDate: +Sat Nov 28' "$info"
lacks 'PDF: no script' '^JavaScript: +yes' "$info"
pages=$(sed -n 's/^Pages: *//p' <<<"$info")
same 'PDF: every page is numbered' "$(seq "$pages" | sed "s/.*/Seite & von $pages/")" "$(grep -o 'Seite [0-9]* von [0-9]*' "$work/de.txt")"
same 'PDF: every font is in it' '' "$(pdffonts "$work/de.pdf" "$work/zh.pdf" 2>/dev/null | awk 'NR > 2 && $(NF-4) != "yes"')"
same 'PDF: letters of no CFF font, which cairo 1.16 loses' '' "$(pdffonts "$work/zh.pdf" | grep Noto)"
same 'PDF: the structure has every section and table' \
	"$(jq -r '.report | [(.sections | length), ([.sections[].blocks[] | select(.table)] | length), ([.sections[].blocks[] | select(.chart)] | length)] | join(" ")' "$work/de.json")" \
	"$(pdfinfo -struct "$work/de.pdf" | awk '/ Sect/ { s++ } / Table/ { t++ } / Figure/ { f++ } END { print s, t, f }')"
same 'PDF: outlines of every section' "$(jq -r '.report.sections[].title' "$work/de.json")" \
	"$(pdftohtml -xml -stdout -i "$work/de.pdf" 2>/dev/null | sed -n 's/.*<item page="[0-9]*">\(.*\)<\/item>.*/\1/p' | sed 's/&amp;/\&/g')"
wrong=$(pdfinfo -dests "$work/de.pdf" | awk '/"/ { gsub(/"/, "", $NF); print $NF, $1 }' | while read -r id page; do
	title=$(jq -r --arg id "$id" '.report.sections[] | select(.id == $id).title' "$work/de.json")
	pdftotext -layout -f "$page" -l "$page" "$work/de.pdf" - | grep -qF "$title" || echo "$id $page"
	pdftotext -layout -f 1 -l 1 "$work/de.pdf" - | grep -qE "$title +$page( |$)" || echo "contents: $id $page"
done)
same 'PDF: the contents lead to the right pages' '' "$wrong"
"$try" pdf en 300 >"$work/long.pdf" 2>/dev/null
heads=0 rows=0
for page in $(seq "$(pdfinfo "$work/long.pdf" | sed -n 's/^Pages: *//p')"); do
	text=$(pdftotext -layout -f "$page" -l "$page" "$work/long.pdf" -)
	grep -q 'Electricity of server' <<<"$text" && rows=$((rows + 1))
	grep -qE 'Parameter +Value \(EUR\)' <<<"$text" && heads=$((heads + 1))
done
same 'PDF: a table over pages has its titles on each' "$rows" "$heads"
same 'PDF: and none of its rows is lost' 300 "$(pdftotext -layout "$work/long.pdf" - | grep -c 'Electricity of server')"

# a terminal
lacks 'no colour in a file' $'\033' "$(cat "$work/en.table")"
on_terminal() { # COLUMNS COMMAND
	script -qec "stty cols $1; $2" /dev/null </dev/null | tr -d '\r'
}
call="$tco report --case $example --date 2026-11-28 --language en --draws 1000"
contains 'colour on a terminal' $'\033\\[31m−€36,737.85' "$(TERM=xterm on_terminal 100 "$call")"
lacks 'none if it is not wanted' $'\033' "$(TERM=xterm NO_COLOR=1 on_terminal 100 "$call")"
for columns in 60 100; do
	same "nothing is wider than the terminal: $columns" 0 \
		"$(TERM=dumb on_terminal $columns "${call/ en/ zh}" | python3 -c '
import sys, unicodedata
wide = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s.rstrip("\n"))
print(sum(wide(line) > '$columns' for line in sys.stdin))')"
done
contains 'a PDF is nothing for a terminal' 'give a file by -O' "$(on_terminal 100 "$call -o pdf")"

# the command line
contains 'one table as CSV' '^Enterprise A,18541.44,16389.61,19987.33' \
	"$("$tco" report --case $example -o csv --table bills --language en --draws 1000)"
expect 'a table that is not there' 3 "$tco" report --case $example -o csv --table nothing --draws 1000
expect 'all tables need a folder' 3 "$tco" report --case $example -o csv --draws 1000
expect 'a language that is not ours' 3 "$tco" report --case $example --language fr --draws 1000
expect 'a date that is none' 3 "$tco" report --case $example --date 2026-02-30 --draws 1000
expect 'a file that cannot be' 1 "$tco" report --case $example -O /dev/null/x --draws 1000
contains 'the language of the environment' '^Das Ergebnis' "$(LC_ALL=de_DE.UTF-8 "$tco" report --case $example --draws 1000)"

# a browser
"$try" html en 12 >"$work/all.html"
"$try" html zh-Hans 6 >"$work/all-zh.html"
if [ -d tests/browser/node_modules ] ||
	(cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund >"$work/npm.log" 2>&1); then
	out=$(cd tests/browser && timeout 500 node report.mjs "$pictures" "$work"/{en,de,zh,all,all-zh}.html 2>&1) ||
		fail 'in the browser' "$(grep -v '^ok' <<<"$out")"
	contains 'in the browser' '[1-9][0-9]+ passed, 0 failed' "$out"
else
	fail 'browser tests install' "$(cat "$work/npm.log")"
fi

# time
took=$("$build/tco_pdf" $example 24 5)
echo "      $took"
contains '24 pages or more' '^pages=(2[4-9]|[3-9][0-9]) ' "$took"
took=${took##*cpu_ms=}
expect '24 pages in 200 ms of the processor at most' 0 test "${took%.*}" -lt 200
summary
