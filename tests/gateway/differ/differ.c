/* differ.c - random pipelined messages, to PostgreSQL itself and through the
 * gateway; what comes back must be the same, byte by byte.
 *
 *   differ DIRECT GATEWAY CLIENTS MESSAGES SEED
 *   differ break CONNINFO
 *   differ ghost CONNINFO
 *   differ copied CONNINFO
 *   differ bound CONNINFO
 *
 * DIRECT and GATEWAY are conninfos (with TLS). Each client has a connection to
 * both; some hang up amidst a script and come again, some cancel, some fall
 * silent for a moment, so that what was asked is answered. Names in the
 * text of an error are left aside: the gateway has its own for statements. The
 * other four are cases.c's.
 */

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cases.h"
#include "client.h"

#define CLIENTS_MAX 64
#define SCRIPT_MAX  40

uint64_t client_seed;
atomic_bool client_failed;
atomic_long client_excused;

static const char *conninfos[2];
static atomic_long messages_left, messages, scripts, hangups, cancels, ends,
    crashes; /* told to so many clients */

static void tally(const struct client *c)
{
	atomic_fetch_add(&messages, (long)c->script.count);
	atomic_fetch_sub(&messages_left, (long)c->script.count);
}

static void close_all(struct client *c)
{
	for (int i = 0; i < 2; i++)
		way_close(&c->ways[i]);
	PQfinish(c->witness);
	c->witness = NULL;
}

static int open_both_once(struct client *c)
{
	if (c->witness == NULL)
		c->witness = PQconnectdb(conninfos[0]);
	if (PQstatus(c->witness) != CONNECTION_OK)
		return -1;
	for (int i = 0; i < 2; i++) {
		c->ways[i].conninfo = conninfos[i];
		if (way_open(&c->ways[i]) < 0)
			return -1;
	}
	return 0;
}

/* PostgreSQL that has crashed comes back; otherwise there is but one try. */
static int open_both(struct client *c)
{
	const struct timespec a_moment = { .tv_nsec = 200000000 };
	int64_t end = now_ms() + WAY_WAIT_MS;
	int rc;

	while ((rc = open_both_once(c)) < 0 &&
	       (atomic_load(&crashes) > 0 || client_has_crashed(c, CRASH_MS)) &&
	       now_ms() < end) {
		close_all(c);
		(void)nanosleep(&a_moment, NULL);
	}
	return rc;
}

static int after_crash(struct client *c)
{
	atomic_fetch_add(&crashes, 1);
	close_all(c);
	return open_both(c);
}

static int hang_up(struct client *c)
{
	size_t part =
	    script_dice(&c->script, (uint32_t)c->script.bytes.len + 1);

	atomic_fetch_add(&hangups, 1);
	for (int i = 0; i < 2; i++) {
		(void)way_talk(&c->ways[i], &c->script.bytes, part, false);
		way_close(&c->ways[i]);
	}
	return open_both(c);
}

static void *cancel_soon(void *arg)
{
	PGconn *const *conns = arg;
	const struct timespec while_it_sleeps = { .tv_nsec = 30000000 };
	char error[256];

	(void)nanosleep(&while_it_sleeps, NULL);
	for (int i = 0; i < 2; i++) {
		PGcancel *cancel = PQgetCancel(conns[i]);

		(void)PQcancel(cancel, error, sizeof(error));
		PQfreeCancel(cancel);
	}
	return NULL;
}

/* Both sleep and are woken; each must hear of that and go on. */
static int sleep_and_cancel(struct client *c)
{
	PGconn *conns[] = { c->ways[0].conn, c->ways[1].conn };
	pthread_t thread;
	int rc = 0;

	atomic_fetch_add(&cancels, 1);
	script_clear(&c->script);
	script_query(&c->script, "SELECT pg_sleep(5)");
	script_closing(&c->script);
	tally(c);
	if (pthread_create(&thread, NULL, cancel_soon, conns) != 0)
		return -1;
	for (int i = 0; i < 2 && rc == 0; i++)
		rc = way_talk(
		    &c->ways[i], &c->script.bytes, c->script.bytes.len, true);
	(void)pthread_join(thread, NULL);
	return rc;
}

