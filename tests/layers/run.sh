#!/bin/bash
# run.sh - the layer check refuses what it must, and passes the tree.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
check=$PWD/tools/check-layers.sh
table=$PWD/tools/layers.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -C "$work" init -q
mkdir -p "$work"/{base,hv,portal,unknown}

expect "the tree obeys" 0 "$check"
plant() { # NAME FILE INCLUDE
	printf '#include %s\n' "$3" >"$work/$2"
	expect "$1" 1 "$check" "$table" "$work"
	rm "$work/$2"
}
plant "upwards" base/a.c '"hv/hv.h"'
plant "sideways" portal/a.c '"hv/hv.h"'
plant "a header without its folder" hv/a.c '"hv.h"'
plant "a library that belongs to another folder" portal/a.c '<libvirt/libvirt.h>'
plant "libpq outside base" portal/a.c '<libpq-fe.h>'
plant "a folder that is not in the table" unknown/a.c '"base/err.h"'
printf '#include "base/err.h"\n#include <libvirt/libvirt.h>\n' >"$work/hv/a.c"
expect "what is allowed" 0 "$check" "$table" "$work"
summary
