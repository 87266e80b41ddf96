/* test_hv_host.c - connections lent and returned, and hosts that are silent. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "hv/conn.h"

#define WAIT_MS 5000

static atomic_int opened, closed;

static int init(void **state)
{
	(void)state;
	return hv_init(NULL);
}

static void note(const char *name, enum hv_breaker_state to, void *arg)
{
	(void)arg;
	assert_string_equal(name, "h2");
	atomic_fetch_add(to == HV_BREAKER_CLOSED ? &closed : &opened, 1);
}

static struct hv_host *host_new(
    enum hv_driver driver, const char *uri, unsigned connections)
{
	struct hv_host_conf conf = { .name = "h2",
		.connections = connections,
		.probe_ms = 50,
		.retry_ms = 50,
		.answer_ms = 200,
		.idle_ms = 100,
		.changed = note };
	struct hv_host *host = NULL;

	conf.uris[driver] = uri;
	assert_int_equal(hv_host_new(&conf, &host, NULL), 0);
	return host;
}

/* Each gets one of its own while there are some; then they are shared, and
 * when all have their full number, one waits. */
static void test_lend(void **state)
{
	hs_auto(hv_host_freep) struct hv_host *host =
	    host_new(HV_TEST, "test:///default", 2);
	struct hv_conn *lent[2 * HV_SHARES], *more = NULL;
	struct hv_host_stat stat;
	struct hs_err err = { 0 };
	int64_t since;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lent); i++)
		assert_int_equal(
		    hv_host_borrow(host, HV_TEST, WAIT_MS, &lent[i], NULL), 0);
	assert_ptr_not_equal(lent[0], lent[1]);
	assert_int_equal(lent[0]->borrowers, HV_SHARES);
	assert_int_equal(lent[1]->borrowers, HV_SHARES);
	since = hs_now_ms();
	assert_int_equal(hv_host_borrow(host, HV_TEST, 100, &more, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_true(hs_now_ms() - since >= 100);
	hv_host_stat(host, &stat);
	assert_int_equal(stat.connections, 2);
	assert_int_equal(stat.borrowed, 2 * HV_SHARES);
	assert_int_equal(
	    hv_host_borrow(host, HV_LXC, WAIT_MS, &more, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	for (size_t i = 0; i < ARRAY_LEN(lent); i++)
		hv_host_return(lent[i]);
}

static void *return_later(void *conn)
{
	hs_pause_ms(100);
	hv_host_return(conn);
	return NULL;
}

static void test_wait(void **state)
{
	hs_auto(hv_host_freep) struct hv_host *host =
	    host_new(HV_TEST, "test:///default", 1);
	struct hv_conn *lent[HV_SHARES];
	hs_auto(hv_returnp) struct hv_conn *more = NULL;
	int64_t since = hs_now_ms();
	pthread_t thread;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lent); i++)
		assert_int_equal(
		    hv_host_borrow(host, HV_TEST, WAIT_MS, &lent[i], NULL), 0);
	assert_int_equal(
	    pthread_create(&thread, NULL, return_later, lent[0]), 0);
	assert_int_equal(
	    hv_host_borrow(host, HV_TEST, WAIT_MS, &more, NULL), 0);
	assert_true(hs_now_ms() - since < WAIT_MS);
	(void)pthread_join(thread, NULL);
	for (size_t i = 1; i < ARRAY_LEN(lent); i++)
		hv_host_return(lent[i]);
}

/* What has died is not lent again; what nobody wants is closed. */
static void test_renew(void **state)
{
	hs_auto(hv_host_freep) struct hv_host *host =
	    host_new(HV_TEST, "test:///default", 1);
	struct hv_conn *first = NULL, *second = NULL;
	struct hv_host_stat stat = { .connections = 1 };

	(void)state;
	assert_int_equal(
	    hv_host_borrow(host, HV_TEST, WAIT_MS, &first, NULL), 0);
	hv_cut(first);
	hv_host_return(first);
	assert_int_equal(
	    hv_host_borrow(host, HV_TEST, WAIT_MS, &second, NULL), 0);
	assert_true(hv_is_alive(second));
	hv_host_return(second);
	for (int64_t end = hs_now_ms() + WAIT_MS;
	     stat.connections > 0 && hs_now_ms() < end; hs_pause_ms(10))
		hv_host_stat(host, &stat);
	assert_int_equal(stat.connections, 0);
	assert_int_equal(stat.state, HV_BREAKER_CLOSED);
	assert_true(stat.probes > 1);
}

/* A call on a connection that has broken is a failure of the host's, one that
 * is refused by libvirt is not. */
static void test_failures(void **state)
{
	hs_auto(hv_host_freep) struct hv_host *host =
	    host_new(HV_TEST, "test:///default", 1);
	struct hv_conn *conn = NULL;
	struct hv_host_stat stat;

	(void)state;
	assert_int_equal(
	    hv_host_borrow(host, HV_TEST, WAIT_MS, &conn, NULL), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(hv_domain_start(conn, "none", NULL), -1);
	hv_host_stat(host, &stat);
	assert_int_equal(stat.calls, 5);
	assert_int_equal(stat.failed, 0);
	assert_int_equal(stat.opens, 0);
	atomic_store(&conn->is_late, true);
	assert_int_equal(hv_domain_start(conn, "none", NULL), -1);
	hv_host_stat(host, &stat);
	assert_int_equal(stat.timed_out, 1);
	assert_int_equal(stat.opens, 1);
	hv_host_return(conn);
}

static int listen_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 64), 0);
	return fd;
}

