/* test_hv_sim.c - simulated hosts answer as libvirt does, and fall silent. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "hv/conn.h"

#define WAIT_MS 5000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hs_text told;

static int init(void **state)
{
	(void)state;
	return hv_init(NULL);
}

static int done(void **state)
{
	(void)state;
	hs_text_done(&told);
	return 0;
}

static struct hv_conn *open_sim(const char *uri)
{
	struct hv_conn *conn = NULL;

	assert_int_equal(hv_open(uri, &conn, NULL), 0);
	return conn;
}

static int define(struct hv_conn *conn, const char *name, const char *uuid,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *xml = hs_printf(
	    "<domain type='kvm'><name>%s</name><uuid>%s</uuid><metadata>"
	    "<h:object xmlns:h='https://hanse.example/ns/1' kind='domain' "
	    "template='app' ve='v' enterprise='e' generation='1'/></metadata>"
	    "<memory>524288</memory><currentMemory>262144</currentMemory>"
	    "<vcpu current='1'>4</vcpu></domain>",
	    name, uuid);

	return hv_domain_define(conn, xml, err);
}

static void note(const struct hv_event *event, void *arg)
{
	(void)arg;
	(void)pthread_mutex_lock(&lock);
	hs_text_addf(
	    &told, "%s %s\n", hv_change_name(event->change), event->name);
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

static enum hv_state state_of(struct hv_conn *conn, const char *name)
{
	enum hv_state now = HV_STATE_COUNT;

	assert_int_equal(hv_domain_state(conn, name, &now, NULL), 0);
	return now;
}

/* As libvirt: again is fine, what is not there is gone, others' names are
 * refused; and each change is told, once, in order. */
