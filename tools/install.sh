#!/bin/sh
# install.sh BUILD PREFIX DESTDIR - install the programs and what they read, and
# write the list of it to PREFIX/share/hanse/manifest. Files that would not
# change are left alone.
set -eu
build=$1 prefix=$2 dest=$3
cd "$(dirname "$0")/.."
share=$prefix/share/hanse
libexec=$prefix/libexec/hanse
list=$(mktemp)
trap 'rm -f "$list"' EXIT

# put MODE SOURCE TARGET
put() {
	echo "$3" >>"$list"
	if ! cmp -s "$2" "$dest$3" || [ "$(stat -c %a "$dest$3")" != "$1" ]; then
		mkdir -p "$dest${3%/*}"
		install -m "$1" "$2" "$dest$3.new"
		mv "$dest$3.new" "$dest$3"
	fi
}

# put_tree FOLDER TARGET: every file git knows below it
put_tree() {
	find "$1" -type f | while read -r file; do
		mode=644
		[ ! -x "$file" ] || mode=755
		put "$mode" "$file" "$2/${file#"$1"/}"
	done
}

put 755 "$build/hanse" "$prefix/bin/hanse"
put 755 "$build/hanse-tco" "$prefix/bin/hanse-tco"
put 755 "$build/hansed" "$prefix/sbin/hansed"
put 755 "$build/hanse-gateway" "$prefix/sbin/hanse-gateway"
put 755 "$build/hanse-console" "$prefix/sbin/hanse-console"
put 755 "$build/hanse-host" "$libexec/hanse-host"
put 755 tools/platform.sh "$libexec/platform"
put 644 tools/ui.sh "$libexec/ui.sh"
put_tree etc/services "$libexec/services"
put_tree etc/directory "$share/directory"
put_tree etc/edge "$share/edge"
put_tree etc/systemd "$share/systemd"
put_tree etc/examples "$share/examples"
put_tree etc/tco "$share/tco"
put_tree tenant-mgr/schema "$share/directory/schema"
put_tree portal/static "$share/static"
for file in shared-db-gateway/schema/*.sql; do
	put 644 "$file" "$share/schema/${file##*/}"
done
for file in etc/*.yaml; do
	put 644 "$file" "$share/etc/${file##*/}"
done
echo "$share/manifest" >>"$list"
mkdir -p "$dest$share"
sort "$list" >"$dest$share/manifest"
