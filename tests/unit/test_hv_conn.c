/* test_hv_conn.c - deadlines and codes: nobody waits for a libvirt for ever. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "hv/conn.h"
#include "hv/ops.h"

static int init(void **state)
{
	(void)state;
	return hv_init(NULL);
}

/* A libvirtd that takes connections and says nothing, at any path. */
static int listen_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static int listen_tcp(int backlog, struct sockaddr_in *ret_address)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*ret_address = address;
	return fd;
}

static void opens_in_time(const char *uri)
{
	struct hv_conn *conn = NULL;
	struct hs_err err = { 0 };
	int64_t since = hs_now_ms();

	assert_int_equal(hv_open_within(uri, 200, &conn, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_true(hs_now_ms() - since >= 190);
	assert_true(hs_now_ms() - since < 5000);
}

static void test_open_deadline_unix(void **state)
{
	char dir[] = "/tmp/test-hv-XXXXXX";
	hs_auto(hs_closep) int fd = -1;
	hs_auto(hs_freep) char *path = NULL, *uri = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = hs_printf("%s/any", dir);
	fd = listen_unix(path);
	uri = hs_printf("qemu+unix:///system?socket=%s", path);
	opens_in_time(uri);
	(void)unlink(path);
	(void)rmdir(dir);
}

static void test_open_deadline_tcp(void **state)
{
	struct sockaddr_in address = { 0 };
	hs_auto(hs_closep) int fd = listen_tcp(5, &address);
	hs_auto(hs_freep) char *uri =
	    hs_printf("lxc+tcp://127.0.0.1:%d/system", ntohs(address.sin_port));

	(void)state;
	opens_in_time(uri);
}

/* A host that is off answers not even the first packet: so does one whose
 * queue is full. */
static void test_open_unreachable(void **state)
{
	struct sockaddr_in address = { 0 };
	hs_auto(hs_closep) int fd = listen_tcp(0, &address);
	hs_auto(hs_freep) char *uri = hs_printf(
	    "qemu+tcp://127.0.0.1:%d/system", ntohs(address.sin_port));
	int queued[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(queued); i++) {
		queued[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(queued[i], (const struct sockaddr *)&address,
		    sizeof(address));
	}
	opens_in_time(uri);
	for (size_t i = 0; i < ARRAY_LEN(queued); i++)
		(void)close(queued[i]);
}

static void *open_silent(void *uri)
{
	struct hv_conn *conn = NULL;

	assert_int_equal(hv_open_within(uri, 2000, &conn, NULL), -1);
	return NULL;
}

/* A host that is silent delays no other. */
static void test_open_beside(void **state)
{
	struct sockaddr_in address = { 0 };
	hs_auto(hs_closep) int fd = listen_tcp(5, &address);
	hs_auto(hs_freep) char *uri =
	    hs_printf("lxc+tcp://127.0.0.1:%d/system", ntohs(address.sin_port));
	hs_auto(hv_closep) struct hv_conn *conn = NULL;
	int64_t since = hs_now_ms();
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, open_silent, uri), 0);
	hs_pause_ms(100);
	assert_int_equal(hv_open("test:///default", &conn, NULL), 0);
	assert_true(hs_now_ms() - since < 1500);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(hs_now_ms() - since >= 1900);
}

static void test_open_refused(void **state)
{
	struct hv_conn *conn = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_open("esx://host/", &conn, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(hv_open("qemu+tcp://127.0.0.1:1/x", &conn, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_int_equal(hv_open("qemu+tcp://[/system", &conn, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(
	    hv_open(
		"qemu+unix:///system?socket=/none/libvirt-sock", &conn, &err),
	    -1);
	assert_int_equal(err.code, HS_EREMOTE);
}

/* A call that takes too long has its socket shut; one that ends has not. */
static void test_ping(void **state)
{
	hs_auto(hv_closep) struct hv_conn *conn = NULL;

	(void)state;
	assert_int_equal(hv_open(hv_caps(HV_TEST)->uri, &conn, NULL), 0);
	assert_int_equal(hv_ping(conn, 1000, NULL), 0);
}

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
	conn->ops = &hv_vir_ops;
	atomic_init(&conn->fd, pair[0]);
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
		cmocka_unit_test(test_open_deadline_unix),
		cmocka_unit_test(test_open_deadline_tcp),
		cmocka_unit_test(test_open_unreachable),
		cmocka_unit_test(test_open_beside),
		cmocka_unit_test(test_open_refused),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_call_deadline),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, init, NULL);
}
