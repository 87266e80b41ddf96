/* quota.c - many clients at the quota ledger of a scratch control database:
 *
 *   quota CONNINFO CLIENTS OPERATIONS SEED [unlocked]
 *
 * Each client is a process that creates, grows, shrinks and removes enterprises
 * of virtual enterprises with little room, as jobs do: an intent that reserves,
 * an end that settles, done or undone. Some fail and roll back, some lose their
 * connection within a transaction, some are killed (SIGKILL) there or between
 * the two; a new process then takes the dead one's job up. Meanwhile another
 * connection adds up who holds what, with SQL of its own, against the limits.
 *
 * Exit status 0: no limit was passed, and the ledger is what the specs say.
 * 3: a limit was passed; 4: the ledger is wrong; 1: the run proves nothing.
 * "unlocked" takes the locks out of the ledger: then 3 must come out.
 */

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/err.h"
#include "gen/quota_sql.h"
#include "provisioning/quota.h"
#include "provisioning/store.h"

#define CLIENTS_MAX 256
#define VES         48 /* fewer than clients: they meet */
#define MEMBERS     6

/* -- What the processes share ---------------------------------------------- */

enum count {
	COUNT_TAKEN, /* operations begun */
	COUNT_DONE,
	COUNT_UNDONE,
	COUNT_REFUSED,
	COUNT_ROLLED_BACK,
	COUNT_CUT,    /* connections lost within a transaction */
	COUNT_KILLED, /* processes killed */
	COUNT_TAKEN_UP,
	COUNT_LIMIT_SET,
	COUNT_SAMPLES,
	COUNT_PASSED, /* samples in which a limit was passed */
	COUNT_ERRORS, /* what should not happen: deadlocks, for one */
};
#define COUNT_COUNT (COUNT_ERRORS + 1)

static const char *const count_names[COUNT_COUNT] = {
	[COUNT_TAKEN] = "operations",
	[COUNT_DONE] = "done",
	[COUNT_UNDONE] = "undone",
	[COUNT_REFUSED] = "refused",
	[COUNT_ROLLED_BACK] = "rolled back",
	[COUNT_CUT] = "connections killed",
	[COUNT_KILLED] = "processes killed",
	[COUNT_TAKEN_UP] = "jobs taken up again",
	[COUNT_LIMIT_SET] = "limits changed",
	[COUNT_SAMPLES] = "samples",
	[COUNT_PASSED] = "samples with a limit passed",
	[COUNT_ERRORS] = "errors",
};

static struct shared {
	atomic_long counts[COUNT_COUNT];
	atomic_bool over;
} * shared;

static const char *conninfo;
static long operations;

static void add(enum count which)
{
	(void)atomic_fetch_add(&shared->counts[which], 1);
}

static long count_of(enum count which)
{
	return atomic_load(&shared->counts[which]);
}

/* -- Chance ---------------------------------------------------------------- */

static uint64_t chance_state;

static unsigned chance(unsigned below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (unsigned)(chance_state >> 33) % below;
}

static bool percent(unsigned n)
{
	return chance(100) < n;
}

/* -- Virtual enterprises --------------------------------------------------- */

static json_t *member_new(void)
{
	return json_pack("{s:i, s:i, s:i}", "vcpus", 1 + (int)chance(4),
	    "memory_mib", 128 * (1 + (int)chance(4)), "connections",
	    5 * (1 + (int)chance(4)));
}

static void grow_or_shrink(json_t *member, bool grow)
{
	const char *key;
	json_t *value;

	json_object_foreach (member, key, value) {
		json_int_t unit = strcmp(key, "memory_mib") == 0 ? 128 : 1;
		json_int_t now = json_integer_value(value);

		if (grow)
			(void)json_integer_set(
			    value, now + unit * (json_int_t)(1 + chance(3)));
		else if (now > 2 * unit)
			(void)json_integer_set(value, now - unit);
	}
}

/* The spec that some operation makes of another. */
static json_t *changed(const json_t *old)
{
	json_t *spec = json_deep_copy(old), *member;
	char name[8];

	if (percent(6)) {
		(void)json_object_clear(spec); /* destroy */
		return spec;
	}
	if (percent(10)) {
		(void)json_object_set_new(spec, "db",
		    json_pack("{s:i, s:i, s:i}", "vcpus", 2, "memory_mib", 512,
			"disk_gib", 4 + (int)chance(8)));
		return spec;
	}
	for (unsigned n = 1 + chance(2); n > 0; n--) {
		(void)snprintf(name, sizeof(name), "e%u", chance(MEMBERS));
		member = json_object_get(spec, name);
		if (member == NULL)
			(void)json_object_set_new(spec, name, member_new());
		else if (percent(35))
			(void)json_object_del(spec, name);
		else
			grow_or_shrink(member, percent(50));
	}
	return spec;
}

