/* test_drift.c - the names of what differs: every row of the table, by
 * tests/drift/names.t; what is told once; what is but a consequence.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provisioning/drift.h"

/* -- A plan of one change -------------------------------------------------- */

/** What differs, and the plan made of it. */
struct scene {
	struct objects wanted, actual;
	struct plan plan;
	struct drifts drifts;
};

static enum object_kind kind_of(const char *name)
{
	for (int i = 0; i < OBJECT_KIND_COUNT; i++)
		if (strcmp(object_kind_name((enum object_kind)i), name) == 0)
			return (enum object_kind)i;
	fail_msg("no kind '%s'", name);
	return OBJ_VE;
}

static void want(
    struct scene *s, const char *kind, const char *name, const char *attrs)
{
	(void)objects_add(&s->wanted, kind_of(kind), name, "v", name,
	    json_loads(attrs, 0, NULL), NULL);
}

static void have(struct scene *s, const char *kind, const char *name,
    const char *attrs, const char *params)
{
	(void)objects_add(&s->actual, kind_of(kind), name, "v", name,
	    json_loads(attrs, 0, NULL), json_loads(params, 0, NULL));
}

static void name_them(struct scene *s)
{
	objects_sort(&s->wanted);
	objects_sort(&s->actual);
	plan_make(&s->wanted, &s->actual, &s->plan);
	drift_list(&s->plan, &s->drifts);
}

/* "NAME", or "(NAME)" for a consequence, in the order of the plan. */
static char *names_of(const struct scene *s)
{
	struct hs_text text = { 0 };

	for (size_t i = 0; i < s->drifts.count; i++)
		hs_text_addf(&text,
		    s->drifts.list[i].follows ? "%s(%s)" : "%s%s",
		    i > 0 ? " " : "", s->drifts.list[i].row->name);
	return text.len > 0 ? hs_text_take(&text) : hs_strdup("");
}

static void scene_done(struct scene *s)
{
	drifts_done(&s->drifts);
	plan_done(&s->plan);
	objects_done(&s->wanted);
	objects_done(&s->actual);
}

static void expect_names(struct scene *s, const char *names)
{
	hs_auto(hs_freep) char *got = NULL;

	name_them(s);
	got = names_of(s);
	assert_string_equal(got, names);
	scene_done(s);
}

/* -- Every row ------------------------------------------------------------- */

#define FIELDS 9

/** A line of names.t. */
struct line {
	char *kind, *problem, *field, *found, *name, *severity, *class, *adopt,
	    *alone;
};

