/* test_err.c - the error object. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/err.h"

static void test_wrap(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    hs_fail(&err, HS_ENOTFOUND, "no domain '%s'", "a"), -1);
	assert_int_equal(hs_wrap(&err, "start %d", 1), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_string_equal(err.msg, "start 1: no domain 'a'");
}

static void test_errno(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	errno = ENOSPC;
	(void)hs_fail_errno(&err, HS_ESYSTEM, "write");
	assert_string_equal(err.msg, "write: No space left on device");
}

static void test_nobody_cares(void **state)
{
	(void)state;
	assert_int_equal(hs_fail(NULL, HS_EINVAL, "x"), -1);
	assert_int_equal(hs_wrap(NULL, "x"), -1);
}

static void test_long_text_is_cut(void **state)
{
	struct hs_err err = { 0 };
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)hs_fail(&err, HS_EINVAL, "%s", text);
	(void)hs_wrap(&err, "%s", text);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < HS_CODE_COUNT; i++)
		assert_non_null(hs_code_name((enum hs_code)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_nobody_cares),
		cmocka_unit_test(test_long_text_is_cut),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
