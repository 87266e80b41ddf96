/* test_repair.c - a plan narrowed to what was named, and the smallest edit of a
 * spec. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "base/yaml_edit.h"
#include "provisioning/repair.h"

/* -- Narrow ---------------------------------------------------------------- */

static void add(struct objects *list, enum object_kind kind, const char *name,
    const char *ve, const char *enterprise)
{
	(void)objects_add(list, kind, name, ve, enterprise,
	    json_pack("{s:s}", "network", "hanse-v"), NULL);
}

/* What of a plan is left when one thing is named: "KIND NAME, ...". */
static char *left(
    const char *kind, const char *name, const char *ve, const char *enterprise)
{
	json_t *args = json_pack("{s:[{s:s, s:s, s:s?, s:s?}]}", "only", "kind",
	    kind, "name", name, "ve", ve, "enterprise", enterprise);
	struct objects wanted = { 0 };
	struct objects actual = { 0 };
	struct hs_text text = { 0 };
	struct plan plan;

	add(&wanted, OBJ_NETWORK, "hanse-v", "v", NULL);
	add(&wanted, OBJ_CREDENTIAL, "v.e", "v", "e");
	add(&wanted, OBJ_PERSON, "v/e/p", "v", "e");
	add(&wanted, OBJ_PERSON, "v/f/p", "v", "f");
	add(&wanted, OBJ_DATABASE, "ve_v", "v", NULL);
	add(&wanted, OBJ_ROLE, "v.e", "v", "e");
	add(&wanted, OBJ_DOMAIN, "v.e.2", "v", "e");
	add(&wanted, OBJ_DOMAIN, "v.f", "v", "f");
	add(&wanted, OBJ_EDGE, "v.e", "v", "e");
	add(&wanted, OBJ_PORTAL, "v.e", "v", "e");
	add(&actual, OBJ_DOMAIN, "v.e", "v", "e");
	add(&actual, OBJ_VOLUME, "x", NULL, NULL);
	objects_sort(&wanted);
	objects_sort(&actual);
	plan_make(&wanted, &actual, &plan);
	repair_narrow(args, &plan);
	for (size_t i = 0; i < plan.count; i++)
		hs_text_addf(&text, "%s%s %s", i > 0 ? ", " : "",
		    object_kind_name(plan_object(&plan.list[i])->kind),
		    plan_object(&plan.list[i])->name);
	plan_done(&plan);
	objects_done(&wanted);
	objects_done(&actual);
	json_decref(args);
	return text.len > 0 ? hs_text_take(&text) : hs_strdup("");
}

static void test_narrow(void **state)
{
	/* clang-format off */
	static const struct {
		const char *kind, *name, *ve, *enterprise, *left;
	} cases[] = {
		{ "volume", "x", NULL, NULL, "volume x" },
		{ "volume", "y", NULL, NULL, "" },
		{ "database-role", "v.e", "v", "e", "database-role v.e" },
		{ "person", "v/f/p", "v", "f", "person v/f/p" },
		{ "domain", "v.f", "v", "f", "domain v.f" },
		{ "domain", "v.e", "v", "e", "domain v.e.2, edge v.e, portal v.e, domain v.e" },
		{ "credential", "v.e", "v", "e",
		  "credential v.e, domain v.e.2, edge v.e, portal v.e, domain v.e" },
		{ "credential", "v.e.2", "v", "e",
		  "credential v.e, domain v.e.2, edge v.e, portal v.e, domain v.e" },
		{ "network", "hanse-v", "v", NULL,
		  "network hanse-v, domain v.e.2, domain v.f, domain v.e" },
		{ "database", "ve_v", "v", NULL, "database ve_v, database-role v.e" },
		{ "enterprise", "v/e", "v", "e", "person v/e/p" },
		{ "nonsense", "v.e", "v", "e", "" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		hs_auto(hs_freep) char *got = left(cases[i].kind, cases[i].name,
		    cases[i].ve, cases[i].enterprise);

		assert_string_equal(got, cases[i].left);
	}
}

/* -- The smallest edit ----------------------------------------------------- */

static int set(
    const char *text, const char *name, char **ret_text, struct hs_err *err)
{
	return hs_yaml_set_number(text,
	    &(const struct hs_yaml_number) { .list = "enterprises",
		.name = name,
		.key = "vcpus",
		.value = 3 },
	    ret_text, err);
}

static void check_edit(
    const char *text, const char *enterprise, const char *expected)
{
	hs_auto(hs_freep) char *got = NULL;
	struct hs_err err = { 0 };

	assert_int_equal(set(text, enterprise, &got, &err), 0);
	assert_string_equal(got, expected);
}

static void test_edit(void **state)
{
	(void)state;
	/* A value, among comments and letters of more than one byte. */
	check_edit("title: Köln # ü\nenterprises:\n"
		   "  - {name: a, legal_name: Müller, vcpus: 1} # one\n"
		   "  - name: b\n    vcpus: 12  # twelve\n    memory_mib: 1\n",
	    "b",
	    "title: Köln # ü\nenterprises:\n"
	    "  - {name: a, legal_name: Müller, vcpus: 1} # one\n"
	    "  - name: b\n    vcpus: 3  # twelve\n    memory_mib: 1\n");
	check_edit(
	    "enterprises:\n  - {name: a, legal_name: Müller, vcpus: 1}\n", "a",
	    "enterprises:\n  - {name: a, legal_name: Müller, vcpus: 3}\n");
	/* No value yet. */
	check_edit("enterprises:\n  - name: a\n    role: oem\n", "a",
	    "enterprises:\n  - name: a\n    vcpus: 3\n    role: oem\n");
	check_edit("enterprises: [{role: oem, name: a}]\n", "a",
	    "enterprises: [{role: oem, name: a, vcpus: 3}]\n");
}

static void test_edit_refused(void **state)
{
	static const char *const texts[] = { "", "[]", "enterprises: 1",
		"enterprises: [1, a]", "enterprises: [{name: b}]" };
	struct hs_err err = { 0 };
	char *got = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_int_equal(set(texts[i], "a", &got, &err), -1);
		assert_int_equal(err.code, HS_ENOTFOUND);
	}
	assert_int_equal(set("a: [", "a", &got, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_null(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_edit_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
