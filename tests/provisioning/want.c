/* want.c - the store, and what specs want of it; run by run.sh. UPDATE=1
 * rewrites the golden list.
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
#include "provisioning/disk.h"
#include "provisioning/instance.h"
#include "provisioning/mark.h"
#include "provisioning/plan.h"
#include "provisioning/spec.h"
#include "tests/provisioning/ground.h"

#define GOLDEN "tests/golden/plan/automotive.txt"

/* -- The store ------------------------------------------------------------- */

static unsigned allocate(const char *kind, const char *key)
{
	unsigned value = 0;
	struct hs_err err = { 0 };

	if (store_allocate(ground_store, kind, key, 5, 7, &value, &err) < 0)
		fail_msg("%s", err.msg);
	return value;
}

static void test_migrate(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++)
		if (store_migrate(ground_store, &err) < 0)
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
	    store_allocate(ground_store, "t", "d", 5, 7, &value, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_int_equal(value, 99);
	assert_int_equal(hs_db_run(ground_store,
			     "DELETE FROM allocation WHERE key = 'b'", NULL),
	    0);
	assert_int_equal(allocate("t", "d"), 6);
	assert_int_equal(
	    hs_db_run(ground_store,
		"INSERT INTO allocation VALUES ('t', 'e', 6)", &err),
	    -1);
	assert_int_equal(err.code, HS_EEXISTS);
	assert_int_equal(want_release(&ground_plat, &none, NULL), 0);
	assert_int_equal(allocate("t", "z"), 5);
	ground_release();
}