static bool read_line(char *text, struct line *ret_line)
{
	char **fields = (char **)(void *)ret_line;

	for (int i = 0; i < FIELDS; i++) {
		fields[i] = strtok_r(text, " ", &text);
		if (fields[i] == NULL || fields[i][0] == '#')
			return false;
	}
	for (char *p = ret_line->found; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	return true;
}

static void set_up(const struct line *l, struct scene *s)
{
	char *reason = strstr(l->found, "\":");
	hs_auto(hs_freep) char *value = hs_strdup(l->found);
	hs_auto(hs_freep) char *attrs = NULL;
	hs_auto(hs_freep) char *params = hs_strdup("{}");

	if (reason != NULL && l->found[0] == '"') {
		value[reason + 1 - l->found] = '\0';
		hs_freep(&params);
		params = hs_printf("{\"reason\":\"%s\"}", reason + 2);
	}
	attrs = strcmp(value, "null") == 0
		    ? hs_strdup("{}")
		    : hs_printf("{\"%s\":%s}", l->field, value);
	if (strcmp(l->problem, "unexplained") != 0) {
		hs_auto(hs_freep) char *wanted =
		    hs_printf("{\"%s\":\"as wanted\"}", l->field);

		want(s, l->kind, "n",
		    strcmp(l->problem, "missing") == 0 ? "{}" : wanted);
	}
	if (strcmp(l->problem, "missing") != 0)
		have(s, l->kind, "n",
		    strcmp(l->problem, "unexplained") == 0 ? "{}" : attrs,
		    params);
}

static void check_line(const struct line *l, unsigned char *seen)
{
	static const char *const adopts[] = { "-", "spec", "record" };
	const struct drift_row *row;
	struct scene s = { 0 };

	set_up(l, &s);
	name_them(&s);
	if (s.drifts.count != 1)
		fail_msg("%s %s: %zu names", l->kind, l->name, s.drifts.count);
	row = s.drifts.list[0].row;
	if (strcmp(row->name, l->name) != 0)
		fail_msg("%s %s %s: '%s', not '%s'", l->kind, l->field,
		    l->found, row->name, l->name);
	assert_string_equal(drift_severity_name(row->severity), l->severity);
	assert_string_equal(drift_class_name(row->class), l->class);
	assert_string_equal(adopts[row->adopt], l->adopt);
	assert_string_equal(row->alone ? "alone" : "-", l->alone);
	assert_non_null(row->repair);
	seen[row - drift_rows] = 1;
	scene_done(&s);
}

static void test_every_row(void **state)
{
	hs_auto(hs_freep) unsigned char *seen = hs_alloc(drift_rows_count);
	hs_auto(hs_freep) char *text = NULL;
	struct line line;
	char *one, *rest;

	(void)state;
	assert_int_equal(
	    hs_file_read("tests/drift/names.t", 65536, &text, NULL, NULL), 0);
	rest = text;
	while ((one = strtok_r(rest, "\n", &rest)) != NULL)
		if (read_line(one, &line))
			check_line(&line, seen);
	for (size_t i = 0; i < drift_rows_count; i++)
		if (seen[i] == 0 && drift_rows[i].kinds != ~0U)
			fail_msg("nothing is called '%s' by row %zu",
			    drift_rows[i].name, i);
}

/* Whatever a plan can hold has a name. */
static void test_everything_has_a_name(void **state)
{
	(void)state;
	for (int k = 0; k < OBJECT_KIND_COUNT; k++) {
		const char *kind = object_kind_name((enum object_kind)k);
		struct scene s = { 0 };

		want(&s, kind, "gone", "{}");
		have(&s, kind, "new", "{}", "{}");
		want(&s, kind, "other", "{\"x\":1}");
		have(&s, kind, "other", "{\"x\":2}", "{}");
		name_them(&s);
		if (s.drifts.count != 3)
			fail_msg("%s: %zu names", kind, s.drifts.count);
		scene_done(&s);
	}
}

/* -- Once, and what follows ------------------------------------------------ */

static void test_hidden(void **state)
{
	struct scene s = { 0 };

	(void)state;
	want(&s, "domain", "v.e",
	    "{\"network\":\"n\",\"mac\":\"m\",\"definition\":\"as made\"}");
	have(&s, "domain", "v.e", "{\"definition\":\"edited\"}", "{}");
	expect_names(&s, "domain-interface-removed");
	s = (struct scene) { 0 };
	want(&s, "domain", "v.e", "{\"vcpus\":1,\"limits\":\"set\"}");
	have(&s, "domain", "v.e", "{\"vcpus\":2,\"limits\":\"changed\"}", "{}");
	expect_names(&s, "domain-vcpus-edited");
	s = (struct scene) { 0 };
	want(&s, "domain", "v.e", "{\"vcpus\":1,\"state\":\"running\"}");
	have(&s, "domain", "v.e", "{\"vcpus\":2,\"state\":\"stopped\"}", "{}");
	expect_names(&s, "domain-vcpus-edited domain-stopped");
}

static void test_facts(void **state)
{
	hs_auto(hs_freep) char *detail = NULL;
	struct scene s = { 0 };

	(void)state;
	want(&s, "database", "ve_v", "{\"facts\":\"as made\"}");
	have(&s, "database", "ve_v",
	    "{\"facts\":[\"changed: security of t\",\"added: grant a\","
	    "\"missing: grant b\",\"changed: view v\"]}",
	    "{}");
	name_them(&s);
	assert_int_equal(s.drifts.count, 3);
	assert_string_equal(s.drifts.list[0].row->name, "database-rls-changed");
	assert_string_equal(
	    s.drifts.list[1].row->name, "database-grants-changed");
	assert_string_equal(
	    s.drifts.list[2].row->name, "database-schema-edited");
	detail = drift_detail(&s.drifts.list[1]);
	assert_string_equal(detail,
	    "facts: added: grant a instead of as made; "
	    "facts: missing: grant b instead of as made");
	scene_done(&s);
}

static void test_consequences(void **state)
{
	struct scene s = { 0 };

	(void)state;
	want(&s, "domain", "v.e", "{\"state\":\"running\"}");
	have(&s, "domain", "v.e", "{\"state\":\"stopped\"}", "{}");
	want(&s, "portal", "v.e", "{\"answers\":true}");
	expect_names(&s, "domain-stopped (portal-missing)");
	s = (struct scene) { 0 };
	want(&s, "portal", "v.e", "{\"answers\":true}");
	have(&s, "portal", "v.e", "{\"answers\":false}", "{}");
	expect_names(&s, "portal-silent");
	s = (struct scene) { 0 };
	want(&s, "credential", "v.e", "{\"state\":\"good\"}");
	have(&s, "credential", "v.e", "{\"state\":\"expired\"}", "{}");
	want(&s, "domain", "v.e", "{\"certificate\":\"current\"}");
	have(&s, "domain", "v.e", "{\"certificate\":\"stale\"}", "{}");
	want(&s, "domain", "v.f", "{\"certificate\":\"current\"}");
	have(&s, "domain", "v.f", "{\"certificate\":\"stale\"}", "{}");
	expect_names(&s, "certificate-expired (domain-certificate-stale) "
			 "domain-certificate-stale");
	s = (struct scene) { 0 };
	want(&s, "network", "n", "{\"state\":\"running\"}");
	have(&s, "network", "n", "{\"state\":\"stopped\"}", "{}");
	want(&s, "domain", "v.e", "{\"network\":\"n\",\"link\":\"up\"}");
	have(&s, "domain", "v.e", "{\"network\":\"n\",\"link\":\"unplugged\"}",
	    "{}");
	expect_names(&s, "network-stopped (domain-link-unplugged)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_everything_has_a_name),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_consequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
