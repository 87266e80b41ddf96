/* test_tenant_dn.c - names of entries, and text inside names and filters. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ldap.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/tenant.h"

#define BASE       "dc=hanse"
#define ROUNDS     20000
#define RANDOM_MAX 24

static const struct tenant_place place = { "automotive", "adler-motors" };

static void test_shapes(void **state)
{
	/* clang-format off */
	const struct { char *got; const char *want; } rows[] = {
		{ tenant_dn_ves(BASE), "ou=ves,dc=hanse" },
		{ tenant_dn_place(BASE, &place),
		  "o=adler-motors,ou=automotive,ou=ves,dc=hanse" },
		{ tenant_dn_place(BASE, TENANT_ASP), "ou=asp,dc=hanse" },
		{ tenant_dn_person(BASE, &place, "anna.becker"),
		  "uid=anna.becker,ou=people,o=adler-motors,ou=automotive,"
		  "ou=ves,dc=hanse" },
		{ tenant_dn_role(BASE, TENANT_ASP, "operator"),
		  "cn=operator,ou=roles,ou=asp,dc=hanse" },
		{ tenant_dn_entitlements(BASE, &place),
		  "cn=entitlements,o=adler-motors,ou=automotive,ou=ves,"
		  "dc=hanse" },
		{ tenant_service_dn(NULL, &place),
		  "cn=portal,o=adler-motors,ou=automotive,ou=ves,dc=hanse" },
		{ tenant_dn_decoy("dc=x"), "cn=decoy,dc=x" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_string_equal(rows[i].got, rows[i].want);
		free(rows[i].got);
	}
}

static void test_special_characters(void **state)
{
	/* clang-format off */
	static const struct { const char *login, *want; } rows[] = {
		{ "a,b",       "uid=a\\2Cb," },
		{ "a+uid=b",   "uid=a\\2Buid\\3Db," },
		{ "#a",        "uid=\\23a," },
		{ " a ",       "uid=\\20a\\20," },
		{ "a b",       "uid=a b," },
		{ "a\\2C",     "uid=a\\5C2C," },
		{ "a\"<>;b",   "uid=a\\22\\3C\\3E\\3Bb," },
		{ "a\nb",      "uid=a\\0Ab," },
		{ "\xe6\x9d\x8e\xe4\xbc\x9f", "uid=\xe6\x9d\x8e\xe4\xbc\x9f," },
		{ "",          "uid=," },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		hs_auto(hs_freep) char *dn =
		    tenant_dn_person(BASE, &place, rows[i].login);
		hs_auto(hs_freep) char *back = tenant_dn_part(dn, 0);

		assert_memory_equal(dn, rows[i].want, strlen(rows[i].want));
		assert_string_equal(back, rows[i].login);
	}
}

static void test_parts(void **state)
{
	static const char *const wants[] = { "a,b", "adler", "x y", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
		hs_auto(hs_freep) char *part =
		    tenant_dn_part("cn=a\\,b,o=adler,ou=x\\20y", i);

		assert_string_equal(part, wants[i]);
	}
}

static void test_filter(void **state)
{
	struct hs_text text = { 0 };

	(void)state;
	tenant_filter_add_value(&text, "*)(uid=*\\a\n\xc3\xa4");
	assert_string_equal(text.data, "\\2A\\29\\28uid=\\2A\\5Ca\\0A\xc3\xa4");
	hs_text_done(&text);
}

static void test_places(void **state)
{
	/* clang-format off */
	static const struct { struct tenant_place place; int want; } rows[] = {
		{ { "automotive", "adler" }, 0 },
		{ { NULL, NULL }, 0 },
		{ { "automotive", NULL }, -1 },
		{ { NULL, "adler" }, -1 },
		{ { "automotive", "adler,o=other" }, -1 },
		{ { "Automotive", "adler" }, -1 },
		{ { "", "adler" }, -1 },
		{ { "a*", "adler" }, -1 },
	};
	/* clang-format on */
	struct hs_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(
		    tenant_place_check(&rows[i].place, &err), rows[i].want);
	assert_int_equal(tenant_place_check_enterprise(TENANT_ASP, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
}

/* Any bytes but NUL, the dangerous ones more often than the others. */
static void random_text(char *text, unsigned *seed)
{
	static const char danger[] = ",+\"\\<>;=#*() \n\t";
	int len = rand_r(seed) % RANDOM_MAX;

	for (int i = 0; i < len; i++) {
		int dice = rand_r(seed);

		text[i] = (char)(1 + dice / 2 % 255);
		if (dice % 2 == 0)
			text[i] =
			    danger[(size_t)dice / 2 % (sizeof(danger) - 1)];
	}
	text[len] = '\0';
}

/* libldap's own parser must see one more RDN than the place has, of one
 * attribute, with our text as its value. */
static void check_dn(const char *login)
{
	hs_auto(hs_freep) char *dn = tenant_dn_person(BASE, &place, login);
	hs_auto(hs_freep) char *part = tenant_dn_part(dn, 0);
	LDAPDN parsed = NULL;
	size_t rdns = 0;

	assert_string_equal(part, login);
	if (ldap_str2dn(dn, &parsed, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
		return;
	while (parsed[rdns] != NULL)
		rdns++;
	assert_int_equal(rdns, 6);
	assert_non_null(parsed[0][0]);
	assert_null(parsed[0][1]);
	assert_int_equal(parsed[0][0]->la_value.bv_len, strlen(login));
	assert_memory_equal(
	    parsed[0][0]->la_value.bv_val, login, strlen(login));
	ldap_dnfree(parsed);
}

/* Nothing with a meaning in a filter is left but "\XX", which gives it back. */
static void check_filter(const char *value)
{
	struct hs_text text = { 0 }, back = { 0 };

	hs_text_add(&text, "");
	tenant_filter_add_value(&text, value);
	for (const char *s = text.data != NULL ? text.data : ""; *s != '\0';
	     s++) {
		char hex[3] = { 0 };

		assert_null(strchr("*()", *s));
		if (*s != '\\') {
			hs_text_add_char(&back, *s);
			continue;
		}
		memcpy(hex, s + 1, 2);
		hs_text_add_char(&back, (char)strtol(hex, NULL, 16));
		s += 2;
	}
	assert_string_equal(back.data != NULL ? back.data : "", value);
	hs_text_done(&text);
	hs_text_done(&back);
}

static void test_random(void **state)
{
	unsigned seed = 20251122;
	char text[RANDOM_MAX + 1];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		random_text(text, &seed);
		check_dn(text);
		check_filter(text);
	}
}

/* tenant_dn_part() reads what slapd sends: any text must do no harm. */
static void test_random_parts(void **state)
{
	unsigned seed = 7;
	char text[RANDOM_MAX + 1];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		hs_auto(hs_freep) char *part = NULL;

		random_text(text, &seed);
		part = tenant_dn_part(text, (size_t)i % 4);
		assert_true(strlen(part) <= strlen(text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_special_characters),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_random_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
