/* quota.c - the ledger of quotas, rule by rule; run by run.sh. Many clients at
 * once are bench/provisioning/quota.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/engine.h"
#include "provisioning/manager.h"
#include "provisioning/quota.h"
#include "tests/provisioning/ground.h"

/* -- What tests say in one line -------------------------------------------- */

static void sql(struct hs_db *db, const char *text)
{
	struct hs_err err = { 0 };

	if (hs_db_run(db, text, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
}

/* One value, as text; "" for NULL and for no row. */
static char *value(const char *query)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };
	const char *text = NULL;

	if (hs_db_query(ground_store, query, 0, NULL, &rows, &err) < 0)
		fail_msg("%s: %s", query, err.msg);
	if (hs_rows_count(rows) > 0)
		text = hs_rows_get(rows, 0, "v");
	return hs_strdup(text != NULL ? text : "");
}

static void check(const char *query, const char *expected)
{
	hs_auto(hs_freep) char *got = value(query);

	assert_string_equal(got, expected);
}

#define USED                                                               \
	"SELECT string_agg(concat(scope, ' ', resource, ' ', used), ', ' " \
	"ORDER BY scope, resource) AS v FROM quota_use WHERE resource IN " \
	"('vcpus', 'disk_gib')"

static void add_domain(
    struct objects *o, const char *ve, const char *enterprise, int vcpus)
{
	hs_auto(hs_freep) char *name = hs_printf("%s.%s", ve, enterprise);

	(void)objects_add(o, OBJ_DOMAIN, name, ve, enterprise,
	    json_pack("{s:i, s:i}", "vcpus", vcpus, "memory_mib", 128), NULL);
}

static int reserve_on(
    struct hs_db *db, const char *ve, int one, int two, struct hs_err *err)
{
	hs_auto(objects_done) struct objects wanted = { 0 };

	if (one > 0)
		add_domain(&wanted, ve, "one", one);
	if (two > 0)
		add_domain(&wanted, ve, "two", two);
	return quota_reserve(db, ve, &wanted, err);
}

/* Enterprises "one" and "two" with so many vCPUs; 0: it has none. */
static int reserve(const char *ve, int one, int two, struct hs_err *err)
{
	return reserve_on(ground_store, ve, one, two, err);
}

static void settle(const char *ve, int one, int two)
{
	hs_auto(objects_done) struct objects wanted = { 0 };
	struct hs_err err = { 0 };

	if (one > 0)
		add_domain(&wanted, ve, "one", one);
	if (two > 0)
		add_domain(&wanted, ve, "two", two);
	if (quota_settle(ground_store, ve, &wanted, &err) < 0)
		fail_msg("%s", err.msg);
}

static void must(int result, const struct hs_err *err)
{
	if (result < 0)
		fail_msg("%s", err->msg);
}

static int clear(void **state)
{
	(void)state;
	sql(ground_store, "DELETE FROM quota");
	sql(ground_store, "DELETE FROM reservation");
	sql(ground_store, "DELETE FROM ve");
	sql(ground_store, "DELETE FROM step");
	sql(ground_store, "DELETE FROM job");
	ground_release();
	return 0;
}

/* -- What objects take ----------------------------------------------------- */

/* The example chain, counted by hand. */
static void test_example(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(objects_done) struct objects wanted = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	ground_wanted((const char *const[]) { text }, 1, &wanted);
	sql(ground_store, "SET hanse.job = 3");
	must(quota_reserve(ground_store, "automotive", &wanted, &err), &err);
	check("SELECT string_agg(concat(resource, ' ', used), ', ' ORDER BY "
	      "resource) AS v FROM quota_use WHERE scope = 've/automotive'",
	    "connections 144, domains 6, memory_mib 1344, vcpus 7");
	check("SELECT string_agg(concat(resource, ' ', used), ', ' ORDER BY "
	      "resource) AS v FROM quota_use WHERE scope = 'asp'",
	    "connections 144, disk_gib 4, domains 7, memory_mib 2496, vcpus 9");
	check(
	    "SELECT string_agg(DISTINCT job::text, ' ') AS v FROM reservation",
	    "3");
	sql(ground_store, "RESET hanse.job");
	must(quota_release(ground_store, "automotive", &err), &err);
	check("SELECT string_agg(DISTINCT object, ' ') AS v FROM reservation",
	    "db.shared");
}

static void test_dedicated(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *own =
	    ground_with(text, "class: shared", "class: dedicated");
	hs_auto(objects_done) struct objects wanted = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	ground_wanted((const char *const[]) { own }, 1, &wanted);
	must(quota_reserve(ground_store, "automotive", &wanted, &err), &err);
	check("SELECT used AS v FROM quota_use WHERE scope = 've/automotive' "
	      "AND resource = 'disk_gib'",
	    "8");
	check("SELECT count(*) AS v FROM reservation WHERE ve IS NULL", "0");
}

