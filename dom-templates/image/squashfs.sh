# shellcheck shell=sh disable=SC2154
# squashfs.sh - a recipe into a squashfs, in two steps with a result each: the
# tree of Debian's files, then that and ours. Part of build.sh.

# recipe NAME WORD -> the rest of each line that begins with WORD
recipe() {
	sed -n "s/^$2 \{1,\}//p" "$here/$1.recipe"
}

# The packages of a recipe and all they need, as NAME=VERSION: what apt would
# install where nothing is installed.
closure() { # NAME
	# shellcheck disable=SC2046
	apt-get -o Dir::State::status="$tmp/status" \
	    -o APT::Install-Recommends=false install --simulate \
	    $(recipe "$1" package) >"$tmp/plan" 2>"$tmp/plan.err" ||
		die "apt cannot find the packages of $1: $(tail -n 1 "$tmp/plan.err")" \
		    "Run: apt-get update"
	sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' "$tmp/plan" | sort
}

# The host's own sources of packages.
sources() {
	find /etc/apt/sources.list /etc/apt/sources.list.d -maxdepth 1 -type f \
	    \( -name '*.list' -o -name '*.sources' \) 2>/dev/null | sort
}

# Unpack the closure. The host's package lists are used as they are, so that
# what was resolved is what comes.
unpack() { # FOLDER: packages on standard input
	packages=$(paste -sd, -)
	# shellcheck disable=SC2016,SC2046
	mmdebstrap --quiet --mode=root --variant=extract --format=directory \
	    --skip=update,check/qemu \
	    --setup-hook='for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d" && ln -s "usr/$d" "$1/$d"; done' \
	    --setup-hook='mkdir -p "$1/var/lib/apt/lists" && cp /var/lib/apt/lists/*_* "$1/var/lib/apt/lists/"' \
	    --aptopt='APT::Install-Recommends "false"' \
	    --include="$packages" "$(. /etc/os-release && echo "$VERSION_CODENAME")" \
	    "$1" $(sources)
}

# Nothing can be written in a domain's root: its Python would read its modules
# as text at each start. Not their times but the image says that they fit.
compile() { # NAME RAW
	recipe "$1" compile | while read -r path; do
		chroot "$2" /usr/bin/python3.11 -I -m compileall -q -f \
		    --invalidation-mode unchecked-hash "/$path"
	done
}

# The kept part of RAW into TREE.
prune() { # NAME RAW TREE
	mkdir -p "$3/usr/bin" "$3/usr/sbin" "$3/usr/lib" "$3/usr/lib64"
	recipe "$1" drop >"$tmp/drop"
	(
		cd "$2" || exit
		# shellcheck disable=SC2046
		tar -cf "$tmp/kept.tar" --anchored --exclude-from="$tmp/drop" \
		    $(recipe "$1" keep)
	)
	tar -xf "$tmp/kept.tar" -C "$3"
	rm "$tmp/kept.tar"
}

# Folders that libvirt and hanse-init mount on, users, names.
skeleton() { # NAME TREE
	for d in bin sbin lib lib64; do
		ln -s "usr/$d" "$2/$d"
	done
	for d in .oldroot dev etc/hanse proc run sys tmp usr/libexec/hanse \
	    usr/share/hanse var/log var/tmp; do
		mkdir -p "$2/$d"
	done
	chmod 1777 "$2/tmp" "$2/var/tmp"
	echo 'root:x:0:0::/:/usr/sbin/nologin' >"$2/etc/passwd"
	echo 'root:x:0:' >"$2/etc/group"
	recipe "$1" user | while read -r user id home; do
		echo "$user:x:$id:$id::$home:/usr/sbin/nologin" >>"$2/etc/passwd"
		echo "$user:x:$id:" >>"$2/etc/group"
	done
	printf '%s: files\n' passwd group hosts >"$2/etc/nsswitch.conf"
	ln -s /run/hosts "$2/etc/hosts"
	recipe "$1" dir | while read -r mode path; do
		mkdir -p "$2$path"
		chmod "$mode" "$2$path"
	done
	recipe "$1" link | while read -r path target; do
		ln -s "$target" "$2$path"
	done
}

base_build() { # NAME -> $base
	closure "$1" >"$tmp/closure"
	base=$cache/base-$1-$(cat "$here/$1.recipe" "$here/squashfs.sh" "$tmp/closure" | hash_of)
	have "$base" && return
	say "$1: unpacking $(wc -l <"$tmp/closure") packages"
	rm -rf "$tmp/raw" "$tmp/tree"
	unpack "$tmp/raw" <"$tmp/closure"
	say "$1: keeping what is needed"
	compile "$1" "$tmp/raw"
	mkdir "$tmp/tree"
	prune "$1" "$tmp/raw" "$tmp/tree"
	skeleton "$1" "$tmp/tree"
	rm -rf "$tmp/raw"
	rm -rf "$cache/base-$1"-*
	keep_as "$tmp/tree" "$base"
}

# What a program of ours loads must be in the image; better said now.
libraries_check() { # NAME PROGRAM
	readelf -d "$build/$2" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
		while read -r library; do
			[ -e "$base/usr/lib/x86_64-linux-gnu/$library" ] ||
				die "$2 needs $library, and no package of $1.recipe brings it."
		done
}

# Our files: a staged copy each, and a line of mksquashfs' pseudo file.
stage() { # NAME
	rm -rf "$tmp/stage" "$tmp/pseudo"
	mkdir "$tmp/stage"
	recipe "$1" program | while read -r path program; do
		[ -x "$build/$program" ] ||
			die "there is no program $build/$program." "Run: make"
		libraries_check "$1" "$program"
		strip -o "$tmp/stage/$program" "$build/$program"
		echo "$path f 0755 0 0 cat $tmp/stage/$program" >>"$tmp/pseudo"
	done
	recipe "$1" file | while read -r mode path source; do
		cp "$root/$source" "$tmp/stage/"
		echo "$path f $mode 0 0 cat $tmp/stage/${source##*/}" >>"$tmp/pseudo"
	done
}

squashfs_build() { # NAME
	base_build "$1"
	stage "$1"
	image=$cache/$1-$({
		echo "${base##*/}"
		recipe "$1" file
		recipe "$1" program
		(cd "$tmp/stage" && sha256sum -- *)
	} | hash_of).squashfs
	if ! have "$image"; then
		say "$1: squashing"
		mksquashfs "$base" "$tmp/image" -noappend -quiet -no-progress \
		    -no-xattrs -comp zstd -Xcompression-level 6 -pf "$tmp/pseudo"
		keep_as "$tmp/image" "$image"
		# The last three stay, for those who go back and forth.
		# shellcheck disable=SC2012
		ls -t "$cache/$1"-*.squashfs | tail -n +4 | xargs -r rm -f
	fi
	publish "$1" "$image"
}
