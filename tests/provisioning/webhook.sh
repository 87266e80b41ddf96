# shellcheck shell=bash disable=SC2154
# webhook.sh - events at the other end of webhooks, which fail, hang, are away
# and come back, while hansed is killed. Sourced by run.sh, whose hansed runs.

declare -A receiver=() hook=() from=()
ports=()

# add NAME [OPTION...]: a webhook and a folder for what arrives; nobody is there
add() {
	local name=$1 result
	shift
	ports[${#ports[@]}]=$(free_port)
	mkdir -p "$work/$name"
	echo "${ports[-1]}" >"$work/$name/port"
	echo 200 >"$work/$name/mode"
	: >"$work/$name/got"
	: >"$work/$name/bodies"
	result=$(hanse webhook add "http://127.0.0.1:${ports[-1]}/$name" -o json "$@")
	hook[$name]=$(jq -r .webhook <<<"$result")
	jq -r .secret <<<"$result" >"$work/$name/secret"
	from[$name]=$(sql "SELECT max(event_id) FROM event WHERE event = 'webhook.added'")
}
arrive() { # NAME: somebody is there
	rm -f "$work/$1/ready"
	node tests/provisioning/receiver.mjs "$(cat "$work/$1/port")" "$work/$1" &
	receiver[$1]=$!
	receivers+=($!)
	eventually "$1 is there" 20 test -e "$work/$1/ready"
}
leave() {
	kill -9 "${receiver[$1]}"
	wait "${receiver[$1]}" 2>/dev/null
}
mode() { echo "$2" >"$work/$1/mode.new" && mv "$work/$1/mode.new" "$work/$1/mode"; }
took() { awk '$2 == "200" && $1 > 0 { print $1 }' "$work/$1/got"; } # in the order they came; 0 is a test
took_more() { [ "$(took "$1" | wc -l)" -gt "$2" ]; }
has_taken() { took "$1" | tail -n 1 | grep -qx "$2"; }
has_failed() { [ "$(sql "SELECT count(*) FROM webhook_attempt WHERE webhook_id = ${hook[$1]} AND message IS NOT NULL")" -ge "$2" ]; }
is_state() { [ "$(hanse webhook list -o json | jq -r --arg w "${hook[$1]}" '.[] | select(.webhook_id == $w).state')" = "$2" ]; }
happen() { sql "INSERT INTO event (event, ve, subject, detail) SELECT 'test.hook', 'x', 'n' || n, 'ü \"' || n FROM generate_series(1, $1) n"; }
restart_killed() {
	kill -9 "$hansed"
	wait "$hansed" 2>/dev/null
	start
}

# --- what is refused ----------------------------------------------------------

for url in ftp://a/b file:///etc/passwd a.example //a.example http:// https://name:word@a.example/ 'http://a.example/ b'; do
	expect "no webhook: $url" 3 "$build/hanse" webhook add "$url" --socket "$socket"
done
expect 'no webhook for such events' 3 "$build/hanse" webhook add http://a.example --events '[a-z]' --socket "$socket"
expect 'remove: no such webhook' 4 "$build/hanse" webhook remove 99 --socket "$socket"
expect 'test: no such webhook' 4 "$build/hanse" webhook test 99 --socket "$socket"
expect 'remove: no number' 3 "$build/hanse" webhook remove 'x' --socket "$socket"
same 'no webhooks' None. "$(hanse webhook list)"

# --- the secret ---------------------------------------------------------------

add first
secret=$(cat "$work/first/secret")
contains 'a secret of 32 bytes' '^[0-9a-f]{64}$' "$secret"
lacks 'is shown once' "$secret" "$(hanse webhook list -o json; hanse describe webhook "${hook[first]}"
	hanse events --since 0 -o json; cat "$work/hansed.log")"
same 'who added it is written down' "webhook.added http://127.0.0.1:${ports[0]}" \
	"$(hanse events --since $((from[first] - 1)) -o json | jq -r '.event + " " + .detail' | head -n 1)"

# --- it fails, is away, comes back; hansed is killed -----------------------------

mode first 500
arrive first
happen 100
asked_again() { [ "$(wc -l <"$work/first/got")" -ge 2 ]; }
eventually 'it answers 500 and is asked again' 60 asked_again
eventually 'which is noted' 10 has_failed first 3
eventually 'it is failing' 10 is_state first failing
same 'the same event each time' 1 "$(cut -d' ' -f1 "$work/first/got" | sort -u | wc -l)"
same 'after 1 to 2, then 2 to 4 seconds' yes "$(sql "SELECT CASE WHEN g[1] BETWEEN 1 AND 8 AND g[2] BETWEEN 2 AND 10 THEN 'yes' ELSE g::text END
	FROM (SELECT array_agg(extract(epoch FROM gap)) AS g FROM (SELECT at - lag(at) OVER (ORDER BY attempt_id) AS gap
	FROM webhook_attempt WHERE webhook_id = ${hook[first]} ORDER BY attempt_id LIMIT 3) a WHERE gap IS NOT NULL) b")"
leave first
happen 2000
restart_killed
mode first 200
arrive first
expect 'a test goes through' 0 "$build/hanse" webhook test "${hook[first]}" --socket "$socket"
same 'it is event 0, signed' '0 200 true /first' "$(grep '^0 ' "$work/first/got")"
eventually 'and what waited comes' 60 took_more first 200
restart_killed
same 'hansed was killed in the middle' yes "$([ "$(took first | wc -l)" -lt 2000 ] && echo yes)"
eventually 'it goes on' 60 took_more first 800
leave first
same 'and so was the other end' yes "$([ "$(took first | wc -l)" -lt 2000 ] && echo yes)"
arrive first
happen 10
last=$(last_event)
eventually 'all of them arrive' 60 has_taken first "$last"
same 'each, in order; twice only one after the other' "$(seq "${from[first]}" "$last" | sha256sum)" "$(took first | uniq | sha256sum)"
same 'twice at most where something was killed' yes "$([ $(($(took first | wc -l) - last + from[first] - 1)) -le 3 ] && echo yes)"
same 'every body is as the log has it' "$(hanse events --since $((from[first] - 1)) -o json | head -n $((last - from[first] + 1)) | sha256sum)" \
	"$(grep -v '"event_id":0,' "$work/first/bodies" | uniq | sha256sum)"
same 'every request was signed' 0 "$(grep -cv ' true /first$' "$work/first/got")"
{ read -r signature type; body=$(cat); } <"$work/first/last"
stamp=${signature#t=} stamp=${stamp%%,*}
same 'as openssl signs' "t=$stamp,v1=$(printf '%s.%s' "$stamp" "$body" | openssl dgst -sha256 -hmac "$secret" -r | cut -d' ' -f1)" "$signature"
same 'it is JSON' application/json "$type"
same 'what was tried: the newest 200' 200 "$(sql "SELECT count(*) FROM webhook_attempt WHERE webhook_id = ${hook[first]}")"
eventually 'the cursor stands at the end' 5 \
	test "$(hanse webhook list -o json | jq -r '.[0] | .state + " " + .behind')" = 'ok 0'
contains 'deliveries are counted' '^[1-9]' "$(metric 'hanse_webhook_deliveries_total{result="ok"}')"
contains 'failures, too' '^[1-9]' "$(metric 'hanse_webhook_deliveries_total{result="failed"}')"

# --- one that hangs, one where nobody is, one that wants less ---------------------

add hanging
mode hanging hang
arrive hanging
add nobody
add choosy --events 'job.*,none,test.o*e' --ve x
arrive choosy
eventually 'one hangs' 20 test -s "$work/hanging/got"
tried() { sql "SELECT count(*) FROM webhook_attempt WHERE webhook_id = ${hook[hanging]}"; }
hung() { [ "$(sql "SELECT max(ms) FROM webhook_attempt WHERE webhook_id = ${hook[hanging]}")" -ge 9000 ]; }
before=$(tried)
last=$(last_event)
eventually 'another has all the same' 5 has_taken first "$last"
sql "INSERT INTO event (event, ve) VALUES ('test.one', 'x'), ('test.one', 'y'), ('test.hook', 'x'), ('job.test', 'x')"
last=$(last_event)
eventually 'at once' 5 has_taken first "$last"
same 'while that one still hangs' "$before" "$(tried)"
eventually 'one that wants less has its own' 5 has_taken choosy "$last"
same 'and nothing else' "$((last - 3)) $last" "$(took choosy | paste -sd' ')"
eventually 'what is not for it is passed over' 5 test "$(sql "SELECT cursor FROM webhook WHERE webhook_id = ${hook[choosy]}")" = "$last"
since=$SECONDS
kill "$hansed"
wait "$hansed"
same 'hansed ends at once all the same' yes "$([ $((SECONDS - since)) -le 2 ] && echo yes)"
start
eventually 'what hangs is left' 40 hung
same 'after ten seconds' yes "$(sql "SELECT CASE WHEN status = 0 AND ms BETWEEN 9900 AND 13000 THEN 'yes' ELSE a::text END
	FROM webhook_attempt a WHERE webhook_id = ${hook[hanging]} ORDER BY ms DESC LIMIT 1")"
mode hanging 302
sql "UPDATE webhook SET next_at = now(), enabled = true WHERE webhook_id = ${hook[hanging]}"
redirected() { [ "$(sql "SELECT max(status) FROM webhook_attempt WHERE webhook_id = ${hook[hanging]}")" = 302 ]; }
eventually 'a redirect is a failure' 20 redirected
lacks 'and is not followed' /else "$(cat "$work/hanging/got")"

# --- given up, and taken up again -------------------------------------------------

sql "UPDATE webhook SET failing_since = now() - interval '8 days', next_at = now(), enabled = true WHERE webhook_id = ${hook[nobody]}"
eventually 'after seven days it is disabled' 10 is_state nobody disabled
same 'and the log says so' "${hook[nobody]}" "$(sql "SELECT subject FROM event WHERE event = 'webhook.disabled'")"
expect 'a test that fails' 7 "$build/hanse" webhook test "${hook[nobody]}" --socket "$socket"
eventually 'changes nothing' 1 is_state nobody disabled
arrive nobody
expect 'one that goes through' 0 "$build/hanse" webhook test "${hook[nobody]}" --socket "$socket"
last=$(last_event)
eventually 'takes it up again' 20 has_taken nobody "$last"
same 'where it was' "$(seq "${from[nobody]}" "$last" | paste -sd' ')" "$(took nobody | uniq | paste -sd' ')"

for name in "${!hook[@]}"; do
	expect "$name is removed" 0 "$build/hanse" webhook remove "${hook[$name]}" --socket "$socket"
done
sleep 1 # what was on its way when it was removed arrives
before=$(wc -l <"$work/first/got")
happen 5
sleep 1
same 'and gets nothing more' "$before" "$(wc -l <"$work/first/got")"
