/* test_gw_route.c - route files, the table, reloads, targets. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/route.h"

static char dir[] = "/tmp/test_gw_route.XXXXXX";

static char a_name[] = "anna", a_user[] = "alpha.anna", a_db[] = "ve_alpha";
static char b_name[] = "bert", b_user[] = "alpha.bert", any[] = "*";
static char host[] = "127.0.0.1", tls[] = "db.hanse.internal", wide[] = "::1";
static char two[] = "127.0.0.2 ::1";
static char shared[] = "db.shared", p_user[] = "platform.provisioner";

static struct gw_route route(char *enterprise, char *user)
{
	return (struct gw_route) { .enterprise = enterprise,
		.user = user,
		.database = a_db,
		.role = user,
		.host = host,
		.port = 5432,
		.server_name = tls,
		.limits = { .connections = 3 },
		.certificate_cn = user };
}

static void must(int rc, const struct hs_err *err)
{
	if (rc < 0)
		fail_msg("%s", err->msg);
}

static void put(const char *name, const char *text)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s", dir, name);

	must(hs_file_write(path, text, strlen(text), 0600, NULL), NULL);
}

static int clean(void **state)
{
	(void)state;
	(void)gw_routes_remove(dir, "alpha", NULL);
	(void)gw_routes_remove(dir, "platform", NULL);
	return gw_routes_remove(dir, "beta", NULL);
}

/* Files of before are still read: a gateway that is newer than what it finds
 * must serve. */
static void test_old_form(void **state)
{
	hs_auto(gw_routes_freep) struct gw_routes *back = NULL;
	struct hs_err err = { 0 };

	(void)state;
	put("alpha.json",
	    "{\"ve\": \"alpha\", \"generation\": 7, \"routes\": ["
	    "{\"enterprise\": \"anna\", \"user\": \"alpha.anna\", "
	    "\"database\": "
	    "\"ve_alpha\", \"role\": \"alpha.anna\", \"host\": \"127.0.0.1\", "
	    "\"port\": 5432, \"server_name\": \"db.hanse.internal\", "
	    "\"connections\": 20, \"backends\": 4, \"certificate_cn\": "
	    "\"alpha.anna\"}]}");
	must(gw_routes_read(dir, "alpha", &back, &err), &err);
	assert_int_equal(back->list[0].limits.connections, 20);
	assert_int_equal(back->list[0].limits.backends, 4);
}

static void test_round_trip(void **state)
{
	struct gw_route routes[] = { route(a_name, a_user),
		route(b_name, b_user) };
	hs_auto(gw_routes_freep) struct gw_routes *back = NULL;
	hs_auto(hs_freep) char *path = hs_printf("%s/alpha.json", dir);
	struct hs_err err = { 0 };
	struct stat st;

	(void)state;
	routes[1].people = true;
	must(gw_routes_write(dir, "alpha", NULL, routes, 2, &err), &err);
	must(gw_routes_write(dir, "alpha", NULL, routes, 2, &err), &err);
	must(gw_routes_read(dir, "alpha", &back, &err), &err);
	assert_int_equal(back->generation, 2);
	assert_int_equal(back->count, 2);
	assert_string_equal(back->list[1].user, "alpha.bert");
	assert_null(back->list[1].scram);
	assert_false(back->list[0].people);
	assert_true(back->list[1].people);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	must(gw_routes_remove(dir, "alpha", &err), &err);
	must(gw_routes_remove(dir, "alpha", &err), &err);
	assert_int_equal(stat(path, &st), -1);
}

static int load_into(struct gw_table **ret_table, struct hs_err *err)
{
	json_t *files = NULL;
	int rc = gw_files_load(dir, &files, err);

	if (rc == 0)
		rc = gw_table_make(dir, files, NULL, ret_table, err);
	json_decref(files);
	return rc;
}

static struct gw_table *load(void)
{
	struct gw_table *table = NULL;
	struct hs_err err = { 0 };

	must(load_into(&table, &err), &err);
	return table;
}

/* A cluster of servers: of a route, and of the platform's. */
static void test_cluster(void **state)
{
	struct gw_route r = route(a_name, a_user), p = route(shared, p_user);
	const struct gw_server server = { .name = shared,
		.host = host,
		.port = 5432,
		.server_name = tls,
		.replicas = two };
	hs_auto(gw_table_freep) struct gw_table *table = NULL;
	struct gw_target t = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	r.replicas = two;
	r.patroni_port = 8008;
	p.database = any;
	p.host = NULL;
	must(gw_routes_write(dir, "alpha", NULL, &r, 1, &err), &err);
	must(gw_platform_write(dir, &server, 1, &p, 1, &err), &err);
	table = load();
	must(gw_table_target(table, gw_table_find(table, a_user), NULL, &t),
	    NULL);
	assert_string_equal(t.replicas, "127.0.0.2 ::1");
	assert_int_equal(t.patroni_port, 8008);
	gw_target_done(&t);
	must(gw_table_target(
		 table, gw_table_find(table, p_user), "x@db.shared", &t),
	    NULL);
	assert_string_equal(t.database, "x");
	assert_string_equal(t.replicas, "127.0.0.2 ::1");
	assert_int_equal(t.patroni_port, 0);
	gw_target_done(&t);
}

