/* test_hv_driver.c - the drivers and what they can do. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "hv/driver.h"

static void test_names(void **state)
{
	enum hv_driver driver;

	(void)state;
	for (int i = 0; i < HV_DRIVER_COUNT; i++) {
		const struct hv_caps *caps = hv_caps((enum hv_driver)i);

		assert_true(hv_driver_find(caps->name, &driver));
		assert_int_equal(driver, i);
	}
	assert_false(hv_driver_find("vmware", &driver));
}

static void test_uris(void **state)
{
	static const struct {
		const char *uri;
		enum hv_driver driver;
		bool is_local;
	} uris[] = {
		{ "lxc:///system", HV_LXC, true },
		{ "qemu:///system", HV_QEMU, true },
		{ "qemu+unix:///system", HV_QEMU, true },
		{ "qemu+tls://host2/system", HV_QEMU, false },
		{ "lxc+tcp://10.98.0.2/system", HV_LXC, false },
		{ "xen+tcp://10.98.0.2:16599/system", HV_XEN, false },
		{ "lxc+unix:///system?socket=/run/h2/sock", HV_LXC, false },
		{ "xen:///system", HV_XEN, true },
		{ "qemu+tcp://root@[fd00::3]:1234/system", HV_QEMU, false },
		{ "xen+unix:///system?mode=direct&socket=/s", HV_XEN, false },
		{ "test:///default", HV_TEST, true },
	};
	enum hv_driver driver;
	bool is_local;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		assert_int_equal(
		    hv_driver_of_uri(uris[i].uri, &driver, &is_local), 0);
		assert_int_equal(driver, uris[i].driver);
		assert_int_equal(is_local, uris[i].is_local);
	}
	assert_int_equal(hv_driver_of_uri("esx://x/", &driver, &is_local), -1);
	assert_int_equal(hv_driver_of_uri("qemu", &driver, &is_local), -1);
	assert_int_equal(hv_driver_of_uri("", &driver, &is_local), -1);
	assert_int_equal(hv_driver_of_uri("lxc/x://", &driver, &is_local), -1);
}

/* What the plan relies on. */
static void test_caps(void **state)
{
	(void)state;
	assert_true(hv_caps(HV_LXC)->idmap);
	assert_false(hv_caps(HV_LXC)->own_kernel);
	assert_false(hv_caps(HV_LXC)->migrate);
	assert_true(hv_caps(HV_LXC)->live_vcpus);
	assert_true(hv_caps(HV_LXC)->quota_vcpus);
	assert_false(hv_caps(HV_LXC)->has_maxima);
	assert_true(hv_caps(HV_QEMU)->has_maxima);
	assert_false(hv_caps(HV_QEMU)->fewer_vcpus);
	assert_true(hv_caps(HV_QEMU)->own_kernel);
	assert_true(hv_caps(HV_QEMU)->bulk_stats);
	assert_false(hv_caps(HV_XEN)->bulk_stats);
	assert_false(hv_caps(HV_XEN)->wall);
	for (int i = 0; i < HV_DRIVER_COUNT; i++)
		assert_non_null(hv_caps((enum hv_driver)i)->uri);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_uris),
		cmocka_unit_test(test_caps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
