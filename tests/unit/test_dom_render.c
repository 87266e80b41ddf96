/* test_dom_render.c - {{name}} and {{#name}}...{{/name}}. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "dom-templates/render.h"

static const struct dom_value values[] = {
	{ "a", "1" },
	{ "b", "<&'\">" },
	{ "none", NULL },
	{ "bad", "x\x01" },
	{ "empty", "" },
};

static const struct row {
	const char *text;
	enum hs_code code; /* HS_OK: out is the result */
	const char *out;   /* or words of the message */
} rows[] = {
	{ "plain", HS_OK, "plain" },
	{ "", HS_OK, "" },
	{ "{{a}}-{{a}}", HS_OK, "1-1" },
	{ "'{{b}}'", HS_OK, "'&lt;&amp;&#39;&quot;&gt;'" },
	{ "x{{#a}}y{{a}}{{/a}}z", HS_OK, "xy1z" },
	{ "x{{#none}}y{{none}}{{/none}}z", HS_OK, "xz" },
	{ "x{{#empty}}y{{/empty}}z", HS_OK, "xyz" },
	{ "{{#a}}\nline\n{{/a}}\nend\n", HS_OK, "line\nend\n" },
	{ "{{#none}}\nline\n{{/none}}\nend\n", HS_OK, "end\n" },
	{ "{{#a}}{{#b}}in{{/b}}{{/a}}", HS_OK, "in" },
	{ "{{#none}}{{#a}}in{{/a}}{{/none}}", HS_OK, "" },
	{ "a { b } {c}", HS_OK, "a { b } {c}" },
	{ "{{none}}", HS_EINVAL, "parameter 'none' is missing" },
	{ "{{bad}}", HS_EINVAL, "parameter 'bad' is not text" },
	{ "{{other}}", HS_ESYSTEM, "template: nothing is called 'other' here" },
	{ "{{#none}}{{other}}{{/none}}", HS_ESYSTEM,
	    "template: nothing is called 'other' here" },
	{ "{{#a}}", HS_ESYSTEM, "template: section 'a' has no end" },
	{ "{{#a}}{{/b}}{{/a}}", HS_ESYSTEM,
	    "template: nothing is called 'b' here" },
	{ "{{/a}}", HS_ESYSTEM, "template: nothing is called 'a' here" },
	{ "{{a", HS_ESYSTEM, "template: bad tag at 'a'" },
	{ "{{}}", HS_ESYSTEM, "template: bad tag at '}}'" },
	{ "{{ a }}", HS_ESYSTEM, "template: bad tag at ' a }}'" },
	{ "{{", HS_ESYSTEM, "template: bad tag at ''" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		hs_auto(hs_freep) char *xml = NULL;
		struct hs_err err = { 0 };
		int result = dom_render(
		    rows[i].text, values, ARRAY_LEN(values), &xml, &err);

		print_message("%s\n", rows[i].text);
		assert_int_equal(result, rows[i].code == HS_OK ? 0 : -1);
		assert_int_equal(err.code, rows[i].code);
		assert_string_equal(result == 0 ? xml : err.msg, rows[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
