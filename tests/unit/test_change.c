/* test_change.c - ways of change, rolls in plans, names of instances. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "provisioning/change.h"
#include "provisioning/instance.h"

/* -- Names ----------------------------------------------------------------- */

static void test_names(void **state)
{
	/* clang-format off */
	static const struct {
		const char *owner;
		unsigned generation;
		const char *name;
	} cases[] = {
		{ "v.e",       1,  "v.e" },
		{ "v.e",       2,  "v.e.2" },
		{ "v.e",       17, "v.e.17" },
		{ "v.e-2",     1,  "v.e-2" },
		{ "v2.e2",     3,  "v2.e2.3" },
		{ "db.shared", 1,  "db.shared" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		hs_auto(hs_freep) char *name =
		    instance_name(cases[i].owner, cases[i].generation);
		hs_auto(hs_freep) char *owner = instance_owner(name);

		assert_string_equal(name, cases[i].name);
		assert_string_equal(owner, cases[i].owner);
	}
}

static void test_unknown_owner(void **state)
{
	struct instance rows[] = { { .owner = "v.e", .generation = 4 } };
	const struct instances list = { .list = rows, .count = 1 };

	(void)state;
	assert_int_equal(instance_find(&list, "v.e")->generation, 4);
	assert_int_equal(instance_find(&list, "v.f")->generation, 1);
	assert_null(instance_find(&list, "v.f")->image);
}

/* -- The table ------------------------------------------------------------- */

static void test_fields(void **state)
{
	/* clang-format off */
	static const struct {
		enum object_kind kind;
		enum hv_driver driver;
		const char *field;
		int from, to, max;
		enum change_way way;
	} cases[] = {
		{ OBJ_DOMAIN,    HV_LXC,  "state",           0,   0,   0,   CHANGE_LIVE    },
		{ OBJ_DB_DOMAIN, HV_LXC,  "state",           0,   0,   0,   CHANGE_LIVE    },
		{ OBJ_DOMAIN,    HV_LXC,  "image",           0,   0,   0,   CHANGE_ROLL    },
		{ OBJ_DOMAIN,    HV_LXC,  "template",        0,   0,   0,   CHANGE_ROLL    },
		{ OBJ_DOMAIN,    HV_LXC,  "legal_name",      0,   0,   0,   CHANGE_ROLL    },
		{ OBJ_DOMAIN,    HV_LXC,  "certificate",     0,   0,   0,   CHANGE_ROLL    },
		{ OBJ_DOMAIN,    HV_LXC,  "host",            0,   0,   0,   CHANGE_ROLL    },
		{ OBJ_DOMAIN,    HV_LXC,  "of a later time", 0,   0,   0,   CHANGE_ROLL    },
		{ OBJ_DB_DOMAIN, HV_LXC,  "image",           0,   0,   0,   CHANGE_RESTART },
		{ OBJ_DB_DOMAIN, HV_LXC,  "max_connections", 400, 800, 0,   CHANGE_RESTART },
		{ OBJ_DB_DOMAIN, HV_LXC,  "memory_mib",      512, 256, 0,   CHANGE_RESTART },
		{ OBJ_DB_DOMAIN, HV_LXC,  "memory_mib",      256, 512, 0,   CHANGE_LIVE    },
		{ OBJ_DOMAIN,    HV_LXC,  "memory_mib",      512, 256, 0,   CHANGE_ROLL    },
		{ OBJ_DOMAIN,    HV_LXC,  "memory_mib",      256, 512, 0,   CHANGE_LIVE    },
		{ OBJ_DOMAIN,    HV_LXC,  "vcpus",           1,   8,   0,   CHANGE_LIVE    },
		{ OBJ_DOMAIN,    HV_LXC,  "vcpus",           8,   1,   0,   CHANGE_LIVE    },
		{ OBJ_DOMAIN,    HV_QEMU, "memory_mib",      256, 512, 512, CHANGE_LIVE    },
		{ OBJ_DOMAIN,    HV_QEMU, "memory_mib",      256, 513, 512, CHANGE_ROLL    },
		{ OBJ_DOMAIN,    HV_QEMU, "memory_mib",      256, 512, 0,   CHANGE_ROLL    },
		{ OBJ_DOMAIN,    HV_QEMU, "vcpus",           1,   4,   4,   CHANGE_LIVE    },
		{ OBJ_DOMAIN,    HV_QEMU, "vcpus",           4,   1,   4,   CHANGE_ROLL    },
		{ OBJ_DB_DOMAIN, HV_QEMU, "vcpus",           1,   5,   4,   CHANGE_RESTART },
		{ OBJ_DB_DOMAIN, HV_LXC,  "disk_gib",        1,   2,   1,   CHANGE_LIVE    },
		{ OBJ_DB_DOMAIN, HV_LXC,  "disk_gib",        1,   2,   0,   CHANGE_RESTART },
		{ OBJ_DB_DOMAIN, HV_LXC,  "disk_gib",        2,   1,   1,   CHANGE_RESTART },
		{ OBJ_DB_DOMAIN, HV_QEMU, "disk_gib",        1,   2,   0,   CHANGE_RESTART },
		{ OBJ_ROUTE,     HV_LXC,  "routes",          0,   0,   0,   CHANGE_LIVE    },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct object actual = {
			.kind = cases[i].kind,
			.attrs = json_pack("{s:s, s:i}", "driver",
			    hv_caps(cases[i].driver)->name, cases[i].field,
			    cases[i].from),
			.params = json_pack("{s:i, s:i, s:i}", "memory_max_mib",
			    cases[i].max, "vcpus_max", cases[i].max,
			    "disk_live", cases[i].max),
		};
		struct object wanted = {
			.kind = cases[i].kind,
			.attrs =
			    json_pack("{s:i}", cases[i].field, cases[i].to),
		};
		const struct plan_change c = { .action = PLAN_UPDATE,
			.wanted = &wanted,
			.actual = &actual };

		if (change_field(&c, cases[i].field) != cases[i].way)
			fail_msg("case %zu, '%s'", i, cases[i].field);
		json_decref(actual.attrs);
		json_decref(actual.params);
		json_decref(wanted.attrs);
	}
}

/* -- Changes of a plan ----------------------------------------------------- */

static json_t *attrs(const char *state, const char *image, int connections)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:s}", "driver", "lxc", "state",
	    state, "image", image, "max_connections", connections, "address",
	    image);
}

