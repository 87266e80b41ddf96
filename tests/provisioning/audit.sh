# shellcheck shell=bash disable=SC2154
# audit.sh - the event log through hansed: events, follow, audit verify, who
# asked. Sourced by run.sh, whose hansed runs.

hanse() { "$build/hanse" "$@" --socket "$socket" 2>&1; }
super() { psql -XqAt -h "$work/run/control-db" -U postgres -d hanse -v ON_ERROR_STOP=1 -c "$1"; }
tamper() { super "BEGIN; SET LOCAL session_replication_role = replica; $1; COMMIT"; }
last_event() { sql 'SELECT max(event_id) FROM event'; }

# --- reading --------------------------------------------------------------------

first=$(last_event)
sql "INSERT INTO event (event, ve, subject) VALUES ('test.one', 'a', 's'), ('test.two', 'b', NULL)"
same 'events behind a cursor' 'test.one test.two' \
	"$(hanse events --since "$first" -o json | jq -r .event | paste -sd' ')"
same 'of one VE' 'test.two' "$(hanse events --since "$first" --ve b -o json | jq -r .event)"
contains 'for people: a cursor in front' "^$((first + 1)) +20[0-9-]{8}T[0-9:]{8} +test\.one +a +s" \
	"$(hanse events --since "$first")"
same 'nothing new' None. "$(hanse events --since "$(last_event)")"
expect 'events: no cursor' 64 "$build/hanse" events --since x --socket "$socket"
contains 'a cursor that is none' '"code":"invalid"' "$(ask line '{"command":"events","since":"x"}')"

# --- following ------------------------------------------------------------------

# Over restarts of hansed, one of them a kill, while events are written: every
# one arrives, once, in order.
from=$(last_event)
"$build/hanse" events --since "$from" --follow -o json --socket "$socket" \
	>"$work/followed" 2>"$work/followed.err" &
follower=$!
write_some() {
	for _ in $(seq 40); do
		sql "INSERT INTO event (event) SELECT 'test.follow' FROM generate_series(1, 5)"
		sleep 0.02
	done
}
write_some &
writing=$!
sleep 0.3
kill -9 "$hansed"
wait "$hansed" 2>/dev/null
sleep 0.3
start
kill "$hansed"
wait "$hansed" 2>/dev/null
sleep 0.2
start
wait "$writing"
sql "INSERT INTO event (event) VALUES ('test.end')"
eventually 'a follower sees the last event' 10 grep -q test.end "$work/followed"
sql "INSERT INTO event (event) VALUES ('test.more')"
eventually 'and goes on' 3 grep -q test.more "$work/followed"
kill "$follower" 2>/dev/null
wait "$follower" 2>/dev/null
same 'it missed none and saw none twice' "$(seq -s' ' $((from + 1)) "$(last_event)")" \
	"$(jq -r .event_id "$work/followed" | paste -sd' ')"
contains 'it said that it waits' 'waiting for it' "$(cat "$work/followed.err")"
expect 'to follow, hansed must be there first' 7 "$build/hanse" events --follow --socket "$work/none"
expect 'a follower whose reader goes, goes' 0 timeout 10 bash -c \
	"'$build/hanse' events --since 0 --follow --socket '$socket' | head -n 1"

# --- a log from before the chain ---------------------------------------------------

runuser -u postgres -- createdb -h "$work/run/control-db" -O hanse old
old() { psql -XqAt -h "$work/run/control-db" -U hanse -d old -v ON_ERROR_STOP=1 "$@"; }
for file in provisioning/control/00[12]_*.sql; do
	old -1 -f "$file"
done
old -c "BEGIN" -c "INSERT INTO event (event) VALUES ('lost')" -c "ROLLBACK"
old -c "INSERT INTO event (event, ve) VALUES ('old.one', NULL), ('old.two', 'ü')"
expect 'old events get a chain' 0 old -1 -f provisioning/control/003_audit.sql
old -c "INSERT INTO event (event) VALUES ('new')"
same 'from one on, without gaps, hashed as new ones' '1 2 3|t|t' \
	"$(old -c "SELECT string_agg(event_id::text, ' ' ORDER BY event_id), bool_and(hash = event_hash(e)), bool_and(prev_hash =
		coalesce((SELECT hash FROM event p WHERE p.event_id = e.event_id - 1), decode(repeat('00', 32), 'hex'))) FROM event e")"