static void test_events(void **state)
{
	static const char *const attacks[] = { "UPDATE event SET event = 'x'",
		"DELETE FROM event", "TRUNCATE event",
		"UPDATE event SET ve = NULL WHERE false" };

	(void)state;
	store_event(ground_store, "job.done", "v", NULL, "it's \"quoted\"; --");
	for (size_t i = 0; i < ARRAY_LEN(attacks); i++)
		assert_int_equal(hs_db_run(ground_store, attacks[i], NULL), -1);
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
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *got = NULL;
	hs_auto(hs_freep) char *golden = NULL;
	hs_auto(objects_done) struct objects list = { 0 };
	hs_auto(objects_done) struct objects again = { 0 };
	struct plan plan;

	(void)state;
	ground_wanted((const char *const[]) { text }, 1, &list);
	got = flat(&list);
	if (getenv("UPDATE") != NULL)
		assert_int_equal(
		    hs_file_write(GOLDEN, got, strlen(got), 0644, NULL), 0);
	assert_int_equal(hs_file_read(GOLDEN, 1 << 20, &golden, NULL, NULL), 0);
	assert_string_equal(got, golden);
	ground_wanted((const char *const[]) { text }, 1, &again);
	plan_make(&list, &again, &plan);
	assert_int_equal(plan.count, 0);
	plan_done(&plan);
	ground_release();
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

/* The shared server takes more connections; that is all. */
static bool is_growth(const struct plan_change *c)
{
	return c->action == PLAN_UPDATE && c->wanted->kind == OBJ_DB_DOMAIN &&
	       json_array_size(c->detail) == 1 &&
	       strcmp(json_string_value(json_object_get(
			  json_array_get(c->detail, 0), "field")),
		   "memory_mib") == 0 &&
	       object_number(c->wanted, "memory_mib") >
		   object_number(c->actual, "memory_mib");
}

static void test_second_ve(void **state)
{
	hs_auto(hs_freep) char *first = ground_example();
	hs_auto(hs_freep) char *second =
	    ground_with(first, "ve: automotive", "ve: second");
	const char *const texts[] = { first, second };
	hs_auto(objects_done) struct objects one = { 0 };
	hs_auto(objects_done) struct objects both = { 0 };
	struct plan plan;

	(void)state;
	ground_wanted(texts, 1, &one);
	ground_wanted(texts, 2, &both);
	plan_make(&both, &one, &plan);
	assert_true(plan.count > 50);
	for (size_t i = 0; i < plan.count; i++) {
		if (is_growth(&plan.list[i]))
			continue;
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
	ground_release();
}

/* A VE that goes gives its numbers back, and nobody else's. */
static void test_release(void **state)
{
	hs_auto(hs_freep) char *first = ground_example();
	hs_auto(hs_freep) char *second =
	    ground_with(first, "ve: automotive", "ve: second");
	hs_auto(hs_freep) char *third =
	    ground_with(first, "ve: automotive", "ve: third");
	hs_auto(store_ves_done) struct store_ves rest = { 0 };
	hs_auto(objects_done) struct objects before = { 0 };
	hs_auto(objects_done) struct objects after = { 0 };
	const struct object *x, *y;
	struct plan plan;

	(void)state;
	ground_wanted((const char *const[]) { first, second }, 2, &before);
	ground_specs(&rest, (const char *const[]) { second }, 1);
	assert_int_equal(want_release(&ground_plat, &rest, NULL), 0);
	ground_wanted((const char *const[]) { second, third }, 2, &after);
	x = objects_find(&before, OBJ_NETWORK, "hanse-automotive");
	y = objects_find(&after, OBJ_NETWORK, "hanse-third");
	assert_string_equal(
	    object_text(x, "address"), object_text(y, "address"));
	plan_make(&after, &before, &plan);
	for (size_t i = 0; i < plan.count; i++)
		assert_int_not_equal(plan.list[i].action, PLAN_UPDATE);
	plan_done(&plan);
	ground_release();
}

/* As the step that defines a database domain notes it. */
static void made_memory(const char *server, int mib)
{
	assert_int_equal(mark_put(&ground_plat, OBJ_DB_DOMAIN, server,
			     json_pack("{s:i}", "memory_mib", mib), NULL),
	    0);
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

	ground_wanted((const char *const[]) { from }, 1, ret_before);
	ground_wanted((const char *const[]) { to }, 1, ret_after);
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

/* Its things only, and one more line in the gateway's file of the VE. The
 * server grows with it, and keeps what it has. */
static void test_one_more_or_less(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *more =
	    ground_with(text, "relations:\n", newcomer);
	hs_auto(objects_done) struct objects a = { 0 };
	hs_auto(objects_done) struct objects b = { 0 };
	hs_auto(objects_done) struct objects c = { 0 };
	hs_auto(objects_done) struct objects d = { 0 };
	struct plan plan;
	struct counts n;

	(void)state;
	n = compare(text, more, "neu-gmbh", &plan, &a, &b);
	assert_int_equal(n.updates, 2);
	assert_int_equal(plan.list[0].wanted->kind, OBJ_CREDENTIAL);
	assert_int_equal(n.deletes, 0);
	assert_int_equal(n.creates, 10);
	for (size_t i = 0; i < plan.count; i++)
		n.updates -= is_growth(&plan.list[i]);
	assert_int_equal(n.updates, 1);
	plan_done(&plan);
	made_memory("db.shared", 1280);
	n = compare(more, text, "neu-gmbh", &plan, &c, &d);
	assert_int_equal(n.updates, 1);
	assert_int_equal(plan.list[0].wanted->kind, OBJ_ROUTE);
	assert_int_equal(n.creates, 0);
	assert_int_equal(n.deletes, 10);
	plan_done(&plan);
	assert_int_equal(hs_db_run(ground_store, "DELETE FROM made", NULL), 0);
	ground_release();
}

static void test_vcpus(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *other =
	    ground_with(text, "vcpus: 2", "vcpus: 3");
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
	ground_release();
}

static void test_dedicated(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *own =
	    ground_with(text, "class: shared        # shared | dedicated",
		"class: dedicated\n  memory_mib: 700\n  disk_gib: 9");
	hs_auto(objects_done) struct objects list = { 0 };
	const struct object *o;

	(void)state;
	ground_wanted((const char *const[]) { own }, 1, &list);
	assert_null(objects_find(&list, OBJ_DB_DOMAIN, "db.shared"));
	o = objects_find(&list, OBJ_DB_DOMAIN, "db.automotive");
	assert_non_null(o);
	assert_string_equal(o->ve, "automotive");
	assert_int_equal(object_number(o, "memory_mib"), 700);
	assert_int_equal(object_number(o, "disk_gib"), 9);
	o = objects_find(&list, OBJ_VOLUME, "db.automotive");
	assert_int_equal(object_number(o, "size_gib"), 9);
	o = objects_find(&list, OBJ_DATABASE, "ve_automotive");
	assert_string_equal(object_text(o, "server"), "db.automotive");
	ground_release();
}

static char *replicated(const char *text, const char *class)
{
	hs_auto(hs_freep) char *database =
	    hs_printf("class: %s\n  replicas: 2", class);

	return ground_with(
	    text, "class: shared        # shared | dedicated", database);
}

/* Its peers are the two others, by their addresses. */
static void check_member(
    const struct objects *list, const char *server, unsigned n)
{
	hs_auto(hs_freep) char *name = hs_printf("%s.%u", server, n);
	hs_auto(hs_freep) char *peer = hs_printf("peer.%s", name);
	const struct object *o = objects_find(list, OBJ_DB_DOMAIN, name);

	assert_non_null(o);
	assert_string_equal(object_text(o, "template"), "db-replicated");
	assert_string_equal(object_text(o, "server"), server);
	assert_false(json_is_true(json_object_get(o->attrs, "isolated")));
	assert_int_equal(
	    json_array_size(json_object_get(o->params, "members")), 3);
	assert_null(strstr(object_text(o, "peers"), object_text(o, "address")));
	for (unsigned k = 1; k <= 3; k++) {
		hs_auto(hs_freep) char *other = hs_printf("%s.%u", server, k);

		if (k != n)
			assert_non_null(strstr(object_text(o, "peers"),
			    object_text(
				objects_find(list, OBJ_DB_DOMAIN, other),
				"address")));
	}
	assert_non_null(objects_find(list, OBJ_VOLUME, name));
	o = objects_find(list, OBJ_CREDENTIAL, peer);
	assert_non_null(o);
	assert_string_equal(object_text(o, "usage"), "peer");
	assert_string_equal(object_text(o, "cn"), name);
}

static void check_replicated(const struct objects *list, const char *server)
{
	const struct object *servers, *route, *first;
	hs_auto(hs_freep) char *name = hs_printf("%s.1", server);

	for (unsigned n = 1; n <= 3; n++)
		check_member(list, server, n);
	first = objects_find(list, OBJ_DB_DOMAIN, name);
	servers = objects_find(list, OBJ_SERVERS, "platform");
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(servers->attrs, "servers"), server)),
	    object_text(first, "address"));
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(servers->attrs, "replicas"), server)),
	    object_text(first, "peers"));
	route = objects_find(list, OBJ_ROUTE, "automotive");
	assert_string_equal(
	    object_text(route, "replicas"), object_text(first, "peers"));
}

