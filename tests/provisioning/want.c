/* want.c - the store and what specs want of it, over a scratch control
 * database; run by run.sh, which says where everything is: want STATE RUN
 * SHARE. UPDATE=1 rewrites the golden list.
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
#include "provisioning/job.h"
#include "provisioning/manager.h"
#include "provisioning/observe.h"
#include "provisioning/plan.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"
#include "provisioning/want.h"

#define EXAMPLE "etc/examples/automotive.yaml"
#define GOLDEN  "tests/golden/plan/automotive.txt"

static struct plat_conf conf;
static struct plat plat;
static struct hs_db *store;

/* -- Helpers --------------------------------------------------------------- */

static char *example(void)
{
	char *text = NULL;

	assert_int_equal(hs_file_read(EXAMPLE, 1 << 20, &text, NULL, NULL), 0);
	return text;
}

/* The text with the first occurrence of one thing made another. */
static char *with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (at == NULL)
		fail_msg("no '%s' in the example", from);
	return hs_printf(
	    "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

/* Specs as if stored, without storing them. */
static void read_specs(
    struct store_ves *ret_ves, const char *const *texts, size_t count)
{
	*ret_ves = (struct store_ves) {
		.list = hs_alloc((count + 1) * sizeof(struct store_ve)),
		.count = count,
	};
	for (size_t i = 0; i < count; i++) {
		struct hs_err err = { 0 };

		if (spec_load("spec", texts[i], &ret_ves->list[i].spec, NULL,
			&err) < 0)
			fail_msg("%s", err.msg);
		ret_ves->list[i].name = hs_strdup(ret_ves->list[i].spec->ve);
	}
}

static int want_of(const char *const *texts, size_t count,
    struct objects *ret_objects, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };

	read_specs(&ves, texts, count);
	return want_objects(&plat, &ves, ret_objects, err);
}

static void wanted(
    const char *const *texts, size_t count, struct objects *ret_objects)
{
	struct hs_err err = { 0 };

	if (want_of(texts, count, ret_objects, &err) < 0)
		fail_msg("%s", err.msg);
}

static void release_all(void)
{
	const struct store_ves none = { 0 };

	assert_int_equal(want_release(&plat, &none, NULL), 0);
}

static unsigned allocate(const char *kind, const char *key)
{
	unsigned value = 0;
	struct hs_err err = { 0 };

	if (store_allocate(store, kind, key, 5, 7, &value, &err) < 0)
		fail_msg("%s", err.msg);
	return value;
}

/* -- The store ------------------------------------------------------------- */

static void test_migrate(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++)
		if (store_migrate(store, &err) < 0)
			fail_msg("%s", err.msg);
}

