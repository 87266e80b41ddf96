/* test_tenant_password.c - passwords: judged, made up, hashed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <argon2.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/password.h"

#define PARAMETERS "{ARGON2}$argon2id$v=19$m=19456,t=2,p=1$"

static void test_policy(void **state)
{
	/* clang-format off */
	static const struct { const char *password; int want; } rows[] = {
		{ "correct horse 9 staple", 0 },
		{ "k3fd9-wqm2x-7hpra-zz8cv", 0 },
		{ "Fluss-Brücke-äöü",       0 },
		{ "\xe6\xb1\x89\xe5\xad\x97\xe5\xaf\x86\xe7\xa0\x81"
		  "\xe5\xbe\x88\xe9\x95\xbf\xe7\x9a\x84\xe4\xb8\x80"
		  "\xe4\xb8\xaa\xe5\xa5\xbd\xe5\x8f\xa5\xe5\xad\x90", 0 },
		{ "",                       -1 },
		{ "short pass1",            -1 }, /* 11 characters */
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f" "abcdefg", -1 }, /* 15 bytes, 11 */
		{ "passwordpassword",       -1 },
		{ "PasswordPassword",       -1 },
		{ "Willkommen2026",         -1 },
		{ "123456789012",           -1 },
		{ "abcdefghijklmn",         -1 },
		{ "aaaaaaaaaaaaaaaa",       -1 },
		{ "ababababababab",         -1 },
		{ "my-Anna.Becker-1",       -1 }, /* has the login in it */
		{ "twelve\nchars\nok",      -1 },
		{ "not utf-8 \xff\xfe\xfd", -1 },
	};
	/* clang-format on */
	struct hs_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int got = tenant_password_check(
		    rows[i].password, "anna.becker", &err);

		if (got != rows[i].want)
			fail_msg("\"%s\" gives %d", rows[i].password, got);
		if (got < 0)
			assert_int_equal(err.code, HS_EINVAL);
	}
}

static void test_longest(void **state)
{
	char password[PASSWORD_BYTES_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(password); i++)
		password[i] = "zebra-Quark7"[i % 12];
	password[PASSWORD_BYTES_MAX] = '\0';
	assert_int_equal(tenant_password_check(password, NULL, NULL), 0);
	password[PASSWORD_BYTES_MAX] = 'x';
	password[PASSWORD_BYTES_MAX + 1] = '\0';
	assert_int_equal(tenant_password_check(password, NULL, NULL), -1);
}

/* 20 of 31 characters: 99 bits. */
static void test_generate(void **state)
{
	bool seen[128] = { false };
	size_t distinct = 0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		hs_auto(hs_freep) char *password = NULL;

		assert_int_equal(tenant_password_generate(&password, NULL), 0);
		assert_int_equal(strlen(password), 23);
		assert_int_equal(
		    tenant_password_check(password, NULL, NULL), 0);
		for (const char *c = password; *c != '\0'; c++)
			seen[(unsigned char)*c] = true;
	}
	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		distinct += seen[i];
	assert_int_equal(distinct, 32); /* with '-' */
	assert_false(
	    seen['l'] || seen['1'] || seen['o'] || seen['0'] || seen['i']);
}

static void test_generate_differs(void **state)
{
	hs_auto(hs_freep) char *a = NULL;
	hs_auto(hs_freep) char *b = NULL;

	(void)state;
	assert_int_equal(tenant_password_generate(&a, NULL), 0);
	assert_int_equal(tenant_password_generate(&b, NULL), 0);
	assert_string_not_equal(a, b);
}

static void test_hash(void **state)
{
	hs_auto(hs_freep) char *a = NULL;
	hs_auto(hs_freep) char *b = NULL;

	(void)state;
	assert_int_equal(tenant_password_hash("secret words 12", &a, NULL), 0);
	assert_int_equal(tenant_password_hash("secret words 12", &b, NULL), 0);
	assert_memory_equal(a, PARAMETERS, strlen(PARAMETERS));
	assert_string_not_equal(a, b);
	assert_true(tenant_password_matches(a, "secret words 12"));
	assert_false(tenant_password_matches(a, "secret words 13"));
	assert_false(tenant_password_matches("{SSHA}abc", "secret words 12"));
	assert_false(tenant_password_matches("{ARGON2}$argon2id$", "x"));
	assert_false(tenant_password_matches("", ""));
}

/* Of the same form and length as a real one, so slapd works as long on it. */
static void test_hash_of_none(void **state)
{
	hs_auto(hs_freep) char *real = NULL;
	hs_auto(hs_freep) char *none = NULL;

	(void)state;
	assert_int_equal(tenant_password_hash("x", &real, NULL), 0);
	assert_int_equal(tenant_password_hash_of_none(&none, NULL), 0);
	assert_memory_equal(none, PARAMETERS, strlen(PARAMETERS));
	assert_int_equal(strlen(none), strlen(real));
	assert_int_equal(argon2id_verify(none + strlen("{ARGON2}"), "x", 1),
	    ARGON2_VERIFY_MISMATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_generate),
		cmocka_unit_test(test_generate_differs),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_hash_of_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
