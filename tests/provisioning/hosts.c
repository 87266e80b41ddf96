/* hosts.c - what specs want where there are several hosts; run by run.sh. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/host.h"
#include "provisioning/inventory.h"
#include "provisioning/plan.h"
#include "tests/provisioning/ground.h"

#define SPEC                                                                   \
	"ve: pair\ntitle: A pair\ndriver: lxc\nenterprises:\n"                 \
	"  - {name: one, legal_name: One, role: oem, template: app, vcpus: 1," \
	" memory_mib: 128, placement: {%s},\n"                                 \
	"     sites: [{id: s, name: S, city: C, country: DE,"                  \
	" time_zone: UTC}],\n"                                                 \
	"     people: [{login: p, name: P, mail: p@one.example,"               \
	" roles: [buyer]}]}\n"                                                 \
	"  - {name: two, legal_name: Two, role: oem, template: app, vcpus: 1," \
	" memory_mib: 128, placement: {%s},\n"                                 \
	"     sites: [{id: s, name: S, city: C, country: DE,"                  \
	" time_zone: UTC}],\n"                                                 \
	"     people: [{login: p, name: P, mail: p@two.example,"               \
	" roles: [buyer]}]}\n"

static void sql(const char *statement)
{
	struct hs_err err = { 0 };

	if (hs_db_run(ground_store, statement, &err) < 0)
		fail_msg("%s: %s", statement, err.msg);
}

static void assert_value(const char *want, const char *query)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	assert_int_equal(
	    hs_db_query(ground_store, query, 0, NULL, &rows, NULL), 0);
	assert_string_equal(hs_rows_get(rows, 0, "v"), want);
}

static void add_host(const char *extra)
{
	hs_auto(hs_freep) char *insert = hs_printf(
	    "INSERT INTO host (name, address, shell, drivers, has_kvm, vcpus,"
	    " memory_mib) VALUES ('h2', '192.0.2.2', '[\"false\"]',"
	    " '[\"lxc\"]', false, 4, 4000); %s",
	    extra);

	sql(insert);
	assert_int_equal(host_reload(&ground_plat, NULL), 0);
}

static void remove_host(void)
{
	ground_release();
	sql("DELETE FROM host WHERE name <> 'local'");
	assert_int_equal(host_reload(&ground_plat, NULL), 0);
}

static void want(const char *one, const char *two, struct objects *ret_list)
{
	hs_auto(hs_freep) char *text = hs_printf(SPEC, one, two);

	ground_wanted((const char *const[]) { text }, 1, ret_list);
}

static int want_fails(const char *one, const char *two, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = hs_printf(SPEC, one, two);
	hs_auto(objects_done) struct objects list = { 0 };

	return ground_want((const char *const[]) { text }, 1, &list, err);
}

static const char *host_of(const struct objects *list, const char *domain)
{
	const struct object *o = objects_find(list, OBJ_DOMAIN, domain);

	assert_non_null(o);
	return object_host(o);
}

#define FREE "avoid: [db]" /* a wish that h2 grants, and no more than that */

/* -- Names ----------------------------------------------------------------- */

