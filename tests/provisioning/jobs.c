/* jobs.c - the queue: order, locks, keys, cancelling, trying again, and what a
 * job's intent leaves to be put back; run by run.sh. No engine runs.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/job.h"
#include "provisioning/job_journal.h"
#include "tests/provisioning/ground.h"

#define CLIENTS 8
#define REPEATS 100

static void run(const char *sql)
{
	struct hs_err err = { 0 };

	if (hs_db_run(ground_store, sql, &err) < 0)
		fail_msg("%s: %s", sql, err.msg);
}

static int empty(void **state)
{
	(void)state;
	run("DELETE FROM step; DELETE FROM job; DELETE FROM ve");
	return 0;
}

/* The one value of a query; owned by the caller. */
static char *value(const char *sql)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };

	if (hs_db_query(ground_store, sql, 0, NULL, &rows, &err) < 0)
		fail_msg("%s: %s", sql, err.msg);
	return hs_strdup(hs_rows_get(rows, 0, "v"));
}

static void assert_value(const char *want, const char *sql)
{
	hs_auto(hs_freep) char *got = value(sql);

	assert_string_equal(got != NULL ? got : "(null)", want);
}

static char *submit(const char *command, const char *ve)
{
	json_t *args = json_object();
	const struct job_request r = {
		.command = command, .ve = ve, .args = args
	};
	struct hs_err err = { 0 };
	char *id = NULL;

	if (job_submit(&ground_plat, &r, &id, &err) < 0)
		fail_msg("%s", err.msg);
	json_decref(args);
	return id;
}

/* The next one that may run is this one; NULL: none may. */
static void assert_claims(const char *want)
{
	hs_auto(hs_freep) char *got = NULL;

	assert_int_equal(job_claim(&ground_plat, &got, NULL), 0);
	assert_string_equal(
	    got != NULL ? got : "none", want != NULL ? want : "none");
}

static void end(const char *id, enum job_state to)
{
	assert_int_equal(
	    journal_move(ground_store, id, JOB_RUNNING, to, NULL, NULL), 0);
}

static void test_ves_side_by_side(void **state)
{
	hs_auto(hs_freep) char *a1 = submit("apply", "a");
	hs_auto(hs_freep) char *a2 = submit("apply", "a");
	hs_auto(hs_freep) char *b = submit("apply", "b");

	(void)state;
	assert_claims(a1);
	assert_claims(b);
	assert_claims(NULL);
	end(a1, JOB_DONE);
	assert_claims(a2);
	end(b, JOB_DONE);
	assert_claims(NULL);
}

/* A whole-platform job is not overtaken for ever, and overtakes nobody. */
static void test_whole_waits_and_is_waited_for(void **state)
{
	hs_auto(hs_freep) char *a = submit("apply", "a");
	hs_auto(hs_freep) char *whole = submit("start", NULL);
	hs_auto(hs_freep) char *b = submit("apply", "b");

	(void)state;
	assert_claims(a);
	assert_claims(NULL);
	end(a, JOB_DONE);
	assert_claims(whole);
	assert_claims(NULL);
	end(whole, JOB_FAILED);
	assert_claims(b);
}

/* A job that is being undone holds its locks; a broken one does not. */
static void test_locks_of_the_undone(void **state)
{
	hs_auto(hs_freep) char *first = submit("apply", "a");
	hs_auto(hs_freep) char *second = submit("apply", "a");

	(void)state;
	assert_claims(first);
	end(first, JOB_UNDOING);
	assert_claims(NULL);
	assert_int_equal(journal_move(ground_store, first, JOB_UNDOING,
			     JOB_BROKEN, NULL, NULL),
	    0);
	assert_claims(second);
	/* Tried again it stands in line, and goes on undoing. */
	assert_int_equal(job_retry(&ground_plat, first, NULL), 0);
	assert_claims(NULL);
	end(second, JOB_DONE);
	assert_claims(first);
	assert_value(
	    "true", "SELECT undo::text AS v FROM job ORDER BY job_id LIMIT 1");
}

/* What was planned the first time is not done the second time. */
static void test_tried_again_plans_anew(void **state)
{
	hs_auto(hs_freep) char *removal = submit("destroy", "a");

	(void)state;
	assert_claims(removal);
	run("INSERT INTO step (job_id, step_no, action, kind, name, state) "
	    "SELECT max(job_id), n, 'delete', 'domain', 'a.b', s FROM job, "
	    "(VALUES (1, 'done'), (2, 'failed'), (3, 'planned')) v (n, s) "
	    "GROUP BY n, s");
	end(removal, JOB_BROKEN);
	assert_int_equal(job_retry(&ground_plat, removal, NULL), 0);
	assert_value("done kept kept",
	    "SELECT string_agg(state, ' ' ORDER BY step_no) AS v FROM step");
}

/** One of many that ask for the same. */
struct client {
	pthread_t thread;
	char *id;
};

static void *ask_often(void *arg)
{
	struct client *client = arg;
	struct plat plat;

	plat_init(&plat, ground_plat.conf);
	for (int i = 0; i < REPEATS; i++) {
		json_t *args = json_pack("{s:s}", "spec", "x");
		const struct job_request r = { .command = "apply",
			.ve = "a",
			.args = args,
			.key = "the same" };
		char *id = NULL;

		if (job_submit(&plat, &r, &id, NULL) == 0) {
			free(client->id);
			client->id = id;
		}
		json_decref(args);
	}
	plat_done(&plat);
	return NULL;
}

