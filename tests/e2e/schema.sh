#!/bin/bash
# schema.sh - on a running platform: migrations are rolled through the VEs, one
# at a time; one that fails in the second VE stops there.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
share=/usr/local/share/hanse/schema
work=$(mktemp -d /tmp/hanse-schema.XXXXXX)
latest=$(find $share -name '[0-9]*.sql' -printf '%f\n' | sort | tail -n 1)
latest=$((10#${latest%%_*}))
good=$share/$(printf '%03d' $((latest + 1)))_good.sql
bad=$share/$(printf '%03d' $((latest + 2)))_bad.sql
finish() { rm -rf "$work" "$good" "$bad"; }
trap finish EXIT

ve() { # NAME: a VE of one
	sed -e "s/^ve: .*/ve: $1/" -e '/^  - name: leaves/,/^relations:/{/^relations:/!d}' -e '/^relations:/q' tests/e2e/leave.yaml |
		sed 's/^relations:/relations: []/' >"$work/$1.yaml"
}
at() { hanse schema status -o json | jq -r ".ves[] | select(.ve == \"$1\") | .version"; }
has() { hanse psql "$1/stays" -- -XAtq -c "SELECT count(*) FROM api.$2" 2>/dev/null; }

for name in roll-a roll-b roll-c; do
	ve $name
	expect "$name" 0 hanse apply -q "$work/$name.yaml"
done
same "all are at the newest" "$latest $latest $latest" "$(at roll-a) $(at roll-b) $(at roll-c)"
expect "nothing to roll" 0 hanse schema roll

cat >"$good" <<'END'
CREATE VIEW api.good WITH (security_invoker) AS SELECT 1 AS one;
GRANT SELECT ON api.good TO PUBLIC;
END
expect "plan of a VE shows that its database is behind" 2 hanse plan "$work/roll-a.yaml"
expect "verify does not: it is kept where it is" 0 hanse verify
expect "start migrates nothing" 0 hanse start -q
same "still at the old" "$latest $latest $latest" "$(at roll-a) $(at roll-b) $(at roll-c)"
contains "status says behind" "roll-b +$latest +$((latest + 1)) +behind" "$(hanse schema status)"
expect "apply of one" 0 hanse apply -q "$work/roll-c.yaml"
same "migrates that one" "$latest $latest $((latest + 1))" "$(at roll-a) $(at roll-b) $(at roll-c)"
same "and no other" "|1" "$(has roll-a good)|$(has roll-c good)"

cat >"$bad" <<'END'
CREATE VIEW api.bad WITH (security_invoker) AS SELECT 1 AS one;
GRANT SELECT ON api.bad TO PUBLIC;
DO $$ BEGIN IF current_database() = 've_roll-a' THEN RAISE EXCEPTION 'not in this database'; END IF; END $$;
END
hanse schema roll roll-b roll-a roll-c >"$work/rolled" 2>&1
same "a roll that fails in the second" 1 $?
contains "says where it stopped, and why" "stopped at roll-a: .*not in this database" "$(cat "$work/rolled")"
same "first at the newest, second at its last good one, third untouched" "$((latest + 2)) $((latest + 1)) $((latest + 1))" "$(at roll-b) $(at roll-a) $(at roll-c)"
same "nothing of the bad one is left in the second" "1||" "$(has roll-a good)|$(has roll-a bad)|$(has roll-c bad)"
expect "verify is clean: each is where it is kept" 0 hanse verify
expect "the portal of the second answers" 0 curl -sfk -o /dev/null https://stays.roll-a.localhost:8443/login

sed -i '/^DO/d' "$bad"
expect "mended, the roll goes on" 0 hanse schema roll roll-a roll-b roll-c
same "all at the newest" "$((latest + 2)) $((latest + 2)) $((latest + 2))" "$(at roll-a) $(at roll-b) $(at roll-c)"
expect "of a VE that is not there" 4 hanse schema roll nobody
expect "verify is clean with all at the newest" 0 hanse verify
for name in roll-a roll-b roll-c; do
	expect "$name goes" 0 hanse destroy -q --yes $name
done
expect "verify is clean at the end" 0 hanse verify
summary
