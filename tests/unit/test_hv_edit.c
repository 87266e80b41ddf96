/* test_hv_edit.c - numbers changed in XML, and nothing else. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "hv/edit.h"

static const char xml[] =
    "<domain type='lxc'><metadata><h:object xmlns:h='https://a/1' a='1'/>"
    "</metadata><memory unit='KiB'>1</memory><vcpu>1</vcpu></domain>";

static void test_edit(void **state)
{
	const struct hv_edit edits[] = {
		{ "/domain/memory", 18446744073709551615U },
		{ "/domain/vcpu", 3 },
		{ "/domain/cputune/quota", 5 },
	};
	hs_auto(hs_freep) char *out = NULL;

	(void)state;
	assert_int_equal(hv_edit(xml, edits, ARRAY_LEN(edits), &out, NULL), 0);
	assert_non_null(
	    strstr(out, "<memory unit=\"KiB\">18446744073709551615</memory>"));
	assert_non_null(strstr(out, "<vcpu>3</vcpu>"));
	assert_non_null(strstr(out, "<h:object xmlns:h=\"https://a/1\""));
	assert_null(strstr(out, "quota"));
}

static void test_no_xml(void **state)
{
	struct hs_err err = { 0 };
	char *out = NULL;

	(void)state;
	assert_int_equal(hv_edit("<domain", NULL, 0, &out, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_null(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_no_xml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
