# shellcheck shell=sh disable=SC2154
# kernel.sh - Debian's cloud kernel, and an initramfs of hanse-init and the
# modules it loads. Part of build.sh.

kernel_meta=linux-image-cloud-amd64

# The package with the kernel itself, as NAME=VERSION.
kernel_package() {
	name=$(apt-cache depends "$kernel_meta" |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
	[ -n "$name" ] || die "apt knows no $kernel_meta." "Run: apt-get update"
	apt-cache policy "$name" | sed -n "s/^ *Candidate: /$name=/p"
}

kernel_unpack() { # PACKAGE FOLDER
	mkdir -p "$tmp/deb"
	(cd "$tmp/deb" && apt-get -q -o APT::Sandbox::User=root download "$1")
	dpkg-deb -x "$tmp"/deb/*.deb "$tmp/kernel"
	mkdir "$2"
	cp "$tmp"/kernel/boot/vmlinuz-* "$2/vmlinuz"
	while read -r module; do
		find "$tmp/kernel/lib/modules" -name "$module.ko" -exec cp {} "$2" \;
		[ -e "$2/$module.ko" ] || die "the kernel has no module $module."
	done <"$here/kernel.modules"
	rm -rf "$tmp/kernel" "$tmp/deb"
}

initrd_pack() { # BASE OUT
	mkdir -p "$tmp/initrd/m" "$tmp/initrd/dev"
	strip -o "$tmp/initrd/init" "$build/hanse-init"
	sed 's/$/.ko/' "$here/kernel.modules" >"$tmp/initrd/modules.list"
	while read -r module; do
		strip --strip-debug -o "$tmp/initrd/m/$module.ko" "$1/$module.ko"
	done <"$here/kernel.modules"
	mknod -m 600 "$tmp/initrd/dev/console" c 5 1
	find "$tmp/initrd" -exec touch -h -d @1 {} +
	(cd "$tmp/initrd" && find . | sort |
		cpio --quiet -o -H newc --reproducible -R 0:0 | gzip -n -6) >"$2"
	rm -rf "$tmp/initrd"
}

# The last three stay, for those who go back and forth.
keep_three() {
	# shellcheck disable=SC2012
	ls -dt "$@" | tail -n +4 | xargs -r rm -rf
}

kernel_build() {
	package=$(kernel_package)
	base=$cache/kernel-$({
		echo "$package"
		cat "$here/kernel.modules"
	} | hash_of)
	if ! have "$base"; then
		say "kernel: $package"
		kernel_unpack "$package" "$tmp/unpacked"
		keep_as "$tmp/unpacked" "$base"
		keep_three "$cache"/kernel-*
	fi
	[ -x "$build/hanse-init" ] || die "there is no program $build/hanse-init." "Run: make"
	initrd=$cache/initrd-$({
		echo "${base##*/}"
		cat "$here/kernel.sh" "$build/hanse-init"
	} | hash_of)
	if ! have "$initrd"; then
		say "initrd: packing"
		initrd_pack "$base" "$tmp/initrd.gz"
		keep_as "$tmp/initrd.gz" "$initrd"
		keep_three "$cache"/initrd-*
	fi
	ln -f "$base/vmlinuz" "$tmp/${base##*/}"
	publish kernel "$tmp/${base##*/}"
	publish initrd "$initrd"
}
