#!/bin/sh
# check-layers.sh - refuse an #include against tools/layers.txt.
# check-layers.sh [TABLE [ROOT]]; prints FILE:LINE: MESSAGE, exit 1 if any.
set -eu
here=$(dirname "$0")
table=${1:-$here/layers.txt}
cd "${2:-$here/..}"

git ls-files -co --exclude-standard '*.c' '*.h' | awk -F/ 'NF > 1 && $1 != "tests" && $1 != "bench" && $1 != "tools"' |
	xargs grep -nHE '^[[:space:]]*#[[:space:]]*include' |
	awk -v table="$table" '
BEGIN {
	while ((getline line < table) > 0) {
		if (line ~ /^#/ || line !~ /:/)
			continue
		folder = line
		sub(/:.*/, "", folder)
		sub(/^[^:]*:/, "", line)
		known[folder] = 1
		may[folder, folder] = 1
		n = split(line, word, " ")
		for (i = 1; i <= n; i++) {
			if (word[i] ~ /^only=/) {
				m = split(substr(word[i], 6), header, ",")
				for (j = 1; j <= m; j++)
					owner[header[j], folder] = owned[header[j]] = 1
			} else
				may[folder, word[i]] = 1
		}
	}
}
{
	split($0, part, ":")
	folder = part[1]
	sub(/\/.*/, "", folder)
	where = part[1] ":" part[2] ": "
	if (match($0, /"[^"]+"/)) {
		name = substr($0, RSTART + 1, RLENGTH - 2)
		target = name
		sub(/\/.*/, "", target)
		if (target == "gen")
			next
		if (name !~ /\//) {
			print where "include \"" name "\" must name its folder"
			bad = 1
		} else if (!(folder in known)) {
			print where "folder " folder "/ is not in the layer table"
			bad = 1
		} else if (!((folder, target) in may)) {
			print where folder "/ may not include from " target "/"
			bad = 1
		}
	} else if (match($0, /<[^>]+>/)) {
		name = substr($0, RSTART + 1, RLENGTH - 2)
		if ((name in owned) && !((name, folder) in owner)) {
			print where "<" name "> belongs to another folder"
			bad = 1
		}
	}
}
END { exit bad }'
