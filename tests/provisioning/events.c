/* events.c - the event log: many writers, one chain, and readers that miss
 * nothing; tampering is found; run by run.sh.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "provisioning/event.h"
#include "provisioning/event_chain.h"
#include "tests/provisioning/ground.h"

#define WRITERS 64
#define ROUNDS                                                         \
	20 /* transactions of a writer: 1 to 3 events, each third none \
	    */

static struct hs_db *open_as(const char *user)
{
	hs_auto(hs_freep) char *info =
	    hs_printf("host=%s/control-db dbname=hanse user=%s",
		ground_plat.conf->run, user);
	struct hs_db *db = NULL;
	struct hs_err err = { 0 };

	if (hs_db_open(info, &db, &err) < 0)
		fail_msg("%s", err.msg);
	return db;
}

static void run_sql(struct hs_db *db, const char *sql)
{
	struct hs_err err = { 0 };

	if (hs_db_run(db, sql, &err) < 0)
		fail_msg("%s: %s", sql, err.msg);
}

static int64_t head(void)
{
	int64_t id = -1;

	assert_int_equal(event_last(ground_store, &id, NULL), 0);
	return id;
}

static void verify(struct event_walk *ret_walk)
{
	bool more = true;

	event_walk_init(ret_walk, NULL);
	while (more)
		assert_int_equal(
		    event_walk_on(ground_store, ret_walk, &more, NULL), 0);
}

static void assert_whole(void)
{
	struct event_walk w;

	verify(&w);
	if (w.broken > 0)
		fail_msg("%s", json_dumps(w.findings, 0));
	assert_int_equal(w.checked, head());
	assert_int_equal(w.at.id, head());
	event_walk_done(&w);
}

/* -- Writers --------------------------------------------------------------- */

static void write_round(struct hs_db *db, const char *name, int round)
{
	run_sql(db, "BEGIN");
	for (int i = 0; i <= round % 3; i++) {
		const struct event e = { .event = "test.write",
			.ve = round % 2 == 0 ? "even" : NULL,
			.subject = name };

		if (event_put(db, &e, NULL) < 0)
			abort();
	}
	run_sql(db, round % 3 == 2 ? "ROLLBACK" : "COMMIT");
}

static void *writer(void *arg)
{
	hs_auto(hs_db_closep) struct hs_db *db = open_as("hanse");

	for (int round = 0; round < ROUNDS; round++)
		write_round(db, arg, round);
	return NULL;
}

/** Who follows while they write. */
struct follower {
	int64_t since, seen;
	bool gap, disorder;
	atomic_bool over;
};

static void take(void *arg, const json_t *event)
{
	struct follower *f = arg;
	int64_t id = json_integer_value(json_object_get(event, "event_id"));

	f->disorder = f->disorder || id <= f->since;
	f->gap = f->gap || id != f->since + 1;
	f->since = id;
	f->seen++;
}

static bool is_over(void *arg)
{
	const struct follower *f = arg;

	return f->over;
}

static void *follow(void *arg)
{
	hs_auto(hs_db_closep) struct hs_db *db = open_as("hanse");
	struct follower *f = arg;
	const struct event_query query = { .since = f->since };
	const struct event_reader reader = {
		.take = take, .is_over = is_over, .arg = f
	};
	int64_t cursor;

	if (event_stream(db, &query, true, &reader, &cursor, NULL) < 0)
		abort();
	return NULL;
}

static void test_many_writers(void **state)
{
	pthread_t threads[WRITERS], reader;
	struct follower f = { .since = head() };
	int64_t before = head(), since = hs_now_ms(), expected = 0, ms;

	(void)state;
	for (int r = 0; r < ROUNDS; r++)
		expected += r % 3 == 2 ? 0 : WRITERS * (r % 3 + 1);
	assert_int_equal(pthread_create(&reader, NULL, follow, &f), 0);
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, writer,
				     (void *)(uintptr_t) "writer"),
		    0);
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	ms = hs_now_ms() - since;
	(void)fprintf(stderr,
	    "%d writers, %" PRId64 " events in %" PRId64 " ms\n", WRITERS,
	    expected, ms);
	for (int i = 0; i < 100 && f.seen < expected; i++)
		hs_pause_ms(50);
	f.over = true;
	assert_int_equal(pthread_join(reader, NULL), 0);
	assert_int_equal(head(), before + expected);
	assert_int_equal(f.seen, expected);
	assert_false(f.gap);
	assert_false(f.disorder);
	assert_whole();
}

/* An event is written at the commit: whoever holds another lock meanwhile does
 * not wait for it, and is not waited for. */