/* While a domain is rolled there are two, and the larger one counts. */
static void test_generations(void **state)
{
	hs_auto(objects_done) struct objects found = { 0 };
	hs_auto(hs_freep) char *text = NULL;
	json_t *list;

	(void)state;
	add_domain(&found, "v", "one", 2);
	(void)objects_add(&found, OBJ_DOMAIN, "v.one.2", "v", "one",
	    json_pack("{s:i, s:i}", "vcpus", 3, "memory_mib", 64), NULL);
	list = quota_count(&found);
	text = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(list);
	assert_string_equal(text,
	    "[{\"domains\":1,\"enterprise\":\"one\",\"memory_mib\":128,"
	    "\"object\":\"v.one\",\"vcpus\":3}]");
}

/* -- Limits ---------------------------------------------------------------- */

static void test_to_the_unit(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	sql(ground_store, "INSERT INTO quota VALUES ('asp', 'vcpus', 10), "
			  "('ve/a', 'vcpus', 6), ('ve/a/one', 'vcpus', 4)");
	must(reserve("a", 4, 2, &err), &err);
	must(reserve("a", 4, 2, &err), &err); /* the same again is nothing */
	must(reserve("b", 4, 0, &err), &err);
	check(USED, "asp vcpus 10, ve/a vcpus 6, ve/a/one vcpus 4, "
		    "ve/a/two vcpus 2, ve/b vcpus 4, ve/b/one vcpus 4");
	assert_int_equal(reserve("b", 5, 0, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_string_equal(
	    err.msg, "quota of asp: vcpus: limit 10, used 10, asked 1 more");
	assert_int_equal(reserve("a", 5, 3, &err), -1);
	assert_string_equal(err.msg,
	    "quota of asp: vcpus: limit 10, used 10, asked 2 more; "
	    "ve/a: vcpus: limit 6, used 6, asked 2 more; "
	    "ve/a/one: vcpus: limit 4, used 4, asked 1 more");
	check(USED, "asp vcpus 10, ve/a vcpus 6, ve/a/one vcpus 4, "
		    "ve/a/two vcpus 2, ve/b vcpus 4, ve/b/one vcpus 4");
}

static void test_other_limits(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	sql(ground_store, "INSERT INTO quota VALUES ('ve/a', 'domains', 1), "
			  "('ve/b', 'memory_mib', 127), "
			  "('ve/c-d', 'vcpus', 0), ('ve/c/d', 'vcpus', 0)");
	must(reserve("a", 1, 0, &err), &err);
	assert_int_equal(reserve("a", 1, 1, &err), -1);
	assert_string_equal(
	    err.msg, "quota of ve/a: domains: limit 1, used 1, asked 1 more");
	assert_int_equal(reserve("b", 1, 0, &err), -1);
	assert_string_equal(err.msg,
	    "quota of ve/b: memory_mib: limit 127, used 0, asked 128 more");
	must(reserve("c", 64, 64, &err), &err); /* neither limit is its own */
}

/* Less always goes, and what is above a limit does not grow. */
static void test_lowered_limit(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	must(reserve("a", 6, 6, &err), &err);
	sql(ground_store, "SELECT quota_set('ve/a', 'vcpus', 4)");
	must(reserve("a", 5, 6, &err), &err);
	settle("a", 5, 6);
	must(reserve("a", 5, 0, &err), &err);
	settle("a", 5, 0);
	assert_int_equal(reserve("a", 6, 0, &err), -1);
	assert_string_equal(
	    err.msg, "quota of ve/a: vcpus: limit 4, used 5, asked 1 more");
	must(reserve("a", 2, 0, &err), &err);
	settle("a", 2, 0);
	must(reserve("a", 2, 2, &err), &err);
	sql(ground_store, "SELECT quota_set('ve/a', NULL, NULL)");
	must(reserve("a", 50, 2, &err), &err);
}

/* A job that fails goes back, whatever others have taken meanwhile. */
static void test_way_back(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	sql(ground_store, "INSERT INTO quota VALUES ('asp', 'vcpus', 10)");
	must(reserve("a", 6, 0, &err), &err);
	settle("a", 6, 0);
	must(reserve("a", 2, 1, &err), &err); /* a job to less of one */
	check("SELECT used AS v FROM quota_use WHERE scope = 'asp' AND "
	      "resource = 'vcpus'",
	    "7");
	must(reserve("b", 3, 0, &err), &err);
	assert_int_equal(reserve("b", 4, 0, &err), -1);
	settle("a", 6, 0); /* it was undone */
	check("SELECT used AS v FROM quota_use WHERE scope = 'asp' AND "
	      "resource = 'vcpus'",
	    "9");
	check("SELECT amount AS v FROM reservation WHERE object = 'a.two'", "");
}

/* -- Side by side ---------------------------------------------------------- */

static struct hs_db *another(void)
{
	hs_auto(hs_freep) char *conninfo =
	    hs_printf("host=%s/control-db user=hanse dbname=hanse",
		ground_plat.conf->run);
	struct hs_db *db = NULL;
	struct hs_err err = { 0 };

	must(hs_db_open(conninfo, &db, &err), &err);
	sql(db, "SET lock_timeout = '300ms'");
	return db;
}

/* Whether a second transaction waits for the first one, for ever. */
static void check_waits(const char *limits, const char *first, const char *ve,
    const char *second, bool waits)
{
	hs_auto(hs_db_closep) struct hs_db *one = another();
	hs_auto(hs_db_closep) struct hs_db *two = another();
	struct hs_err err = { 0 };
	int failed;

	clear(NULL);
	if (limits != NULL)
		sql(ground_store, limits);
	sql(one, "BEGIN");
	if (first != NULL)
		sql(one, first);
	else
		must(reserve_on(one, "a", 1, 0, &err), &err);
	sql(two, "BEGIN");
	failed = second != NULL ? hs_db_run(two, second, &err)
				: reserve_on(two, ve, 1, 0, &err);
	if (waits && failed == 0)
		fail_msg("%s: did not wait", ve != NULL ? ve : second);
	if (waits)
		assert_string_equal(hs_db_sqlstate(two), "55P03");
	else
		must(failed, &err);
}

static void test_turns(void **state)
{
	static const char asp[] =
	    "INSERT INTO quota VALUES ('asp', 'vcpus', 9)";
	static const char ve[] =
	    "INSERT INTO quota VALUES ('ve/a', 'vcpus', 9)";
	static const char set[] = "SELECT quota_set('asp', 'vcpus', 9)";

	(void)state;
	check_waits(asp, NULL, "b", NULL, true);
	check_waits(ve, NULL, "b", NULL, false);
	check_waits(NULL, NULL, "b", NULL, false);
	check_waits(NULL, NULL, "a", NULL, true);
	/* A limit is set when no growth is under way, and the reverse. */
	check_waits(NULL, NULL, NULL, set, true);
	check_waits(NULL, set, "b", NULL, true);
}

/* What one cannot see cannot be added up. */
static void test_isolation_level(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	sql(ground_store, "BEGIN ISOLATION LEVEL REPEATABLE READ");
	assert_int_equal(reserve("a", 1, 0, &err), -1);
	assert_non_null(strstr(err.msg, "READ COMMITTED"));
	sql(ground_store, "ROLLBACK");
}

/* -- In hansed ------------------------------------------------------------- */

static int run(manager_command *command, json_t *args, struct hs_err *err)
{
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	struct request request = {
		.plat = &ground_plat,
		.args = args,
		.faults = &faults,
	};
	json_t *result = NULL;
	int failed = command(&request, &result, err);

	json_decref(args);
	json_decref(result);
	return failed;
}

/* An apply that would pass a limit stores nothing and begins nothing. */
static void test_apply_is_refused(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	struct hs_err err = { 0 };

	(void)state;
	sql(ground_store,
	    "INSERT INTO quota VALUES ('ve/automotive', 'domains', 5)");
	assert_int_equal(
	    run(manager_apply, json_pack("{s:s}", "spec", text), &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_string_equal(err.msg,
	    "quota of ve/automotive: domains: limit 5, "
	    "used 0, asked 6 more");
	check("SELECT count(*) AS v FROM ve", "0");
	check("SELECT count(*) AS v FROM reservation", "0");
	check("SELECT count(*) AS v FROM allocation", "0");
}

/* Nor does one whose connections have no room in what the server is given. */
static void test_server_is_too_small(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *own =
	    ground_with(text, "class: shared        # shared | dedicated",
		"class: dedicated\n  memory_mib: 700");
	manager_command *const commands[] = { manager_plan, manager_apply };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		struct hs_err err = { 0 };

		assert_int_equal(
		    run(commands[i], json_pack("{s:s}", "spec", own), &err),
		    -1);
		assert_int_equal(err.code, HS_ELIMIT);
		assert_non_null(strstr(err.msg,
		    "'db.automotive' has 700 MiB, and 164 connections"));
		assert_non_null(strstr(err.msg, "database.memory_mib to 1152"));
		check("SELECT count(*) AS v FROM ve", "0");
		check("SELECT count(*) AS v FROM reservation", "0");
	}
}

/* run.sh has hidden libvirt: the job fails, and what it held is given back. */
static void test_failed_apply_gives_back(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    run(manager_apply, json_pack("{s:s}", "spec", text), &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	check("SELECT count(*) AS v FROM reservation", "0");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_example, clear),
		cmocka_unit_test_setup(test_dedicated, clear),
		cmocka_unit_test_setup(test_generations, clear),
		cmocka_unit_test_setup(test_to_the_unit, clear),
		cmocka_unit_test_setup(test_other_limits, clear),
		cmocka_unit_test_setup(test_lowered_limit, clear),
		cmocka_unit_test_setup(test_way_back, clear),
		cmocka_unit_test_setup(test_turns, clear),
		cmocka_unit_test_setup(test_isolation_level, clear),
		cmocka_unit_test_setup(test_apply_is_refused, clear),
		cmocka_unit_test_setup(test_server_is_too_small, clear),
		cmocka_unit_test_setup(test_failed_apply_gives_back, clear),
	};
	int failed = ground_open(argc, argv);

	if (failed == 0 && engine_start(ground_plat.conf, NULL) < 0)
		failed = 1;
	if (failed == 0)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	engine_stop();
	if (failed == 0)
		(void)clear(NULL);
	ground_close();
	return failed;
}
