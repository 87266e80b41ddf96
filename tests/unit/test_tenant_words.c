/* test_tenant_words.c - what may stand in an entry, and how to connect. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/lookup.h"
#include "tenant-mgr/tenant.h"
#include "tenant-mgr/words.h"

static void test_logins(void **state)
{
	/* clang-format off */
	static const struct { const char *login; bool want; } rows[] = {
		{ "anna.becker", true }, { "a", true }, { "7up", true },
		{ "x@y.example", true }, { "a+b_c-d", true },
		{ "", false }, { "Anna", false }, { ".a", false },
		{ "a b", false }, { "a,b", false }, { "a*", false },
		{ "a)(uid=*", false }, { "\xc3\xa4nne", false },
		{ "a\n", false },
		{ "0123456789012345678901234567890123456789012345678901234567890123",
		  true },
		{ "01234567890123456789012345678901234567890123456789012345678901234",
		  false },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(
		    tenant_login_is_valid(rows[i].login), rows[i].want);
}

static const char *const roles[] = { "buyer", "admin" };
static const struct tenant_person anna = { "anna", "Anna Becker",
	"anna@adler.example", "de", roles, 2 };
static const struct tenant_place adler = { "automotive", "adler" };

static void test_people(void **state)
{
	static const char *const wrong_roles[] = { "buyer", "operator" };
	struct tenant_person bad[6];
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(tenant_person_check(&adler, &anna, &err), 0);
	assert_int_equal(tenant_person_check(TENANT_ASP, &anna, &err), -1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = anna;
	bad[0].login = NULL;
	bad[1].name = "";
	bad[2].mail = "anna@@adler";
	bad[3].language = "xx";
	bad[4].roles = wrong_roles;
	bad[5].mail = "\xc3\xa4@adler.example";
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err.code = HS_OK;
		assert_int_equal(
		    tenant_person_check(&adler, &bad[i], &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
	}
}

static void test_enterprises(void **state)
{
	const struct tenant_enterprise good = { "automotive", "adler",
		"Adler AG", "oem", false };
	struct tenant_enterprise bad[] = { good, good, good, good };

	(void)state;
	assert_int_equal(tenant_enterprise_check(&good, NULL), 0);
	bad[0].name = "adler,ou=x";
	bad[1].chain_role = "king";
	bad[2].legal_name = "two\nlines";
	bad[3].ve = NULL;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(tenant_enterprise_check(&bad[i], NULL), -1);
}

static void test_entitlements(void **state)
{
	const struct tenant_entitlements good = { .database = "shared",
		.template = "app" };
	struct tenant_entitlements bad[] = { good, good };

	(void)state;
	assert_int_equal(tenant_entitlements_check(&good, NULL), 0);
	bad[0].database = "huge";
	bad[1].template = "../app";
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(tenant_entitlements_check(&bad[i], NULL), -1);
}

/* Found in any order, kept in the table's. */
static void test_role_order(void **state)
{
	const char *kept[8] = { NULL };
	struct tenant_person person = { .roles = kept };

	(void)state;
	tenant_lookup_add_role(&person, &adler, "admin");
	tenant_lookup_add_role(&person, &adler, "buyer");
	tenant_lookup_add_role(&person, &adler, "stranger");
	tenant_lookup_add_role(&person, &adler, "quality");
	tenant_lookup_add_role(&person, &adler, "buyer");
	assert_int_equal(person.role_count, 3);
	assert_string_equal(person.roles[0], "buyer");
	assert_string_equal(person.roles[1], "quality");
	assert_string_equal(person.roles[2], "admin");
	assert_true(tenant_person_has_role(&person, "admin"));
	assert_false(tenant_person_has_role(&person, "finance"));
}

/* Nothing is sent unencrypted or without an account, and nothing at once. */
static void test_open(void **state)
{
	/* clang-format off */
	static const struct { struct tenant_conf conf; int want; } rows[] = {
		{ { .uri = TENANT_URI_LOCAL }, 0 },
		{ { .uri = "ldaps://127.0.0.1:1", .ca = "/x", .bind_dn = "cn=a",
		    .password = "p" }, 0 },
		{ { .uri = NULL }, -1 },
		{ { .uri = "ldap://127.0.0.1" }, -1 },
		{ { .uri = "ldaps://127.0.0.1:1", .ca = "/x" }, -1 },
		{ { .uri = "ldaps://127.0.0.1:1", .bind_dn = "cn=a",
		    .password = "p" }, -1 },
		{ { .uri = "ldaps://127.0.0.1:1", .ca = "/x",
		    .password = "p" }, -1 },
		{ { .uri = "ldaps://127.0.0.1:1", .ca = "/x", .bind_dn = "cn=a",
		    .password = "" }, -1 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		hs_auto(tenant_closep) struct tenant *tenant = NULL;

		assert_int_equal(
		    tenant_open(&rows[i].conf, &tenant, NULL), rows[i].want);
	}
	tenant_close(NULL);
}

static void test_no_answer(void **state)
{
	const struct tenant_conf conf = { .uri = "ldapi://%2Fnonexistent" };
	hs_auto(tenant_closep) struct tenant *tenant = NULL;
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct tenant_person person;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(tenant_open(&conf, &tenant, NULL), 0);
	assert_int_equal(tenant_check(tenant, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	err.code = HS_OK;
	assert_int_equal(tenant_login(tenant, &adler, "anna", "secret", arena,
			     &person, &err),
	    -1);
	assert_int_equal(err.code, HS_EREMOTE);
	err.code = HS_OK;
	assert_int_equal(tenant_person_put(tenant, &adler, &anna, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_enterprises),
		cmocka_unit_test(test_entitlements),
		cmocka_unit_test(test_role_order),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
