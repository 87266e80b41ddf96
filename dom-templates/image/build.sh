#!/bin/sh
# build.sh [-b BUILD] [-o IMAGES] [-c CACHE] [-f] [NAME...] - the system images:
# a squashfs for each recipe, a kernel and an initramfs.
#
#   -b  where our programs are (build)
#   -o  where the images go (/var/lib/hanse/images)
#   -c  what is kept between builds (/var/cache/hanse)
#   -f  build even what is in the cache
#   NAME is a recipe or "kernel"; without one, those that every platform needs
#   and those that are in the manifest already.
#
# Everything is named by the hash of what it is made from, and appears whole
# or not at all: temporary folder, rename. The last line of work is the
# manifest, NAME=PATH, which points to what is to be used.
# shellcheck disable=SC2034
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/dom-templates/image
build=$root/build images=/var/lib/hanse/images cache=/var/cache/hanse force=
while getopts b:o:c:f option; do
	case $option in
	b) build=$(cd "$OPTARG" && pwd) ;;
	o) images=$OPTARG ;;
	c) cache=$OPTARG ;;
	f) force=1 ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ $# -eq 0 ]; then
	set -- app db kernel
	! grep -q '^db-replicated=' "$images/manifest" 2>/dev/null || set -- "$@" db-replicated
fi

# Whatever the caller's: the same bytes.
umask 022
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1
start=$(date +%s%N)

say() {
	ms=$((($(date +%s%N) - start) / 1000000))
	printf '%4d.%d s  %s\n' $((ms / 1000)) $((ms / 100 % 10)) "$*"
}

die() {
	echo "build.sh: $1" >&2
	[ -z "${2:-}" ] || echo "build.sh: $2" >&2
	exit 1
}

# Inputs on standard input -> 20 hex digits.
hash_of() {
	sha256sum | cut -c 1-20
}

# A result of the cache: true if it is there and may be used.
have() {
	[ -z "$force" ] && [ -e "$1" ]
}

# Put a finished file or folder in its place in the cache.
keep_as() {
	rm -rf "$2"
	mv "$1" "$2"
}

# shellcheck source=dom-templates/image/squashfs.sh
. "$here/squashfs.sh"
# shellcheck source=dom-templates/image/kernel.sh
. "$here/kernel.sh"

# Hand a file of the cache out under its name, and note it.
publish() { # NAME FILE
	target=$images/$(basename "$2")
	if [ ! -e "$target" ]; then
		ln "$2" "$target.new" 2>/dev/null || cp "$2" "$target.new"
		chmod 0644 "$target.new"
		mv "$target.new" "$target"
	fi
	sed -i "/^$1=/d" "$tmp/manifest"
	echo "$1=$target" >>"$tmp/manifest"
	say "$1: $target ($(($(stat -c %s "$target") / 1024)) KiB)"
}

[ "$(id -u)" -eq 0 ] || die "images hold files of many owners; this needs root." "Run: sudo make images"
for tool in apt-get mmdebstrap mksquashfs cpio dpkg-deb flock; do
	command -v "$tool" >/dev/null ||
		die "there is no $tool." "Run: tools/packages.sh build run"
done
mkdir -p "$cache" "$images"
exec 9>"$cache/lock"
flock -n 9 || {
	say "waiting for another build"
	flock 9
}
# We hold the lock: what is left of earlier builds is of dead ones.
rm -rf "$cache"/tmp.*
tmp=$(mktemp -d "$cache/tmp.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
cat "$images/manifest" >"$tmp/manifest" 2>/dev/null || true
: >"$tmp/status"
ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || apt-get -q update

for name in "$@"; do
	if [ "$name" = kernel ]; then
		kernel_build
	else
		[ -r "$here/$name.recipe" ] || die "there is no recipe '$name'."
		squashfs_build "$name"
	fi
done
sort "$tmp/manifest" >"$images/manifest.new"
chmod 0644 "$images/manifest.new"
mv "$images/manifest.new" "$images/manifest"
say "done"
