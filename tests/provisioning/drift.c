/* drift.c - the rows of what has drifted, and the events that tell of them; run
 * by run.sh.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "tests/provisioning/ground.h"

static void sql(const char *statement)
{
	struct hs_err err = { 0 };

	if (hs_db_run(ground_store, statement, &err) < 0)
		fail_msg("%s: %s", statement, err.msg);
}

static void assert_value(const char *want, const char *query)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };

	if (hs_db_query(ground_store, query, 0, NULL, &rows, &err) < 0)
		fail_msg("%s: %s", query, err.msg);
	assert_string_equal(hs_rows_get(rows, 0, "v"), want);
}

/** One sweep: what it saw, and what it did not look at. */
struct look {
	const char *seen, *unknown, *busy_ves, *busy_platform;
};

/* As sweep.c does; how many it found, and how many were over. */
static void sweep(struct look look, size_t found, size_t over)
{
	hs_auto(hs_rows_freep) struct hs_rows *put = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *end = NULL;
	struct hs_err err = { 0 };

	sql("BEGIN");
	if (HS_DB_QUERY(
		ground_store, prov_sql_drift_put, &put, &err, look.seen) < 0 ||
	    HS_DB_QUERY(ground_store, prov_sql_drift_end, &end, &err,
		look.unknown != NULL ? look.unknown : "[]",
		look.busy_ves != NULL ? look.busy_ves : "[]",
		look.busy_platform != NULL ? look.busy_platform : "false") < 0)
		fail_msg("%s", err.msg);
	sql("COMMIT");
	assert_int_equal(hs_rows_count(put), found);
	assert_int_equal(hs_rows_count(end), over);
}

/* The events since the last time, in their order. */
static void assert_told(const char *wanted)
{
	assert_value(wanted,
	    "SELECT coalesce(string_agg(event || ' ' || coalesce(ve, '-') ||"
	    " ' ' || subject || ' ' || detail, '; ' ORDER BY subject), '')"
	    " AS v FROM event WHERE event_id > (SELECT n FROM told)");
	sql("UPDATE told SET n = (SELECT coalesce(max(event_id), 0)"
	    " FROM event)");
}

#define ITEM(kind, name, ve, detail)              \
	"{\"kind\":\"" kind "\",\"name\":\"" name \
	"\",\"drift\":\"d\",\"ve\":" ve           \
	",\"severity\":\"warning\",\"detail\":\"" detail "\"}"
#define A   ITEM("domain", "v.a", "\"v\"", "x: 1")
#define A2  ITEM("domain", "v.a", "\"v\"", "x: 2")
#define B   ITEM("route", "w", "\"w\"", "")
#define C   ITEM("image", "i", "null", "")
#define ALL "[" A "," B "," C "]"

static int begin(void **state)
{
	(void)state;
	sql("DELETE FROM drift; CREATE TEMPORARY TABLE IF NOT EXISTS told AS"
	    " SELECT 0::bigint AS n; UPDATE told SET n ="
	    " (SELECT coalesce(max(event_id), 0) FROM event)");
	sweep((struct look) { .seen = ALL }, 3, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sql("DELETE FROM drift");
	return 0;
}

static void test_new(void **state)
{
	(void)state;
	assert_told("drift.seen v domain v.a d: x: 1; drift.seen - image i d; "
		    "drift.seen w route w d");
	assert_value("3", "SELECT count(*) AS v FROM drift"
			  " WHERE state = 'open' AND ended_at IS NULL");
}

/* Nothing is told twice, but what it is now is kept. */
static void test_again(void **state)
{
	(void)state;
	assert_told("drift.seen v domain v.a d: x: 1; drift.seen - image i d; "
		    "drift.seen w route w d");
	sweep((struct look) { .seen = "[" A2 "," B "," C "]" }, 0, 0);
	assert_told("");
	assert_value("x: 2 t",
	    "SELECT detail || ' ' || CASE WHEN last_seen > first_seen"
	    " THEN 't' ELSE 'f' END AS v FROM drift WHERE name = 'v.a'");
}

static void test_over(void **state)
{
	(void)state;
	sql("UPDATE told SET n = (SELECT max(event_id) FROM event);"
	    " UPDATE drift SET job_id = 7 WHERE name = 'w'");
	sweep((struct look) { .seen = "[" C "]" }, 0, 2);
	assert_told("drift.gone v domain v.a d; drift.repaired w route w d");
	assert_value("gone repaired open",
	    "SELECT string_agg(state, ' ' ORDER BY kind) AS v FROM"
	    " (SELECT kind, state FROM drift WHERE kind <> 'image' UNION ALL"
	    " SELECT 'x', state FROM drift WHERE kind = 'image') AS d");
	/* And if it comes again it is told again. */
	sweep((struct look) { .seen = ALL }, 2, 0);
	assert_told("drift.seen v domain v.a d: x: 1; drift.seen w route w d");
	assert_value("5", "SELECT count(*) AS v FROM drift");
}

/* What was not looked at is as it was. */
static void test_left_alone(void **state)
{
	static const char none[] = "[]";

	(void)state;
	sql("UPDATE told SET n = (SELECT max(event_id) FROM event)");
	sweep(
	    (struct look) {
		.seen = none,
		.unknown = "[{\"kind\":\"image\",\"name\":\"i\"},"
			   "{\"kind\":\"domain\",\"name\":\"v.a\"}]",
		.busy_ves = "[\"w\"]",
	    },
	    0, 0);
	sweep((struct look) { .seen = none,
		  .busy_ves = "[\"v\",\"w\"]",
		  .busy_platform = "true" },
	    0, 0);
	assert_told("");
	sweep((struct look) { .seen = none, .busy_platform = "true" }, 0, 2);
	assert_told("drift.gone v domain v.a d; drift.gone w route w d");
	sweep((struct look) { .seen = none }, 0, 1);
	assert_told("drift.gone - image i d");
}

/* A sweep that is rolled back has told nobody. */
static void test_rolled_back(void **state)
{
	(void)state;
	sql("UPDATE told SET n = (SELECT max(event_id) FROM event)");
	sql("BEGIN");
	assert_int_equal(HS_DB_QUERY(ground_store, prov_sql_drift_put, NULL,
			     NULL, "[" ITEM("volume", "n", "null", "") "]"),
	    0);
	sql("ROLLBACK");
	assert_told("");
	assert_value("3", "SELECT count(*) AS v FROM drift");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_new, begin),
		cmocka_unit_test_setup(test_again, begin),
		cmocka_unit_test_setup(test_over, begin),
		cmocka_unit_test_setup(test_left_alone, begin),
		cmocka_unit_test_setup(test_rolled_back, begin),
	};
	int failed = ground_open(argc, argv);

	if (failed == 0)
		failed = cmocka_run_group_tests(tests, NULL, end);
	ground_close();
	return failed;
}
