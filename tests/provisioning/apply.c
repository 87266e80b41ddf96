/* apply.c - applies that fail, and what is there; run by run.sh, which has
 * hidden libvirt, and nothing else of a platform runs either.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/ca.h"
#include "provisioning/engine.h"
#include "provisioning/job_journal.h"
#include "provisioning/manager.h"
#include "provisioning/metric.h"
#include "provisioning/observe.h"
#include "tests/provisioning/ground.h"

/* -- Apply that cannot look ------------------------------------------------ */

static json_t *no_listener_args(const char *text)
{
	return json_pack("{s:s, s:s}", "command", "apply", "spec", text);
}

static int run(manager_command *command, json_t *args, json_t **ret_result,
    struct hs_err *err)
{
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	struct request request = {
		.plat = &ground_plat,
		.args = args,
		.faults = &faults,
	};
	int failed = command(&request, ret_result, err);

	json_decref(args);
	return failed;
}

static size_t stored(const char *ve, const char *text)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	assert_int_equal(store_ve_list(ground_store, &ves, NULL), 0);
	if (text == NULL)
		return store_ve_find(&ves, ve) != NULL;
	assert_int_equal(HS_DB_QUERY(ground_store,
			     "SELECT FROM ve WHERE ve = $1 AND spec_text = $2",
			     &rows, NULL, ve, text),
	    0);
	return hs_rows_count(rows);
}

static size_t numbers(void)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	assert_int_equal(hs_db_query(ground_store, "SELECT FROM allocation", 0,
			     NULL, &rows, NULL),
	    0);
	return hs_rows_count(rows);
}