static int one_script(struct client *c)
{
	unsigned count = 1 + script_dice(&c->script, SCRIPT_MAX);
	enum verdict verdict;
	size_t pause;
	int closed = 0;

	script_clear(&c->script);
	for (unsigned i = 0; i < count; i++)
		script_some_message(&c->script);
	script_closing(&c->script);
	tally(c);
	atomic_fetch_add(&scripts, 1);
	if (script_dice(&c->script, 100) == 0)
		return hang_up(c);
	if (script_dice(&c->script, 400) == 0 && sleep_and_cancel(c) < 0)
		return -1;
	else if (c->script.bytes.len == 0)
		return 0;
	pause = script_dice(&c->script, 8) == 0
		    ? script_dice(&c->script, (uint32_t)c->script.bytes.len)
		    : 0;
	for (int i = 0; i < 2; i++) {
		int rc;

		c->ways[i].pause_at = pause;
		rc = way_talk(
		    &c->ways[i], &c->script.bytes, c->script.bytes.len, true);

		closed += rc == 1;
		if (rc < 0 && !client_has_crashed(c, CRASH_MS)) {
			if (atomic_exchange(&client_failed, true))
				return -1;
			(void)printf("client %u: %s did not answer, seed "
				     "%llu\n",
			    c->number, i == 0 ? "PostgreSQL" : "the gateway",
			    (unsigned long long)client_seed);
			bytes_show("sent", &c->script.bytes);
			bytes_show("got", &c->ways[i].got);
			return -1;
		}
	}
	if (client_has_crashed(c, 0))
		return after_crash(c);
	verdict = client_judge(c);
	if (verdict == CRASHED ||
	    (closed == 1 && client_has_crashed(c, CRASH_MS)))
		return after_crash(c);
	if (verdict == DIFFERENT)
		return -1;
	if (closed == 0 && verdict == SAME)
		return 0;
	for (int i = 0; i < 2; i++)
		way_close(&c->ways[i]);
	if (verdict == EXCUSED)
		return open_both(c);
	atomic_fetch_add(&ends, 1);
	return closed == 2 ? open_both(c) : -1;
}

static void *client_thread(void *arg)
{
	struct client *c = arg;

	if (open_both(c) < 0) {
		atomic_store(&client_failed, true);
		return NULL;
	}
	while (!atomic_load(&client_failed) && atomic_load(&messages_left) > 0)
		if (one_script(c) < 0)
			atomic_store(&client_failed, true);
	close_all(c);
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const char *conninfo);
	} cases[] = {
		{ "break", case_break },
		{ "ghost", case_ghosts },
		{ "copied", case_copied },
		{ "bound", case_bound },
	};
	static struct client clients[CLIENTS_MAX];
	unsigned count = argc == 6 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

	for (size_t i = 0; argc == 3 && i < sizeof(cases) / sizeof(*cases); i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run(argv[2]);
	if (count < 1 || count > CLIENTS_MAX)
		return 2;
	conninfos[0] = argv[1];
	conninfos[1] = argv[2];
	atomic_store(&messages_left, strtol(argv[4], NULL, 10));
	client_seed = strtoull(argv[5], NULL, 10);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned i = 0; i < count; i++) {
		clients[i].number = i;
		clients[i].script.random =
		    (client_seed + 1) * 0x9e3779b97f4a7c15u +
		    i * 0xbf58476d1ce4e5b9u;
		if (pthread_create(&clients[i].thread, NULL, client_thread,
			&clients[i]) != 0)
			return 1;
	}
	for (unsigned i = 0; i < count; i++)
		(void)pthread_join(clients[i].thread, NULL);
	(void)printf("%ld messages in %ld scripts, %ld hang-ups, %ld cancels, "
		     "%ld ended by PostgreSQL, %ld by a crash of it, %ld "
		     "undescribed: %s\n",
	    messages, scripts, hangups, cancels, ends, crashes, client_excused,
	    client_failed ? "DIFFERENT" : "the same");
	return client_failed ? 1 : 0;
}