static bool gets_into(
    struct hv_host *host, enum hv_breaker_state wanted, int64_t wait_ms)
{
	struct hv_host_stat stat;
	int64_t end = hs_now_ms() + wait_ms;

	do {
		hv_host_stat(host, &stat);
		if (stat.state == wanted)
			return true;
		hs_pause_ms(5);
	} while (hs_now_ms() < end);
	return false;
}

/* Nobody calls, and yet it is known; who calls then does not wait. */
static void test_silent(void **state)
{
	char dir[] = "/tmp/test-hv-XXXXXX";
	hs_auto(hs_closep) int fd = -1;
	hs_auto(hs_freep) char *path = NULL, *uri = NULL;
	hs_auto(hv_host_freep) struct hv_host *host = NULL;
	struct hv_conn *conn = NULL;
	struct hs_err err = { 0 };
	struct hv_host_stat stat;
	int64_t since;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = hs_printf("%s/any", dir);
	fd = listen_unix(path);
	uri = hs_printf("qemu+unix:///system?socket=%s", path);
	atomic_store(&opened, 0);
	host = host_new(HV_QEMU, uri, 2);
	assert_true(gets_into(host, HV_BREAKER_OPEN, WAIT_MS));
	since = hs_now_ms();
	assert_int_equal(
	    hv_host_borrow(host, HV_QEMU, WAIT_MS, &conn, &err), -1);
	assert_true(hs_now_ms() - since < 150);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_non_null(strstr(err.msg, "host 'h2' does not answer (since 2"));
	assert_true(gets_into(host, HV_BREAKER_HALF_OPEN, WAIT_MS));
	hv_host_stat(host, &stat);
	assert_int_equal(stat.opens, 1);
	assert_int_equal(atomic_load(&opened), 1);
	(void)unlink(path);
	(void)rmdir(dir);
}

static bool keeps_none(const char *name, void *arg)
{
	(void)name;
	(void)arg;
	return false;
}

static void count(struct hv_host *host, void *arg)
{
	(void)host;
	++*(int *)arg;
}

/* By name; one that moves is another. */
static void test_hosts(void **state)
{
	hs_auto(hv_hosts_freep) struct hv_hosts *hosts = hv_hosts_new();
	struct hv_host_conf conf = { .name = "h2" };
	struct hv_conn *conn[4];
	int known = 0;

	(void)state;
	conf.uris[HV_TEST] = "test:///default";
	assert_int_equal(
	    hv_hosts_borrow(hosts, &conf, HV_TEST, WAIT_MS, &conn[0], NULL), 0);
	assert_int_equal(
	    hv_hosts_borrow(hosts, &conf, HV_TEST, WAIT_MS, &conn[1], NULL), 0);
	assert_ptr_equal(conn[0]->host, conn[1]->host);
	conf.name = "h1";
	assert_int_equal(
	    hv_hosts_borrow(hosts, &conf, HV_TEST, WAIT_MS, &conn[2], NULL), 0);
	assert_ptr_not_equal(conn[0]->host, conn[2]->host);
	conf.name = "h2";
	conf.uris[HV_LXC] = "test:///default";
	assert_int_equal(
	    hv_hosts_borrow(hosts, &conf, HV_TEST, WAIT_MS, &conn[3], NULL), 0);
	assert_ptr_not_equal(conn[0]->host, conn[3]->host);
	hv_hosts_each(hosts, count, &known);
	assert_int_equal(known, 2);
	assert_true(hv_is_alive(conn[0]));
	hv_hosts_prune(hosts, keeps_none, NULL);
	hv_hosts_each(hosts, count, &known);
	assert_int_equal(known, 2);
	for (size_t i = 0; i < ARRAY_LEN(conn); i++)
		hv_host_return(conn[i]);
}

static void test_no_uri(void **state)
{
	struct hv_host *host = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    hv_host_new(&(struct hv_host_conf) { .name = "h" }, &host, &err),
	    -1);
	assert_int_equal(err.code, HS_EINVAL);
	hv_host_return(NULL);
	hv_host_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lend),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_no_uri),
	};

	return cmocka_run_group_tests(tests, init, NULL);
}