static void test_one_key_is_one_job(void **state)
{
	struct client clients[CLIENTS] = { 0 };
	json_t *other = json_pack("{s:s}", "spec", "y");
	const struct job_request r = {
		.command = "apply", .ve = "a", .args = other, .key = "the same"
	};
	struct hs_err err = { 0 };
	char *id = NULL;

	(void)state;
	for (int i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&clients[i].thread, NULL,
				     ask_often, &clients[i]),
		    0);
	for (int i = 0; i < CLIENTS; i++) {
		assert_int_equal(pthread_join(clients[i].thread, NULL), 0);
		assert_non_null(clients[i].id);
		assert_string_equal(clients[i].id, clients[0].id);
	}
	assert_value("1", "SELECT count(*) AS v FROM job");
	assert_int_equal(job_submit(&ground_plat, &r, &id, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_null(id);
	json_decref(other);
	for (int i = 0; i < CLIENTS; i++)
		free(clients[i].id);
}

static void test_cancel(void **state)
{
	hs_auto(hs_freep) char *running = submit("apply", "a");
	hs_auto(hs_freep) char *removal = submit("destroy", "b");
	hs_auto(hs_freep) char *queued = submit("apply", "a");
	struct hs_err err = { 0 };

	(void)state;
	assert_claims(running);
	assert_claims(removal);
	assert_int_equal(job_cancel(&ground_plat, queued, NULL), 0);
	assert_int_equal(job_cancel(&ground_plat, queued, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(job_cancel(&ground_plat, removal, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(job_cancel(&ground_plat, running, NULL), 0);
	assert_value("true",
	    "SELECT cancel::text AS v FROM job ORDER BY job_id LIMIT 1");
	assert_int_equal(job_cancel(&ground_plat, "4711", &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(job_cancel(&ground_plat, "1; DROP", &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(job_retry(&ground_plat, running, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(job_retry(&ground_plat, queued, NULL), 0);
}

static void test_what_was_is_put_back(void **state)
{
	(void)state;
	run("INSERT INTO ve (ve, spec_text) VALUES ('kept', 'old'), ('gone', "
	    "'old')");
	run("INSERT INTO job (command, state) VALUES ('apply', 'running')");
	run("BEGIN; SELECT set_config('hanse.job', (SELECT max(job_id)::text "
	    "FROM job), true);"
	    "UPDATE ve SET spec_text = 'new' WHERE ve = 'kept';"
	    "UPDATE ve SET spec_text = 'newer' WHERE ve = 'kept';"
	    "DELETE FROM ve WHERE ve = 'gone';"
	    "INSERT INTO ve (ve, spec_text) VALUES ('new', 'new'); COMMIT");
	assert_value("kept=newer new=new",
	    "SELECT string_agg(ve || '=' || spec_text, ' ' ORDER BY ve) AS v "
	    "FROM ve");
	run("SELECT job_restore((SELECT max(job_id) FROM job))");
	assert_value("gone=old kept=old",
	    "SELECT string_agg(ve || '=' || spec_text, ' ' ORDER BY ve) AS v "
	    "FROM ve");
	assert_value("0", "SELECT count(*) AS v FROM job_undo");
	/* What nobody's job changes is nobody's to put back. */
	run("UPDATE ve SET spec_text = 'by hand' WHERE ve = 'kept'");
	assert_value("0", "SELECT count(*) AS v FROM job_undo");
}

static void test_every_move(void **state)
{
	/* clang-format off */
	static const char *const allowed[JOB_STATE_COUNT] = {
		[JOB_QUEUED]    = "running cancelled ",
		[JOB_RUNNING]   = "undoing done failed cancelled broken ",
		[JOB_UNDOING]   = "failed cancelled broken ",
		[JOB_DONE]      = "",
		[JOB_FAILED]    = "queued ",
		[JOB_CANCELLED] = "queued ",
		[JOB_BROKEN]    = "queued ",
	};
	/* clang-format on */

	(void)state;
	for (int from = 0; from < JOB_STATE_COUNT; from++)
		for (int to = 0; to < JOB_STATE_COUNT; to++) {
			hs_auto(hs_freep) char *word = hs_printf(
			    "%s ", job_state_name((enum job_state)to));
			const char *at = strstr(allowed[from], word);

			assert_int_equal(job_may_move((enum job_state)from,
					     (enum job_state)to),
			    at != NULL);
		}
}

/* What is told of a job is an event each, in order. */
static void test_events(void **state)
{
	hs_auto(hs_freep) char *id = submit("apply", "a");

	(void)state;
	assert_claims(id);
	end(id, JOB_DONE);
	assert_value("job.queued job.done",
	    "SELECT string_agg(event, ' ' ORDER BY event_id) AS v FROM event "
	    "WHERE job_id = (SELECT max(job_id) FROM job)");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_ves_side_by_side, empty),
		cmocka_unit_test_setup(
		    test_whole_waits_and_is_waited_for, empty),
		cmocka_unit_test_setup(test_locks_of_the_undone, empty),
		cmocka_unit_test_setup(test_one_key_is_one_job, empty),
		cmocka_unit_test_setup(test_tried_again_plans_anew, empty),
		cmocka_unit_test_setup(test_cancel, empty),
		cmocka_unit_test_setup(test_what_was_is_put_back, empty),
		cmocka_unit_test_setup(test_events, empty),
		cmocka_unit_test(test_every_move),
	};
	int failed = ground_open(argc, argv);

	if (failed == 0)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (failed == 0)
		(void)empty(NULL);
	ground_close();
	return failed;
}