static void add(
    struct objects *list, enum object_kind kind, const char *name, json_t *a)
{
	bool member = kind == OBJ_DOMAIN;

	(void)objects_add(list, kind, name, member ? "v" : NULL,
	    member ? "e" : NULL, a,
	    json_pack("{s:s}", "owner", member ? "v.e" : name));
}

static enum change_way way_from(enum object_kind kind, const char *state)
{
	hs_auto(objects_done) struct objects wanted = { 0 };
	hs_auto(objects_done) struct objects actual = { 0 };
	struct plan plan;
	enum change_way way;

	add(&wanted, kind, "x", attrs("running", "new", 1));
	add(&actual, kind, "x", attrs(state, "old", 1));
	plan_make(&wanted, &actual, &plan);
	assert_int_equal(plan.count, 1);
	way = change_of(&plan.list[0]);
	plan_done(&plan);
	return way;
}

/* What does not serve is changed in place: nobody waits for it. */
static void test_who_serves(void **state)
{
	(void)state;
	assert_int_equal(way_from(OBJ_DOMAIN, "running"), CHANGE_ROLL);
	assert_int_equal(way_from(OBJ_DOMAIN, "stopped"), CHANGE_LIVE);
	assert_int_equal(way_from(OBJ_DB_DOMAIN, "running"), CHANGE_RESTART);
	assert_int_equal(way_from(OBJ_DB_DOMAIN, "stopped"), CHANGE_LIVE);
}

