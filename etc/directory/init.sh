#!/bin/sh
# init.sh STATE_DIR CERT_DIR - make slapd's folders ready; run before each start,
# as root, while slapd is not running. Repeating it is harmless, and so is
# killing it: what is half done has no stamp and is done again.
#
#   STATE_DIR/config   cn=config, built anew when our files have changed
#   STATE_DIR/data     the tenants
#   STATE_DIR/tls      copies of CERT_DIR/{ca.crt,directory.crt,directory.key}
set -eu
umask 077

usage() { echo "usage: init.sh STATE_DIR CERT_DIR" >&2; exit 2; }
fail() { echo "directory: $1" >&2; exit 1; }

[ $# -eq 2 ] || usage
state=$1 certs=$2
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
system_schema=/etc/ldap/schema
own_schema=$here/schema
[ -d "$own_schema" ] || own_schema=$here/../../tenant-mgr/schema
own_schema=$(cd "$own_schema" && pwd)
user=openldap
base_filter='(|(objectClass=dcObject)(objectClass=organizationalUnit)(objectClass=groupOfNames)(objectClass=organizationalRole))'

command -v slapadd >/dev/null || fail "slapadd is missing: apt-get install slapd"
[ -r "$system_schema/core.ldif" ] ||
	fail "$system_schema is missing: apt-get install --reinstall slapd"

# What a folder was built from: our files, their place, slapd's version.
stamp() {
	{
		echo "$state $own_schema"
		dpkg-query -W slapd 2>/dev/null || true
		cat "$here"/*.ldif "$own_schema"/*.ldif "$here/init.sh"
	} | sha256sum
}

prepare_state() {
	install -d -m 0711 "$state"
	install -d -m 0700 -o $user -g $user "$state/data" "$state/tls"
}

copy_certificates() {
	for file in ca.crt directory.crt directory.key; do
		[ -r "$certs/$file" ] || fail "$certs/$file is missing: the platform's CA has not issued it yet"
		install -m 0600 -o $user -g $user "$certs/$file" "$state/tls/.$file.new"
		mv "$state/tls/.$file.new" "$state/tls/$file"
	done
}

build_config() {
	rm -rf "$state/config.new" "$state/config.stamp"
	mkdir "$state/config.new"
	sed -e "s|@SCHEMA@|$system_schema|g" -e "s|@OWN_SCHEMA@|$own_schema|g" \
	    -e "s|@STATE@|$state|g" "$here/config.ldif" >"$state/config.ldif"
	slapadd -n 0 -F "$state/config.new" -l "$state/config.ldif" ||
		fail "slapd refuses its configuration, see above"
	chown -R $user:$user "$state/config.new"
	rm -rf "$state/config" "$state/config.ldif"
	mv "$state/config.new" "$state/config"
}

random() { head -c "$1" /dev/urandom | base64 -w 0 | tr -d =; }

# base.ldif without the entries that are there already.
missing_entries() {
	: >"$state/present"
	[ ! -e "$state/data/data.mdb" ] || as_slapd slapcat -F "$state/config" -n 1 \
	    -o ldif-wrap=no -a "$base_filter" >"$state/present"
	sed -e '/^#/d' -e "s|@SALT@|$(random 16)|" -e "s|@TAG@|$(random 32)|" \
	    "$here/base.ldif" |
		awk -v present="$state/present" '
			BEGIN {
				RS = "\n"; while ((getline line <present) > 0) seen[line] = 1
				RS = ""; FS = "\n"
			}
			!($1 in seen) { print $0 "\n" }'
	rm -f "$state/present"
}

# The data are slapd's user's from the beginning.
as_slapd() { setpriv --reuid $user --regid $user --clear-groups "$@"; }

fill_data() {
	missing_entries >"$state/missing.ldif"
	if [ -s "$state/missing.ldif" ]; then
		as_slapd slapadd -F "$state/config" -n 1 <"$state/missing.ldif" ||
			fail "the base entries cannot be added, see above"
	fi
	as_slapd slapmodify -F "$state/config" -n 1 <"$here/policies.ldif" ||
		fail "the password policies cannot be set, see above"
	rm -f "$state/missing.ldif"
}

# An index that is new covers only new entries until the old ones are read.
rebuild_indexes() {
	as_slapd slapindex -q -F "$state/config" -n 1 ||
		fail "the indexes cannot be built, see above"
}

prepare_state
copy_certificates
wanted=$(stamp)
if [ "$wanted" != "$(cat "$state/config.stamp" 2>/dev/null)" ] ||
	[ ! -d "$state/config" ]; then
	build_config
	fill_data
	rebuild_indexes
	echo "$wanted" >"$state/config.stamp"
fi
