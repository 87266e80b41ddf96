/* silent.c - servers of databases that take connections and say nothing, and
 * statements that are not answered; run by run.sh.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "provisioning/step.h"
#include "tests/provisioning/ground.h"

/* -- A server that hangs --------------------------------------------------- */

/** A port on which the kernel alone answers. */
struct mute {
	int fd;
	struct plat_conf conf;
	struct plat plat;
};

static void mute_open(struct mute *m)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	m->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(m->fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(m->fd, 64), 0);
	assert_int_equal(getsockname(m->fd, (struct sockaddr *)&at, &len), 0);
	m->conf = *ground_plat.conf;
	m->conf.gateway_port = ntohs(at.sin_port);
	plat_init(&m->plat, &m->conf);
}

static void mute_close(struct mute *m)
{
	plat_done(&m->plat);
	(void)close(m->fd);
}

/* How long it takes to learn that it does not answer. */
static int64_t asked_ms(struct mute *m, const char *server)
{
	int64_t since = hs_now_ms();
	struct hs_db *db = NULL;
	struct hs_err err = { 0 };

	assert_int_equal(
	    step_database_open(&m->plat, "ve_v", server, &db, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_non_null(strstr(err.msg, server));
	assert_true(plat_server_is_silent(&m->plat, server));
	return hs_now_ms() - since;
}

static void test_waited_for_once(void **state)
{
	int64_t first, again = 0;
	struct mute m;

	(void)state;
	mute_open(&m);
	m.plat.server_wait_ms = 3000;
	assert_false(plat_server_is_silent(&m.plat, "db.v"));
	first = asked_ms(&m, "db.v");
	assert_in_range(first, 3000, 9000);
	for (int i = 0; i < 100; i++)
		again += asked_ms(&m, "db.v");
	assert_in_range(again, 0, 3000);
	mute_close(&m);
}

/* One that is started is waited for anew, and another one is another one. */
static void test_expected_again(void **state)
{
	struct mute m;

	(void)state;
	mute_open(&m);
	m.plat.server_wait_ms = 0;
	(void)asked_ms(&m, "db.v");
	assert_false(plat_server_is_silent(&m.plat, "db.w"));
	plat_server_expect(&m.plat, "db.w");
	plat_server_expect(&m.plat, "db.v");
	assert_false(plat_server_is_silent(&m.plat, "db.v"));
	/* A short try each: an undo that is tried again waits for nobody. */
	assert_in_range(asked_ms(&m, "db.v"), 0, 3500);
	assert_in_range(asked_ms(&m, "db.w"), 0, 3500);
	mute_close(&m);
}

/* Nobody waits for it any more: it is not given up for that. */
static void test_cancelled(void **state)
{
	atomic_bool cancel = true;
	struct hs_err err = { 0 };
	const struct hs_err last = { HS_EREMOTE, "nothing" };
	struct mute m;

	(void)state;
	mute_open(&m);
	m.plat.cancel = &cancel;
	assert_int_equal(plat_server_wait(&m.plat, "db.v", &last, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_false(plat_server_is_silent(&m.plat, "db.v"));
	mute_close(&m);
}

static int removed(struct mute *m, enum object_kind kind, const char *name)
{
	struct object o = {
		.kind = kind,
		.name = (char *)(uintptr_t)name,
		.ve = (char *)(uintptr_t) "v",
		.attrs = json_pack("{s:s}", "server", "db.v"),
	};
	int failed = step_ops_of(kind)->remove(&m->plat, &o, NULL);

	json_decref(o.attrs);
	return failed;
}

/* What was on a server whose data are gone is gone; on a silent one it is not:
 * its undo stays to be done. */
static void test_gone_with_server(void **state)
{
	hs_auto(hs_freep) char *dir = plat_path(&ground_plat, "volumes");
	hs_auto(hs_freep) char *volume =
	    plat_path(&ground_plat, "volumes/db.v.raw");
	struct mute m;

	(void)state;
	mute_open(&m);
	m.plat.server_wait_ms = 0;
	assert_int_equal(removed(&m, OBJ_DATABASE, "ve_v"), 0);
	assert_int_equal(removed(&m, OBJ_ROLE, "v.one"), 0);
	assert_int_equal(hs_dir_make(dir, 0755, NULL), 0);
	assert_int_equal(hs_file_write(volume, "", 0, 0600, NULL), 0);
	assert_int_equal(removed(&m, OBJ_DATABASE, "ve_v"), -1);
	assert_int_equal(removed(&m, OBJ_ROLE, "v.one"), -1);
	assert_true(plat_server_is_silent(&m.plat, "db.v"));
	assert_int_equal(unlink(volume), 0);
	assert_int_equal(rmdir(dir), 0);
	mute_close(&m);
}

/* -- A statement that takes long ------------------------------------------- */

struct watch {
	int64_t patience_ms;
	unsigned asked;
};

static int watch(void *arg, int64_t waited_ms, struct hs_err *err)
{
	struct watch *w = arg;

	w->asked++;
	if (waited_ms < w->patience_ms)
		return 0;
	return hs_fail(err, HS_EREMOTE, "nobody waits so long");
}

static int sleep_guarded(
    struct plat *plat, struct watch *w, const char *sql, struct hs_err *err)
{
	struct hs_db *db;

	assert_int_equal(plat_store(plat, &db, NULL), 0);
	hs_db_set_guard(db, watch, w);
	if (hs_db_run(db, "SET application_name = 'guarded'", err) < 0)
		return -1;
	return hs_db_query(db, sql, 0, NULL, NULL, err);
}

static void test_guard(void **state)
{
	struct watch patient = { .patience_ms = 60000 };
	struct watch hasty = { .patience_ms = 1500 };
	struct hs_err err = { 0 };
	struct plat plat;

	(void)state;
	plat_init(&plat, ground_plat.conf);
	assert_int_equal(
	    sleep_guarded(&plat, &patient, "SELECT pg_sleep(2.2)", &err), 0);
	assert_in_range(patient.asked, 1, 2);
	assert_int_equal(
	    sleep_guarded(&plat, &hasty, "SELECT pg_sleep(30)", &err), -1);
	assert_string_equal(err.msg, "nobody waits so long");
	assert_int_equal(err.code, HS_EREMOTE);
	assert_int_equal(hasty.asked, 2);
	assert_false(hs_db_is_alive(plat.store));
	plat_done(&plat);
}

/* What the server refuses is told as without a guard, and what is lost, too. */
static void test_guarded_failures(void **state)
{
	struct watch patient = { .patience_ms = 60000 };
	struct hs_err err = { 0 };
	struct plat plat;

	(void)state;
	plat_init(&plat, ground_plat.conf);
	assert_int_equal(
	    sleep_guarded(&plat, &patient, "SELECT 1 / 0", &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_string_equal(hs_db_sqlstate(plat.store), "22012");
	assert_true(hs_db_is_alive(plat.store));
	assert_int_equal(
	    hs_db_run(plat.store, "SELECT 1; SELECT 2; SELECT 1 / 0", &err),
	    -1);
	assert_string_equal(hs_db_sqlstate(plat.store), "22012");
	assert_int_equal(
	    sleep_guarded(&plat, &patient,
		"SELECT pg_terminate_backend(pg_backend_pid())", &err),
	    -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_false(hs_db_is_alive(plat.store));
	plat_done(&plat);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waited_for_once),
		cmocka_unit_test(test_expected_again),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_gone_with_server),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_guarded_failures),
	};
	int failed = ground_open(argc, argv);

	if (failed == 0)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	ground_close();
	return failed;
}