static void test_life(void **state)
{
	hs_auto(hv_closep) struct hv_conn *conn = open_sim("sim:///life");
	hs_auto(hv_closep) struct hv_conn *other = open_sim("sim:///life");
	hs_auto(hv_watch_stopp) struct hv_watch *watch = NULL;
	char uuid[HV_UUID_SIZE];
	struct hs_err err = { 0 };
	enum hv_state now;

	(void)state;
	assert_int_equal(hv_conn_driver(conn), HV_QEMU);
	assert_int_equal(hv_watch_start(other, note, NULL, &watch, NULL), 0);
	hv_uuid5("domain", "v.e", uuid);
	assert_int_equal(hv_domain_start(conn, "v.e", &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(define(conn, "v.e", uuid, NULL), 0);
	assert_int_equal(define(conn, "v.e", uuid, NULL), 0);
	assert_int_equal(define(conn, "v.e", "another", &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(state_of(other, "v.e"), HV_STOPPED);
	assert_int_equal(hv_domain_resume(conn, "v.e", &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(hv_domain_start(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_start(conn, "v.e", NULL), 0);
	assert_int_equal(state_of(other, "v.e"), HV_RUNNING);
	assert_int_equal(hv_domain_undefine(conn, "v.e", &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(hv_domain_suspend(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_resume(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_shutdown(conn, "v.e", 1000, NULL), 0);
	assert_int_equal(hv_domain_destroy(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_undefine(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_undefine(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_state(conn, "v.e", &now, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_true(is_told("defined v.e\ndefined v.e\nstarted v.e\n"
			    "suspended v.e\nresumed v.e\nstopped v.e\n"
			    "undefined v.e\n"));
}

static void test_changes(void **state)
{
	hs_auto(hv_closep) struct hv_conn *conn = open_sim("sim:///changes");
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };
	char uuid[HV_UUID_SIZE];
	struct hs_err err = { 0 };

	(void)state;
	hv_uuid5("domain", "v.e", uuid);
	assert_int_equal(define(conn, "v.e", uuid, NULL), 0);
	assert_int_equal(hv_domain_start(conn, "v.e", NULL), 0);
	assert_int_equal(hv_domain_set_memory(conn, "v.e", 524288, NULL), 0);
	assert_int_equal(hv_domain_set_memory(conn, "v.e", 524289, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_int_equal(hv_domain_set_vcpus(conn, "v.e", 3, NULL), 0);
	assert_int_equal(hv_domain_set_vcpus(conn, "v.e", 2, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_int_equal(hv_list(conn, HV_DOMAIN, &objects, NULL), 0);
	assert_int_equal(objects.count, 1);
	assert_string_equal(objects.list[0].enterprise, "e");
	assert_int_equal(objects.list[0].memory_kib, 524288);
	assert_int_equal(objects.list[0].vcpus, 3);
	assert_int_equal(objects.list[0].state, HV_RUNNING);
}

/* Those from the start, sorted, with a UUID that makes them ours. */
static void test_domains(void **state)
{
	hs_auto(hv_closep) struct hv_conn *conn =
	    open_sim("sim:///full?driver=lxc&latency_ms=20&domains=12");
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };
	hs_auto(hv_usages_done) struct hv_usages usages = { 0 };
	char uuid[HV_UUID_SIZE];
	int64_t since = hs_now_ms();

	(void)state;
	assert_int_equal(hv_conn_driver(conn), HV_LXC);
	assert_int_equal(hv_list(conn, HV_DOMAIN, &objects, NULL), 0);
	assert_true(hs_now_ms() - since >= 20);
	assert_int_equal(objects.count, 12);
	for (size_t i = 0; i < objects.count; i++) {
		hv_uuid5("domain", objects.list[i].name, uuid);
		assert_string_equal(uuid, objects.list[i].uuid);
		assert_true(i == 0 || strcmp(objects.list[i - 1].name,
					  objects.list[i].name) < 0);
	}
	assert_int_equal(hv_domain_destroy(conn, "full.d3", NULL), 0);
	assert_int_equal(hv_usage_list(conn, &usages, NULL), 0);
	assert_int_equal(usages.count, 11);
	hv_usages_done(&usages);
	assert_int_equal(hv_usage_find(conn, "full.d4", &usages, NULL), 0);
	assert_int_equal(usages.count, 1);
	assert_string_equal(usages.list[0].name, "full.d4");
	hv_usages_done(&usages);
	assert_int_equal(hv_usage_find(conn, "full.d3", &usages, NULL), 0);
	assert_int_equal(usages.count, 0);
}

static void test_networks(void **state)
{
	hs_auto(hv_closep) struct hv_conn *conn = open_sim("sim:///net");
	struct hs_err err = { 0 };
	enum hv_state now;

	(void)state;
	assert_int_equal(hv_network_define(conn,
			     "<network><name>hanse-v</name><uuid>u</uuid>"
			     "<metadata><h:object kind='network' ve='v' "
			     "xmlns:h='https://hanse.example/ns/1'/></metadata>"
			     "</network>",
			     NULL),
	    0);
	assert_int_equal(hv_network_start(conn, "hanse-v", NULL), 0);
	assert_int_equal(hv_network_state(conn, "hanse-v", &now, NULL), 0);
	assert_int_equal(now, HV_RUNNING);
	assert_int_equal(hv_network_define(conn, "<network/>", &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
}

static bool gets_into(struct hv_host *host, enum hv_breaker_state wanted)
{
	struct hv_host_stat stat = { .state = HV_BREAKER_COUNT };

	for (int64_t end = hs_now_ms() + WAIT_MS;
	     stat.state != wanted && hs_now_ms() < end; hs_pause_ms(5))
		hv_host_stat(host, &stat);
	return stat.state == wanted;
}

struct caller {
	struct hv_conn *conn;
	struct hs_err err;
	int result;
};

static void *start_domain(void *arg)
{
	struct caller *c = arg;

	c->result = hv_domain_start(c->conn, "sick.d1", &c->err);
	return NULL;
}

/* A host freezes under a call: it is let go long before its 120 s, the breaker
 * is open, and closes when the host goes on. */
static void test_freeze(void **state)
{
	const char *uri = "sim:///sick?domains=2";
	struct hv_host_conf conf = { .name = "h2",
		.probe_ms = 50,
		.retry_ms = 50,
		.answer_ms = 200,
		.uris[HV_QEMU] = uri };
	hs_auto(hv_host_freep) struct hv_host *host = NULL;
	struct caller caller = { 0 };
	struct hv_conn *refused = NULL;
	struct hs_err err = { 0 };
	enum hv_state now;
	pthread_t thread;

	(void)state;
	assert_int_equal(hv_host_new(&conf, &host, NULL), 0);
	assert_int_equal(
	    hv_host_borrow(host, HV_QEMU, WAIT_MS, &caller.conn, NULL), 0);
	assert_int_equal(hv_sim_freeze("sick", true, NULL), 0);
	assert_int_equal(
	    pthread_create(&thread, NULL, start_domain, &caller), 0);
	assert_true(gets_into(host, HV_BREAKER_OPEN));
	(void)pthread_join(thread, NULL);
	assert_int_equal(caller.result, -1);
	assert_int_equal(caller.err.code, HS_EREMOTE);
	assert_non_null(strstr(caller.err.msg, "host 'h2' does not answer"));
	assert_int_equal(
	    hv_host_borrow(host, HV_QEMU, WAIT_MS, &refused, &err), -1);
	assert_non_null(strstr(err.msg, "host 'h2' does not answer"));
	/* No contact is not "stopped". */
	assert_int_equal(
	    hv_domain_state(caller.conn, "sick.d1", &now, NULL), 0);
	assert_int_equal(now, HV_UNKNOWN);
	hv_host_return(caller.conn);
	assert_int_equal(hv_sim_freeze("sick", false, NULL), 0);
	assert_true(gets_into(host, HV_BREAKER_CLOSED));
	assert_int_equal(
	    hv_host_borrow(host, HV_QEMU, WAIT_MS, &caller.conn, NULL), 0);
	assert_int_equal(hv_domain_start(caller.conn, "sick.d1", NULL), 0);
	hv_host_return(caller.conn);
}

static void test_uris(void **state)
{
	static const char *const wrong[] = { "sim:///", "sim:///a?driver=none",
		"sim:///a?latency_ms=x", "sim:///a?more=1", "sim:///a?" };
	struct hv_conn *conn = NULL;
	struct hs_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(hv_open(wrong[i], &conn, &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
	}
	assert_int_equal(hv_sim_freeze("never", true, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_freeze),
		cmocka_unit_test(test_uris),
	};

	return cmocka_run_group_tests(tests, init, done);
}