static void test_no_deadlock(void **state)
{
	hs_auto(hs_db_closep) struct hs_db *a = open_as("hanse");
	hs_auto(hs_db_closep) struct hs_db *b = open_as("hanse");
	const struct event e = { .event = "test.lock" };
	int64_t before = head();

	(void)state;
	run_sql(a, "BEGIN");
	assert_int_equal(event_put(a, &e, NULL), 0);
	run_sql(b, "BEGIN; SET LOCAL lock_timeout = '2s'");
	run_sql(b, "INSERT INTO ve (ve, spec_text) VALUES ('lock', '')");
	assert_int_equal(event_put(b, &e, NULL), 0);
	run_sql(b, "COMMIT");
	assert_int_equal(head(), before + 1);
	run_sql(a, "DELETE FROM ve WHERE ve = 'lock'");
	run_sql(a, "COMMIT");
	assert_int_equal(head(), before + 2);
	assert_whole();
}

/* Who has an old view of the log must not number from it. */
static void test_old_snapshot(void **state)
{
	hs_auto(hs_db_closep) struct hs_db *a = open_as("hanse");
	const struct event e = { .event = "test.snapshot" };
	struct hs_err err = { 0 };

	(void)state;
	run_sql(a, "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT FROM event");
	assert_int_equal(event_put(ground_store, &e, NULL), 0);
	assert_int_equal(event_put(a, &e, NULL), 0);
	assert_int_equal(hs_db_run(a, "COMMIT", &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	run_sql(a, "ROLLBACK; BEGIN ISOLATION LEVEL SERIALIZABLE");
	assert_int_equal(event_put(a, &e, NULL), 0);
	run_sql(a, "COMMIT");
	assert_whole();
}

static void test_what_is_hashed(void **state)
{
	json_t *data =
	    json_pack("{s:i, s:[s, n], s:s}", "bb", 1, "a", "ü\"\\\n", "c", "");
	const struct event e = { .event = "test.text",
		.ve = "v",
		.subject = "",
		.detail = "1:a,-,\n\xe4\xb8\xad",
		.data = data };

	(void)state;
	assert_int_equal(event_put(ground_store, &e, NULL), 0);
	run_sql(ground_store,
	    "INSERT INTO event (event, at, job_id) VALUES "
	    "('test.at', '1969-12-31 23:59:59.999999Z', 9223372036854775807)");
	/* Who gives a number and a hash gets the right ones. */
	run_sql(ground_store,
	    "INSERT INTO event (event_id, event, prev_hash, hash) VALUES "
	    "(1, 'test.forged', 'x', 'y')");
	assert_whole();
	json_decref(data);
}

static void test_append_only(void **state)
{
	(void)state;
	assert_int_equal(
	    hs_db_run(ground_store, "UPDATE event SET ve = 'x'", NULL), -1);
	assert_int_equal(
	    hs_db_run(ground_store, "DELETE FROM event", NULL), -1);
	assert_int_equal(hs_db_run(ground_store, "TRUNCATE event", NULL), -1);
	assert_whole();
}

/* -- Filters --------------------------------------------------------------- */

static void test_of_one_ve(void **state)
{
	const struct event mine = { .event = "test.ve", .ve = "mine" };
	const struct event other = { .event = "test.ve", .ve = "other" };
	struct event_query query = { .since = head(), .ve = "mine" };
	json_t *list = NULL;
	int64_t cursor;

	(void)state;
	assert_int_equal(event_put(ground_store, &mine, NULL), 0);
	assert_int_equal(event_put(ground_store, &other, NULL), 0);
	assert_int_equal(
	    event_read(ground_store, &query, &list, &cursor, NULL), 0);
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(cursor, head()); /* the other one is passed over */
	json_decref(list);
	assert_int_equal(
	    event_newest(ground_store, "mine", 50, &cursor, NULL), 0);
	assert_int_equal(cursor, head() - 2);
	query.since = head() + 1000; /* ahead of the log: stays there */
	assert_int_equal(
	    event_read(ground_store, &query, &list, &cursor, NULL), 0);
	assert_int_equal(cursor, query.since);
	json_decref(list);
}

/* -- Tampering ------------------------------------------------------------- */

/* What a superuser does, undone again at the end. */
static void tamper(struct hs_db *super, const char *sql)
{
	run_sql(super, "BEGIN; SET LOCAL session_replication_role = replica");
	run_sql(super, sql);
	run_sql(super, "COMMIT");
}

static void keep_copy(struct hs_db *super)
{
	run_sql(super, "CREATE TABLE kept AS TABLE event");
}

static void put_back(struct hs_db *super)
{
	tamper(super, "DELETE FROM event");
	tamper(super, "INSERT INTO event SELECT * FROM kept");
	run_sql(super, "DROP TABLE kept");
	assert_whole();
}

static bool has(const struct event_walk *w, int64_t id, const char *problem)
{
	size_t i;
	json_t *f;

	json_array_foreach (w->findings, i, f)
		if (json_integer_value(json_object_get(f, "event_id")) == id &&
		    strcmp(json_string_value(json_object_get(f, "problem")),
			problem) == 0)
			return true;
	return false;
}

static void test_tampering(void **state)
{
	/* clang-format off */
	static const struct {
		const char *sql;
		size_t broken;
		int64_t id[2];
		const char *problem;
	} cases[] = {
		{ "UPDATE event SET detail = 'harmless' WHERE event_id = 7", 1, { 7, 7 }, "changed" },
		{ "UPDATE event SET at = at + interval '1 us' WHERE event_id = 8", 1, { 8, 8 }, "changed" },
		{ "UPDATE event SET data = '{}' WHERE event_id = 9", 1, { 9, 9 }, "changed" },
		{ "UPDATE event SET job_id = 1 WHERE event_id = 1", 1, { 1, 1 }, "changed" },
		{ "DELETE FROM event WHERE event_id = 12", 1, { 12, 12 }, "missing" },
		{ "DELETE FROM event WHERE event_id IN (1, 2)", 1, { 1, 1 }, "missing" },
		{ "DELETE FROM event WHERE event_id IN (20, 21, 23)", 2, { 20, 23 }, "missing" },
		/* Changed and hashed again: the next one tells. */
		{ "UPDATE event SET detail = 'x' WHERE event_id = 30;"
		  "UPDATE event e SET hash = event_hash(e) WHERE event_id = 30", 1, { 31, 31 }, "order" },
		{ "UPDATE event SET event_id = -1 WHERE event_id = 40;"
		  "UPDATE event SET event_id = 40 WHERE event_id = 41;"
		  "UPDATE event SET event_id = 41 WHERE event_id = -1", 5, { 40, 41 }, "changed" },
	};
	/* clang-format on */
	hs_auto(hs_db_closep) struct hs_db *super = open_as("postgres");

	(void)state;
	assert_true(head() > 50);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct event_walk w;

		keep_copy(super);
		tamper(super, cases[i].sql);
		verify(&w);
		if (w.broken != cases[i].broken ||
		    !has(&w, cases[i].id[0], cases[i].problem) ||
		    !has(&w, cases[i].id[1], cases[i].problem))
			fail_msg("%s: %s", cases[i].sql,
			    json_dumps(w.findings, JSON_COMPACT));
		event_walk_done(&w);
		put_back(super);
	}
}

/* The tail can be cut, and a whole log written anew: a noted head tells. */
static void test_heads(void **state)
{
	hs_auto(hs_db_closep) struct hs_db *super = open_as("postgres");
	const struct event e = { .event = "test.after" };
	struct event_walk w, walker;
	struct event_link noted;
	bool more;

	(void)state;
	keep_copy(super);
	verify(&w);
	noted = w.at;
	event_walk_init(&walker, &noted);
	assert_int_equal(
	    event_walk_compare(ground_store, &w, &noted, "h", NULL), 0);
	assert_int_equal(w.broken, 0);
	tamper(super,
	    "DELETE FROM event WHERE event_id > (SELECT max(event_id) - 3 "
	    "FROM event)");
	assert_int_equal(
	    event_walk_compare(ground_store, &w, &noted, "h", NULL), 0);
	assert_true(has(&w, noted.id, "truncated"));
	assert_int_equal(event_walk_on(ground_store, &walker, &more, NULL), 0);
	assert_true(has(&walker, noted.id, "truncated"));
	event_walk_done(&w);
	event_walk_done(&walker);

	for (int i = 0; i < 5; i++)
		assert_int_equal(event_put(ground_store, &e, NULL), 0);
	verify(&w);
	assert_int_equal(w.broken, 0); /* by itself it is whole */
	assert_int_equal(
	    event_walk_compare(ground_store, &w, &noted, "h", NULL), 0);
	assert_true(has(&w, noted.id, "replaced"));
	event_walk_init(&walker, &noted);
	assert_int_equal(event_walk_on(ground_store, &walker, &more, NULL), 0);
	assert_true(has(&walker, noted.id, "replaced"));
	event_walk_done(&w);
	event_walk_done(&walker);
	put_back(super);
}

static void test_head_text(void **state)
{
	static const char *const bad[] = { "", ":", "7", "7:", "x:y",
		"-1:", "7:ABCDEF", "7 :", "7:00" };
	struct event_link link;
	hs_auto(hs_freep) char *text = event_link_text(&event_origin);
	hs_auto(hs_freep) char *longer = hs_printf("%s0", text);

	(void)state;
	assert_int_equal(event_link_parse(text, &link, NULL), 0);
	assert_int_equal(event_link_parse(longer, &link, NULL), -1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(event_link_parse(bad[i], &link, NULL), -1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_writers),
		cmocka_unit_test(test_no_deadlock),
		cmocka_unit_test(test_old_snapshot),
		cmocka_unit_test(test_what_is_hashed),
		cmocka_unit_test(test_append_only),
		cmocka_unit_test(test_of_one_ve),
		cmocka_unit_test(test_tampering),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_head_text),
	};
	int failed = ground_open(argc, argv);

	if (failed == 0)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	ground_close();
	return failed;
}