static void add_member(
    struct objects *o, const char *ve, const char *name, const json_t *member)
{
	hs_auto(hs_freep) char *full = hs_printf("%s.%s", ve, name);

	(void)objects_add(
	    o, OBJ_DOMAIN, full, ve, name, json_deep_copy(member), NULL);
	(void)objects_add(
	    o, OBJ_ROLE, full, ve, name, json_deep_copy(member), NULL);
}

static void add_server(
    struct objects *o, const char *name, const char *ve, const json_t *server)
{
	(void)objects_add(
	    o, OBJ_DB_DOMAIN, name, ve, NULL, json_deep_copy(server), NULL);
	(void)objects_add(o, OBJ_VOLUME, name, ve, NULL,
	    json_pack("{s:O}", "size_gib", json_object_get(server, "disk_gib")),
	    NULL);
}

/* What a VE's spec wants, and the platform with it. */
static void objects_of(
    const char *ve, const json_t *spec, struct objects *ret_objects)
{
	hs_auto(hs_freep) char *own = hs_printf("db.%s", ve);
	json_t *shared_server = json_pack(
	    "{s:i, s:i, s:i}", "vcpus", 2, "memory_mib", 512, "disk_gib", 8);
	const char *name;
	json_t *member;

	*ret_objects = (struct objects) { 0 };
	add_server(ret_objects, "db.shared", NULL, shared_server);
	json_decref(shared_server);
	json_object_foreach ((json_t *)spec, name, member)
		if (strcmp(name, "db") == 0)
			add_server(ret_objects, own, ve, member);
		else
			add_member(ret_objects, ve, name, member);
}

/* -- A client -------------------------------------------------------------- */

struct client {
	struct hs_db *db;
	char slot[12];
};

/* A job under way. */
struct task {
	char ve[8];
	json_t *old, *new;
};

static void task_done(struct task *t)
{
	json_decref(t->old);
	json_decref(t->new);
	*t = (struct task) { 0 };
}

static void must(int result, const struct hs_err *err)
{
	if (result == 0)
		return;
	(void)fprintf(stderr, "quota: %s\n", err->msg);
	exit(1);
}

static void reopen(struct client *c)
{
	struct hs_err err = { 0 };

	hs_db_close(c->db);
	must(hs_db_open(conninfo, &c->db, &err), &err);
	must(hs_db_run(c->db, "SET client_min_messages = warning", &err), &err);
}

static void die(void)
{
	add(COUNT_KILLED);
	(void)kill(getpid(), SIGKILL);
}

/* Accidents within a transaction; true if it is gone. */
static bool accident(struct client *c)
{
	if (percent(3))
		die();
	if (percent(3)) {
		add(COUNT_CUT);
		(void)hs_db_run(c->db,
		    "SELECT pg_terminate_backend(pg_backend_pid())", NULL);
		reopen(c);
		return true;
	}
	if (percent(10)) {
		add(COUNT_ROLLED_BACK);
		(void)hs_db_run(c->db, "ROLLBACK", NULL);
		return true;
	}
	return false;
}

/* A free VE and its spec; false if somebody has it. */
static bool claim(struct client *c, struct task *t)
{
	hs_auto(hs_rows_freep) struct hs_rows *held = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };

	(void)snprintf(t->ve, sizeof(t->ve), "v%u", chance(VES));
	must(HS_DB_QUERY(c->db, quota_sql_hold, &held, &err, t->ve), &err);
	if (hs_rows_count(held) == 0)
		return false;
	must(HS_DB_QUERY(c->db, quota_sql_claim, &rows, &err, t->ve), &err);
	if (hs_rows_count(rows) == 0)
		return false;
	t->old = json_loads(hs_rows_get(rows, 0, "spec"), 0, NULL);
	t->new = changed(t->old);
	return true;
}

static int put_job(struct client *c, const struct task *t, struct hs_err *err)
{
	hs_auto(hs_freep) char *old = json_dumps(t->old, JSON_COMPACT);
	hs_auto(hs_freep) char *new = json_dumps(t->new, JSON_COMPACT);

	return HS_DB_QUERY(
	    c->db, quota_sql_job, NULL, err, t->ve, c->slot, old, new);
}

