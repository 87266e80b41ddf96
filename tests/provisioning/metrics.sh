# shellcheck shell=bash disable=SC2154
# metrics.sh - /metrics and /healthz of hansed. Sourced by run.sh, whose hansed
# runs; it has named the port.

figures=http://127.0.0.1:$port
metric() { curl -s "$figures/metrics" | awk -v n="$1" '$1 == n { print $2 }'; }
health() { curl -s -o /dev/null -w '%{http_code}' "$figures/healthz"; }
is_health() { [ "$(health)" = "$1" ]; }

curl -s "$figures/metrics" >"$work/metrics"
expect 'promtool takes the metrics' 0 promtool check metrics <"$work/metrics"
got=$(promtool check metrics <"$work/metrics" 2>&1)
same 'and has nothing to complain of' '' "$got"
contains 'they say what they are' '^content-type: text/plain; version=0.0.4; charset=utf-8' \
	"$(curl -sI "$figures/metrics" | tr '[:upper:]' '[:lower:]')"
same 'another page' 404 "$(curl -s -o /dev/null -w '%{http_code}' "$figures/")"
same 'another method' 405 "$(curl -s -o /dev/null -w '%{http_code}' -X POST -d x "$figures/metrics")"
contains 'which build' '^hanse_build_info\{version="0.1.0",compiler=".+"\} 1$' "$(cat "$work/metrics")"
same 'descriptors as the kernel counts them' yes \
	"$([ $(($(metric process_open_fds) - $(find "/proc/$hansed/fd" -mindepth 1 | wc -l))) -le 2 ] && echo yes)"
same 'threads, too' "$(awk '/^Threads/ { print $2 }' "/proc/$hansed/status")" "$(metric process_threads)"

events=$(metric hanse_events_total)
sql "INSERT INTO event (event) SELECT 'test.metric' FROM generate_series(1, 1200)"
is_counted() { [ "$(metric hanse_events_total)" = $((events + 1200)) ]; }
eventually 'events are counted' 5 is_counted
same 'the log is whole' 1 "$(metric hanse_audit_whole)"
same 'it is well' 200 "$(health)"
runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -w -m fast stop >/dev/null
eventually 'without its database it is not' 5 is_health 503
same 'its figures are still there' 0 "$(metric hanse_control_database_up)"
runuser -u postgres -- "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start \
	-o "-k $work/run/control-db -c listen_addresses= -c fsync=off" >/dev/null
eventually 'and then again' 10 is_health 200
sql "INSERT INTO event (event) VALUES ('test.metric')"
is_counted() { [ "$(metric hanse_events_total)" = $((events + 1201)) ]; }
eventually 'events go on being counted' 5 is_counted

hanse start >/dev/null
has_waited() { [ "$(metric hanse_job_queue_seconds_count)" -ge 1 ]; }
eventually 'how long a job waited' 10 has_waited
is_calm() { [ "$(metric 'hanse_jobs{state="queued"}') $(metric 'hanse_jobs{state="running"}')" = '0 0' ]; }
eventually 'jobs by state' 20 is_calm