static void test_roll_is_explained(void **state)
{
	hs_auto(objects_done) struct objects wanted = { 0 };
	hs_auto(objects_done) struct objects actual = { 0 };
	hs_auto(hs_freep) char *why = NULL;
	struct plan plan;

	(void)state;
	add(&wanted, OBJ_DOMAIN, "v.e.2", attrs("running", "new", 1));
	add(&actual, OBJ_DOMAIN, "v.e", attrs("running", "old", 1));
	plan_make(&wanted, &actual, &plan);
	assert_int_equal(plan.count, 2);
	assert_false(change_is_roll(&plan.list[0]));
	change_explain_rolls(&plan);
	assert_true(change_is_roll(&plan.list[0]));
	assert_false(change_is_roll(&plan.list[1]));
	assert_int_equal(plan.list[1].action, PLAN_DELETE);
	why = json_dumps(plan.list[0].detail, JSON_COMPACT);
	assert_string_equal(
	    why, "[{\"field\":\"image\",\"from\":\"old\",\"to\":\"new\"}]");
	plan_done(&plan);
}

/* One that is only restarted says so; the first of its kind is no roll. */
static void test_roll_without_difference(void **state)
{
	hs_auto(objects_done) struct objects wanted = { 0 };
	hs_auto(objects_done) struct objects actual = { 0 };
	hs_auto(hs_freep) char *why = NULL;
	struct plan plan;

	(void)state;
	add(&wanted, OBJ_DOMAIN, "v.e.2", attrs("running", "old", 1));
	add(&actual, OBJ_DOMAIN, "v.e", attrs("running", "old", 1));
	plan_make(&wanted, &actual, &plan);
	change_explain_rolls(&plan);
	why = json_dumps(plan.list[0].detail, JSON_COMPACT);
	assert_string_equal(why,
	    "[{\"field\":\"instance\",\"from\":\"v.e\",\"to\":\"v.e.2\"}]");
	plan_done(&plan);
	objects_done(&actual);
	plan_make(&wanted, &actual, &plan);
	change_explain_rolls(&plan);
	assert_false(change_is_roll(&plan.list[0]));
	plan_done(&plan);
}

static void test_restarts(void **state)
{
	hs_auto(objects_done) struct objects wanted = { 0 };
	hs_auto(objects_done) struct objects actual = { 0 };
	hs_auto(hs_freep) char *text = NULL;
	struct plan plan;

	(void)state;
	add(&wanted, OBJ_DB_DOMAIN, "db.a", attrs("running", "x", 800));
	add(&wanted, OBJ_DB_DOMAIN, "db.b", attrs("running", "x", 400));
	add(&wanted, OBJ_DB_DOMAIN, "db.c", attrs("running", "x", 800));
	add(&actual, OBJ_DB_DOMAIN, "db.a", attrs("running", "x", 400));
	add(&actual, OBJ_DB_DOMAIN, "db.c", attrs("stopped", "x", 400));
	plan_make(&wanted, &actual, &plan);
	assert_int_equal(plan.count, 3);
	text = change_restarts(&plan);
	assert_string_equal(text, "db.a (max_connections: 400 -> 800)");
	change_defer_restarts(&plan);
	assert_int_equal(plan.count, 2);
	assert_string_equal(plan.list[0].wanted->name, "db.b");
	assert_string_equal(plan.list[1].wanted->name, "db.c");
	assert_null(change_restarts(&plan));
	plan_done(&plan);
}

static void test_way_names(void **state)
{
	(void)state;
	assert_string_equal(change_way_name(CHANGE_LIVE), "live");
	assert_string_equal(change_way_name(CHANGE_ROLL), "roll");
	assert_string_equal(change_way_name(CHANGE_RESTART), "restart");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_unknown_owner),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_who_serves),
		cmocka_unit_test(test_roll_is_explained),
		cmocka_unit_test(test_roll_without_difference),
		cmocka_unit_test(test_restarts),
		cmocka_unit_test(test_way_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