/* The intent, within a transaction. Errors: HS_ELIMIT. */
static int reserve(struct client *c, const struct task *t, struct hs_err *err)
{
	hs_auto(objects_done) struct objects wanted = { 0 };

	objects_of(t->ve, t->new, &wanted);
	if (quota_reserve(c->db, t->ve, &wanted, err) < 0)
		return -1;
	return put_job(c, t, err);
}

/* The job's end; a second try if its connection was cut. */
static void settle(struct client *c, const struct task *t, bool well)
{
	hs_auto(objects_done) struct objects wanted = { 0 };
	hs_auto(hs_freep) char *spec =
	    json_dumps(well ? t->new : t->old, JSON_COMPACT);
	struct hs_err err = { 0 };

	objects_of(t->ve, well ? t->new : t->old, &wanted);
	do {
		must(hs_db_run(c->db, "BEGIN", &err), &err);
		must(HS_DB_QUERY(c->db, quota_sql_end, NULL, &err, t->ve, spec),
		    &err);
		if (quota_settle(c->db, t->ve, &wanted, &err) < 0)
			add(COUNT_ERRORS);
	} while (accident(c) || hs_db_run(c->db, "COMMIT", &err) < 0);
	add(well ? COUNT_DONE : COUNT_UNDONE);
}

/* Limits come and go while others reserve; never above what they were. */
static void set_limit(struct client *c)
{
	struct hs_err err = { 0 };
	char limit[12];

	(void)snprintf(limit, sizeof(limit), "%u", 4 + chance(9));
	if (HS_DB_QUERY(c->db, quota_sql_limit, NULL, &err,
		percent(20) ? NULL : limit) < 0)
		add(COUNT_ERRORS);
	add(COUNT_LIMIT_SET);
}

static void begin_failed(struct client *c, const struct hs_err *err)
{
	add(err->code == HS_ELIMIT ? COUNT_REFUSED : COUNT_ERRORS);
	if (err->code != HS_ELIMIT)
		(void)fprintf(stderr, "quota: %s\n", err->msg);
	(void)hs_db_run(c->db, "ROLLBACK", NULL);
}

static void operation(struct client *c)
{
	hs_auto(task_done) struct task t = { 0 };
	struct hs_err err = { 0 };

	if (chance(200) == 0) {
		set_limit(c);
		return;
	}
	for (;;) {
		must(hs_db_run(c->db, "BEGIN", &err), &err);
		if (claim(c, &t))
			break;
		must(hs_db_run(c->db, "ROLLBACK", &err), &err);
	}
	if (reserve(c, &t, &err) < 0) {
		begin_failed(c, &err);
		return;
	}
	if (accident(c))
		return;
	must(hs_db_run(c->db, "COMMIT", &err), &err);
	if (percent(3))
		die(); /* a job that nobody ends */
	settle(c, &t, percent(80));
}

/* What the one before in this slot left when it was killed. */
static void take_up(struct client *c)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };

	must(HS_DB_QUERY(c->db, quota_sql_left, &rows, &err, c->slot), &err);
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		hs_auto(task_done) struct task t = { 0 };

		(void)snprintf(
		    t.ve, sizeof(t.ve), "%s", hs_rows_get(rows, i, "ve"));
		t.old = json_loads(hs_rows_get(rows, i, "old"), 0, NULL);
		t.new = json_loads(hs_rows_get(rows, i, "new"), 0, NULL);
		add(COUNT_TAKEN_UP);
		settle(c, &t, percent(50));
	}
}

static void client_run(unsigned slot)
{
	struct client c = { 0 };

	(void)snprintf(c.slot, sizeof(c.slot), "%u", slot);
	reopen(&c);
	take_up(&c);
	while (atomic_fetch_add(&shared->counts[COUNT_TAKEN], 1) < operations)
		operation(&c);
	(void)atomic_fetch_sub(&shared->counts[COUNT_TAKEN], 1);
	hs_db_close(c.db);
	exit(0);
}

/* -- The one who looks ----------------------------------------------------- */

static void look(struct hs_db *db)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };

	must(hs_db_query(db, quota_sql_passed, 0, NULL, &rows, &err), &err);
	add(COUNT_SAMPLES);
	if (hs_rows_count(rows) == 0)
		return;
	if (count_of(COUNT_PASSED) == 0)
		(void)fprintf(stderr, "quota: %s: %s: limit %s, used %s\n",
		    hs_rows_get(rows, 0, "scope"),
		    hs_rows_get(rows, 0, "resource"),
		    hs_rows_get(rows, 0, "cap"), hs_rows_get(rows, 0, "used"));
	add(COUNT_PASSED);
}

