#!/bin/sh
# packages.sh STAGE... - install what etc/packages.txt lists for the stages and
# is not there yet. Daemons that Debian would start by themselves are not
# started: hanse runs its own instances.
set -eu
list=$(dirname "$0")/../etc/packages.txt

wanted() {
	awk -v stages=" $* " '
		/^#/ || NF == 0 { next }
		{
			stage = NF > 1 ? $2 : "run"
			if (index(stages, " " stage " ") == 0)
				next
			if ($3 == "unless" && system("command -v " $4 " >/dev/null 2>&1") == 0)
				next
			print $1
		}' "$list"
}

missing=
for package in $(wanted "$@"); do
	dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null |
		grep -q '^install ok installed$' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "packages: these must be installed by root first:$missing" >&2
	echo "packages: run this command as root, or: sudo apt-get install$missing" >&2
	exit 5
fi

guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
	printf '#!/bin/sh\nexit 101\n' >"$guard"
	chmod 755 "$guard"
	trap 'rm -f "$guard"' EXIT
fi
# shellcheck disable=SC2086
set -- $missing
echo "packages: installing $# of Debian's packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q -o Acquire::Retries=3 >/dev/null
if ! log=$(apt-get install -q -y --no-install-recommends -o Acquire::Retries=3 "$@" 2>&1); then
	printf '%s\n' "$log" | tail -n 20 >&2
	echo "packages: apt-get could not install them; see above" >&2
	exit 1
fi
