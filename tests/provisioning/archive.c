/* archive.c - archives of enterprises that leave, killed at every call; run by
 * run.sh, which has made database ve_alpha with orders of tier-a.
 *
 * archive STATE RUN SHARE        the tests
 * archive STATE RUN SHARE make   archive tier-a, as a job would: HANSE_FAULT
 *                                says what becomes of it
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"
#include "provisioning/archive.h"
#include "provisioning/seal.h"
#include "tests/provisioning/ground.h"

#define CALLS_MAX 200

static const struct archive_of of = { "alpha", "tier-a", "db.shared" };
static char **program;
static struct hs_db *db; /* ve_alpha, as the provisioner */
static char *spec;       /* its members, all of them */

static struct hs_db *open_ve(const struct plat *plat)
{
	hs_auto(hs_freep) char *info =
	    hs_printf("host=%s/control-db dbname=ve_alpha "
		      "user=hanse_provisioner",
		plat->conf->run);
	struct hs_db *opened = NULL;
	struct hs_err err = { 0 };

	if (hs_db_open(info, &opened, &err) < 0)
		fail_msg("%s", err.msg);
	return opened;
}

/* -- Asking ---------------------------------------------------------------- */

/* One value; "" for SQL's NULL. */
static char *ask(struct hs_db *of_db, const char *sql)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };
	const char *value;

	if (hs_db_query(of_db, sql, 0, NULL, &rows, &err) < 0)
		fail_msg("%s: %s", sql, err.msg);
	assert_int_equal(hs_rows_count(rows), 1);
	value = hs_rows_get(rows, 0, "x");
	return hs_strdup(value != NULL ? value : "");
}

#define is(of_db, sql, wanted)                                 \
	do {                                                   \
		hs_auto(hs_freep) char *got = ask(of_db, sql); \
		assert_string_equal(got, wanted);              \
	} while (0)

static size_t files(void)
{
	hs_auto(hs_freep) char *path = plat_path(&ground_plat, "archives");
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	if (dir != NULL)
		(void)closedir(dir);
	return count;
}

/* -- Leaving and coming back ----------------------------------------------- */

static int load_line(
    void *arg, const char *line, size_t len, struct hs_err *err)
{
	(void)arg;
	(void)len;
	return HS_DB_QUERY(
	    db, "SELECT admin.archive_load(ARRAY[$1])", NULL, err, line);
}

/* The newest archive is whole; give it back, and forget it. */
static void give_back(void)
{
	hs_auto(hs_freep) char *id = ask(ground_store,
	    "SELECT max(archive_id) AS x FROM archive WHERE state = 'kept'");
	struct hs_err err = { 0 };
	json_t *header = NULL;

	assert_int_equal(
	    HS_DB_QUERY(
		db, "SELECT admin.members_apply($1::jsonb)", NULL, &err, spec),
	    0);
	assert_int_equal(hs_db_run(db, "BEGIN", NULL), 0);
	if (archive_read(&ground_plat, id, load_line, NULL, &header, &err) < 0)
		fail_msg("%s", err.msg);
	json_decref(header);
	is(db,
	    "SELECT concat_ws(' ', r ->> 'refused', r ->> 'opened', "
	    "r ->> 'written') AS x FROM admin.archive_restore('tier-a') r",
	    "false 3 1");
	assert_int_equal(hs_db_run(db, "COMMIT", NULL), 0);
	assert_int_equal(
	    hs_db_run(ground_store,
		"UPDATE archive SET expires_at = now() WHERE state = 'kept'",
		NULL),
	    0);
	assert_int_equal(archive_expire(&ground_plat, &err), 0);
	assert_int_equal(files(), 0);
	is(ground_store,
	    "SELECT count(*) AS x FROM archive WHERE state <> 'expired'", "0");
}

static void is_archived(void)
{
	is(db, "SELECT string_agg(h, ' ') AS x FROM admin.archive_holders() h",
	    "foundry oem");
	is(ground_store,
	    "SELECT string_agg(concat_ws(' ', state, documents), ', ') AS x "
	    "FROM archive WHERE state <> 'expired'",
	    "kept 4");
	assert_int_equal(files(), 1);
}

