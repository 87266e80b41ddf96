#!/bin/bash
# archive.sh - on a running platform: two enterprises trade, one is removed, its
# partner keeps everything; it comes back and is restored; then the whole VE
# goes and comes back. Ends with the platform as it began, but for archives.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
spec=tests/e2e/leave.yaml
work=$(mktemp -d /tmp/hanse-archive.XXXXXX)
state=/var/lib/hanse
finish() {
	[ ! -f "$work/archive.key" ] || mv "$work/archive.key" $state/ca/archive.key
	rm -rf "$work"
}
trap finish EXIT

sql() { # ENTERPRISE STATEMENT
	hanse psql "leave/$1" -- -XAtq -v ON_ERROR_STOP=1 -c "$2" 2>&1
}
act() { # ENTERPRISE ORDER ACTION [LINES]
	sql "$1" "SELECT api.order_act('$2', '$3', 'tester', NULL, 'because', ${4:-NULL})" >/dev/null
}
# What one sees of every order: documents, lines, messages, versions, history.
sees() { # ENTERPRISE
	local view
	for view in '"order"' order_line order_line_schedule order_response order_response_line order_version order_event; do
		sql "$1" "SELECT '$view', x FROM (SELECT to_jsonb(v) x FROM api.$view v) y ORDER BY x::text"
	done
}
alone() { # the spec without the one that leaves
	sed -e '/^  - name: leaves/,/^relations:/{/^relations:/!d}' -e '/^relations:/q' "$spec" | sed 's/^relations:/relations: []/'
}
archives() { hanse archive list leave -o json; }
newest() { archives | jq -r "[.[] | select(.enterprise == \"$1\" and .state == \"kept\")] | last | .archive"; }

echo "--- trade"
alone >"$work/alone.yaml"
expect "the VE of two" 0 hanse apply -q "$spec"
before=$(archives | jq length)
sent=$(sql stays "SELECT api.order_create('anna', 'leaves', '[{\"item\":\"L-1\",\"quantity\":\"80\"},{\"item\":\"L-1\",\"quantity\":\"2.5\"}]', 'Größe 北京')")
act stays "$sent" send
act leaves "$sent" propose "'[{\"line\":1,\"action\":3,\"quantity\":\"50\",\"promised_date\":\"2027-01-04\"},{\"line\":1,\"action\":3,\"quantity\":\"30\",\"promised_date\":\"2027-02-01\"},{\"line\":2,\"action\":7}]'"
act stays "$sent" accept_proposal
back=$(sql leaves "SELECT api.order_create('jonas', 'stays', '[{\"item\":\"L-2\",\"quantity\":\"7\"}]')")
act leaves "$back" send
act stays "$back" acknowledge
for _ in 1 2 3 4 5; do
	act stays "$(sql stays "SELECT api.order_create('anna', 'leaves', '[{\"item\":\"L-1\",\"quantity\":\"1\"}]')")" send
done
sql leaves "SELECT api.order_create('jonas', 'stays', '[{\"item\":\"L-2\",\"quantity\":\"9\"}]', 'a draft of its own')" >/dev/null
sql stays "SELECT api.order_create('anna', 'leaves', '[{\"item\":\"L-1\",\"quantity\":\"9\"}]', 'a draft of the partner')" >/dev/null
sees stays >"$work/stays"
sees leaves >"$work/leaves"
same "seven orders, and each its draft" "8 8" "$(sql stays 'SELECT count(*) FROM api."order"') $(sql leaves 'SELECT count(*) FROM api."order"')"

echo "--- no archive, no removal"
mv $state/ca/archive.key "$work/archive.key"
hanse apply -q "$work/alone.yaml" >"$work/refused" 2>&1
contains "without the key the removal stops, and says why" "archive.*key" "$(cat "$work/refused")"
same "nothing was removed from the database" "8" "$(sql stays 'SELECT count(*) FROM api."order"')"
contains "what is left is named" "documents +leave.leaves" "$(hanse verify)"
same "no archive is kept" "$before" "$(archives | jq '[.[] | select(.state == "kept")] | length')"
mv "$work/archive.key" $state/ca/archive.key

echo "--- one leaves"
eventually "with the key back the job goes on by itself" 60 hanse verify
expect "the spec without it is as it is" 0 hanse plan "$work/alone.yaml"
same "one archive more" "$((before + 1))" "$(archives | jq '[.[] | select(.state == "kept")] | length')"
first=$(newest leaves)
path=$(archives | jq -r ".[] | select(.archive == $first) | .path")
same "only root reads it" "600 root" "$(stat -c '%a %U' "$path")"
same "nothing is readable in it" 0 "$(grep -ac 'Größe\|jonas\|S-1' "$path")"
same "nothing unfinished lies beside it" "" "$(find $state/archives -name '*.new')"
sees stays >"$work/stays2"
expect "the partner sees the same, to the letter" 0 cmp "$work/stays" "$work/stays2"
same "the name is shown still" "Leaves GmbH" "$(sql stays "SELECT DISTINCT partner_name FROM api.\"order\"")"
contains "the one that left is no way in" "." "$(sql leaves 'SELECT 1')"
lacks "nor a role" "leave.leaves" "$(hanse verify)"