static void test_bad_clusters(void **state)
{
	static char bad[][64] = { "", "here", "127.0.0.2  127.0.0.3",
		"127.0.0.2 ", "127.0.0.1", "127.0.0.2 ::1 127.0.0.2",
		"::1 ::2 ::3 ::4 ::5 ::6 ::7 ::8 ::9" };
	struct gw_route r = route(a_name, a_user);
	struct hs_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		r.replicas = bad[i];
		if (gw_routes_write(dir, "alpha", NULL, &r, 1, &err) == 0)
			fail_msg("taken: '%s'", bad[i]);
		assert_int_equal(err.code, HS_EINVAL);
	}
	r.replicas = two;
	r.patroni_port = 65536;
	assert_int_equal(gw_routes_write(dir, "alpha", NULL, &r, 1, &err), -1);
	r = route(shared, p_user);
	r.database = any;
	r.host = NULL;
	r.replicas = two;
	assert_int_equal(gw_platform_write(dir, NULL, 0, &r, 1, &err), -1);
}

static void test_bad_routes(void **state)
{
	struct gw_route bad[8];
	struct hs_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = route(a_name, a_user);
	bad[0].host = NULL;
	bad[1].host = shared;
	bad[2].port = 70000;
	bad[3].limits.connections = 0;
	bad[4].database = any;
	bad[5].scram = tls;
	bad[6].role = NULL;
	bad[7].server_name = NULL;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (gw_routes_write(dir, "alpha", NULL, &bad[i], 1, &err) == 0)
			fail_msg("taken: %zu", i);
		assert_int_equal(err.code, HS_EINVAL);
	}
	assert_int_equal(gw_routes_write(dir, "../x", NULL, bad, 0, &err), -1);
}

static const char *const bad_files[] = {
	"",
	"[]",
	"{}",
	"{\"ve\": \"alpha\"}",
	"{\"ve\": \"alpha\", \"routes\": {}}",
	"{\"ve\": \"alpha\", \"routes\": [1]}",
	"{\"ve\": \"alpha\", \"routes\": [{}]}",
	"{\"ve\": \"alpha\", \"routes\": [{\"user\": 1}]}",
	"{\"ve\": \"alpha\", \"routes\": [{\"enterprise\": \"anna\", \"user\": "
	"\"a\", "
	"\"database\": \"d\", \"role\": \"a\", \"people\": \"ou=people\"}]}",
	"{\"ve\": \"alpha\", \"routes\": [], \"ve\": \"beta\"}",
	"{\"ve\": \"beta\", \"routes\": []}",
	"{\"ve\": \"alpha\", \"routes\": [], \"servers\": [{}]}",
};

static void test_bad_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_files); i++) {
		struct gw_table *table = NULL;
		struct hs_err err = { 0 };

		put("alpha.json", bad_files[i]);
		if (load_into(&table, &err) == 0)
			fail_msg("taken: %s", bad_files[i]);
		assert_int_equal(err.code, HS_EINVAL);
		assert_non_null(strstr(err.msg, "alpha.json"));
	}
}

static void test_reload(void **state)
{
	struct gw_route routes[] = { route(a_name, a_user),
		route(b_name, b_user) };
	struct gw_table *table = NULL, *next = NULL;
	struct gw_entry *anna, *bert;
	struct hs_err err = { 0 };

	(void)state;
	must(gw_routes_write(dir, "alpha", NULL, routes, 2, &err), &err);
	table = load();
	anna = gw_entry_ref(gw_table_find(table, "alpha.anna"));
	bert = gw_entry_ref(gw_table_find(table, "alpha.bert"));
	routes[0].limits.connections = 9;
	routes[1].host = wide;
	must(gw_routes_write(dir, "alpha", NULL, routes, 2, &err), &err);
	next = load();
	gw_table_replace(next, table);
	assert_ptr_equal(gw_table_find(next, "alpha.anna"), anna);
	assert_int_equal(anna->route.limits.connections, 9);
	assert_false(anna->removed);
	assert_true(bert->removed);
	assert_ptr_not_equal(gw_table_find(next, "alpha.bert"), bert);
	assert_null(gw_table_find(next, "alpha.carl"));
	gw_entry_unref(anna);
	gw_entry_unref(bert);
	gw_table_free(next);
}

