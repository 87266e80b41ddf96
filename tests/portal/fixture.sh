# shellcheck shell=bash
# fixture.sh - PostgreSQL, slapd, nginx and a portal an enterprise, in a folder
# of their own on loopback; to be sourced. Needs root. Sets $dir.
#
#   B     build folder        PORT  the first of ten free ports
#
# Ports: PORT edge, +1 database, +2 directory, +3... the portals.

B=${B:-build} PORT=${PORT:-27500}
PATH=$PATH:/usr/sbin:/sbin
ve=automotive
enterprises=(adler-motors brecht-braking changjiang-wiring)
service_secret=service-account-secret
person_password='correct horse 9 staple'
pg=/usr/lib/postgresql/15/bin
dir=$(mktemp -d /tmp/hanse-portal.XXXXXX)
chmod 0711 "$dir"
slapd_pid='' nginx_pid='' portal_pids=()
ldaps=ldaps://127.0.0.1:$((PORT + 2))
ldapi="ldapi://$(printf %s "$dir/ldap/ldapi" | sed 's|/|%2F|g')"

as_postgres() { runuser -u postgres -- "$@"; }

fixture_stop() {
	local pid
	for pid in "${portal_pids[@]}" $slapd_pid $nginx_pid; do
		kill "$pid" 2>/dev/null
	done
	as_postgres "$pg/pg_ctl" -D "$dir/pg/data" -m immediate stop >/dev/null 2>&1
	wait 2>/dev/null
	[ -n "${KEEP:-}" ] || rm -rf "$dir"
}

# --- the database -------------------------------------------------------------

sql() { # USER DATABASE ARG...
	local user=$1 database=$2
	shift 2
	psql -XqAt -v ON_ERROR_STOP=1 -h "$dir/pg" -p $((PORT + 1)) -U "$user" -d "$database" "$@"
}

database_start() {
	as_postgres "$pg/pg_ctl" -D "$dir/pg/data" -w -l "$dir/pg/log" start \
	    -o "-p $((PORT + 1)) -k $dir/pg -c listen_addresses= -c fsync=off -c max_connections=150" >/dev/null
}
database_stop() { as_postgres "$pg/pg_ctl" -D "$dir/pg/data" -w -m immediate stop >/dev/null; }

