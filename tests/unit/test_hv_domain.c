/* test_hv_domain.c - domains and networks on libvirt's test driver. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "hv/hv.h"
#include <cmocka.h>

#define TAG                                                         \
	"<metadata><h:object xmlns:h='https://hanse.example/ns/1' " \
	"kind='%s' template='app' ve='v' generation='3'/></metadata>"
#define DOMAIN(tag)                                             \
	"<domain type='test'><name>v.e</name>"                  \
	"<uuid>72546244-4b1a-554a-b610-8b361f8cbeff</uuid>" tag \
	"<memory>8192</memory><os><type>hvm</type></os></domain>"

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

static enum hv_state state_of(const char *name)
{
	enum hv_state found = HV_UNKNOWN;

	assert_int_equal(hv_domain_state(conn, name, &found, NULL), 0);
	return found;
}

static void test_life(void **state)
{
	hs_auto(hs_freep) char *xml = hs_printf(DOMAIN(TAG), "domain");
	enum hv_state found;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_domain_define(conn, xml, NULL), 0);
	assert_int_equal(hv_domain_define(conn, xml, NULL), 0);
	assert_int_equal(state_of("v.e"), HV_STOPPED);
	assert_int_equal(hv_domain_start(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_start(conn, "v.e", NULL), 0);
	assert_int_equal(state_of("v.e"), HV_RUNNING);
	assert_int_equal(hv_domain_undefine(conn, "v.e", &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(hv_domain_shutdown(conn, "v.e", 1000, NULL), 0);
	assert_int_equal(state_of("v.e"), HV_STOPPED);
	assert_int_equal(hv_domain_start(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_destroy(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_destroy(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_undefine(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_state(conn, "v.e", &found, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
}

static void test_absent(void **state)
{
	struct hs_err err = { 0 };
	pid_t pid;

	(void)state;
	assert_int_equal(hv_domain_start(conn, "none", &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(hv_domain_shutdown(conn, "none", 10, NULL), 0);
	assert_int_equal(hv_domain_destroy(conn, "none", NULL), 0);
	assert_int_equal(hv_domain_undefine(conn, "none", NULL), 0);
	assert_int_equal(hv_domain_init_pid(conn, "test", &pid, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(hv_network_start(conn, "none", &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(hv_network_destroy(conn, "none", NULL), 0);
	assert_int_equal(hv_network_undefine(conn, "none", NULL), 0);
}

static void test_refused(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_domain_define(conn, "<domain", &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(hv_network_define(conn, "<network/>", &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
}

/* The default domain "test" is nobody's: only what carries the tag is ours. */
static void test_list(void **state)
{
	hs_auto(hs_freep) char *xml = hs_printf(DOMAIN(TAG), "domain");
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };
	hs_auto(hv_usages_done) struct hv_usages usages = { 0 };

	(void)state;
	assert_int_equal(hv_list(conn, HV_DOMAIN, &objects, NULL), 0);
	assert_int_equal(objects.count, 0);
	assert_int_equal(hv_domain_define(conn, xml, NULL), 0);
	assert_int_equal(hv_list(conn, HV_DOMAIN, &objects, NULL), 0);
	assert_int_equal(objects.count, 1);
	assert_string_equal(objects.list[0].name, "v.e");
	assert_int_equal(objects.list[0].state, HV_STOPPED);
	assert_int_equal(objects.list[0].generation, 3);
	assert_int_equal(objects.list[0].memory_kib, 8192);
	assert_int_equal(hv_usage_list(conn, &usages, NULL), 0);
	assert_int_equal(usages.count, 0);
	assert_int_equal(hv_domain_undefine(conn, "v.e", NULL), 0);
}

static void test_network(void **state)
{
	static const char xml[] =
	    "<network><name>hanse-v</name><bridge name='hv-1'/>"
	    "<metadata><h:object xmlns:h='https://hanse.example/ns/1' "
	    "kind='network'/></metadata>"
	    "<ip address='10.1.2.1' prefix='24'/></network>";
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };
	enum hv_state found;

	(void)state;
	assert_int_equal(hv_network_define(conn, xml, NULL), 0);
	assert_int_equal(hv_network_state(conn, "hanse-v", &found, NULL), 0);
	assert_int_equal(found, HV_STOPPED);
	assert_int_equal(hv_network_start(conn, "hanse-v", NULL), 0);
	assert_int_equal(hv_network_start(conn, "hanse-v", NULL), 0);
	assert_int_equal(hv_network_state(conn, "hanse-v", &found, NULL), 0);
	assert_int_equal(found, HV_RUNNING);
	assert_int_equal(hv_list(conn, HV_NETWORK, &objects, NULL), 0);
	assert_int_equal(objects.count, 1);
	assert_int_equal(hv_network_destroy(conn, "hanse-v", NULL), 0);
	assert_int_equal(hv_network_undefine(conn, "hanse-v", NULL), 0);
	assert_int_equal(hv_network_state(conn, "hanse-v", &found, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_network),
	};

	return cmocka_run_group_tests(tests, open_conn, close_conn);
}
