/* test_hv_fault.c - each call to a host can be made to fail by its name, and
 * does nothing then.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fault.h"
#include "hv/hv.h"

static struct hv_conn *conn;

/* The connection is made before anything is counted. */
static int open_conn(void **state)
{
	(void)state;
	if (setenv("HANSE_FAULT", "fail:hv.domain.:2", 1) < 0 ||
	    hv_init(NULL) < 0)
		return -1;
	return hv_open("test:///default", &conn, NULL);
}

static int close_conn(void **state)
{
	(void)state;
	hv_close(conn);
	return 0;
}

static enum hv_state state_now(void)
{
	enum hv_state now = HV_STATE_COUNT;

	hs_fault_arm(false);
	assert_int_equal(hv_domain_state(conn, "test", &now, NULL), 0);
	return now;
}

static void test_second_fails(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	hs_fault_arm(true);
	assert_int_equal(hv_domain_suspend(conn, "test", NULL), 0);
	assert_int_equal(hv_network_start(conn, "default", NULL), 0);
	assert_int_equal(hv_domain_resume(conn, "test", &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_non_null(strstr(err.msg, "hv.domain.resume"));
	assert_int_equal(state_now(), HV_PAUSED);
	hs_fault_arm(true);
	assert_int_equal(hv_domain_resume(conn, "test", NULL), 0);
	assert_int_equal(state_now(), HV_RUNNING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_fails),
	};

	return cmocka_run_group_tests(tests, open_conn, close_conn);
}