database_make() {
	local file name enterprise
	install -d -o postgres -m 0755 "$dir/pg"
	as_postgres "$pg/initdb" -D "$dir/pg/data" -E UTF8 --locale=C.UTF-8 -A trust -N >"$dir/pg/initdb"
	database_start || return 1
	sql postgres postgres -f shared-db-gateway/schema/cluster.sql || return 1
	sql hanse_provisioner postgres -c "CREATE DATABASE ve_$ve OWNER hanse_owner"
	for file in shared-db-gateway/schema/[0-9]*.sql; do
		name=${file##*/}
		{
			echo 'BEGIN; SET LOCAL ROLE hanse_owner;'
			cat "$file"
			echo "INSERT INTO hanse.schema_migration (number, name, sha256)"
			echo "VALUES ($((10#${name%%_*})), '$name', '-'); COMMIT;"
		} | sql hanse_provisioner "ve_$ve" -f - >/dev/null || return 1
	done
	sql hanse_provisioner "ve_$ve" -v spec="$(cat tests/portal/members.json)" \
	    -f - >/dev/null <<<"SELECT admin.members_apply(:'spec');"
	for enterprise in "${enterprises[@]}"; do
		sql hanse_provisioner postgres -c "CREATE ROLE \"$ve.$enterprise\" LOGIN NOINHERIT"
		sql hanse_provisioner postgres -c "ALTER ROLE \"$ve.$enterprise\" SET TimeZone TO '$(jq -r --arg name "$enterprise" \
			'.enterprises[] | select(.name == $name) | .sites | sort_by(.id)[0].time_zone' tests/portal/members.json)'"
		sql hanse_provisioner postgres -c "SET ROLE hanse_owner; GRANT CONNECT ON DATABASE ve_$ve TO \"$ve.$enterprise\""
	done
}

# A closed month's bill, as provisioning publishes it.
bill() { # ENTERPRISE MONTH CENTS
	sql hanse_provisioner "ve_$ve" -v enterprise="$1" -v month="$2" -v cents="$3" -f - >/dev/null <<-'SQL'
		SELECT admin.publish_bill(jsonb_build_object('enterprise', :'enterprise', 'month', :'month', 'currency', 'EUR',
			'cents', :cents::int, 'closed_at', '2026-11-01T00:05:00Z', 'sha256', encode(sha256(:'month'::bytea), 'hex'),
			'lines', jsonb_build_array(
				jsonb_build_object('line_no', 4, 'meter', 'memory_mib', 'state', 'running', 'late', false, 'quantity', '5485363200000000',
					'unit', 'GiB-h', 'divisor', '3686400000000', 'price', '0.0046', 'valid_from', '2026-01-01T00:00:00Z', 'cents', :cents::int - 100),
				jsonb_build_object('line_no', 5, 'meter', 'requests', 'state', '', 'late', true, 'quantity', '12345678',
					'unit', 'million', 'divisor', '1000000', 'cents', 0),
				jsonb_build_object('line_no', 6, 'meter', 'vcpus', 'state', 'suspended', 'late', false, 'quantity', '3600000000',
					'unit', 'vCPU-h', 'divisor', '3600000000', 'price', '1', 'valid_from', '2026-10-01T00:00:00Z',
					'valid_to', '2026-10-15T00:00:00Z', 'cents', 100))));
	SQL
}

# --- certificates -------------------------------------------------------------

certificate() { # NAME SUBJECT_ALT_NAMES
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
	    -keyout "$dir/ca/$1.key" -out "$dir/ca/$1.csr" 2>/dev/null
	openssl x509 -req -in "$dir/ca/$1.csr" -CA "$dir/ca/ca.crt" -CAkey "$dir/ca/ca.key" \
	    -CAcreateserial -days 2 -extfile <(echo "subjectAltName=$2") -out "$dir/ca/$1.crt" 2>/dev/null
}

certificates_make() {
	local enterprise
	mkdir -p "$dir/ca"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	    -subj '/CN=scratch CA' -keyout "$dir/ca/ca.key" -out "$dir/ca/ca.crt" 2>/dev/null
	certificate directory DNS:directory.hanse.internal,IP:127.0.0.1
	for enterprise in "${enterprises[@]}"; do
		certificate "$enterprise.$ve" "DNS:$enterprise.$ve.localhost"
	done
}

# --- the directory ------------------------------------------------------------

directory_start() {
	slapd -d 0 -u openldap -g openldap -F "$dir/slapd/config" -h "$ldaps $ldapi" >"$dir/slapd.log" 2>&1 &
	slapd_pid=$!
	for _ in $(seq 50); do
		[ -S "$dir/ldap/ldapi" ] && root_tool ve-list >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	cat "$dir/slapd.log"
	return 1
}
directory_stop() {
	kill "$slapd_pid"
	wait "$slapd_pid" 2>/dev/null
	slapd_pid=''
}

root_tool() { URI=$ldapi "$B/directory_tool" "$@"; }
person() { # ENTERPRISE LOGIN NAME LANGUAGE ROLE...
	local enterprise=$1 login=$2
	root_tool person-put $ve "$enterprise" "$login" "$3" "$login@$enterprise.example" "$4" "${@:5}" &&
		root_tool password-set $ve "$enterprise" "$login" "$person_password"
}

directory_make() {
	local enterprise
	install -d -o openldap -m 0711 "$dir/ldap"
	etc/directory/init.sh "$dir/slapd" "$dir/ca" || return 1
	directory_start || return 1
	root_tool ve-put $ve 'Rhine-Neckar automotive chain'
	for enterprise in "${enterprises[@]}"; do
		root_tool enterprise-put $ve "$enterprise" "$enterprise" supplier
		root_tool service-put $ve "$enterprise" $service_secret
	done
	person adler-motors anna.becker 'Anna Becker' de buyer admin
	person adler-motors erin.may 'Erin May' en buyer seller
	person adler-motors paul.wagner 'Paul Wagner' en quality
	person adler-motors locked.out 'Locked Out' en buyer
	person brecht-braking jonas.keller 'Jonas Keller' en seller admin
	person changjiang-wiring li.wei '李伟' zh seller admin
}

# --- the portals and the edge -------------------------------------------------

portal_start() { # INDEX
	local enterprise=${enterprises[$1]}
	cat >"$dir/$enterprise.yaml" <<YAML
ve: $ve
enterprise: $enterprise
title: Rhine-Neckar automotive chain
legal_name: $(sql postgres "ve_$ve" -c "SELECT legal_name FROM hanse.enterprise WHERE enterprise_id = '$enterprise'")
listen: "127.0.0.1:$((PORT + 3 + $1))"
threads: ${THREADS:-8}
database:
  conninfo: "host=$dir/pg port=$((PORT + 1)) dbname=ve_$ve user=$ve.$enterprise"
directory:
  uri: $ldaps
  base: dc=hanse
  bind_dn: cn=portal,o=$enterprise,ou=$ve,ou=ves,dc=hanse
  password: $service_secret
  ca: $dir/ca/ca.crt
YAML
	"${PORTAL:-$B/hanse-portal}" --config "$dir/$enterprise.yaml" >>"$dir/$enterprise.log" 2>&1 &
	portal_pids[$1]=$!
}
portal_stop() { # INDEX; its exit status
	local pid=${portal_pids[$1]}
	kill "$pid"
	wait "$pid"
}

edge_make() {
	local i enterprise
	mkdir -p "$dir/edge" "$dir/edge-run"
	cp -r portal/static "$dir/static"
	chmod -R a+rX "$dir/static" "$dir/edge-run"
	sed "s/127.0.0.1:8443/127.0.0.1:$PORT/" etc/edge/nginx.conf >"$dir/edge/nginx.conf"
	for i in "${!enterprises[@]}"; do
		enterprise=${enterprises[$i]}
		# The stories log in more often than people do.
		sed -e 's|burst=20|burst=100|' -e "s|{{portal}}|127.0.0.1:$((PORT + 3 + i))|" \
		    -e "s|{{ve}}|$ve|g" -e "s|{{enterprise}}|$enterprise|g" \
		    -e "s|{{server_name}}|$enterprise.$ve.localhost|g" \
		    -e "s|{{listen}}|127.0.0.1:$PORT|g" -e "s|{{static_root}}|$dir/static|g" \
		    -e "s|{{certificate}}|$dir/ca/$enterprise.$ve.crt|g" \
		    -e "s|{{certificate_key}}|$dir/ca/$enterprise.$ve.key|g" \
		    etc/edge/enterprise.conf >"$dir/edge/$ve.$enterprise.conf"
	done
	nginx -t -q -e stderr -p "$dir/edge-run" -c "$dir/edge/nginx.conf" || return 1
	nginx -e stderr -p "$dir/edge-run" -c "$dir/edge/nginx.conf" -g 'daemon off;' >"$dir/nginx.log" 2>&1 &
	nginx_pid=$!
}

url() { echo "https://$1.$ve.localhost:$PORT"; }
# fetch ENTERPRISE PATH ARG...: curl that knows the names and the CA
fetch() {
	local enterprise=$1 path=$2
	shift 2
	curl -sS --cacert "$dir/ca/ca.crt" --resolve "*:$PORT:127.0.0.1" -m 20 "$@" "$(url "$enterprise")$path"
}

fixture_start() {
	local i
	make -s B="$B" "$B/hanse-portal" "$B/directory_tool" || return 1
	certificates_make
	database_make || { echo "portal: no database" >&2; return 1; }
	directory_make || { echo "portal: no directory" >&2; return 1; }
	for i in "${!enterprises[@]}"; do
		portal_start "$i"
	done
	edge_make || return 1
	for i in $(seq 50); do
		[ "$(fetch adler-motors /healthz 2>/dev/null)" = ok ] &&
			[ "$(fetch brecht-braking /healthz 2>/dev/null)" = ok ] && return 0
		sleep 0.1
	done
	echo "portal: not ready" >&2
	fetch adler-motors /healthz
	tail -n 20 "$dir"/*.log
	return 1
}