/* Of either class; who does not ask for replicas has a server of its own. */
static void test_replicated(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *shared = replicated(text, "shared");
	hs_auto(hs_freep) char *own = replicated(text, "dedicated");
	hs_auto(hs_freep) char *plain =
	    ground_with(text, "ve: automotive", "ve: plain");
	hs_auto(objects_done) struct objects both = { 0 };
	hs_auto(objects_done) struct objects list = { 0 };
	const struct object *o;

	(void)state;
	ground_wanted((const char *const[]) { shared, plain }, 2, &both);
	check_replicated(&both, "db.replicated");
	assert_null(objects_find(&both, OBJ_DB_DOMAIN, "db.replicated"));
	o = objects_find(&both, OBJ_DB_DOMAIN, "db.shared");
	assert_non_null(o);
	assert_true(json_is_true(json_object_get(o->attrs, "isolated")));
	assert_null(json_object_get(o->attrs, "peers"));
	o = objects_find(&both, OBJ_ROUTE, "plain");
	assert_string_equal(object_text(o, "replicas"), "");
	ground_wanted((const char *const[]) { own }, 1, &list);
	check_replicated(&list, "db.automotive");
	o = objects_find(&list, OBJ_DB_DOMAIN, "db.automotive.2");
	assert_string_equal(o->ve, "automotive");
	ground_release();
}

