/* test_hv_ident.c - names that derive from names. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "hv/hv.h"

/* As Python's uuid.uuid5(NAMESPACE_URL, "hanse:KIND/NAME") has them. */
static const struct {
	const char *kind, *name, *uuid;
} known[] = {
	{ "domain", "automotive.adler-motors",
	    "72546244-4b1a-554a-b610-8b361f8cbeff" },
	{ "network", "hanse-data", "d6fa8bb3-c973-5f3e-b57b-03fb4ea7f2da" },
	{ "ve", "", "c4fe0a47-4d1a-515c-80b2-eced1dacec5a" },
};

static void test_uuid(void **state)
{
	char uuid[HV_UUID_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		hv_uuid5(known[i].kind, known[i].name, uuid);
		assert_string_equal(uuid, known[i].uuid);
	}
}

static void test_derived(void **state)
{
	char name[HV_NAME_SIZE];

	(void)state;
	hv_mac(known[0].uuid, name);
	assert_string_equal(name, "52:54:00:72:54:62");
	hv_ifname(known[0].uuid, name);
	assert_string_equal(name, "hi725462444b1a");
	assert_true(strlen(name) < 16); /* IFNAMSIZ */
	hv_bridge(known[0].uuid, name);
	assert_string_equal(name, "hv-72546244");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_derived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
