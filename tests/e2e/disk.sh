#!/bin/bash
# disk.sh - database volumes grow and never shrink: one of a server of its own,
# and the shared one. Needs the platform with etc/examples/automotive.yaml on
# this host; restarts hansed and db.shared.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
here=tests/e2e
example=etc/examples/automotive.yaml
conf=/etc/hanse/hansed.yaml
volume=/var/lib/hanse/volumes/db.disk.raw
manifest=/var/lib/hanse/images/manifest
work=$(mktemp -d /tmp/hanse-disk.XXXXXX)

put_images_back() {
	[ -e "$work/manifest" ] || return 0
	cat "$work/manifest" >$manifest
	rm -f "$work/manifest" "${image%/*}/broken-disk.squashfs"
}
finish() {
	put_images_back
	hanse destroy -q --yes disk >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT

sized() { # GIB: the spec with a database of that size
	sed "s/^ve: leave/ve: disk/; s/class: shared/class: dedicated\n  disk_gib: $1/" $here/leave.yaml >"$work/$1.yaml"
	echo "$work/$1.yaml"
}
sql() { hanse psql disk/stays -- -XAtq -v ON_ERROR_STOP=1 -c "$1" 2>&1; }
# What programs in a database domain see, in MiB: a little less than the disk.
seen() { stat -f -c '%b %S' "/run/hanse/mnt/domain/$1/data" | awk '{ print int($1 * $2 / 1048576) }'; }
sees() { [ "$(seen "$1")" -gt "$2" ] && [ "$(seen "$1")" -le "$3" ]; }
file_gib() { echo $(($(stat -c %s "$1") >> 30)); }
# ext4 asks for CAP_SYS_RESOURCE to grow while it is mounted.
grows_live() { [ $((0x$(awk '/^CapEff/ { print $2 }' /proc/self/status) >> 24 & 1)) = 1 ]; }
set_shared() { sed -i "s/^  disk_gib: [0-9]*/  disk_gib: $1/" $conf && $here/policy.sh auto; }

one=$(sized 1) two=$(sized 2) three=$(sized 3)
expect "a VE with a server of its own" 0 hanse apply -q "$one"
expect "one with nothing to change is not concerned by that" 0 hanse apply -q $example
expect "its file system fits in its disk" 0 sees db.disk 512 1024
sql "SELECT api.order_create('anna', 'leaves', '[{\"item\":\"L-1\",\"quantity\":\"1\"}]')" >/dev/null
same "it has an order" 1 "$(sql 'SELECT count(*) FROM api."order"')"

echo "--- it grows"
expect "a limit below what is asked for" 0 hanse quota set ve/disk disk_gib=1
contains "is a limit of growing" 'disk_gib: limit 1, used 1, asked 1 more' "$(hanse plan "$two" 2>&1)"
expect "and away with it" 0 hanse quota unset ve/disk
expect "the plan has changes" 2 hanse plan "$two"
plan=$(hanse plan "$two")
contains "the volume's" 'size_gib: 1 -> 2' "$plan"
contains "its file system's" 'disk_gib: 1 -> 2' "$plan"
if grows_live; then
	lacks "which needs no restart" 'needs restart' "$plan"
	expect "apply" 0 hanse apply -q "$two"
else
	contains "which needs a restart" 'update +database-domain +db\.disk  needs restart' "$plan"
	contains "apply without one is refused and names it" 'needs restart: db\.disk \(disk_gib: 1 -> 2\)' "$(hanse apply -q "$two" 2>&1)"
	expect "as a conflict" 6 hanse apply -q "$two"
	same "nothing was touched" 1 "$(file_gib $volume)"
	expect "and all is as it was" 0 hanse verify
	expect "apply with a restart" 0 hanse apply -q --restart "$two"
fi
expect "its programs see a larger file system" 0 sees db.disk 1536 2048
same "the data are still there" 1 "$(sql 'SELECT count(*) FROM api."order"')"
expect "the plan is empty" 0 hanse plan "$two"
expect "verify is clean" 0 hanse verify
expect "so is the recount of quotas" 0 hanse quota verify
contains "which has the new size" '^ve/disk +disk_gib +- +2 ' "$(hanse quota ve/disk)"

echo "--- it does not shrink"
expect "a plan with less is refused" 3 hanse plan "$one"
contains "with the sizes and what to do" "disk: database.disk_gib is 1, and volume 'db.disk' has 2 GiB: .*restore" "$(hanse plan "$one" 2>&1)"
expect "so is its apply" 3 hanse apply -q --restart "$one"
same "nothing was touched" 2 "$(file_gib $volume)"
expect "and all is as it was" 0 hanse verify

echo "--- a job that fails and is undone"
image=$(sed -n 's/^app=//p' $manifest)
cp $manifest "$work/manifest"
head -c 65536 /dev/zero >"${image%/*}/broken-disk.squashfs"
sed -i "s|^app=.*|app=${image%/*}/broken-disk.squashfs|" $manifest
contains "the disk grows, then a member's new image is broken" 'is failed: create domain .*broken-disk' "$(hanse apply -q --restart "$three" 2>&1)"
put_images_back
same "what has grown stays" 3 "$(file_gib $volume)"
expect "and is as the old spec wants it" 0 hanse plan "$two"
expect "verify is clean" 0 hanse verify
expect "the recount of quotas, too" 0 hanse quota verify
expect "less than the old spec wants is refused all the same" 3 hanse plan "$one"
expect "the larger spec finds it done" 0 hanse plan "$three"
expect "and needs no restart" 0 hanse apply -q "$three"

echo "--- somebody else"
truncate -s 4G $volume
contains "a file that somebody else made larger is told" 'volume-resized' "$(hanse verify)"
expect "and nothing is cut off" 3 hanse apply -q --restart "$three"
four=$(sized 4)
expect "it may be taken as it is" 0 hanse apply -q --restart "$four"
expect "then its file system grows, too" 0 sees db.disk 3584 4096
same "the data are still there" 1 "$(sql 'SELECT count(*) FROM api."order"')"
expect "verify is clean" 0 hanse verify

echo "--- the shared one"
was=$(file_gib /var/lib/hanse/volumes/db.shared.raw)
more=$((was + 1))
expect "hansed.yaml asks for more" 0 set_shared $more
if ! grows_live; then
	expect "any apply is refused without a restart" 6 hanse apply -q $example
	expect "hanse start leaves it for later" 0 hanse start -q
	same "but for the file" $more "$(file_gib /var/lib/hanse/volumes/db.shared.raw)"
	contains "which verify tells" 'domain-disk-smaller' "$(hanse verify)"
	expect "asked for, it is mended" 0 hanse repair -q database-domain db.shared
else
	expect "any apply makes it so" 0 hanse apply -q $example
fi
expect "its programs see it" 0 sees db.shared $((more * 1024 - 512)) $((more * 1024))
expect "verify is clean" 0 hanse verify
expect "hansed.yaml asks for less" 0 set_shared "$was"
expect "which is refused" 3 hanse plan $example
contains "with the sizes and what to do" "hansed.yaml: database.disk_gib is $was, and volume 'db.shared' has $more GiB: .*restart hansed" "$(hanse plan $example 2>&1)"
expect "and put right" 0 set_shared $more
expect "the plan is empty" 0 hanse plan $example

expect "the VE goes" 0 hanse destroy -q --yes disk
expect "with its disk" 1 test -e $volume
expect "verify is clean" 0 hanse verify
summary