/* One that HANSE_FAULT goes with; its exit status, or -1: it was killed. */
static int in_another(const char *how, int number)
{
	hs_auto(hs_freep) char *fault = hs_printf("%s::%d", how, number);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		char *const argv[] = { program[0], program[1], program[2],
			program[3], (char *)(uintptr_t) "make", NULL };

		(void)setenv("HANSE_FAULT", fault, 1);
		(void)execv(program[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return -1;
	}
	assert_true(WEXITSTATUS(status) <= 1);
	return WEXITSTATUS(status);
}

/* At call after call; what is tried again comes to the same. */
static void at_every_call(const char *how)
{
	hs_auto(hs_freep) char *partner =
	    ask(db, "SELECT admin.archive_summary('oem') ->> 'sha256' AS x");
	int number, status = -1;

	for (number = 1; status != 0 && number < CALLS_MAX; number++) {
		struct hs_err err = { 0 };

		status = in_another(how, number);
		if (status != 0 &&
		    archive_make(&ground_plat, db, &of, &err) < 0)
			fail_msg("%s at call %d: %s", how, number, err.msg);
		is_archived();
		is(db, "SELECT admin.archive_summary('oem') ->> 'sha256' AS x",
		    partner);
		give_back();
	}
	(void)printf("%s: %d calls\n", how, number - 2);
	assert_in_range(number, 15, CALLS_MAX - 1);
}

static void test_killed(void **state)
{
	(void)state;
	at_every_call("kill");
}

static void test_failed(void **state)
{
	(void)state;
	at_every_call("fail");
}

/* -- Others ---------------------------------------------------------------- */

static void test_again_is_nothing(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(archive_make(&ground_plat, db, &of, &err), 0);
	assert_int_equal(archive_make(&ground_plat, db, &of, &err), 0);
	is_archived();
	give_back();
}

static void test_no_key_no_removal(void **state)
{
	hs_auto(hs_freep) char *path = archive_key_path(&ground_plat);
	hs_auto(hs_freep) char *away = hs_printf("%s.away", path);
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(archive_make(&ground_plat, db, &of, &err), -1);
	assert_non_null(strstr(err.msg, "key"));
	assert_int_equal(rename(away, path), 0);
	is(db, "SELECT string_agg(h, ' ') AS x FROM admin.archive_holders() h",
	    "foundry oem tier-a");
	assert_int_equal(files(), 0);
	is(db, "SELECT count(*) AS x FROM hanse.enterprise WHERE NOT active",
	    "0");
}

static void test_keep_none(void **state)
{
	struct plat_conf conf = *ground_plat.conf;
	unsigned none = 0;
	struct plat plat;
	struct hs_err err = { 0 };

	(void)state;
	conf.archive.keep_days = &none;
	plat_init(&plat, &conf);
	assert_int_equal(archive_make(&plat, db, &of, &err), 0);
	plat_done(&plat);
	assert_int_equal(files(), 0);
	is(db, "SELECT string_agg(h, ' ') AS x FROM admin.archive_holders() h",
	    "foundry oem");
	is(ground_store,
	    "SELECT count(*) AS x FROM event WHERE event = 'archive.none'",
	    "1");
}

static int make_one(void)
{
	struct hs_err err = { 0 };
	struct hs_db *ve = open_ve(&ground_plat);
	int failed;

	hs_fault_arm(true);
	failed = archive_make(&ground_plat, ve, &of, &err);
	hs_db_close(ve);
	ground_close();
	return failed < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_again_is_nothing),
		cmocka_unit_test(test_no_key_no_removal),
		cmocka_unit_test(test_keep_none),
	};
	hs_auto(hs_freep) char *key = NULL;
	hs_auto(hs_freep) char *dir = NULL;
	int failed;

	program = argv;
	failed = ground_open(argc > 4 ? 4 : argc, argv);
	if (failed != 0)
		return failed;
	if (argc > 4)
		return make_one();
	key = archive_key_path(&ground_plat);
	dir = plat_path(&ground_plat, "ca");
	if (hs_dir_make(dir, 0711, NULL) < 0 || seal_key_make(key, NULL) < 0)
		return 1;
	db = open_ve(&ground_plat);
	spec = ask(db, "SELECT admin.members() AS x");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(spec);
	hs_db_close(db);
	ground_close();
	return failed;
}
