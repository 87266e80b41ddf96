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

/* A cut leaves no half character, for JSON and databases refuse such. */
static void test_whole_characters(void **state)
{
	struct hs_err err = { 0 };
	char text[4096];
	size_t len;

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'a', shift);
		for (size_t i = shift; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "李", 4);
		(void)hs_fail(&err, HS_EINVAL, "%s", text);
		len = strlen(err.msg);
		assert_true(len > sizeof(err.msg) - 4);
		assert_int_equal((len - shift) % 3, 0);
	}
	(void)hs_fail(
	    &err, HS_EINVAL, "%s", "a\xff b\xc3 \xe6\x9d ü\xed\xa0\x80");
	assert_string_equal(err.msg, "a? b? ?? ü???");
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
		cmocka_unit_test(test_whole_characters),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
