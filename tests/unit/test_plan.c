/* test_plan.c - objects, and the plan: every tests/plan/NAME.t.
 *
 * A .t file has a line a fact, '#' comments:
 *   wanted KIND NAME {ATTRS}          actual KIND NAME {ATTRS}
 *   plan ACTION KIND NAME [FIELD...]  in the order of the plan
 * The fields are those of an update's detail.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provisioning/plan.h"

/* -- Objects --------------------------------------------------------------- */

static void test_objects(void **state)
{
	struct objects list = { 0 };
	const struct object *o;

	(void)state;
	assert_null(objects_find(&list, OBJ_VE, "a"));
	objects_sort(&list);
	(void)objects_add(&list, OBJ_PORTAL, "b", "v", "e", NULL, NULL);
	(void)objects_add(&list, OBJ_DOMAIN, "b", "v", "e",
	    json_pack("{s:s, s:i}", "x", "attr", "n", 7),
	    json_pack("{s:s, s:i}", "x", "param", "m", 8));
	(void)objects_add(&list, OBJ_DOMAIN, "a", NULL, NULL, NULL, NULL);
	objects_sort(&list);
	assert_string_equal(list.list[0].name, "a");
	assert_int_equal(list.list[2].kind, OBJ_PORTAL);
	o = objects_find(&list, OBJ_DOMAIN, "b");
	assert_non_null(o);
	assert_string_equal(object_text(o, "x"), "param");
	assert_string_equal(object_text(o, "none"), "");
	assert_string_equal(object_text(o, "n"), "");
	assert_int_equal(object_number(o, "n"), 7);
	assert_int_equal(object_number(o, "m"), 8);
	assert_int_equal(object_number(o, "none"), 0);
	assert_null(objects_find(&list, OBJ_EDGE, "b"));
	objects_done(&list);
	assert_int_equal(list.count, 0);
}

static void test_kind_names(void **state)
{
	(void)state;
	for (int i = 0; i < OBJECT_KIND_COUNT; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(
			    object_kind_name((enum object_kind)i),
			    object_kind_name((enum object_kind)k));
	for (int i = 0; i < PLAN_ACTION_COUNT; i++)
		assert_non_null(plan_action_name((enum plan_action)i));
}

/* -- Plans ----------------------------------------------------------------- */

/** One .t file. */
struct scenario {
	const char *path;
	struct objects wanted, actual;
	struct hs_text expected;
};

static enum object_kind kind_of(const char *name)
{
	for (int i = 0; i < OBJECT_KIND_COUNT; i++)
		if (strcmp(object_kind_name((enum object_kind)i), name) == 0)
			return (enum object_kind)i;
	fail_msg("no kind '%s'", name);
	return OBJ_VE;
}

static void read_object(struct objects *list, char *rest)
{
	char *kind = strtok_r(rest, " ", &rest);
	char *name = strtok_r(rest, " ", &rest);
	json_t *attrs = json_loads(rest, 0, NULL);

	assert_non_null(attrs);
	(void)objects_add(list, kind_of(kind), name, "ve", NULL, attrs, NULL);
}

static void read_line(struct scenario *s, char *line)
{
	char *rest = line;
	const char *word = strtok_r(rest, " ", &rest);

	if (word == NULL || word[0] == '#')
		return;
	if (strcmp(word, "wanted") == 0)
		read_object(&s->wanted, rest);
	else if (strcmp(word, "actual") == 0)
		read_object(&s->actual, rest);
	else if (strcmp(word, "plan") == 0)
		hs_text_addf(&s->expected, "%s\n", rest);
	else
		fail_msg("%s: '%s'", s->path, word);
}

/* "ACTION KIND NAME FIELD..." a change, from what hanse prints. */
static char *plan_text(const struct plan *plan)
{
	static const char *const keys[] = { "action", "kind", "name" };
	struct hs_text text = { 0 };
	json_t *json = plan_json(plan), *change, *field;
	size_t i, k;

	assert_non_null(json);
	json_array_foreach (json_object_get(json, "changes"), i, change) {
		for (k = 0; k < ARRAY_LEN(keys); k++)
			hs_text_addf(&text, "%s%s", k > 0 ? " " : "",
			    json_string_value(
				json_object_get(change, keys[k])));
		json_array_foreach (json_object_get(change, "detail"), k, field)
			hs_text_addf(&text, " %s",
			    json_string_value(json_object_get(field, "field")));
		hs_text_add_char(&text, '\n');
	}
	json_decref(json);
	return hs_text_take(&text);
}

static void check_empty(const struct objects *list)
{
	struct plan plan;

	plan_make(list, list, &plan);
	assert_int_equal(plan.count, 0);
	plan_done(&plan);
}

static void check_scenario(const char *path)
{
	hs_auto(hs_freep) char *text = NULL;
	hs_auto(hs_freep) char *expected = NULL;
	hs_auto(hs_freep) char *got = NULL;
	struct scenario s = { .path = path };
	struct plan plan;
	char *line, *rest;

	assert_int_equal(hs_file_read(path, 65536, &text, NULL, NULL), 0);
	rest = text;
	while ((line = strtok_r(rest, "\n", &rest)) != NULL)
		read_line(&s, line);
	objects_sort(&s.wanted);
	objects_sort(&s.actual);
	check_empty(&s.wanted);
	check_empty(&s.actual);
	plan_make(&s.wanted, &s.actual, &plan);
	got = plan_text(&plan);
	expected = hs_text_take(&s.expected);
	if (strcmp(got, expected) != 0)
		fail_msg("%s\nexpected:\n%sgot:\n%s", path, expected, got);
	plan_done(&plan);
	objects_done(&s.wanted);
	objects_done(&s.actual);
}

static void test_scenarios(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob("tests/plan/*.t", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 15);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_scenario(found.gl_pathv[i]);
	globfree(&found);
}

static void test_detail(void **state)
{
	struct objects wanted = { 0 }, actual = { 0 };
	struct plan plan;
	hs_auto(hs_freep) char *text = NULL;
	json_t *json;

	(void)state;
	(void)objects_add(&wanted, OBJ_DOMAIN, "v.e", "v", "e",
	    json_pack("{s:i, s:s}", "vcpus", 2, "new", "x"), NULL);
	(void)objects_add(&actual, OBJ_DOMAIN, "v.e", "v", "e",
	    json_pack("{s:i}", "vcpus", 1), NULL);
	plan_make(&wanted, &actual, &plan);
	json = plan_json(&plan);
	text = json_dumps(json, JSON_COMPACT);
	assert_string_equal(text,
	    "{\"changes\":[{\"action\":\"update\",\"kind\":\"domain\","
	    "\"name\":\"v.e\",\"ve\":\"v\",\"detail\":[{\"field\":\"vcpus\","
	    "\"from\":1,\"to\":2},{\"field\":\"new\",\"from\":null,"
	    "\"to\":\"x\"}]}]}");
	json_decref(json);
	plan_done(&plan);
	objects_done(&wanted);
	objects_done(&actual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_kind_names),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_scenarios),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
