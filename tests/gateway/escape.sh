#!/bin/bash
# escape.sh - a hostile client's attacks, on the gateway and on three designs that
# do not hold (escape.c). Needs root. Environment: see ground.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
# One backend an enterprise: what anybody leaves behind is found at once.
export POOLING=transaction BACKENDS=1
. tests/gateway/ground.sh

# world DATABASE WHO: the documents of two, and a policy by what says who one is
world() {
	admin -d "$1" <<END
CREATE TABLE doc(enterprise text, secret text);
INSERT INTO doc VALUES ('$anna', 'of anna'), ('$bert', 'of bert');
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON doc USING (enterprise = $2);
CREATE TABLE note(text text);
INSERT INTO note VALUES ('one');
GRANT ALL ON doc, note TO PUBLIC;
END
}
admin -d postgres <<END
CREATE ROLE pooler_a LOGIN SUPERUSER;
CREATE ROLE pooler_b LOGIN NOINHERIT;
CREATE ROLE pooler_e LOGIN;
GRANT "$anna", "$bert" TO pooler_b;
CREATE DATABASE weak_a; CREATE DATABASE weak_b; CREATE DATABASE weak_e;
END
world ve_alpha 'session_user::text'
world weak_a 'current_user::text'
world weak_b 'current_user::text'
world weak_e "current_setting('hanse.enterprise', true)"
sed -i '1i host all pooler_a,pooler_b,pooler_e 127.0.0.1/32 trust' "$dir/data/pg_hba.conf"
as_postgres pg_ctl -D "$dir/data" reload >/dev/null
weak() { echo "host=127.0.0.1 port=$back sslmode=disable user=pooler_$1 dbname=weak_$1"; }

by_bert="$(conn "$bert" ve_alpha password=secret-bert sslcert=none)"
by_sql() { timeout 600 "$B/gw_escape" "$by_password" "$by_bert" "$(weak a)" "$(weak b)" "$(weak e)"; }
by_messages() { timeout 600 "$B/gw_protocol" "$ca" "$front" "$back"; }
number() { grep -oE '^[0-9]+ attacks' "$1" | cut -d" " -f1; }
attacks() { # WHEN
	contains "$1: every attack by SQL is held, and succeeds where it should" ' 0 escaped, 0 toothless$' "$(by_sql | tee "$dir/sql")"
	contains "$1: every attack by messages, too" ' 0 escaped, 0 toothless$' "$(by_messages | tee "$dir/messages")"
	sed 's/^/note  /' "$dir/sql" "$dir/messages"
	same "they are many" yes "$([ "$(number "$dir/sql")" -ge 350 ] && [ "$(number "$dir/messages")" -ge 200 ] && echo yes)"
}
attacks "with shared backends"
POOLING=session BACKENDS=0 write_alpha 250
tool call "$socket" reload >/dev/null
attacks "with a backend each"
lacks 'no sanitizer spoke' 'Sanitizer|runtime error' "$(cat "$log")"
summary