static void sampler_run(void)
{
	struct hs_db *db = NULL;
	struct hs_err err = { 0 };

	must(hs_db_open(conninfo, &db, &err), &err);
	while (!atomic_load(&shared->over))
		look(db);
	look(db);
	hs_db_close(db);
	exit(0);
}

/* -- The run --------------------------------------------------------------- */

static pid_t start(void (*run)(unsigned), unsigned slot, uint64_t seed)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	chance_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	run(slot);
	_exit(1);
}

static void sampler_start(unsigned slot)
{
	(void)slot;
	sampler_run();
}

/* Who is killed is followed by another in his slot, until all have ended. */
static int run_clients(unsigned clients, uint64_t seed)
{
	pid_t pids[CLIENTS_MAX];
	unsigned left = clients;
	uint64_t births = 0;

	for (unsigned i = 0; i < clients; i++)
		pids[i] = start(client_run, i, seed * 1000003 + births++);
	while (left > 0) {
		int status;
		pid_t pid = wait(&status);
		unsigned slot = 0;

		while (slot < clients && pids[slot] != pid)
			slot++;
		if (pid < 0 || slot == clients ||
		    (WIFEXITED(status) && WEXITSTATUS(status) != 0))
			return -1;
		if (WIFEXITED(status))
			left--;
		else
			pids[slot] =
			    start(client_run, slot, seed * 1000003 + births++);
	}
	return 0;
}

static void prepare(struct hs_db *db, bool unlocked)
{
	struct hs_err err = { 0 };

	must(store_migrate(db, &err), &err);
	must(hs_db_run(db, quota_sql_setup, &err), &err);
	if (unlocked)
		must(hs_db_run(db, quota_sql_unlocked, &err), &err);
}

static long differences(struct hs_db *db)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };

	must(hs_db_query(db, quota_sql_recount, 0, NULL, &rows, &err), &err);
	for (size_t i = 0; i < hs_rows_count(rows) && i < 5; i++)
		(void)fprintf(stderr, "quota: %s: %s: ledger %s, specs %s\n",
		    hs_rows_get(rows, i, "object"),
		    hs_rows_get(rows, i, "resource"),
		    hs_rows_get(rows, i, "ledger"),
		    hs_rows_get(rows, i, "specs"));
	return (long)hs_rows_count(rows);
}

/* A run in which nothing happened is no proof. */
static bool proves(void)
{
	static const enum count needed[] = { COUNT_DONE, COUNT_UNDONE,
		COUNT_REFUSED, COUNT_ROLLED_BACK, COUNT_CUT, COUNT_KILLED,
		COUNT_TAKEN_UP, COUNT_SAMPLES };

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (count_of(needed[i]) == 0)
			return false;
	return count_of(COUNT_TAKEN) == operations &&
	       count_of(COUNT_ERRORS) == 0;
}

static int report(struct hs_db *db, int64_t ms)
{
	long different = differences(db);

	for (size_t i = 0; i < COUNT_COUNT; i++)
		(void)printf(
		    "%-28s %8ld\n", count_names[i], count_of((enum count)i));
	(void)printf("%-28s %8ld\n", "rows not as recounted", different);
	(void)printf("%-28s %8.1f\n", "seconds", (double)ms / 1000);
	if (count_of(COUNT_PASSED) > 0)
		return 3;
	if (different > 0)
		return 4;
	return proves() ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct hs_db *db = NULL;
	struct hs_err err = { 0 };
	int64_t since = hs_now_ms();
	pid_t sampler;
	unsigned clients;

	if (argc < 5 || (clients = (unsigned)atoi(argv[2])) == 0 ||
	    clients > CLIENTS_MAX)
		return 64;
	conninfo = argv[1];
	operations = atol(argv[3]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(hs_db_open(conninfo, &db, &err), &err);
	prepare(db, argc > 5);
	(void)fflush(NULL);
	sampler = start(sampler_start, 0, 1);
	if (run_clients(clients, strtoull(argv[4], NULL, 10)) < 0) {
		(void)fprintf(stderr, "quota: a client failed\n");
		(void)kill(sampler, SIGKILL);
		return 1;
	}
	atomic_store(&shared->over, true);
	(void)waitpid(sampler, NULL, 0);
	return report(db, hs_now_ms() - since);
}