echo "--- what is kept"
contains "show" "Leaves GmbH" "$(hanse archive show "$first")"
expect "verify" 0 hanse archive verify "$first"
expect "verify by path" 0 hanse archive verify "$path"
hanse archive export "$first" >"$work/first"
same "export: header, rows, end" "header end" "$(jq -r .record "$work/first" | sed -n '1p;$p' | tr '\n' ' ' | sed 's/ $//')"
same "eight documents" 8 "$(tail -n 1 "$work/first" | jq .documents)"
same "its own draft, not the partner's" "1 0" "$(grep -c 'a draft of its own' "$work/first") $(grep -c 'a draft of the partner' "$work/first")"
same "not who acted for the partner on a draft" 0 "$(jq -r 'select(.record == "purchase_order" and .row.seller_id == "leaves") | .row.created_by // empty' "$work/first" | wc -l)"
cp "$path" "$work/copy"
damage "$work/copy" 1000
expect "a changed byte is found" 3 hanse archive verify "$work/copy"
head -c 900 "$path" >"$work/cut"
expect "a cut is found" 3 hanse archive verify "$work/cut"
same "of a damaged one nothing is exported" "" "$(hanse archive export "$work/copy" 2>/dev/null)"
expect "no such archive" 4 hanse archive show 999999
expect "restore for one that is no member" 4 hanse archive restore leave/leaves "$first"

echo "--- it comes back"
expect "the spec with it again" 0 hanse apply -q "$spec"
same "a new member sees nothing of the old" "0 0" "$(sql leaves 'SELECT count(*) FROM api."order"') $(sql leaves 'SELECT count(*) FROM api.order_event')"
expect "restore" 0 hanse archive restore leave/leaves "$first"
sees leaves >"$work/leaves2"
expect "it sees what it saw, to the letter" 0 cmp "$work/leaves" "$work/leaves2"
sees stays >"$work/stays2"
expect "so does its partner" 0 cmp "$work/stays" "$work/stays2"
contains "restoring again changes nothing" "8 there already" "$(hanse archive restore leave/leaves "$first")"
act leaves "$sent" propose "'[{\"line\":1,\"action\":3,\"quantity\":\"79\"}]'"
same "and trades on" PROPOSED "$(sql stays "SELECT state FROM api.\"order\" WHERE order_uid = '$sent'")"
act stays "$sent" refuse
hanse archive restore leave/leaves "$first" >"$work/differing"
same "then the old archive is refused" 6 $?
contains "with the list" "PO-000001 +continued" "$(cat "$work/differing")"
expect "unless that is wanted" 0 hanse archive restore --continued leave/leaves "$first"

echo "--- the VE goes, and comes back"
sees stays >"$work/stays"
sees leaves >"$work/leaves"
expect "destroy" 0 hanse destroy -q --yes leave
expect "verify is clean" 0 hanse verify
second=$(newest leaves)
other=$(newest stays)
hanse archive export "$second" >"$work/second"
expect "apply" 0 hanse apply -q "$spec"
same "a new VE" "0 0" "$(sql stays 'SELECT count(*) FROM api."order"') $(sql leaves 'SELECT count(*) FROM api."order"')"
expect "restore one" 0 hanse archive restore leave/leaves "$second"
same "the other is given nothing by that" 0 "$(sql stays 'SELECT count(*) FROM api."order"')"
expect "restore the other" 0 hanse archive restore leave/stays "$other"
sees stays >"$work/stays2"
sees leaves >"$work/leaves2"
expect "one sees what it saw" 0 cmp "$work/leaves" "$work/leaves2"
expect "the other too" 0 cmp "$work/stays" "$work/stays2"
expect "it leaves once more" 0 hanse apply -q "$work/alone.yaml"
hanse archive export "$(newest leaves)" >"$work/third"
expect "its archive equals the one before, byte by byte" 0 cmp "$work/second" "$work/third"
contains "the events tell" "archive.restored.*leaves" "$(hanse get events leave)"
expect "the VE goes" 0 hanse destroy -q --yes leave
expect "verify is clean" 0 hanse verify

echo "--- a server of its own that does not answer"
sed 's/class: shared/class: dedicated/' "$spec" >"$work/own.yaml"
expect "the VE with a server of its own" 0 hanse apply -q "$work/own.yaml"
act stays "$(sql stays "SELECT api.order_create('anna', 'leaves', '[{\"item\":\"L-1\",\"quantity\":\"1\"}]')")" send
virsh -q -c lxc:///system destroy db.leave
hanse destroy -q --yes leave >"$work/dead" 2>&1
contains "destroy does not go past what it cannot archive" "db.leave.* still has the documents of 'leave'" "$(cat "$work/dead")"
expect "the data are there" 0 test -e $state/volumes/db.leave.raw
contains "so is the domain" "db.leave" "$(virsh -q -c lxc:///system list --all --name)"
virsh -q -c lxc:///system start db.leave
server_answers() { hanse schema status >/dev/null && hanse destroy -q --yes leave; }
eventually "once it answers, destroy goes through" 90 server_answers
eventually "and nothing is left" 40 hanse verify
same "archived, one document each" "1 1" "$(archives | jq -r '[.[] | .documents] | .[-2:] | join(" ")')"
expect "no volume is left" 1 test -e $state/volumes/db.leave.raw
summary
