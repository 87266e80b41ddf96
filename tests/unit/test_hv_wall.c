/* test_hv_wall.c - what a wall may not be made of; what stands, read from the
 * kernel's words. The walls themselves: tests/hv, tests/isolation.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "hv/wall.h"

/* Each goes to a tool that reads it as its language: nothing else may. */
static void test_refused(void **state)
{
	static char host[] = "10.90.2.1", platform[] = "10.90.0.1";
	static const struct {
		const char *ifname, *mac, *address, *calls, *ports;
		const char *peers, *peer_ports;
	} bad[] = {
		/* clang-format off */
		{ "eth0", "52:54:00:72:54:62", "10.90.2.10", "6432", "9000", NULL, NULL },
		{ "hi1;", "52:54:00:72:54:62", "10.90.2.10", "6432", "9000", NULL, NULL },
		{ "hi1234567890abcd", "52:54:00:72:54:62", "10.90.2.10", "1", "9000", NULL, NULL },
		{ NULL, "52:54:00:72:54:62", "10.90.2.10", "6432", "9000", NULL, NULL },
		{ "hi1", "52:54:00:72:54:6x", "10.90.2.10", "6432", "9000", NULL, NULL },
		{ "hi1", NULL, "10.90.2.10", "6432", "9000", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10 accept", "1", "9000", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "::1", "6432", "9000", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "1 } accept", "9000", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "", "9000", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "0", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "65536", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", NULL, NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "1  2", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "1 2 x", NULL, NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "9000", "", "2379" },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "9000", "10.90.1.11 } accept", "2379" },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "9000", "10.90.1.11", NULL },
		{ "hi1", "52:54:00:72:54:62", "10.90.2.10", "6432", "9000", "10.90.1.11 10.90.1.12", "2379 0" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct hs_err err = { 0 };
		const struct hv_object domain = {
			.name = (char *)(uintptr_t) "v.e",
			.filter = (char *)(uintptr_t) "hanse-app",
			.ifname = (char *)(uintptr_t)bad[i].ifname,
			.mac = (char *)(uintptr_t)bad[i].mac,
			.address = (char *)(uintptr_t)bad[i].address,
			.wall = { .host = host,
			    .ports = (char *)(uintptr_t)bad[i].ports,
			    .peers = (char *)(uintptr_t)bad[i].peers,
			    .peer_ports = (char *)(uintptr_t)bad[i].peer_ports,
			    .platform = platform,
			    .calls = (char *)(uintptr_t)bad[i].calls },
		};

		assert_int_equal(hv_wall_raise(&domain, &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
	}
}

static void test_none(void **state)
{
	const struct hv_object domain = { .name = (char *)(uintptr_t) "v.e" };

	(void)state;
	assert_int_equal(hv_wall_raise(&domain, NULL), 0);
}

/* An empty table, or none, is not what was kept. */
static void test_nothing_stands(void **state)
{
	(void)state;
	assert_int_equal(hv_wall_look("", "hitest"), HV_WALL_OPEN);
	for (int i = 0; i < HV_WALL_COUNT; i++)
		assert_non_null(hv_wall_name((enum hv_wall)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_nothing_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