static void test_allocate(void **state)
{
	const struct store_ves none = { 0 };
	struct hs_err err = { 0 };
	unsigned value = 99;

	(void)state;
	assert_int_equal(allocate("t", "a"), 5);
	assert_int_equal(allocate("t", "b"), 6);
	assert_int_equal(allocate("t", "a"), 5);
	assert_int_equal(allocate("other", "a"), 5);
	assert_int_equal(allocate("t", "c"), 7);
	assert_int_equal(
	    store_allocate(store, "t", "d", 5, 7, &value, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_int_equal(value, 99);
	assert_int_equal(
	    hs_db_run(store, "DELETE FROM allocation WHERE key = 'b'", NULL),
	    0);
	assert_int_equal(allocate("t", "d"), 6);
	assert_int_equal(
	    hs_db_run(
		store, "INSERT INTO allocation VALUES ('t', 'e', 6)", &err),
	    -1);
	assert_int_equal(err.code, HS_EEXISTS);
	assert_int_equal(want_release(&plat, &none, NULL), 0);
	assert_int_equal(allocate("t", "z"), 5);
	release_all();
}

static void test_events(void **state)
{
	static const char *const attacks[] = { "UPDATE event SET event = 'x'",
		"DELETE FROM event", "TRUNCATE event",
		"UPDATE event SET ve = NULL WHERE false" };

	(void)state;
	store_event(store, "job.done", "v", NULL, "it's \"quoted\"; --");
	for (size_t i = 0; i < ARRAY_LEN(attacks); i++)
		assert_int_equal(hs_db_run(store, attacks[i], NULL), -1);
}

/* -- What a spec wants ----------------------------------------------------- */

static void add_flat(struct hs_text *text, const json_t *json)
{
	hs_auto(hs_freep) char *flat =
	    json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);

	hs_text_addf(text, " %s", flat != NULL ? flat : "-");
}

static char *flat(const struct objects *objects)
{
	struct hs_text text = { 0 };

	for (size_t i = 0; i < objects->count; i++) {
		const struct object *o = &objects->list[i];

		hs_text_addf(
		    &text, "%s %s", object_kind_name(o->kind), o->name);
		add_flat(&text, o->attrs);
		/* The members' params are the whole spec: test_spec's. */
		add_flat(&text, o->kind == OBJ_MEMBERS ? NULL : o->params);
		hs_text_add_char(&text, '\n');
	}
	return hs_text_take(&text);
}

static void test_golden(void **state)
{
	hs_auto(hs_freep) char *text = example();
	hs_auto(hs_freep) char *got = NULL;
	hs_auto(hs_freep) char *golden = NULL;
	hs_auto(objects_done) struct objects list = { 0 };
	hs_auto(objects_done) struct objects again = { 0 };
	struct plan plan;

	(void)state;
	wanted((const char *const[]) { text }, 1, &list);
	got = flat(&list);
	if (getenv("UPDATE") != NULL)
		assert_int_equal(
		    hs_file_write(GOLDEN, got, strlen(got), 0644, NULL), 0);
	assert_int_equal(hs_file_read(GOLDEN, 1 << 20, &golden, NULL, NULL), 0);
	assert_string_equal(got, golden);
	wanted((const char *const[]) { text }, 1, &again);
	plan_make(&list, &again, &plan);
	assert_int_equal(plan.count, 0);
	plan_done(&plan);
	release_all();
}

static const char *const apart[] = { "address", "mac", "ifname", "uuid",
	"bridge" };

/* Nothing that must be its own is the same in both. */
static void check_apart(const struct object *a, const struct object *b)
{
	for (size_t i = 0; i < ARRAY_LEN(apart); i++)
		if (object_text(a, apart[i])[0] != '\0')
			assert_string_not_equal(
			    object_text(a, apart[i]), object_text(b, apart[i]));
	if (a->kind == OBJ_DOMAIN)
		assert_int_not_equal(object_number(a, "idmap_base"),
		    object_number(b, "idmap_base"));
}

static void test_second_ve(void **state)
{
	hs_auto(hs_freep) char *first = example();
	hs_auto(hs_freep) char *second =
	    with(first, "ve: automotive", "ve: second");
	const char *const texts[] = { first, second };
	hs_auto(objects_done) struct objects one = { 0 };
	hs_auto(objects_done) struct objects both = { 0 };
	struct plan plan;

	(void)state;
	wanted(texts, 1, &one);
	wanted(texts, 2, &both);
	plan_make(&both, &one, &plan);
	assert_true(plan.count > 50);
	for (size_t i = 0; i < plan.count; i++) {
		assert_int_equal(plan.list[i].action, PLAN_CREATE);
		assert_string_equal(plan.list[i].wanted->ve, "second");
	}
	for (size_t i = 0; i < both.count; i++)
		for (size_t k = 0; k < i; k++)
			if (both.list[i].kind == both.list[k].kind &&
			    (both.list[i].kind == OBJ_DOMAIN ||
				both.list[i].kind == OBJ_NETWORK))
				check_apart(&both.list[i], &both.list[k]);
	plan_done(&plan);
	release_all();
}

/* A VE that goes gives its numbers back, and nobody else's. */
static void test_release(void **state)
{
	hs_auto(hs_freep) char *first = example();
	hs_auto(hs_freep) char *second =
	    with(first, "ve: automotive", "ve: second");
	hs_auto(hs_freep) char *third =
	    with(first, "ve: automotive", "ve: third");
	hs_auto(store_ves_done) struct store_ves rest = { 0 };
	hs_auto(objects_done) struct objects before = { 0 };
	hs_auto(objects_done) struct objects after = { 0 };
	const struct object *x, *y;
	struct plan plan;

	(void)state;
	wanted((const char *const[]) { first, second }, 2, &before);
	read_specs(&rest, (const char *const[]) { second }, 1);
	assert_int_equal(want_release(&plat, &rest, NULL), 0);
	wanted((const char *const[]) { second, third }, 2, &after);
	x = objects_find(&before, OBJ_NETWORK, "hanse-automotive");
	y = objects_find(&after, OBJ_NETWORK, "hanse-third");
	assert_string_equal(
	    object_text(x, "address"), object_text(y, "address"));
	plan_make(&after, &before, &plan);
	for (size_t i = 0; i < plan.count; i++)
		assert_int_not_equal(plan.list[i].action, PLAN_UPDATE);
	plan_done(&plan);
	release_all();
}

/** What a change of a spec may do. */
struct counts {
	size_t creates, updates, deletes;
};

static struct counts compare(const char *from, const char *to, const char *only,
    struct plan *ret_plan, struct objects *ret_before,
    struct objects *ret_after)
{
	struct counts n = { 0 };

	wanted((const char *const[]) { from }, 1, ret_before);
	wanted((const char *const[]) { to }, 1, ret_after);
	plan_make(ret_after, ret_before, ret_plan);
	for (size_t i = 0; i < ret_plan->count; i++) {
		const struct plan_change *c = &ret_plan->list[i];

		if (c->action == PLAN_UPDATE) {
			n.updates++;
			continue;
		}
		*(c->action == PLAN_CREATE ? &n.creates : &n.deletes) += 1;
		assert_non_null(plan_object(c)->enterprise);
		assert_string_equal(plan_object(c)->enterprise, only);
	}
	return n;
}

static const char newcomer[] =
    "  - name: neu-gmbh\n    legal_name: Neu GmbH\n    role: supplier\n"
    "    template: app\n    vcpus: 1\n    memory_mib: 128\n"
    "    sites: [{id: s, name: S, city: C, country: DE, time_zone: UTC}]\n"
    "    people: [{login: p.neu, name: P, mail: p@neu.example, language: de, "
    "roles: [buyer]}]\n\nrelations:\n";

/* Its things only, and one more line in the gateway's file of the VE. */
static void test_one_more_or_less(void **state)
{
	hs_auto(hs_freep) char *text = example();
	hs_auto(hs_freep) char *more = with(text, "relations:\n", newcomer);
	hs_auto(objects_done) struct objects a = { 0 };
	hs_auto(objects_done) struct objects b = { 0 };
	hs_auto(objects_done) struct objects c = { 0 };
	hs_auto(objects_done) struct objects d = { 0 };
	struct plan plan;
	struct counts n;

	(void)state;
	n = compare(text, more, "neu-gmbh", &plan, &a, &b);
	assert_int_equal(n.updates, 1);
	assert_int_equal(plan.list[0].wanted->kind, OBJ_CREDENTIAL);
	assert_int_equal(n.deletes, 0);
	assert_int_equal(n.creates, 9);
	plan_done(&plan);
	n = compare(more, text, "neu-gmbh", &plan, &c, &d);
	assert_int_equal(n.updates, 1);
	assert_int_equal(plan.list[0].wanted->kind, OBJ_ROUTE);
	assert_int_equal(n.creates, 0);
	assert_int_equal(n.deletes, 9);
	plan_done(&plan);
	release_all();
}

static void test_vcpus(void **state)
{
	hs_auto(hs_freep) char *text = example();
	hs_auto(hs_freep) char *other = with(text, "vcpus: 2", "vcpus: 3");
	hs_auto(objects_done) struct objects a = { 0 };
	hs_auto(objects_done) struct objects b = { 0 };
	struct plan plan;

	(void)state;
	(void)compare(text, other, "", &plan, &a, &b);
	assert_int_equal(plan.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(plan.list[i].action, PLAN_UPDATE);
		assert_int_equal(json_array_size(plan.list[i].detail), 1);
		assert_string_equal(
		    plan.list[i].wanted->enterprise, "adler-motors");
	}
	assert_int_equal(plan.list[0].wanted->kind, OBJ_ENTERPRISE);
	assert_int_equal(plan.list[1].wanted->kind, OBJ_DOMAIN);
	plan_done(&plan);
	release_all();
}

static void test_dedicated(void **state)
{
	hs_auto(hs_freep) char *text = example();
	hs_auto(hs_freep) char *own =
	    with(text, "class: shared        # shared | dedicated",
		"class: dedicated\n  memory_mib: 700\n  disk_gib: 9");
	hs_auto(objects_done) struct objects list = { 0 };
	const struct object *o;

	(void)state;
	wanted((const char *const[]) { own }, 1, &list);
	assert_null(objects_find(&list, OBJ_DB_DOMAIN, "db.shared"));
	o = objects_find(&list, OBJ_DB_DOMAIN, "db.automotive");
	assert_non_null(o);
	assert_string_equal(o->ve, "automotive");
	assert_int_equal(object_number(o, "memory_mib"), 700);
	o = objects_find(&list, OBJ_VOLUME, "db.automotive");
	assert_int_equal(object_number(o, "size_gib"), 9);
	o = objects_find(&list, OBJ_DATABASE, "ve_automotive");
	assert_string_equal(object_text(o, "server"), "db.automotive");
	release_all();
}

/* -- Drivers and what is missing ------------------------------------------- */

static const struct object *driver_case(
    const char *driver, const char *isolation, struct objects *ret_list)
{
	hs_auto(hs_freep) char *text = example();
	hs_auto(hs_freep) char *half = with(text, "driver: auto  ", driver);
	hs_auto(hs_freep) char *whole =
	    with(half, "isolation: any  ", isolation);

	wanted((const char *const[]) { whole }, 1, ret_list);
	return objects_find(ret_list, OBJ_DOMAIN, "automotive.eilfracht");
}

static void test_drivers(void **state)
{
	/* clang-format off */
	static const struct {
		const char *driver, *isolation, *probe, *expected, *accel;
	} cases[] = {
		{ "driver: auto", "isolation: any",       "no x", "lxc",  "tcg" },
		{ "driver: auto", "isolation: any",       "ok x", "qemu", "kvm" },
		{ "driver: auto", "isolation: container", "no x", "lxc",  "tcg" },
		{ "driver: auto", "isolation: vm",        "no x", "qemu", "tcg" },
		{ "driver: lxc",  "isolation: any",       "ok x", "lxc",  "kvm" },
		{ "driver: qemu", "isolation: any",       "no x", "qemu", "tcg" },
	};
	/* clang-format on */
	hs_auto(hs_freep) char *probe = plat_path(&plat, "probe.kvm");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		hs_auto(objects_done) struct objects list = { 0 };
		const struct object *o;

		assert_int_equal(
		    hs_file_write(probe, cases[i].probe, 4, 0644, NULL), 0);
		o = driver_case(cases[i].driver, cases[i].isolation, &list);
		assert_string_equal(
		    object_text(o, "driver"), cases[i].expected);
		assert_string_equal(object_text(o, "accel"), cases[i].accel);
		assert_int_equal(object_text(o, "kernel")[0] != '\0',
		    strcmp(cases[i].expected, "qemu") == 0);
	}
	assert_int_equal(unlink(probe), 0);
	release_all();
}

