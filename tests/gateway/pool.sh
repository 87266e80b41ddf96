#!/bin/bash
# pool.sh - sessions that share backends, a transaction at a time: real clients,
# a real PostgreSQL. Needs root. Environment: see ground.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
export POOLING=transaction BACKENDS=4
. tests/gateway/ground.sh

backends() { admin -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE usename = '$anna'"; }
pid() { ask "$by_cert" -c 'SELECT pg_backend_pid()'; }
bench() { timeout 120 pgbench -n "$@" "$by_cert" 2>&1; }
script() { cat >"$dir/$1.sql"; }

who='SELECT session_user, current_database()'
same "by certificate" "$anna|ve_alpha" "$(ask "$by_cert" -c "$who")"
same "by password" "$anna|ve_alpha" "$(ask "$by_password" -c "$who")"
same "start-up options" "Asia/Tokyo German, DMY" \
    "$(ask "$by_cert options='-c TimeZone=Asia/Tokyo --DateStyle=German'" -c "SELECT current_setting('TimeZone') || ' ' || current_setting('DateStyle')")"
contains "others are refused by name" 'FATAL: *"work_mem" is not permitted in the start-up parameter "options"' "$(ask "$by_cert options='-c TimeZone=UTC -c work_mem=1GB'" -c 'SELECT 1' | tr '\n' ' ')"
same "one after the other has the same backend" "$(pid)" "$(pid)"
same "another enterprise has another" "$bert|ve_alpha" \
    "$(ask "$(conn "$bert" ve_alpha password=secret-bert sslcert=none)" -c "$who")"
script one <<'END'
\set r random(1, 100)
SELECT count(*) FROM pg_class WHERE relname = :r::text;
END
for mode in simple extended prepared; do
	contains "pgbench -M $mode, 32 clients over 4 backends" 'processed: 1600/1600' \
	    "$(bench -f "$dir/one.sql" -M "$mode" -c 32 -t 50)"
	expect "and no more than 4" 0 test "$(backends)" -le 4
done
admin -d ve_alpha -c "CREATE TABLE account(id int PRIMARY KEY, balance int); INSERT INTO account SELECT i, 0 FROM generate_series(1, 20) i;
	GRANT ALL ON account TO PUBLIC"
script move <<'END'
\set a random(1, 20)
\set b random(1, 20)
BEGIN;
UPDATE account SET balance = balance - 1 WHERE id = least(:a::int, :b::int);
UPDATE account SET balance = balance + 1 WHERE id = greatest(:a::int, :b::int);
COMMIT;
END
# pgbench prepares in its thread: one that waits for a backend must not keep the
# others from ending their transactions.
for mode in simple extended prepared; do
	contains "transactions, -M $mode" 'processed: 480/480' \
	    "$(bench -f "$dir/move.sql" -M "$mode" -c 16 -j 16 -t 30)"
done
same "and the sum is what it was" 0 "$(ask "$by_cert" -c 'SELECT sum(balance) FROM account')"
script pipe <<'END'
\startpipeline
SELECT 1;
SELECT 2;
SELECT 3;
\endpipeline
END
contains "pipelines" 'processed: 400/400' "$(bench -f "$dir/pipe.sql" -M prepared -c 8 -t 50)"
# More statements than a backend keeps.
seq 300 | sed 's/.*/SELECT 1000 + &;/' >"$dir/many.sql"
contains "300 statements, each twice" 'processed: 2/2' "$(bench -f "$dir/many.sql" -M prepared -c 1 -t 2)"
same "COPY in" 2000 "$(seq 2000 | sed 's/$/\tx/' | timeout 60 psql -XqAt -d "$by_cert" -c '\copy t from stdin' -c 'SELECT count(*) FROM t' 2>&1)"
same "COPY in with an error, and on" 1 "$(printf 'x\ty\n' | timeout 20 psql -XqAt -v VERBOSITY=verbose -d "$by_cert" -c '\copy t from stdin' -c 'SELECT 77' 2>&1 | grep -c 22P02)"
same "COPY out" 2000 "$(ask "$by_cert" -c 'COPY t TO STDOUT' | wc -l)"
expect "cancel" 0 timeout 30 "$B/gw_cancel" "$by_cert"
set_two() { ask "$by_cert" -c 'SET extra_float_digits = 2' -c 'SHOW extra_float_digits'; }
same "what a session sets stays with it" 2 "$(set_two | tail -n 1)"
contains "it is told that it keeps its backend" 'NOTICE: *01000: *this session keeps' "$(set_two)"
for _ in 1 2 3; do ask "$by_cert" -c 'SET extra_float_digits = 2' -c 'SELECT pg_sleep(2)' -c 'SELECT 1' >>"$dir/kept" & keepers+=($!); done
sleep 0.7
contains "of 4 backends 2 may be kept" 'FATAL: *53300: *too many sessions of this enterprise keep' "$(set_two)"
wait "${keepers[@]}"
same "and two have been" 2 "$(grep -cx 1 "$dir/kept")"
same "and is nobody else's" 1 "$(ask "$by_cert" -c 'SHOW extra_float_digits')"
same "an error in a transaction, its end, another" "22012|5" "$(ask "$by_cert" -v ON_ERROR_STOP=0 -c BEGIN -c 'SELECT 1/0' -c ROLLBACK -c 'SELECT 5' |
	grep -oE '22012|^5$' | paste -sd'|')"
