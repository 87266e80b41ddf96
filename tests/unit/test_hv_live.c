/* test_hv_live.c - a running domain changed, on libvirt's test driver. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "hv/hv.h"

#define NAME "v.e"

static const char xml[] =
    "<domain type='test'><name>" NAME "</name>"
    "<uuid>72546244-4b1a-554a-b610-8b361f8cbeff</uuid>"
    "<metadata><h:object xmlns:h='https://hanse.example/ns/1' kind='domain' "
    "template='app' ve='v'/></metadata>"
    "<memory>8192</memory><currentMemory>4096</currentMemory>"
    "<vcpu current='1'>4</vcpu><os><type>hvm</type></os></domain>";

static struct hv_conn *conn;

static int open_conn(void **state)
{
	(void)state;
	if (hv_init(NULL) < 0)
		return -1;
	return hv_open("test:///default", &conn, NULL);
}

static int close_conn(void **state)
{
	(void)state;
	hv_close(conn);
	return 0;
}

static int define(void **state)
{
	(void)state;
	return hv_domain_define(conn, xml, NULL);
}

static int undefine(void **state)
{
	(void)state;
	(void)hv_domain_destroy(conn, NAME, NULL);
	return hv_domain_undefine(conn, NAME, NULL);
}

static void is(unsigned vcpus, uint64_t kib, enum hv_state in)
{
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };

	assert_int_equal(hv_list(conn, HV_DOMAIN, &objects, NULL), 0);
	assert_int_equal(objects.count, 1);
	assert_int_equal(objects.list[0].vcpus, vcpus);
	assert_int_equal(objects.list[0].memory_kib, kib);
	assert_int_equal(objects.list[0].state, in);
}

static void test_running(void **state)
{
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_domain_start(conn, NAME, NULL), 0);
	assert_int_equal(hv_domain_set_memory(conn, NAME, 6144, NULL), 0);
	assert_int_equal(hv_domain_set_vcpus(conn, NAME, 3, NULL), 0);
	is(3, 6144, HV_RUNNING);
	assert_int_equal(hv_domain_set_vcpus(conn, NAME, 2, NULL), 0);
	is(2, 6144, HV_RUNNING);
	assert_int_equal(hv_domain_set_memory(conn, NAME, 8193, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_int_equal(hv_domain_set_vcpus(conn, NAME, 5, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	is(2, 6144, HV_RUNNING);
	assert_int_equal(hv_list(conn, HV_DOMAIN, &objects, NULL), 0);
	assert_int_equal(objects.list[0].vcpus_max, 4);
	assert_int_equal(objects.list[0].memory_max_kib, 8192);
}

/* A stopped one may be given more than it could grow to. */
static void test_stopped(void **state)
{
	(void)state;
	assert_int_equal(hv_domain_set_memory(conn, NAME, 16384, NULL), 0);
	assert_int_equal(hv_domain_set_vcpus(conn, NAME, 6, NULL), 0);
	is(6, 16384, HV_STOPPED);
}

static void test_pause(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_domain_suspend(conn, NAME, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(hv_domain_resume(conn, NAME, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(hv_domain_start(conn, NAME, NULL), 0);
	assert_int_equal(hv_domain_resume(conn, NAME, NULL), 0);
	assert_int_equal(hv_domain_suspend(conn, NAME, NULL), 0);
	assert_int_equal(hv_domain_suspend(conn, NAME, NULL), 0);
	is(1, 4096, HV_PAUSED);
	assert_int_equal(hv_domain_undefine(conn, NAME, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(hv_domain_resume(conn, NAME, NULL), 0);
	is(1, 4096, HV_RUNNING);
	assert_int_equal(hv_domain_suspend(conn, NAME, NULL), 0);
	assert_int_equal(hv_domain_start(conn, NAME, NULL), 0);
	is(1, 4096, HV_RUNNING);
	assert_int_equal(hv_domain_suspend(conn, NAME, NULL), 0);
	assert_int_equal(hv_domain_shutdown(conn, NAME, 1000, NULL), 0);
	is(1, 4096, HV_STOPPED);
}

static void test_absent(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_domain_set_memory(conn, "none", 1, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(hv_domain_set_vcpus(conn, "none", 1, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(hv_domain_suspend(conn, "none", &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(hv_state_name(HV_PAUSED), "paused");
	for (int i = 0; i < HV_STATE_COUNT; i++)
		assert_non_null(hv_state_name((enum hv_state)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_running, define, undefine),
		cmocka_unit_test_setup_teardown(test_stopped, define, undefine),
		cmocka_unit_test_setup_teardown(test_pause, define, undefine),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, open_conn, close_conn);
}