static void test_names(void **state)
{
	static const struct {
		const char *name, *attr, *host, *bare;
	} cases[] = {
		{ "a.b", NULL, "local", "a.b" },
		{ "a.b", "h2", "h2", "a.b" },
		{ "a.b@h3", "h2", "h3", "a.b" },
		{ "hanse-app@h2", NULL, "h2", "hanse-app" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		hs_auto(objects_done) struct objects list = { 0 };
		const struct object *o =
		    objects_add(&list, OBJ_DOMAIN, cases[i].name, NULL, NULL,
			json_pack("{s:s*}", "host", cases[i].attr), NULL);
		hs_auto(hs_freep) char *bare = object_bare(o);

		assert_string_equal(object_host(o), cases[i].host);
		assert_string_equal(bare, cases[i].bare);
	}
}

/* -- Two hosts ------------------------------------------------------------- */

static void test_objects(void **state)
{
	hs_auto(objects_done) struct objects list = { 0 };
	hs_auto(objects_done) struct objects again = { 0 };
	const struct object *edge;
	struct plan plan;

	(void)state;
	add_host("");
	want("host: h2", "host: local", &list);
	assert_string_equal(host_of(&list, "pair.one"), "h2");
	assert_string_equal(host_of(&list, "pair.two"), "local");
	assert_non_null(objects_find(&list, OBJ_NETWORK, "hanse-pair"));
	assert_non_null(objects_find(&list, OBJ_NETWORK, "hanse-pair@h2"));
	assert_null(objects_find(&list, OBJ_NETWORK, "hanse-data@h2"));
	edge = objects_find(&list, OBJ_EDGE, "pair.one");
	assert_string_not_equal(object_text(edge, "relay"), "");
	edge = objects_find(&list, OBJ_EDGE, "pair.two");
	assert_string_equal(object_text(edge, "relay"), "");
	assert_value("db.shared local, pair.one h2, pair.two local",
	    "SELECT string_agg(domain || ' ' || host, ', ' ORDER BY domain)"
	    " AS v FROM placement");

	want("host: h2", "host: local", &again);
	plan_make(&list, &again, &plan);
	assert_int_equal(plan.count, 0);
	plan_done(&plan);
	remove_host();
	assert_value("0", "SELECT count(*) AS v FROM placement");
}

/* Where no network of the VE is needed there is none. */
static void test_all_elsewhere(void **state)
{
	hs_auto(objects_done) struct objects list = { 0 };

	(void)state;
	add_host("");
	want("host: h2", "host: h2", &list);
	assert_null(objects_find(&list, OBJ_NETWORK, "hanse-pair"));
	assert_non_null(objects_find(&list, OBJ_NETWORK, "hanse-data"));
	remove_host();
}

static void test_sticky(void **state)
{
	hs_auto(objects_done) struct objects pinned = { 0 };
	hs_auto(objects_done) struct objects free_again = { 0 };
	hs_auto(objects_done) struct objects drained = { 0 };

	(void)state;
	add_host("");
	want("host: h2", "host: local", &pinned);
	want("avoid: [two]", "avoid: [one]", &free_again);
	assert_string_equal(host_of(&free_again, "pair.one"), "h2");
	assert_string_equal(host_of(&free_again, "pair.two"), "local");
	sql("UPDATE host SET state = 'drained' WHERE name = 'h2'");
	want("host: local", "host: local", &drained);
	assert_string_equal(host_of(&drained, "pair.one"), "local");
	assert_value("local",
	    "SELECT host AS v FROM placement WHERE domain = 'pair.one'");
	remove_host();
}

static void test_refused(void **state)
{
	static const struct {
		const char *extra, *one, *message;
	} cases[] = {
		{ "UPDATE host SET max_memory_mib = 100 WHERE name = 'h2'",
		    "host: h2", "'h2' has 100 of 100 MiB left, 128 are asked" },
		{ "UPDATE host SET max_vcpus = 1 WHERE name = 'h2'; "
		  "INSERT INTO placement (domain, ve, host, vcpus, memory_mib)"
		  " VALUES ('pair.two', 'pair', 'h2', 1, 128)",
		    "host: h2", "'h2' has 0 of 1 vCPUs left, 1 are asked" },
		{ "UPDATE host SET state = 'drained' WHERE name = 'h2'", FREE,
		    "'h2' is drained; 'local' has 'db.shared', which it must "
		    "avoid" },
		{ "UPDATE host SET drivers = '[\"qemu\"]' WHERE name = 'h2'",
		    "host: h2", "'h2' has no driver lxc" },
		{ "", "host: h9", "it must be on 'h9'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hs_err err = { 0 };

		add_host(cases[i].extra);
		sql("BEGIN");
		assert_int_equal(
		    want_fails(cases[i].one, "host: local", &err), -1);
		sql("ROLLBACK");
		assert_int_equal(err.code, HS_ECONFLICT);
		if (strstr(err.msg, cases[i].message) == NULL)
			fail_msg(
			    "'%s' is not in '%s'", cases[i].message, err.msg);
		remove_host();
	}
}

/* Its libvirt is nowhere: what is on it stays, nothing new goes there. */
static void test_silent(void **state)
{
	hs_auto(objects_done) struct objects before = { 0 };
	hs_auto(objects_done) struct objects after = { 0 };
	struct hs_err err = { 0 };
	struct host *host;

	(void)state;
	add_host("");
	want("host: h2", "host: local", &before);
	sql("UPDATE host SET state = 'drained' WHERE name = 'h2'");
	assert_int_equal(host_ask_all(&ground_plat, NULL), 0);
	assert_int_equal(host_find(&ground_plat, "h2", &host, NULL), 0);
	assert_non_null(host->silent);
	assert_null(strstr(host->silent, "socket="));
	want("host: local", "host: local", &after);
	assert_string_equal(host_of(&after, "pair.one"), "h2");
	assert_int_equal(want_fails("host: local", "host: h2", &err), -1);
	assert_non_null(strstr(err.msg, "'h2' is drained"));
	sql("UPDATE host SET state = 'active' WHERE name = 'h2'");
	assert_int_equal(want_fails("host: local", "host: h2", &err), -1);
	assert_non_null(strstr(err.msg, "'h2' does not answer ("));
	/* Numbers of what may still be there are not given away. */
	ground_release();
	assert_value("3", "SELECT count(*) AS v FROM placement");
	sql("DELETE FROM placement; DELETE FROM host WHERE name <> 'local'");
	assert_int_equal(host_reload(&ground_plat, NULL), 0);
	ground_release();
}

/* -- What is on them ------------------------------------------------------- */

static void assert_items(const char *ve, const char *wanted)
{
	hs_auto(inventory_releasep) struct inventory *inventory = NULL;
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	struct inventory_items items;
	struct hs_err err = { 0 };

	inventory_expire();
	if (inventory_take(&ground_plat, &inventory, &err) < 0)
		fail_msg("%s", err.msg);
	items = inventory_items(inventory, ve);
	hs_text_add(&text, "");
	for (size_t i = 0; i < items.count; i++)
		hs_text_addf(&text, "%s %s %s %s\n", items.list[i]->name,
		    items.list[i]->host, items.list[i]->state,
		    items.list[i]->driver);
	assert_string_equal(text.data, wanted);
}

/* Two that have the same, for a host was given up and has come back, and one
 * that says nothing. */
static void test_inventory(void **state)
{
	static const char hosts[] =
	    "UPDATE host SET drivers = '[\"qemu\"]',"
	    " uris = '{\"qemu\": \"sim:///own?domains=1\"}'"
	    " WHERE name = 'local';"
	    "INSERT INTO host (name, address, shell, drivers, uris, has_kvm,"
	    " vcpus, memory_mib) SELECT name, '192.0.2.' || right(name, 1), "
	    "'[\"false\"]',"
	    " '[\"qemu\"]', uris::jsonb, false, 4, 4000 FROM (VALUES"
	    " ('h4', '{\"qemu\": \"sim:///twin?domains=2\"}'),"
	    " ('h3', '{\"qemu\": \"sim:///twin?domains=2\"}'),"
	    " ('h5', '{}')) AS h (name, uris);"
	    "INSERT INTO placement (domain, ve, host, vcpus, memory_mib)"
	    " VALUES ('pair.one', 'pair', 'h5', 1, 128),"
	    " ('twin.d2', 'twin', 'h4', 1, 128)";

	(void)state;
	sql(hosts);
	assert_int_equal(host_reload(&ground_plat, NULL), 0);
	assert_items(NULL, "own.d1 local running qemu\n"
			   "pair.one h5 unknown \n"
			   "twin.d1 h3 running qemu\n"
			   "twin.d1@h4 h4 running qemu\n"
			   "twin.d2 h3 running qemu\n"
			   "twin.d2@h4 h4 running qemu\n");
	assert_items("twin", "twin.d1 h3 running qemu\n"
			     "twin.d1@h4 h4 running qemu\n"
			     "twin.d2 h3 running qemu\n"
			     "twin.d2@h4 h4 running qemu\n");
	assert_items("pair", "pair.one h5 unknown \n");
	assert_items("own", "own.d1 local running qemu\n");
	assert_items("a", "");
	assert_items("z", "");
	sql("UPDATE host SET drivers = DEFAULT, uris = DEFAULT"
	    " WHERE name = 'local'; DELETE FROM placement");
	remove_host();
}

/* -- The tables ------------------------------------------------------------ */

static void test_tables(void **state)
{
	static const char *const refused[] = {
		"DELETE FROM host WHERE name = 'h2'", /* there are domains */
		"INSERT INTO host (name) VALUES ('h3')",
		"INSERT INTO host (name, address, shell) VALUES ('h3', "
		"'192.0.2.2', '[]')",
		"UPDATE host SET address = '192.0.2.9' WHERE name = 'local'",
		"UPDATE host SET state = 'gone'",
		"INSERT INTO placement (domain, host, vcpus, memory_mib)"
		" VALUES ('x', 'h9', 1, 1)",
	};

	(void)state;
	add_host("INSERT INTO placement (domain, ve, host, vcpus, memory_mib)"
		 " VALUES ('pair.one', 'pair', 'h2', 1, 128)");
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		assert_int_equal(hs_db_run(ground_store, refused[i], NULL), -1);
	remove_host();
}

/* An undone job puts hosts and places back. */
static void test_undo(void **state)
{
	(void)state;
	add_host("INSERT INTO placement (domain, ve, host, vcpus, memory_mib)"
		 " VALUES ('pair.one', 'pair', 'h2', 1, 128)");
	sql("INSERT INTO job (command) VALUES ('host.drain')");
	sql("BEGIN; SELECT set_config('hanse.job',"
	    " (SELECT max(job_id) FROM job)::text, true);"
	    " UPDATE host SET state = 'drained' WHERE name = 'h2';"
	    " UPDATE placement SET host = 'local', vcpus = 2;"
	    " INSERT INTO placement (domain, host, vcpus, memory_mib)"
	    " VALUES ('pair.two', 'local', 1, 1); COMMIT");
	assert_value("local", "SELECT host AS v FROM placement"
			      " WHERE domain = 'pair.one'");
	sql("SELECT job_restore((SELECT max(job_id) FROM job))");
	assert_value("pair.one h2 1",
	    "SELECT string_agg(domain || ' ' || host || ' ' || vcpus, ', ')"
	    " AS v FROM placement");
	assert_value("active", "SELECT state AS v FROM host"
			       " WHERE name = 'h2'");
	sql("DELETE FROM job");
	remove_host();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_all_elsewhere),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_inventory),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_undo),
	};
	int failed = ground_open(argc, argv);

	if (failed == 0)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	ground_close();
	return failed;
}
