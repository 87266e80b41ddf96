/* test_hv_watch.c - what is told of a connection, on libvirt's test driver. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "hv/hv.h"

#define WAIT_MS 5000

static struct hv_conn *conn;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hs_text told;

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
	hs_text_done(&told);
	return 0;
}

static void note(const struct hv_event *event, void *arg)
{
	(void)pthread_mutex_lock(&lock);
	hs_text_addf(&told, "%s %s %s %s\n", (const char *)arg,
	    hv_change_name(event->change), hv_kind_name(event->kind),
	    event->name);
	(void)pthread_mutex_unlock(&lock);
}

static bool is_told(const char *text)
{
	bool found = false;

	for (int64_t end = hs_now_ms() + WAIT_MS; !found && hs_now_ms() < end;
	     hs_pause_ms(5)) {
		(void)pthread_mutex_lock(&lock);
		found = told.data != NULL && strstr(told.data, text) != NULL;
		(void)pthread_mutex_unlock(&lock);
	}
	return found;
}

/* A domain named v.e, ours or with a UUID of its own. */
static void define(const char *name, const char *uuid)
{
	hs_auto(hs_freep) char *xml =
	    hs_printf("<domain type='test'><name>%s</name><uuid>%s</uuid>"
		      "<memory>8192</memory><os><type>hvm</type></os></domain>",
		name, uuid);

	assert_int_equal(hv_domain_define(conn, xml, NULL), 0);
}

static void test_life(void **state)
{
	hs_auto(hv_watch_stopp) struct hv_watch *watch = NULL;
	char uuid[HV_UUID_SIZE];

	(void)state;
	assert_int_equal(hv_watch_start(conn, note, "life", &watch, NULL), 0);
	define("foreign", "11111111-1111-4111-8111-111111111111");
	hv_uuid5("domain", "v.e", uuid);
	define("v.e", uuid);
	assert_int_equal(hv_domain_start(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_suspend(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_resume(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_destroy(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_undefine(conn, "v.e", NULL), 0);
	assert_true(is_told("life defined domain v.e\n"
			    "life started domain v.e\n"
			    "life suspended domain v.e\n"
			    "life resumed domain v.e\n"
			    "life stopped domain v.e\n"
			    "life undefined domain v.e\n"));
	assert_null(strstr(told.data, "foreign"));
	assert_int_equal(hv_domain_undefine(conn, "foreign", NULL), 0);
}

static void test_networks(void **state)
{
	hs_auto(hv_watch_stopp) struct hv_watch *watch = NULL;
	hs_auto(hs_freep) char *xml = NULL;
	char uuid[HV_UUID_SIZE];

	(void)state;
	assert_int_equal(hv_watch_start(conn, note, "net", &watch, NULL), 0);
	hv_uuid5("network", "hanse-w", uuid);
	xml = hs_printf("<network><name>hanse-w</name><uuid>%s</uuid>"
			"<bridge name='hv-2'/></network>",
	    uuid);
	assert_int_equal(hv_network_define(conn, xml, NULL), 0);
	assert_int_equal(hv_network_start(conn, "hanse-w", NULL), 0);
	assert_int_equal(hv_network_destroy(conn, "hanse-w", NULL), 0);
	assert_int_equal(hv_network_undefine(conn, "hanse-w", NULL), 0);
	assert_true(is_told("net defined network hanse-w\n"
			    "net started network hanse-w\n"
			    "net stopped network hanse-w\n"
			    "net undefined network hanse-w\n"));
}

/* After it is stopped nothing is told; then another may begin. */
static void test_stop(void **state)
{
	struct hv_watch *first = NULL;
	hs_auto(hv_watch_stopp) struct hv_watch *second = NULL;
	struct hs_err err = { 0 };
	char uuid[HV_UUID_SIZE];

	(void)state;
	assert_int_equal(hv_watch_start(conn, note, "first", &first, NULL), 0);
	assert_int_equal(
	    hv_watch_start(conn, note, "second", &second, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	hv_watch_stop(first);
	assert_int_equal(
	    hv_watch_start(conn, note, "second", &second, NULL), 0);
	hv_uuid5("domain", "v.s", uuid);
	define("v.s", uuid);
	assert_true(is_told("second defined domain v.s\n"));
	assert_null(strstr(told.data, "first"));
	assert_int_equal(hv_domain_undefine(conn, "v.s", NULL), 0);
	hv_watch_stop(NULL);
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < HV_CHANGE_COUNT; i++)
		assert_non_null(hv_change_name((enum hv_change)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, open_conn, close_conn);
}