# --- who asked ------------------------------------------------------------------

from=$(last_event)
hanse destroy --yes nobody >/dev/null
hanse status >/dev/null
hanse destroy --yes nobody >/dev/null
printf 'a very long secret\n' | hanse user passwd v/e anna --stdin >/dev/null
got=$(hanse events --since "$from" -o json)
same 'changing commands are written down, a session once' \
	'operator.login operator.command operator.command operator.command' \
	"$(jq -r .event <<<"$got" | paste -sd' ')"
same 'with who and what' "destroy nobody 0 $(realpath "$build/hanse")" \
	"$(jq -r 'select(.event == "operator.command" and .subject == "destroy") | .subject + " " + .ve + " " + (.data.uid | tostring) + " " + .data.program' <<<"$got" | head -n 1)"
same 'and arguments' '{"enterprise":"e","login":"anna","ve":"v"}' \
	"$(jq -cS 'select(.subject == "user.passwd") | .data.arguments' <<<"$got")"
lacks 'never a password' 'very long secret' "$(super 'SELECT row_to_json(e) FROM event e')"
chmod 666 "$socket"
runuser -u nobody -- "$build/tests/provisioning/ask" "$socket" line '{"command":"stop"}' >/dev/null
is_refused() { [ "$(sql "SELECT data ->> 'user' FROM event WHERE event = 'operator.refused' ORDER BY event_id DESC LIMIT 1")" = nobody ]; }
eventually 'the refused are written down' 5 is_refused
chmod 600 "$socket"

# --- verify ---------------------------------------------------------------------

expect 'the log is whole' 0 "$build/hanse" audit verify --socket "$socket"
kept=$(hanse audit verify -o json | jq -r .head)
expect 'and has the head that was kept' 0 "$build/hanse" audit verify --against "$kept" --socket "$socket"
expect 'a head that is none' 3 "$build/hanse" audit verify --against 12 --socket "$socket"
expect 'a head of another log' 1 "$build/hanse" audit verify --socket "$socket" \
	--against "3:$(printf '0%.0s' $(seq 64))"
is_sealed() { # a late event may have come since
	kept=$(hanse audit verify -o json | jq -r .head)
	[ "$(cat "$work/state/audit.head")" = "$kept" ]
}
eventually 'hansed keeps the head, too' 10 is_sealed
same 'for root only' 600 "$(stat -c %a "$work/state/audit.head")"
super 'CREATE TABLE kept AS TABLE event'

broken() { # NAME SQL EVENT PROBLEM
	tamper "$2"
	expect "$1: exit status" 1 "$build/hanse" audit verify --socket "$socket"
	contains "$1: named" "^$3 +$4 " "$(hanse audit verify)"
	tamper 'DELETE FROM event; INSERT INTO event SELECT * FROM kept'
}
broken 'a changed row' "UPDATE event SET subject = 'other' WHERE event_id = 5" 5 changed
broken 'a row taken out' 'DELETE FROM event WHERE event_id = 6' 6 missing
swap='UPDATE event SET event_id = -1 WHERE event_id = 8; UPDATE event SET event_id = 8 WHERE event_id = 9;
	UPDATE event SET event_id = 9 WHERE event_id = -1'
broken 'two swapped: the first' "$swap" 8 changed
broken 'two swapped: the second' "$swap" 9 changed
expect 'put back, it is whole' 0 "$build/hanse" audit verify --socket "$socket"
cut="DELETE FROM event WHERE event_id > ${kept%%:*} - 2"
broken 'a tail cut off' "$cut" "${kept%%:*}" truncated

# While hansed runs, and after it was restarted, what it has seen counts.
tamper "$cut"
sql "INSERT INTO event (event) SELECT 'test.forged' FROM generate_series(1, 4)"
eventually 'hansed notices by itself' 5 grep -q 'event=audit.broken' "$work/hansed.log"
kill "$hansed"
wait "$hansed"
start
contains 'the tail written anew: named' "^${kept%%:*} +replaced .*last one hansed saw" "$(hanse audit verify)"
same 'the proof is kept' "$kept" "$(cat "$work/state/audit.head")"
tamper 'DELETE FROM event; INSERT INTO event SELECT * FROM kept'
super 'DROP TABLE kept'
expect 'put back, it is whole again' 0 "$build/hanse" audit verify --socket "$socket"
kill "$hansed"
wait "$hansed"
start