/* Of all sessions together; what a user has used outlives a route of its. */
static void test_meter_goes_on(void **state)
{
	struct gw_route r = route(a_name, a_user);
	struct gw_table *table, *next;
	struct gw_entry *old, *now;
	struct hs_err err = { 0 };
	uint64_t since;

	(void)state;
	must(gw_routes_write(dir, "alpha", NULL, &r, 1, &err), &err);
	table = load();
	old = gw_entry_ref(gw_table_find(table, a_user));
	since = (uint64_t)hs_now_ms();
	gw_entry_seat(old, 1, since - 500);
	gw_entry_seat(old, 1, since - 200);
	gw_entry_seat(old, -1, since - 100);
	assert_int_equal(gw_entry_connected(old, since - 100), 500);
	assert_int_equal(gw_entry_connected(old, since), 600);
	old->statements = 7;
	old->rows = 8;
	r.host = wide;
	must(gw_routes_write(dir, "alpha", NULL, &r, 1, &err), &err);
	next = load();
	gw_table_replace(next, table);
	now = gw_table_find(next, a_user);
	assert_ptr_not_equal(now, old);
	assert_int_equal(now->statements, 7);
	assert_int_equal(now->rows, 8);
	assert_int_equal(now->sessions, 0);
	assert_in_range(gw_entry_connected(now, since + 60000), 600, 20000);
	gw_entry_unref(old);
	gw_table_free(next);
}

static void test_same_user_twice(void **state)
{
	const struct gw_route r = route(a_name, a_user);
	struct gw_table *table = NULL;
	struct hs_err err = { 0 };

	(void)state;
	must(gw_routes_write(dir, "alpha", NULL, &r, 1, &err), &err);
	must(gw_routes_write(dir, "beta", NULL, &r, 1, &err), &err);
	assert_int_equal(load_into(&table, &err), -1);
	assert_non_null(strstr(err.msg, "alpha.anna"));
}

static void target(const struct gw_table *table, const char *user,
    const char *database, const char *want)
{
	struct gw_target t = { 0 };
	int rc =
	    gw_table_target(table, gw_table_find(table, user), database, &t);

	assert_int_equal(rc, want != NULL ? 0 : -1);
	if (want != NULL)
		assert_string_equal(t.database, want);
	gw_target_done(&t);
}

static void test_targets(void **state)
{
	const struct gw_server server = {
		.name = shared, .host = wide, .port = 5433, .server_name = tls
	};
	struct gw_route r = route(a_name, a_user), p = route(shared, p_user);
	hs_auto(gw_table_freep) struct gw_table *table = NULL;
	struct hs_err err = { 0 };

	(void)state;
	p.database = any;
	p.host = NULL;
	must(gw_routes_write(dir, "alpha", NULL, &r, 1, &err), &err);
	must(gw_platform_write(dir, &server, 1, &p, 1, &err), &err);
	p.people = true;
	assert_int_equal(gw_platform_write(dir, &server, 1, &p, 1, &err), -1);
	table = load();
	target(table, a_user, NULL, "ve_alpha");
	target(table, a_user, "ve_alpha", "ve_alpha");
	target(table, a_user, "ve_beta", NULL);
	target(table, a_user, "postgres@db.shared", NULL);
	target(table, a_user, "*", NULL);
	target(table, p_user, NULL, NULL);
	target(table, p_user, "*", NULL);
	target(table, p_user, "ve_alpha", "ve_alpha");
	target(table, p_user, "ve_beta", NULL);
	target(table, p_user, "ve_beta@db.shared", "ve_beta");
	target(table, p_user, "postgres@db.other", NULL);
	target(table, p_user, "@", NULL);
}

/* A hundred a second: ten at once, then one each 10 ms, in the order asked. */
static void test_rate(void **state)
{
	struct gw_rate rate = { 0 };
	uint64_t now_ms = 1000000, taken = 0;

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(gw_rate_take(&rate, 100, 1, now_ms), 0);
	assert_int_equal(gw_rate_take(&rate, 100, 1, now_ms), 0);
	assert_int_equal(gw_rate_take(&rate, 100, 1, now_ms), 10);
	assert_int_equal(gw_rate_take(&rate, 100, 1, now_ms), 20);
	assert_int_equal(gw_rate_take(&rate, 0, 1, now_ms), 0);
	/* What was not used is not kept for longer than a tenth of a second. */
	for (uint64_t end = (now_ms += 60000) + 10000; now_ms < end; now_ms++)
		while (gw_rate_take(&rate, 100, 0, now_ms) == 0) {
			(void)gw_rate_take(&rate, 100, 1, now_ms);
			taken++;
		}
	assert_in_range(taken, 1000, 1011);
}

static int make(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int drop(void **state)
{
	(void)clean(state);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_round_trip, clean),
		cmocka_unit_test_teardown(test_old_form, clean),
		cmocka_unit_test(test_rate),
		cmocka_unit_test_teardown(test_cluster, clean),
		cmocka_unit_test_teardown(test_bad_clusters, clean),
		cmocka_unit_test_teardown(test_bad_routes, clean),
		cmocka_unit_test_teardown(test_bad_files, clean),
		cmocka_unit_test_teardown(test_reload, clean),
		cmocka_unit_test_teardown(test_meter_goes_on, clean),
		cmocka_unit_test_teardown(test_same_user_twice, clean),
		cmocka_unit_test_teardown(test_targets, clean),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