/* run.sh has hidden libvirt: an apply that cannot look stores nothing. */
static void test_apply_is_taken_back(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *other =
	    ground_with(text, "vcpus: 2", "vcpus: 3");
	hs_auto(hs_freep) char *own =
	    ground_with(text, "class: shared", "class: dedicated");
	struct hs_err err = { 0 };
	json_t *result = NULL;
	size_t before;

	(void)state;
	assert_int_equal(
	    run(manager_apply, no_listener_args(text), &result, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_int_equal(stored("automotive", NULL), 0);
	/* Undone: nobody has a number any more. */
	assert_int_equal(numbers(), 0);

	assert_int_equal(HS_DB_QUERY(ground_store,
			     "INSERT INTO ve (ve, spec_text) VALUES ($1, $2)",
			     NULL, NULL, "automotive", text),
	    0);
	assert_int_equal(
	    run(manager_apply, no_listener_args(other), &result, &err), -1);
	assert_int_equal(stored("automotive", text), 1);
	before = numbers();

	assert_int_equal(
	    run(manager_apply, no_listener_args(own), &result, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(stored("automotive", text), 1);
	assert_int_equal(numbers(), before);

	assert_int_equal(
	    run(manager_plan, no_listener_args(other), &result, &err), -1);
	assert_int_equal(stored("automotive", text), 1);
	assert_int_equal(run(manager_plan, json_object(), &result, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_null(result);
	assert_int_equal(hs_db_run(ground_store, "DELETE FROM ve", NULL), 0);
	ground_release();
}

static void test_destroy_refused(void **state)
{
	struct hs_err err = { 0 };
	json_t *result = NULL;

	(void)state;
	assert_int_equal(
	    run(manager_destroy, json_object(), &result, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(run(manager_destroy,
			     json_pack("{s:s}", "ve", "nobody"), &result, &err),
	    -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_null(result);
}

/* -- What is there --------------------------------------------------------- */

static size_t count_kind(const struct objects *list, enum object_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++)
		n += list->list[i].kind == kind;
	return n;
}

/* What a database server holds that cannot be asked: found, as observed. */
static size_t assumed(
    const struct objects *wants, enum object_kind seen, const char *name)
{
	struct observation o = {
		.plat = &ground_plat,
		.wanted = wants,
		.unknown = json_array(),
	};
	size_t unknown;

	(void)objects_add(&o.found, seen, name, NULL, NULL, NULL, NULL);
	assert_int_equal(observe_databases(&o, NULL), 0);
	unknown = json_array_size(o.unknown);
	assert_int_equal(o.found.count, unknown + 1);
	if (unknown > 0) {
		assert_int_equal(count_kind(&o.found, OBJ_DATABASE), 1);
		assert_int_equal(count_kind(&o.found, OBJ_ROLE), 6);
		assert_int_equal(count_kind(&o.found, OBJ_MEMBERS), 1);
	}
	json_decref(o.unknown);
	objects_done(&o.found);
	return unknown;
}

/* A job that failed would undo, that is drop, what it took to be missing. */
static void test_unknown_is_not_missing(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(objects_done) struct objects list = { 0 };

	(void)state;
	ground_wanted((const char *const[]) { text }, 1, &list);
	assert_int_equal(assumed(&list, OBJ_DB_DOMAIN, "db.shared"), 8);
	assert_int_equal(assumed(&list, OBJ_VOLUME, "db.shared"), 8);
	assert_int_equal(assumed(&list, OBJ_VOLUME, "db.other"), 0);
	ground_release();
}

static void write_file(const char *below, const char *text)
{
	hs_auto(hs_freep) char *path = plat_path(&ground_plat, "%s", below);
	hs_auto(hs_freep) char *dir =
	    hs_strndup(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(hs_dir_make(dir, 0711, NULL), 0);
	assert_int_equal(
	    hs_file_write(path, text, strlen(text), 0644, NULL), 0);
}

static void copy_file(const char *from, const char *to)
{
	hs_auto(hs_freep) char *path = plat_path(&ground_plat, "%s", from);
	hs_auto(hs_freep) char *text = NULL;

	assert_int_equal(hs_file_read(path, 65536, &text, NULL, NULL), 0);
	write_file(to, text);
}

static void issue(const char *name, unsigned days)
{
	hs_auto(hs_freep) char *dir = plat_path(&ground_plat, "ca");
	const struct ca_request request = {
		.name = name,
		.cn = name,
		.usage = CA_CLIENT,
		.days = days,
	};

	assert_int_equal(ca_init(dir, "a test's CA", NULL), 0);
	assert_int_equal(ca_issue(dir, &request, NULL), 0);
}

/* Renewed is not enough: the domain must have it. */
static void test_certificate_of_a_domain(void **state)
{
	(void)state;
	issue("v.e", 397);
	assert_string_equal(
	    observe_certificate(&ground_plat, "v.e", "v.e", false), "stale");
	copy_file("ca/ca.crt", "domains/v.e/config/ca.crt");
	copy_file("ca/v.e.crt", "domains/v.e/config/client.crt");
	assert_string_equal(
	    observe_certificate(&ground_plat, "v.e", "v.e", false), "current");
	assert_string_equal(
	    observe_certificate(&ground_plat, "v.e", "v.e", true), "stale");
	issue("v.e", 397);
	assert_string_equal(
	    observe_certificate(&ground_plat, "v.e", "v.e", false), "stale");
	issue("v.e", 20);
	copy_file("ca/v.e.crt", "domains/v.e/config/client.crt");
	assert_string_equal(
	    observe_certificate(&ground_plat, "v.e", "v.e", false), "stale");
}

static void test_files(void **state)
{
	static const struct objects none;
	struct observation o = { .plat = &ground_plat, .wanted = &none };
	const struct object *f;

	(void)state;
	issue("v.e", 397);
	issue("edge.v.e", 20);
	issue("platform.provisioner", 397);
	issue("gateway-server", 397);
	write_file("gateway/routes/v.json", "garbage");
	write_file("gateway/routes/platform.json", "{}");
	assert_int_equal(observe_files(&o, NULL), 0);
	objects_sort(&o.found);
	assert_int_equal(o.found.count, 3);
	f = objects_find(&o.found, OBJ_CREDENTIAL, "v.e");
	assert_non_null(f);
	assert_string_equal(f->ve, "v");
	assert_string_equal(f->enterprise, "e");
	assert_string_equal(object_text(f, "state"), "good");
	f = objects_find(&o.found, OBJ_CREDENTIAL, "edge.v.e");
	assert_non_null(f);
	assert_string_equal(f->ve, "v");
	assert_string_equal(object_text(f, "state"), "expiring");
	f = objects_find(&o.found, OBJ_ROUTE, "v");
	assert_non_null(f);
	assert_int_equal(json_object_size(f->attrs), 0);
	objects_done(&o.found);
}

/* -- A job that fails ------------------------------------------------------ */

static void want_credential(struct objects *list, const char *name)
{
	(void)objects_add(list, OBJ_CREDENTIAL, name, "v", "e",
	    json_pack("{s:s}", "state", "good"),
	    json_pack("{s:s, s:s}", "cn", name, "usage", "client"));
}

/* A job as a killed daemon leaves it: it was tried once, its plan is
 * journalled, nothing is done. (One that was never tried would be tried again
 * at once.) */
static char *left_behind(const struct plan *plan)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	char *id;

	assert_int_equal(hs_db_query(ground_store,
			     "INSERT INTO job (command, ve, state, intended, "
			     "tries) VALUES ('apply', 'v', 'done', true, 1) "
			     "RETURNING job_id",
			     0, NULL, &rows, NULL),
	    0);
	id = hs_strdup(hs_rows_get(rows, 0, "job_id"));
	assert_int_equal(journal_plan(ground_store, id, plan, NULL), 0);
	/* Not before: the engine takes it at once. */
	assert_int_equal(
	    hs_db_run(ground_store,
		"UPDATE job SET state = 'running' WHERE job_id = (SELECT "
		"max(job_id) FROM job)",
		NULL),
	    0);
	return id;
}

static void told(void *arg, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "event"));
	const char *state = json_string_value(json_object_get(event, "state"));
	const char *name = json_string_value(json_object_get(event, "name"));

	if (strcmp(kind, "step") == 0 && strcmp(state, "running") != 0 &&
	    strcmp(state, "undoing") != 0)
		hs_text_addf(arg, "%s %s\n", state, name);
}

/* The directory is away: what was created goes, what was there stays. */
static void test_undo(void **state)
{
	hs_auto(objects_done) struct objects wants = { 0 };
	hs_auto(objects_done) struct objects actual = { 0 };
	hs_auto(hs_text_done) struct hs_text seen = { 0 };
	hs_auto(hs_text_done) struct hs_text figures = { 0 };
	hs_auto(hs_freep) char *dir = plat_path(&ground_plat, "ca");
	hs_auto(hs_freep) char *id = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };
	struct plan plan;

	(void)state;
	issue("v.old", 20);
	want_credential(&wants, "v.a");
	want_credential(&wants, "v.b");
	want_credential(&wants, "v.old");
	(void)objects_add(&wants, OBJ_VE, "v", "v", NULL,
	    json_pack("{s:s}", "title", "V"), NULL);
	(void)objects_add(&actual, OBJ_CREDENTIAL, "v.old", "v", "e",
	    json_pack("{s:s}", "state", "expiring"), NULL);
	(void)objects_add(
	    &actual, OBJ_CREDENTIAL, "v.gone", "v", "e", NULL, NULL);
	objects_sort(&wants);
	objects_sort(&actual);
	plan_make(&wants, &actual, &plan);
	assert_int_equal(plan.count, 5);
	id = left_behind(&plan);
	plan_done(&plan);
	assert_int_equal(
	    job_follow(&ground_plat, id, 0, told, NULL, &seen, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_string_equal(seen.data,
	    "done v.a\ndone v.b\ndone v.old\nfailed v\n"
	    "failed v\nkept v.old\nundone v.b\nundone v.a\n");
	assert_false(ca_is_good(dir, "v.a", 0));
	assert_false(ca_is_good(dir, "v.b", 0));
	assert_true(ca_is_good(dir, "v.old", 100 * 86400L));
	assert_int_equal(
	    hs_db_query(ground_store,
		"SELECT string_agg(s.state, ' ' ORDER BY step_no) AS steps, "
		"j.state FROM step s JOIN job j USING (job_id) GROUP BY "
		"j.job_id "
		"ORDER BY j.job_id DESC LIMIT 1",
		0, NULL, &rows, NULL),
	    0);
	/* Whether v was made before its answer got lost is not known. */
	assert_string_equal(hs_rows_get(rows, 0, "state"), "broken");
	assert_string_equal(
	    hs_rows_get(rows, 0, "steps"), "undone undone kept failed planned");
	metric_write(&figures);
	assert_non_null(strstr(figures.data,
	    "hanse_step_seconds_count{kind=\"credential\",action=\"create\","
	    "result=\"done\"} 2\n"));
	assert_non_null(strstr(figures.data,
	    "hanse_step_seconds_count{kind=\"credential\",action=\"create\","
	    "result=\"undone\"} 2\n"));
	assert_int_equal(
	    hs_db_run(ground_store, "DELETE FROM step; DELETE FROM job", NULL),
	    0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apply_is_taken_back),
		cmocka_unit_test(test_destroy_refused),
		cmocka_unit_test(test_unknown_is_not_missing),
		cmocka_unit_test(test_certificate_of_a_domain),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_undo),
	};
	int failed = ground_open(argc, argv);

	if (failed == 0 && engine_start(ground_plat.conf, NULL) < 0)
		failed = 1;
	if (failed == 0)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	engine_stop();
	ground_close();
	return failed;
}