before=$(pid)
same "backends whose role has changed are ended" '{"backends":' "$(echo "{\"command\":\"retire\",\"user\":\"$anna\"}" | timeout 5 nc -q 1 -U "$socket" | grep -o '^{"backends":')"
expect "the next session has another" 1 test "$before" = "$(pid)"
admin -d ve_alpha -c "CREATE TABLE differ(a int); GRANT ALL ON differ TO PUBLIC"
POOLING=transaction BACKENDS=1 write_alpha 250
tool call "$socket" reload >/dev/null
same "a Sync amidst a COPY ends no batch" kept "$(timeout 60 "$B/gw_differ" copied "$by_cert")"
same "who breaks off amidst a message leaves nothing of it to the next" whole "$(timeout 60 "$B/gw_differ" break "$by_cert")"
write_alpha 250
tool call "$socket" reload >/dev/null
same "a portal that a Query has left is nobody's" none "$(timeout 60 "$B/gw_differ" ghost "$by_cert")"
same "but one that was bound to end an aborted transaction is" "done" "$(timeout 60 "$B/gw_differ" bound "$by_cert")"
pg_restart() { as_postgres pg_ctl -D "$dir/data" -m immediate -w stop >/dev/null; pg_start; }
pg_restart
same "after PostgreSQL was restarted" 3 "$(ask "$by_cert" -c 'SELECT 3')"
same "no backend is left in a transaction" 0 "$(admin -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'alpha.%' AND state <> 'idle'")"
direct="host=db.hanse.internal hostaddr=127.0.0.1 port=$back sslmode=verify-full sslrootcert=$ca/ca.crt user=$anna dbname=ve_alpha $(cert gateway-client)"
for seed in ${SEEDS:-1 2}; do
	contains "random messages, 8 clients over 4 backends, seed $seed" 'the same$' \
	    "$(timeout 900 "$B/gw_differ" "$direct" "$by_cert" 8 "${MESSAGES:-340000}" "$seed" | tee -a "$dir/differ")"
done
POOLING=session BACKENDS=0 write_alpha 250
tool call "$socket" reload >/dev/null
same "nor with a backend each" none "$(timeout 60 "$B/gw_differ" ghost "$by_cert")"
contains "and with a backend each" 'the same$' \
    "$(timeout 900 "$B/gw_differ" "$direct" "$by_cert" 4 "${MESSAGES:-340000}" 3 | tee -a "$dir/differ")"
sed 's/^/note  /' "$dir/differ" | grep messages
# PostgreSQL itself ends a session that sends a Query amidst a COPY.
same 'the gateway has found no backend broken' 0 "$(grep -c backend.broken "$log")"
lacks 'no sanitizer spoke' 'Sanitizer|runtime error' "$(cat "$log")"
summary
