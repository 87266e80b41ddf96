#!/bin/bash
# drift.sh - what people change behind hanse's back, with the tools they would
# use: each change is named, exactly, and mended; nothing is left different.
# Needs the platform with the example chain on it. drift.sh [PATTERN] tries
# only the changes whose name matches.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
only=${1:-.}
state=/var/lib/hanse
member=automotive.eilfracht other=automotive.falk-autohaus
db=db.shared database=ve_automotive
lxc() { virsh -q -c lxc:///system "$@"; }
suffix=dc=hanse
entry=o=eilfracht,ou=automotive,ou=ves,$suffix
people=ou=people,$entry

# as_provisioner DATABASE STATEMENT: through the gateway
as_provisioner() {
	psql -XAtq -v ON_ERROR_STOP=1 -c "$2" \
		"host=platform.gateway.hanse.internal hostaddr=127.0.0.1 port=6432 user=platform.provisioner dbname=$1 sslmode=verify-full \
sslrootcert=$state/ca/ca.crt sslcert=$state/ca/platform.provisioner.crt sslkey=$state/ca/platform.provisioner.key"
}
as_owner() { as_provisioner "$1" "SET ROLE hanse_owner; $2"; }
ldap() { # add|modify|delete [ARGS]
	local verb=$1
	shift
	"ldap$verb" -Q -Y EXTERNAL -H ldapi://%2Frun%2Fhanse%2Fdirectory%2Fldapi "$@" >/dev/null
}
# edit KIND NAME SED: as virsh edit would
edit() {
	local dump=dumpxml define=define
	[ "$1" = domain ] || { dump=$1-dumpxml define=$1-define; }
	lxc "$dump" --inactive "$2" | sed "$3" >"$work/edited.xml"
	lxc "$define" "$work/edited.xml" >/dev/null
}
append() { echo "# more" >>"$1"; }
# The name of the member's instance: it is another one after a roll.
instance() { lxc list --all --name | grep -E "^$1(\.[0-9]+)?\$" | head -n 1; }
work=$(mktemp -d /tmp/hanse-drift.XXXXXX)
trap 'rm -rf "$work"' EXIT

# What verify names, but for consequences, and for portals that do not answer
# yet.
drifts() {
	hanse verify -o json | jq -r '.findings[] | select(.follows | not) | .drift + " " + .name' | sort -u | paste -sd' '
}
# try WHAT "DRIFT NAME" COMMAND...: the change is named so, and mended
try() {
	local what=$1 want=$2
	shift 2
	[[ $what =~ $only ]] || return 0
	if ! "$@" >"$work/out" 2>&1; then
		fail "$what: the change itself" "$(cat "$work/out")"
		return
	fi
	same "$what" "$want" "$(drifts)"
	mend "$what"
}
mend() {
	local what=$1 kind name
	while read -r kind name; do
		expect "$what: mended" 0 hanse repair -q "$kind" "$name"
	done < <(hanse verify -o json | jq -r '.findings[] | select(.follows | not) | .kind + " " + .name' | sort -u)
	same "$1: nothing is left" "" "$(drifts)"
	domain=$(instance $member)
}
domain=$(instance $member)

jobs() { hanse get jobs -o json | jq 'map(.job_id | tonumber) | max'; }
trap 'rm -rf "$work"; tests/e2e/policy.sh auto' EXIT
tests/e2e/policy.sh manual

same "nothing has been changed yet" "" "$(drifts)"

echo "--- domains"
try "virsh destroy" "domain-stopped $domain" lxc destroy "$domain"
try "virsh suspend" "domain-paused $domain" lxc suspend "$domain"
undefined() { lxc destroy "$domain" && lxc undefine "$domain"; }
try "virsh undefine" "domain-undefined $domain" undefined
try "virsh edit: vcpus" "domain-vcpus-edited $domain" edit domain "$domain" 's/>1<.vcpu>/>2<\/vcpu>/'
try "virsh edit: memory" "domain-memory-edited $domain" edit domain "$domain" \
	's/196608<.memory>/262144<\/memory>/; s/196608<.currentMemory>/262144<\/currentMemory>/'
try "virsh edit: limits" "domain-limits-edited $domain" edit domain "$domain" 's/<quota>.*</<quota>-1</'
try "virsh edit: no interface" "domain-interface-removed $domain" edit domain "$domain" '/<interface/,/<.interface>/d'
try "virsh edit: MAC" "domain-mac-changed $domain" edit domain "$domain" 's/52:54:00:[0-9a-f:]*/52:54:00:00:00:01/'
try "virsh edit: no filter" "domain-filter-changed $domain" edit domain "$domain" '/<hanse:wall/d'
try "virsh edit: whom it may call" "domain-filter-changed $domain" edit domain "$domain" 's/calls=\(.\)6432/calls=\122 6432/'
try "virsh edit: what its wall lets in" "domain-definition-edited $domain" edit domain "$domain" 's/port=\(.\)9000/port=\122/'
try "virsh edit: network" "domain-network-changed $domain" edit domain "$domain" "s/network='hanse-automotive'/network='hanse-data'/"
try "virsh edit: port isolation" "domain-isolation-changed $domain" edit domain "$domain" '/<port isolated/d'
try "virsh edit: another root" "domain-source-changed $domain" edit domain "$domain" "s,$domain/root,nobody/root,"
try "virsh edit: capabilities" "domain-definition-edited $domain" edit domain "$domain" "s/<kill state='on'.>/<kill state='on'\/><sys_admin state='on'\/>/"
try "virsh autostart" "domain-autostart $domain" lxc autostart "$domain"
ifname() { lxc dumpxml "$domain" | grep -o 'hi[0-9a-f]\{12\}' | head -n 1; }
try "ip link: off its bridge" "domain-link-unplugged $domain" ip link set dev "$(ifname)" nomaster
try "ip link: not isolated" "domain-link-open $domain" ip link set dev "$(ifname)" type bridge_slave isolated off
try "ip link: deleted" "domain-link-gone $domain" ip link del dev "$(ifname)"
try "umount of a root" "domain-mount-missing $domain" umount "/run/hanse/mnt/domain/$domain/root"
try "a file of a domain edited" "domain-files-edited $domain" append "$state/domains/$domain/config/portal.yaml"
try "a file of a domain removed" "domain-files-edited $domain" rm "$state/domains/$domain/config/domain.conf"
unknown_domain() {
	lxc dumpxml --inactive "$domain" | sed "s/$domain/automotive.nobody/; s/name=.$domain./name='automotive.nobody'/
		s/<uuid>.*</<uuid>7b480e98-f803-538e-9a55-4d6967ecefc5</; s/enterprise=.eilfracht./enterprise='nobody'/" >"$work/nobody.xml"
	lxc define "$work/nobody.xml"
}
try "a domain of ours that no spec explains" "domain-unknown automotive.nobody" unknown_domain

echo "--- walls and networks"
try "nft: a wall edited" "domain-wall-edited $domain" nft insert rule bridge hanse "to-$(ifname)" accept
try "nft: a wall removed" "domain-wall-missing $domain" nft delete element bridge hanse to "{ \"$(ifname)\" }"
each_domain() { lxc list --name | grep . | sort | sed "s/^/$1 /" | paste -sd' '; }
try "nft: every wall removed" "$(each_domain domain-wall-open)" nft delete table bridge hanse
try "virsh net-destroy" "network-stopped hanse-automotive" lxc net-destroy hanse-automotive
try "virsh net-edit: forward" "network-forwards hanse-automotive" edit net hanse-automotive "s/<bridge/<forward mode='nat'\/><bridge/"
try "virsh net-edit: DHCP" "network-edited hanse-automotive" edit net hanse-automotive \
	"s,<ip family='ipv4' address='\(10.90.[0-9]*\).1' prefix='24'>,&<dhcp><range start='\1.200' end='\1.210'/></dhcp>,"
try "virsh net-autostart" "network-autostart hanse-automotive" lxc net-autostart hanse-automotive

echo "--- volumes and images"
try "a volume of ours that no spec explains" "volume-unknown db.stranger" truncate -s 1G $state/volumes/db.stranger.raw
# As built; other builds may have cleared the cache of it.
image=$(sed -n 's/^app=//p' $state/images/manifest)
name=$(basename "$image" .squashfs)
[ -e "/var/cache/hanse/${image##*/}" ] || cp "$image" /var/cache/hanse/
try "an image deleted" "image-missing $name" rm "$image"
try "an image changed" "image-damaged $name" damage "$image" 4096

echo "--- certificates"
# A member's certificate has another name after it was rotated.
current() { find $state/ca -name "$other*.crt" -printf '%f\n' | sort -V | tail -n 1 | sed 's/.crt$//'; }
expire() { # DAYS: issue one that ends then
	local cert
	cert=$state/ca/$(current)
	openssl req -new -key "$cert.key" -subj "/CN=$other" -out "$work/csr" &&
		openssl x509 -req -in "$work/csr" -CA $state/ca/ca.crt -CAkey $state/ca/ca.key -days "$1" -set_serial 77 -out "$cert.crt"
}
try "a certificate expired" "certificate-expired $(current)" expire -1
try "a certificate about to expire" "certificate-expiring $(current)" expire 3
try "a certificate replaced" "certificate-replaced $(current)" expire 300
try "a certificate of somebody else" "certificate-foreign $(current)" \
	openssl req -x509 -new -key "$state/ca/$(current).key" -subj "/CN=$other" -days 300 -out "$state/ca/$(current).crt"
try "a certificate deleted" "certificate-missing $(current)" rm "$state/ca/$(current).crt"
try "a key others may read" "key-readable $(current)" chmod 644 "$state/ca/$(current).key"
role=$state/ca/backend/role.$other
try "the certificate of a role deleted" "certificate-missing role.$other" rm "$role.crt"
try "the key of a role is another one's" "key-replaced role.$other" cp "$state/ca/backend/role.automotive.adler-motors.key" "$role.key"

echo "--- directory"
try "ldapmodify: legal name" "directory-enterprise-changed automotive/eilfracht" ldap modify <<END
dn: $entry
changetype: modify
replace: hanseLegalName
hanseLegalName: Eilfracht Europe SE
END
try "ldapmodify: suspended" "enterprise-suspended automotive/eilfracht" ldap modify <<END
dn: $entry
changetype: modify
replace: hanseSuspended
hanseSuspended: TRUE
END
try "ldapmodify: mail" "person-changed automotive/eilfracht/sven.ritter" ldap modify <<END
dn: uid=sven.ritter,$people
changetype: modify
replace: mail
mail: mallory@example.org
END
try "ldapmodify: a role" "person-roles-changed automotive/eilfracht/sven.ritter" ldap modify <<END
dn: cn=finance,ou=roles,$entry
changetype: modify
add: member
member: uid=sven.ritter,$people
END
try "ldapadd: a person" "person-unknown automotive/eilfracht/mallory" ldap add <<END
dn: uid=mallory,$people
objectClass: inetOrgPerson
objectClass: hansePerson
uid: mallory
cn: Mallory
sn: Mallory
preferredLanguage: en
END
try "ldapdelete: a person" "person-missing automotive/eilfracht/sven.ritter" ldap delete "uid=sven.ritter,$people"
try "ldapdelete: the portal's account" "service-account-missing automotive/eilfracht" ldap delete "cn=portal,$entry"
try "ldapmodify: the portal's password" "service-account-changed automotive/eilfracht" ldap modify <<END
dn: cn=portal,$entry
changetype: modify
replace: userPassword
userPassword: something-else-altogether
END

echo "--- databases"
role='"automotive.eilfracht"'
server=postgres@$db
try "ALTER ROLE CREATEDB" "role-attributes-changed $member" as_provisioner $server "ALTER ROLE $role CREATEDB INHERIT"
try "ALTER ROLE NOLOGIN" "role-attributes-changed $member" as_provisioner $server "ALTER ROLE $role NOLOGIN"
try "ALTER ROLE SET" "role-settings-changed $member" as_provisioner $server "ALTER ROLE $role SET search_path = public"
try "CONNECTION LIMIT" "role-limit-changed $member" as_provisioner $server "ALTER ROLE $role CONNECTION LIMIT 3"
try "GRANT of a role" "role-memberships-changed $member" as_provisioner $server "GRANT \"$other\" TO $role"
try "REVOKE CONNECT" "role-connect-changed $member" as_owner $server "REVOKE CONNECT ON DATABASE $database FROM $role"
try "GRANT CONNECT to PUBLIC" "database-connect-changed $database" as_owner $server "GRANT CONNECT ON DATABASE $database TO PUBLIC"
try "CREATE ROLE" "role-unknown backdoor" as_provisioner $server "CREATE ROLE backdoor LOGIN"
drop_role() {
	as_owner $server "REVOKE ALL ON DATABASE $database FROM $role" && as_provisioner $server "DROP ROLE $role"
}
try "DROP ROLE" "role-missing $member" drop_role
give_away() {
	as_provisioner $server "ALTER ROLE hanse_owner CREATEDB; GRANT \"$other\" TO hanse_owner; SET ROLE hanse_owner;
		ALTER DATABASE $database OWNER TO \"$other\"; RESET ROLE; REVOKE \"$other\" FROM hanse_owner; ALTER ROLE hanse_owner NOCREATEDB"
}
try "ALTER DATABASE OWNER" "database-owner-changed $database" give_away
try "DISABLE ROW LEVEL SECURITY" "database-rls-changed $database" as_owner $database \
	"ALTER TABLE hanse.purchase_order DISABLE ROW LEVEL SECURITY"
policy=$(as_provisioner $database "SELECT format('%I ON %s', polname, polrelid::regclass) FROM pg_policy ORDER BY 1 LIMIT 1")
try "DROP POLICY" "database-policy-changed $database" as_owner $database "DROP POLICY $policy"
try "GRANT on a table" "database-grants-changed $database" as_owner $database "GRANT SELECT ON hanse.schema_migration TO $role"
try "a function replaced" "database-schema-edited $database" as_owner $database \
	"CREATE FUNCTION api.peek() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION api.peek FROM PUBLIC, hanse_owner"
try "members edited" "members-changed automotive" as_owner $database "UPDATE hanse.enterprise SET legal_name = 'Mallory' WHERE enterprise_id = 'eilfracht'"

echo "--- gateway and edge"
route=$state/gateway/routes/automotive.json
try "a route edited" "route-edited automotive" sed -i 's/"role": *"automotive.eilfracht"/"role":"automotive.falk-autohaus"/' $route
try "a route's file deleted" "route-missing automotive" rm $route
try "a route's file garbled" "route-unreadable automotive" sh -c "echo '{' >$route"
try "a route's mode" "route-file-open automotive" chmod 644 $route
try "a route of nobody" "route-unknown stranger" cp $route $state/gateway/routes/stranger.json
try "the list of servers edited" "gateway-servers-edited platform" sed -i 's/10\.90\.1\.10/10.90.1.11/' $state/gateway/routes/platform.json
conf=/etc/hanse/edge/$member.conf
try "the edge's file edited" "edge-edited $member" append $conf
try "the edge's file removed" "edge-missing $member" rm $conf
try "a file nginx has not read" "edge-not-loaded $member" touch $conf
try "a file of nobody" "edge-unknown automotive.nobody" touch /etc/hanse/edge/automotive.nobody.conf

if [[ "by itself" =~ $only ]]; then
	echo "--- what is asked for, and no more"
	edit domain "$domain" 's/>1<.vcpu>/>2<\/vcpu>/'
	lxc autostart "$(instance $other)" >/dev/null
	contains "a dry run says what it would do" 'domain-vcpus-edited +domain +automotive.eilfracht' "$(hanse repair --all --dry-run)"
	expect "one thing is repaired" 0 hanse repair -q domain "$(instance $other)"
	same "and the other one is not" "domain-vcpus-edited $domain" "$(drifts)"
	expect "it is adopted" 0 hanse adopt -q domain "$domain"
	domain=$(instance $member)
	same "and is what is wanted" "" "$(drifts)"
	contains "the stored spec says so" '2' "$(hanse describe domain "$domain" -o json | jq .vcpus)"
	expect "what nobody explains cannot be" 6 sh -c "truncate -s 1G $state/volumes/db.stranger.raw && hanse adopt -q volume db.stranger"
	expect "nor is it swept away with the rest" 0 hanse repair -q --all
	same "it must be named" "volume-unknown db.stranger" "$(drifts)"
	expect "then it goes" 0 hanse repair -q volume db.stranger
	expect "what is as it should be is not repaired" 4 hanse repair -q volume db.shared
	expect "the spec as it was" 0 hanse apply -q etc/examples/automotive.yaml
	domain=$(instance $member)
	same "nothing is left of all that" "" "$(drifts)"

	echo "--- by itself"
	tests/e2e/policy.sh auto
	runs() { [ "$(lxc domstate "$domain")" = running ]; }
	over() { ! hanse get jobs -o json | jq -e '.[] | select(.state == "running" or .state == "queued")'; }
	sleep 2
	lxc destroy "$domain" >/dev/null
	eventually "a destroyed domain is started" 20 runs
	eventually "and its job ends" 60 over
	nft insert rule bridge hanse "to-$(ifname)" accept
	wall_is_back() { ! nft list chain bridge hanse "to-$(ifname)" | grep -q '^[[:space:]]*accept'; }
	eventually "an edited wall is put back within the minute" 70 wall_is_back
	contains "the events say so" 'drift.seen' "$(hanse get events)"

	echo "--- a limit"
	eventually "no job runs" 60 over
	control() { psql -XAtq -h /run/hanse/control-db -U hanse -d hanse -c "$1"; }
	control "INSERT INTO drift_try (kind, name) SELECT 'domain', '$domain' FROM generate_series(1, 5)"
	lxc destroy "$domain" >/dev/null
	gave_up() { hanse status | grep -q 'domain-stopped .*gave-up'; }
	eventually "after five times it is given up, and shown in the status" 20 gave_up
	same "it stays down" "shut off" "$(lxc domstate "$domain")"
	contains "an event says so" 'drift.gave-up' "$(hanse get events)"
	expect "asked for, it is started" 0 hanse repair -q domain "$domain"
	same "it runs" running "$(lxc domstate "$domain")"

	echo "--- a hypervisor that does not answer"
	eventually "all is well" 60 over
	# Of this host, not of others on this machine (tests/lab).
	libvirtd() { pgrep --ns $$ --nslist pid -x libvirtd; }
	ids() { lxc list --id | sort | paste -sd' '; } # that of its first process
	before=$(jobs) running=$(ids)
	contains "there are jobs and domains to count" '^[0-9]+ [0-9]+ [0-9]+' "$before $running"
	kill -STOP "$(libvirtd)"
	contains "stopped: what is on it is unknown" 'unknown +domain +automotive' "$(hanse verify)"
	lacks "and nothing is said to be stopped or missing" 'stopped|missing|undefined' "$(hanse verify)"
	kill -CONT "$(libvirtd)"
	eventually "it goes on: all is known" 60 hanse verify
	kill -KILL "$(libvirtd)"
	sleep 3
	eventually "killed and back: all is known" 60 hanse verify
	sleep 7
	same "no job was made of it" "$before" "$(jobs)"
	same "no domain was restarted" "$running" "$(ids)"
fi
summary