static void test_refused(void **state)
{
	hs_auto(hs_freep) char *text = example();
	hs_auto(hs_freep) char *xen = with(text, "driver: auto", "driver: xen");
	hs_auto(objects_done) struct objects list = { 0 };
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    want_of((const char *const[]) { xen }, 1, &list, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_non_null(strstr(err.msg, "Xen"));
	/* What the spec's own check refuses, should it ever come through. */
	read_specs(&ves, (const char *const[]) { text }, 1);
	ves.list[0].spec->enterprises[0].driver = SPEC_DRIVER_LXC;
	ves.list[0].spec->enterprises[0].isolation = SPEC_ISOLATION_VM;
	assert_int_equal(want_objects(&plat, &ves, &list, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_non_null(strstr(err.msg, "isolation 'vm'"));
	release_all();
}

static void test_missing(void **state)
{
	static const char *const files[] = { "images/manifest" };
	hs_auto(hs_freep) char *text = example();
	hs_auto(hs_freep) char *path = plat_path(&plat, "%s", files[0]);
	hs_auto(hs_freep) char *away = hs_printf("%s.away", path);
	hs_auto(objects_done) struct objects list = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(
	    want_of((const char *const[]) { text }, 1, &list, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_non_null(strstr(err.msg, "make images"));
	assert_int_equal(rename(away, path), 0);
	release_all();
}

/* Number 254 does not exist: the last VE is refused, with a reason. */
static void test_no_network_left(void **state)
{
	hs_auto(hs_freep) char *text = example();
	hs_auto(objects_done) struct objects list = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    hs_db_run(store,
		"INSERT INTO allocation SELECT 'network', 'x' || n, n "
		"FROM generate_series(1, 253) n",
		NULL),
	    0);
	assert_int_equal(
	    want_of((const char *const[]) { text }, 1, &list, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	release_all();
}

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
		.plat = &plat,
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

	assert_int_equal(store_ve_list(store, &ves, NULL), 0);
	if (text == NULL)
		return store_ve_find(&ves, ve) != NULL;
	assert_int_equal(HS_DB_QUERY(store,
			     "SELECT FROM ve WHERE ve = $1 AND spec_text = $2",
			     &rows, NULL, ve, text),
	    0);
	return hs_rows_count(rows);
}

static size_t numbers(void)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	assert_int_equal(
	    hs_db_query(store, "SELECT FROM allocation", 0, NULL, &rows, NULL),
	    0);
	return hs_rows_count(rows);
}

/* run.sh has hidden libvirt: an apply fails after its spec was stored. */
static void test_apply_is_taken_back(void **state)
{
	hs_auto(hs_freep) char *text = example();
	hs_auto(hs_freep) char *other = with(text, "vcpus: 2", "vcpus: 3");
	hs_auto(hs_freep) char *own =
	    with(text, "class: shared", "class: dedicated");
	struct hs_err err = { 0 };
	json_t *result = NULL;
	size_t before;

	(void)state;
	assert_int_equal(
	    run(manager_apply, no_listener_args(text), &result, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_int_equal(stored("automotive", NULL), 0);
	assert_int_equal(numbers(), 0);

	assert_int_equal(
	    HS_DB_QUERY(store, "INSERT INTO ve (ve, spec_text) VALUES ($1, $2)",
		NULL, NULL, "automotive", text),
	    0);
	assert_int_equal(
	    run(manager_apply, no_listener_args(other), &result, &err), -1);
	assert_int_equal(stored("automotive", text), 1);
	before = numbers();
	assert_true(before > 0);

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
	assert_int_equal(hs_db_run(store, "DELETE FROM ve", NULL), 0);
	release_all();
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
		.plat = &plat,
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
	hs_auto(hs_freep) char *text = example();
	hs_auto(objects_done) struct objects list = { 0 };

	(void)state;
	wanted((const char *const[]) { text }, 1, &list);
	assert_int_equal(assumed(&list, OBJ_DB_DOMAIN, "db.shared"), 8);
	assert_int_equal(assumed(&list, OBJ_VOLUME, "db.shared"), 8);
	assert_int_equal(assumed(&list, OBJ_VOLUME, "db.other"), 0);
	release_all();
}

static void write_file(const char *below, const char *text)
{
	hs_auto(hs_freep) char *path = plat_path(&plat, "%s", below);
	hs_auto(hs_freep) char *dir =
	    hs_strndup(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(hs_dir_make(dir, 0711, NULL), 0);
	assert_int_equal(
	    hs_file_write(path, text, strlen(text), 0644, NULL), 0);
}

static void copy_file(const char *from, const char *to)
{
	hs_auto(hs_freep) char *path = plat_path(&plat, "%s", from);
	hs_auto(hs_freep) char *text = NULL;

	assert_int_equal(hs_file_read(path, 65536, &text, NULL, NULL), 0);
	write_file(to, text);
}

static void issue(const char *name, unsigned days)
{
	hs_auto(hs_freep) char *dir = plat_path(&plat, "ca");
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
	assert_string_equal(observe_certificate(&plat, "v.e", false), "stale");
	copy_file("ca/ca.crt", "domains/v.e/config/ca.crt");
	copy_file("ca/v.e.crt", "domains/v.e/config/client.crt");
	assert_string_equal(
	    observe_certificate(&plat, "v.e", false), "current");
	assert_string_equal(observe_certificate(&plat, "v.e", true), "stale");
	issue("v.e", 397);
	assert_string_equal(observe_certificate(&plat, "v.e", false), "stale");
	issue("v.e", 20);
	copy_file("ca/v.e.crt", "domains/v.e/config/client.crt");
	assert_string_equal(observe_certificate(&plat, "v.e", false), "stale");
}

static void test_files(void **state)
{
	static const struct objects none;
	struct observation o = { .plat = &plat, .wanted = &none };
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
	assert_true(json_is_true(json_object_get(f->attrs, "good")));
	f = objects_find(&o.found, OBJ_CREDENTIAL, "edge.v.e");
	assert_non_null(f);
	assert_string_equal(f->ve, "v");
	assert_true(json_is_false(json_object_get(f->attrs, "good")));
	f = objects_find(&o.found, OBJ_ROUTE, "v");
	assert_non_null(f);
	assert_int_equal(json_object_size(f->attrs), 0);
	objects_done(&o.found);
}

/* -- A job that fails ------------------------------------------------------ */

static void note(void *arg, const json_t *event)
{
	assert_non_null(event);
	if (strcmp(json_string_value(json_object_get(event, "state")),
		"running") != 0)
		hs_text_addf(arg, "%s %s\n",
		    json_string_value(json_object_get(event, "state")),
		    json_string_value(json_object_get(event, "name")));
}

static void want_credential(struct objects *list, const char *name)
{
	(void)objects_add(list, OBJ_CREDENTIAL, name, "v", "e",
	    json_pack("{s:b}", "good", 1),
	    json_pack("{s:s, s:s}", "cn", name, "usage", "client"));
}

/* The directory is away: what was created goes, what was there stays. */
static void test_undo(void **state)
{
	hs_auto(objects_done) struct objects wants = { 0 };
	hs_auto(objects_done) struct objects actual = { 0 };
	hs_auto(hs_text_done) struct hs_text seen = { 0 };
	hs_auto(hs_freep) char *dir = plat_path(&plat, "ca");
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	const struct job_request request = {
		.command = "apply", .listener = note, .arg = &seen
	};
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
	    json_pack("{s:b}", "good", 0), NULL);
	(void)objects_add(
	    &actual, OBJ_CREDENTIAL, "v.gone", "v", "e", NULL, NULL);
	objects_sort(&wants);
	objects_sort(&actual);
	plan_make(&wants, &actual, &plan);
	assert_int_equal(plan.count, 5);
	assert_int_equal(job_run(&plat, &plan, &request, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_string_equal(seen.data,
	    "done v.a\ndone v.b\ndone v.old\nfailed v\n"
	    "failed v\nundone v.b\nundone v.a\n");
	assert_false(ca_is_good(dir, "v.a", 0));
	assert_false(ca_is_good(dir, "v.b", 0));
	assert_true(ca_is_good(dir, "v.old", 100 * 86400L));
	assert_int_equal(
	    hs_db_query(store,
		"SELECT string_agg(s.state, ' ' ORDER BY step_no) AS steps, "
		"j.state FROM step s JOIN job j USING (job_id) GROUP BY "
		"j.job_id "
		"ORDER BY j.job_id DESC LIMIT 1",
		0, NULL, &rows, NULL),
	    0);
	assert_string_equal(hs_rows_get(rows, 0, "state"), "failed");
	assert_string_equal(
	    hs_rows_get(rows, 0, "steps"), "undone undone done failed");
	plan_done(&plan);
	assert_int_equal(
	    hs_db_run(store, "DELETE FROM step; DELETE FROM job", NULL), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_migrate),
		cmocka_unit_test(test_allocate),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_second_ve),
		cmocka_unit_test(test_release),
		cmocka_unit_test(test_one_more_or_less),
		cmocka_unit_test(test_vcpus),
		cmocka_unit_test(test_dedicated),
		cmocka_unit_test(test_drivers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_no_network_left),
		cmocka_unit_test(test_apply_is_taken_back),
		cmocka_unit_test(test_destroy_refused),
		cmocka_unit_test(test_unknown_is_not_missing),
		cmocka_unit_test(test_certificate_of_a_domain),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_undo),
	};
	struct hs_conf *keep = NULL;
	struct hs_err err = { 0 };
	int failed;

	if (argc != 4 || plat_conf_load("/nonexistent", &keep, &conf, &err) < 0)
		return 64;
	conf.state = argv[1];
	conf.run = argv[2];
	conf.share = argv[3];
	conf.gateway_port = 1; /* nobody's */
	plat_init(&plat, &conf);
	if (plat_store(&plat, &store, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	plat_done(&plat);
	return failed;
}
