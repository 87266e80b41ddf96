/* test_form.c - filling in forms, and quoting for them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <cyaml/cyaml.h>
#include <string.h>

#include "base/conf.h"
#include "base/mem.h"
#include "gen/prov_forms.h"
#include "provisioning/form.h"

static void test_fill(void **state)
{
	const struct form_value values[] = {
		{ "a", "1" },
		{ "ab", "2" },
		{ "empty", "" },
		{ "braces", "{{a}}" },
	};
	/* clang-format off */
	static const struct {
		const char *form, *text;
	} cases[] = {
		{ "",                    ""          },
		{ "nothing",             "nothing"   },
		{ "{{a}}",               "1"         },
		{ "x{{a}}y{{ab}}z",      "x1y2z"     },
		{ "{{a}}{{a}}",          "11"        },
		{ "[{{empty}}]",         "[]"        },
		{ "{ {a} } }} {",        "{ {a} } }} {" },
		{ "{{braces}}",          "{{a}}"     }, /* once, not again */
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		hs_auto(hs_freep) char *text =
		    form_fill(cases[i].form, values, ARRAY_LEN(values));

		assert_string_equal(text, cases[i].text);
	}
}

struct words {
	char *title;
	char *next;
};

static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_STRING_PTR(
	    "title", CYAML_FLAG_POINTER, struct words, title, 0, 1000),
	CYAML_FIELD_STRING_PTR(
	    "next", CYAML_FLAG_POINTER, struct words, next, 0, 1000),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct words, fields),
};

/* Whatever an operator calls an enterprise stays one value of portal.yaml. */
static void test_quoted(void **state)
{
	static const char *const texts[] = { "plain", "", "with \"quotes\"",
		"back\\slash", "two\nlines\ttab", "a: b # c", "{{ve}}",
		"李伟 é", "null", "0x10", "- item", "&anchor *alias",
		"'single'", "trailing ", "\xf0\x9f\x98\x80" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		hs_auto(hs_freep) char *quoted = form_quoted(texts[i]);
		hs_auto(hs_freep) char *yaml =
		    form_fill("title: {{t}}\nnext: safe\n",
			(const struct form_value[]) { { "t", quoted } }, 1);
		hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
		void *data = NULL;
		const struct words *words;

		assert_int_equal(hs_conf_load("form", yaml, &schema, &conf,
				     &data, NULL, NULL),
		    0);
		words = data;
		assert_string_equal(words->title, texts[i]);
		assert_string_equal(words->next, "safe");
	}
}

/* No form asks for what its writer does not know, and none is left open. */
static void test_forms(void **state)
{
	(void)state;
	for (const struct hs_embed *f = prov_forms; f->name != NULL; f++) {
		const char *p = f->data;

		while ((p = strstr(p, "{{")) != NULL) {
			size_t len =
			    strspn(p + 2, "abcdefghijklmnopqrstuvwxyz_");

			assert_true(len > 0);
			assert_memory_equal(p + 2 + len, "}}", 2);
			p += len + 4;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_quoted),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