/* While one is wanted, its numbers are nobody else's. */
static void test_replicated_stays(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *shared = replicated(text, "shared");
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	hs_auto(objects_done) struct objects before = { 0 };
	hs_auto(objects_done) struct objects after = { 0 };
	struct plan plan;

	(void)state;
	ground_wanted((const char *const[]) { shared }, 1, &before);
	ground_specs(&ves, (const char *const[]) { shared }, 1);
	assert_int_equal(want_release(&ground_plat, &ves, NULL), 0);
	ground_wanted((const char *const[]) { text, shared }, 1, &after);
	objects_done(&after);
	ground_wanted((const char *const[]) { shared }, 1, &after);
	plan_make(&after, &before, &plan);
	assert_int_equal(plan.count, 0);
	plan_done(&plan);
	ground_release();
}

/* Only containers, in this version. */
static void test_replicated_machine(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *own = replicated(text, "dedicated");
	hs_auto(hs_freep) char *machine =
	    ground_with(own, "driver: auto", "driver: qemu");
	hs_auto(objects_done) struct objects list = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    ground_want((const char *const[]) { machine }, 1, &list, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_non_null(strstr(err.msg, "'qemu'"));
	ground_release();
}

/* A file of that size in the place of a volume; 0: none. */
static void put_volume(const char *name, int gib)
{
	hs_auto(hs_freep) char *dir = plat_path(&ground_plat, "volumes");
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.raw", dir, name);

	(void)unlink(path);
	if (gib == 0)
		return;
	assert_int_equal(hs_dir_make(dir, 0755, NULL), 0);
	assert_int_equal(hs_file_write(path, "", 0, 0600, NULL), 0);
	assert_int_equal(truncate(path, (off_t)gib << 30), 0);
}

/* What is wanted, what the file has, what hanse made it, what the spec before
 * said (0: nothing): may it be so? */
static void test_disks(void **state)
{
	static const struct {
		const char *name, *ve;
		int wanted, file, made, before;
		bool may;
	} cases[] = {
		{ "db.v", "v", 2, 0, 0, 0, true },
		{ "db.v", "v", 2, 0, 0, 4, true },
		{ "db.v", "v", 2, 1, 1, 1, true },
		{ "db.v", "v", 2, 2, 2, 2, true },
		{ "db.v", "v", 2, 3, 3, 3, false },
		{ "db.v", "v", 2, 3, 3, 2, true }, /* undone */
		{ "db.v", "v", 2, 3, 3, 1, true },
		{ "db.v", "v", 2, 3, 2, 2, false }, /* somebody else */
		{ "db.v", "v", 2, 3, 0, 2, false },
		{ "db.w", "w", 2, 3, 3, 3, true }, /* another VE's */
		{ "db.shared", NULL, 4, 4, 4, 0, true },
		{ "db.shared", NULL, 4, 5, 5, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct spec spec = { .database.disk_gib =
					 (unsigned)cases[i].before };
		const struct store_ve before = { .spec = &spec };
		hs_auto(objects_done) struct objects list = { 0 };
		struct hs_err err = { 0 };
		int failed;

		(void)objects_add(&list, OBJ_VOLUME, cases[i].name, cases[i].ve,
		    NULL, json_pack("{s:i}", "size_gib", cases[i].wanted),
		    NULL);
		put_volume(cases[i].name, cases[i].file);
		assert_int_equal(
		    mark_put(&ground_plat, OBJ_VOLUME, cases[i].name,
			json_pack("{s:i}", "size_gib", cases[i].made), NULL),
		    0);
		failed = disk_check(&ground_plat, &list, "v",
		    cases[i].before > 0 ? &before : NULL, &err);
		if ((failed == 0) != cases[i].may)
			fail_msg("case %zu: %s", i, err.msg);
		if (failed < 0)
			assert_int_equal(err.code, HS_EINVAL);
		put_volume(cases[i].name, 0);
	}
}

static json_int_t shared_memory(const char *const *texts, size_t count)
{
	hs_auto(objects_done) struct objects list = { 0 };
	const struct object *o;

	ground_wanted(texts, count, &list);
	o = objects_find(&list, OBJ_DB_DOMAIN, "db.shared");
	assert_non_null(o);
	assert_int_equal(object_number(o, "max_connections"), 1200);
	return object_number(o, "memory_mib");
}

/* It follows the connections of all, and never shrinks below what was made. */
static void test_server_memory(void **state)
{
	hs_auto(hs_freep) char *first = ground_example();
	hs_auto(hs_freep) char *second =
	    ground_with(first, "ve: automotive", "ve: second");
	hs_auto(hs_freep) char *more =
	    ground_with(first, "connections: 24", "connections: 30");
	const char *const both[] = { first, second };

	(void)state;
	assert_int_equal(shared_memory(both, 1), 1152);
	assert_int_equal(
	    shared_memory((const char *const[]) { more }, 1), 1280);
	assert_int_equal(shared_memory(both, 2), 1920);
	made_memory("db.shared", 1920);
	assert_int_equal(shared_memory(both, 1), 1920);
	/* A mark of another, and of one that is gone. */
	made_memory("db.other", 9999);
	assert_int_equal(mark_put(&ground_plat, OBJ_DB_DOMAIN, "db.shared",
			     json_object(), NULL),
	    0);
	assert_int_equal(shared_memory(both, 1), 1152);
	assert_int_equal(hs_db_run(ground_store, "DELETE FROM made", NULL), 0);
	ground_release();
}

/* -- What is decided beyond the spec --------------------------------------- */

#define ADLER "automotive.adler-motors"

static struct counts compare_now(struct plan *ret_plan,
    const struct objects *before, struct objects *ret_after)
{
	hs_auto(hs_freep) char *text = ground_example();
	struct counts n = { 0 };

	ground_wanted((const char *const[]) { text }, 1, ret_after);
	plan_make(ret_after, before, ret_plan);
	for (size_t i = 0; i < ret_plan->count; i++) {
		const struct plan_change *c = &ret_plan->list[i];

		*(c->action == PLAN_UPDATE     ? &n.updates
		    : c->action == PLAN_CREATE ? &n.creates
					       : &n.deletes) += 1;
	}
	return n;
}

/* What is taken from a suspended member, and that its numbers stay its own. */
static void test_suspended(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(objects_done) struct objects before = { 0 };
	hs_auto(objects_done) struct objects after = { 0 };
	hs_auto(objects_done) struct objects again = { 0 };
	const struct object *o;
	struct plan plan;
	struct counts n;

	(void)state;
	ground_wanted((const char *const[]) { text }, 1, &before);
	assert_int_equal(instance_suspend(ground_store, ADLER, true, NULL), 0);
	n = compare_now(&plan, &before, &after);
	assert_int_equal(n.creates, 0);
	assert_int_equal(n.updates, 4); /* enterprise, role, route, edge */
	assert_int_equal(n.deletes, 2); /* domain, portal */
	o = objects_find(&after, OBJ_ROUTE, "automotive");
	assert_null(json_object_get(
	    json_object_get(o->attrs, "routes"), "adler-motors"));
	assert_int_equal(
	    json_object_size(json_object_get(o->attrs, "routes")), 5);
	plan_done(&plan);
	assert_int_equal(instance_suspend(ground_store, ADLER, false, NULL), 0);
	n = compare_now(&plan, &before, &again);
	assert_int_equal(plan.count, 0);
	plan_done(&plan);
	ground_release();
}

/* Both are there until the old instance is gone. */
static void test_rotated(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(objects_done) struct objects before = { 0 };
	hs_auto(objects_done) struct objects after = { 0 };
	const struct object *o;
	struct plan plan;
	struct counts n;

	(void)state;
	ground_wanted((const char *const[]) { text }, 1, &before);
	assert_int_equal(instance_rotate(ground_store, ADLER, NULL), 0);
	assert_int_equal(instance_raise(ground_store, ADLER, NULL), 0);
	n = compare_now(&plan, &before, &after);
	assert_int_equal(n.creates, 3); /* certificate, account, domain */
	assert_int_equal(n.updates, 1); /* edge */
	assert_int_equal(n.deletes, 3);
	o = objects_find(&after, OBJ_DOMAIN, ADLER ".2");
	assert_string_equal(object_text(o, "credential"), ADLER ".2");
	assert_string_equal(
	    object_text(o, "password"), "domains/" ADLER "/portal.2.password");
	o = objects_find(&after, OBJ_CREDENTIAL, ADLER ".2");
	assert_string_equal(object_text(o, "cn"), ADLER);
	plan_done(&plan);
	ground_release();
}

/* -- Drivers and what is missing ------------------------------------------- */

static const struct object *driver_case(
    const char *driver, const char *isolation, struct objects *ret_list)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *half =
	    ground_with(text, "driver: auto  ", driver);
	hs_auto(hs_freep) char *whole =
	    ground_with(half, "isolation: any  ", isolation);

	ground_wanted((const char *const[]) { whole }, 1, ret_list);
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
	hs_auto(hs_freep) char *probe = plat_path(&ground_plat, "probe.kvm");

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
	ground_release();
}

static void test_refused(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *xen =
	    ground_with(text, "driver: auto", "driver: xen");
	hs_auto(objects_done) struct objects list = { 0 };
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    ground_want((const char *const[]) { xen }, 1, &list, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_non_null(strstr(err.msg, "'xen'"));
	/* What the spec's own check refuses, should it ever come through. */
	ground_specs(&ves, (const char *const[]) { text }, 1);
	ves.list[0].spec->enterprises[0].driver = SPEC_DRIVER_LXC;
	ves.list[0].spec->enterprises[0].isolation = SPEC_ISOLATION_VM;
	assert_int_equal(want_objects(&ground_plat, &ves, &list, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_non_null(strstr(err.msg, "isolation 'vm'"));
	ground_release();
}

static void test_missing(void **state)
{
	static const char *const files[] = { "images/manifest" };
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(hs_freep) char *path = plat_path(&ground_plat, "%s", files[0]);
	hs_auto(hs_freep) char *away = hs_printf("%s.away", path);
	hs_auto(objects_done) struct objects list = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(
	    ground_want((const char *const[]) { text }, 1, &list, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_non_null(strstr(err.msg, "make images"));
	assert_int_equal(rename(away, path), 0);
	ground_release();
}

/* Number 254 does not exist: the last VE is refused, with a reason. */
static void test_no_network_left(void **state)
{
	hs_auto(hs_freep) char *text = ground_example();
	hs_auto(objects_done) struct objects list = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    hs_db_run(ground_store,
		"INSERT INTO allocation SELECT 'network', 'x' || n, n "
		"FROM generate_series(1, 253) n",
		NULL),
	    0);
	assert_int_equal(
	    ground_want((const char *const[]) { text }, 1, &list, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	ground_release();
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
		cmocka_unit_test(test_replicated),
		cmocka_unit_test(test_replicated_stays),
		cmocka_unit_test(test_replicated_machine),
		cmocka_unit_test(test_disks),
		cmocka_unit_test(test_server_memory),
		cmocka_unit_test(test_suspended),
		cmocka_unit_test(test_rotated),
		cmocka_unit_test(test_drivers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_no_network_left),
	};
	int failed = ground_open(argc, argv);

	if (failed == 0)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	ground_close();
	return failed;
}
