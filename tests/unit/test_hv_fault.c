/* test_hv_fault.c - each call to a host can be made to fail by its name, and
 * does nothing then.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fault.h"
#include "hv/hv.h"

#define FILE_NAME "test_hv_fault.tmp"

static struct hv_conn *conn;

static void ask(const char *text)
{
	FILE *f = fopen(FILE_NAME, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* The connection is made before anything is counted. */
static int open_conn(void **state)
{
	(void)state;
	ask("fail:hv.domain.:2");
	if (setenv("HANSE_FAULT", "@" FILE_NAME, 1) < 0 || hv_init(NULL) < 0)
		return -1;
	return hv_open("test:///default", &conn, NULL);
}

static int close_conn(void **state)
{
	(void)state;
	hv_close(conn);
	return remove(FILE_NAME);
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

/* Another wish is counted anew, the same one is not; none is none. */
static void test_another_wish(void **state)
{
	(void)state;
	ask("fail:hv.domain.:2 again");
	hs_fault_arm(true);
	assert_int_equal(hv_domain_suspend(conn, "test", NULL), 0);
	hs_fault_arm(true);
	assert_int_equal(hv_domain_resume(conn, "test", NULL), -1);
	hs_fault_arm(true);
	assert_int_equal(hv_domain_resume(conn, "test", NULL), 0);
	ask("");
	hs_fault_arm(true);
	assert_int_equal(hv_domain_suspend(conn, "test", NULL), 0);
	assert_int_equal(hv_domain_suspend(conn, "test", NULL), 0);
	assert_int_equal(hv_domain_resume(conn, "test", NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_fails),
		cmocka_unit_test(test_another_wish),
	};

	return cmocka_run_group_tests(tests, open_conn, close_conn);
}
