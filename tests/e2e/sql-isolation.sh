#!/bin/bash
# sql-isolation.sh - as hostile members, through the gateway, on the running
# platform with the VEs "automotive" and "second": nothing foreign is seen.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh

sql() { # VE/ENTERPRISE STATEMENT
	hanse psql "$1" -- -XAtq -v ON_ERROR_STOP=1 -c "$2" 2>&1
}
refused() { # NAME MEMBER STATEMENT
	local out
	if out=$(sql "$2" "$3"); then
		fail "$1" "it worked: $out"
	else
		pass "$1"
	fi
}
members=$(hanse get enterprises -o json | node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>{for(const e of JSON.parse(t))console.log(e.ve+"/"+(e.enterprise??e.name))})')
[ "$(wc -l <<<"$members")" -ge 8 ] || { fail "the members are listed" "$members"; summary; exit 1; }

for member in $members; do
	ve=${member%/*} me=${member#*/}
	same "$member: the session is itself" "$ve.$me $ve.$me ve_$ve" "$(sql "$member" "select session_user, current_user, current_database()" | tr '|' ' ')"
	same "$member: sees only its own VE" "$ve" "$(sql "$member" 'select distinct ve_id from api.me')"
	same "$member: every order is its own" 0 "$(sql "$member" "select count(*) from api.\"order\" where '$me' not in (buyer_id, seller_id)")"
	same "$member: every line is of an order it sees" 0 "$(sql "$member" 'select count(*) from api.order_line l where not exists (select from api."order" o where o.order_uid = l.order_uid)')"
	same "$member: every event is of an order it sees" 0 "$(sql "$member" 'select count(*) from api.order_event e where not exists (select from api."order" o where o.order_uid = e.order_uid)')"
	same "$member: every item is its own" 0 "$(sql "$member" "select count(*) from api.item where '$me' not in (buyer_id, seller_id)")"
done

one=automotive/brecht-braking
refused "SET ROLE to a neighbour" $one 'set role "automotive.adler-motors"'
refused "SET ROLE to the owner" $one 'set role hanse_owner'
refused "SET SESSION AUTHORIZATION" $one 'set session authorization "automotive.adler-motors"'
same "RESET changes nothing" automotive.brecht-braking "$(hanse psql $one -- -XAtq -c 'reset role' -c 'reset session authorization' -c 'discard all' -c 'select session_user' 2>&1 | tail -n 1)"
refused "COPY TO PROGRAM" $one "copy (select 1) to program 'id'"
refused "COPY FROM a file" $one "copy api.me from '/etc/passwd'"
refused "pg_read_file" $one "select pg_read_file('/etc/passwd')"
refused "pg_ls_dir" $one "select pg_ls_dir('.')"
refused "large object from a file" $one "select lo_import('/etc/passwd')"
refused "a new large object" $one 'select lo_create(0)'
refused "dblink" $one "select dblink_connect('dbname=ve_second')"
refused "CREATE EXTENSION" $one 'create extension dblink'
refused "CREATE FUNCTION" $one 'create function f() returns int language sql as $$ select 1 $$'
refused "CREATE TABLE" $one 'create table t (a int)'
refused "CREATE TEMP TABLE" $one 'create temp table t (a int)'
refused "DO" $one 'do $$ begin end $$'
refused "writing a table" $one "update hanse.purchase_order set state = 'CLOSED'"
refused "deleting history" $one 'delete from hanse.document_event'
refused "LOCK TABLE" $one 'lock table hanse.purchase_order in access exclusive mode'
refused "row security off" $one 'set row_security = off; select count(*) from hanse.purchase_order'
refused "pg_authid" $one 'select count(*) from pg_authid'
refused "GRANT" $one 'grant "automotive.adler-motors" to "automotive.brecht-braking"'
refused "CREATE ROLE" $one 'create role x'
refused "the administrator's functions" $one "select admin.members()"
refused "another backend's life" $one 'select pg_terminate_backend(1)'

# It is in the gateway's audit, without its values.
sql $one "select count(*) from api.me where ve_id = 'a value of nobody'" >/dev/null
sleep 1
statements=$(hanse audit statements $one -o json)
same "what was refused is in the audit" refused "$(jq -r 'map(select(.sqlstate == "42501" and .verdict == "refused")) | last.verdict' <<<"$statements")"
same "what was asked, too" "select count(*) from api.me where ve_id = \$1 hanse-psql" "$(jq -r 'map(select(.tag == "SELECT")) | last | .statement + " " + .application' <<<"$statements")"
lacks "values are not" 'a value of nobody' "$statements"
same "nobody else's statements" $one "$(jq -r 'map(.ve + "/" + .enterprise) | unique | join(" ")' <<<"$statements")"
contains "its limits" 'brecht-braking +[0-9]+ of 192 +[0-9]+ of 24' "$(hanse gateway limits)"
contains "the audit is whole" 'Whole: [0-9]+ statements of the gateway' "$(hanse audit verify)"

# The gateway: who one is, is fixed.
key=/var/lib/hanse/ca/automotive.brecht-braking
conn="host=automotive.gateway.hanse.internal hostaddr=127.0.0.1 port=6432 sslmode=verify-full sslrootcert=/var/lib/hanse/ca/ca.crt connect_timeout=5"
as() { psql -XAtq "$conn $1" -c "select session_user" 2>&1; }
contains "a certificate is for its own enterprise" "FATAL|error" "$(as "sslcert=$key.crt sslkey=$key.key user=automotive.adler-motors dbname=ve_automotive")"
contains "and for its own VE" "FATAL|error" "$(as "sslcert=$key.crt sslkey=$key.key user=automotive.brecht-braking dbname=ve_second")"
contains "the same name in the other VE is another one" "FATAL|error" "$(as "host=second.gateway.hanse.internal sslcert=$key.crt sslkey=$key.key user=second.brecht-braking dbname=ve_second")"
contains "no certificate, no password" "FATAL|error|no password" "$(as "user=automotive.brecht-braking dbname=ve_automotive")"
contains "no way to the maintenance database" "FATAL|error" "$(as "sslcert=$key.crt sslkey=$key.key user=automotive.brecht-braking dbname=postgres")"
contains "no options of a member's own" "FATAL|error" "$(as "sslcert=$key.crt sslkey=$key.key user=automotive.brecht-braking dbname=ve_automotive options='-c role=automotive.adler-motors'")"
contains "no plain text" "FATAL|error" "$(psql -XAtq "host=127.0.0.1 port=6432 sslmode=disable user=automotive.brecht-braking dbname=ve_automotive connect_timeout=5" -c 'select 1' 2>&1)"
contains "the database domain does not answer the host without the gateway's certificate" "FATAL|error|refused|timeout" "$(psql -XAtq "host=$(hanse get domains -o json | node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>console.log(JSON.parse(t).find(d=>d.name==="db.shared").address))') sslmode=require user=automotive.brecht-braking dbname=ve_automotive connect_timeout=5" -c 'select 1' 2>&1)"
summary
