/* test_hv_conn.c - deadlines and codes: nobody waits for a libvirt for ever. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "hv/conn.h"

static int init(void **state)
{
	(void)state;
	return hv_init(NULL);
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A libvirtd that takes connections and says nothing. */
static void test_open_deadline(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char dir[] = "/tmp/test-hv-XXXXXX";
	hs_auto(hs_closep) int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	hs_auto(hs_freep) char *uri = NULL;
	struct hv_conn *conn = NULL;
	struct hs_err err = { 0 };
	int64_t since = now_ms();

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(
	    address.sun_path, sizeof(address.sun_path), "%s/libvirt-sock", dir);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	uri = hs_printf("qemu+unix:///system?socket=%s", address.sun_path);
	assert_int_equal(hv_open_within(uri, 200, &conn, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_true(now_ms() - since < 5000);
	(void)unlink(address.sun_path);
	(void)rmdir(dir);
}

static void test_open_refused(void **state)
{
	struct hv_conn *conn = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_open("esx://host/", &conn, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(
	    hv_open(
		"qemu+unix:///system?socket=/none/libvirt-sock", &conn, &err),
	    -1);
	assert_int_equal(err.code, HS_EREMOTE);
}

/* A call that takes too long has its socket shut; one that ends has not. */
static void test_call_deadline(void **state)
{
	struct hv_conn *conn = hs_alloc(sizeof(*conn));
	hs_auto(hs_closep) int other = -1;
	struct pollfd ended = { .events = POLLIN };
	struct hs_err err = { 0 };
	struct hv_call call;
	int pair[2];
	char c;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	conn->fd = pair[0];
	ended.fd = other = pair[1];
	atomic_init(&conn->refs, 1);
	call = hv_call_begin(conn, 100);
	hv_call_end(&call);
	assert_int_equal(poll(&ended, 1, 300), 0);
	assert_false(atomic_load(&conn->is_late));
	call = hv_call_begin(conn, 100);
	assert_int_equal(poll(&ended, 1, 5000), 1);
	assert_int_equal(read(other, &c, 1), 0);
	assert_true(atomic_load(&conn->is_late));
	hv_call_end(&call);
	assert_int_equal(hv_fail(conn, &err, "ask"), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_non_null(strstr(err.msg, "in time"));
	hv_close(conn);
}

static void test_codes(void **state)
{
	(void)state;
	assert_int_equal(hv_code(VIR_ERR_NO_DOMAIN), HS_ENOTFOUND);
	assert_int_equal(hv_code(VIR_ERR_NO_NWFILTER), HS_ENOTFOUND);
	assert_int_equal(hv_code(VIR_ERR_XML_ERROR), HS_EINVAL);
	assert_int_equal(hv_code(VIR_ERR_OPERATION_INVALID), HS_ECONFLICT);
	assert_int_equal(hv_code(VIR_ERR_AUTH_FAILED), HS_EDENIED);
	assert_int_equal(hv_code(VIR_ERR_NO_MEMORY), HS_ESYSTEM);
	assert_int_equal(hv_code(VIR_ERR_RPC), HS_EREMOTE);
	assert_int_equal(hv_code(VIR_ERR_INTERNAL_ERROR), HS_EREMOTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_deadline),
		cmocka_unit_test(test_open_refused),
		cmocka_unit_test(test_call_deadline),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, init, NULL);
}
