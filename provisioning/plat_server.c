/* plat_server.c - the servers of databases: the way to them, through the
 * gateway, and how long one is waited for.
 *
 * Who asks holds locks, and what makes a silent server answer again may need
 * them. So a thread waits for one once, and not again before it has answered.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "provisioning/plat.h"
#include "shared-db-gateway/gateway.h"

#define TRY_AGAIN_MS 100
#define OPEN_S       10
#define OPEN_SHORT_S 2    /* libpq knows no less */
#define REST_MS      5000 /* between tries of one that was given up */
#define PROBE_MS     5000 /* between probes while a statement waits */

/* -- Who is silent --------------------------------------------------------- */

static struct plat_silent *find(const struct plat *plat, const char *server)
{
	struct plat_silent *s = plat->silent;

	while (s != NULL && strcmp(s->server, server) != 0)
		s = s->next;
	return s;
}

static struct plat_silent *entry_of(
    struct plat *plat, const char *server, int64_t since_ms)
{
	struct plat_silent *s = find(plat, server);

	if (s != NULL)
		return s;
	s = hs_alloc(sizeof(*s));
	*s = (struct plat_silent) {
		.next = plat->silent,
		.server = hs_strdup(server),
		.since_ms = since_ms,
	};
	plat->silent = s;
	return s;
}

static void silent_free(struct plat_silent *s)
{
	free(s->server);
	free(s->why);
	free(s);
}

void plat_server_expect(struct plat *plat, const char *server)
{
	struct plat_silent *s = find(plat, server), **at = &plat->silent;

	if (s == NULL)
		return;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	silent_free(s);
}

bool plat_server_is_silent(const struct plat *plat, const char *server)
{
	const struct plat_silent *s = find(plat, server);

	return s != NULL && s->given_up;
}

static void give_up(struct plat_silent *s, const struct hs_err *last)
{
	s->given_up = true;
	s->asked_ms = hs_now_ms();
	s->why = hs_strdup(last->msg);
}

/* -1 when it has been waited for long enough. */
static int bear(const struct plat *plat, struct plat_silent *s,
    const struct hs_err *last, struct hs_err *err)
{
	if (hs_now_ms() - s->since_ms < plat->server_wait_ms)
		return 0;
	if (!s->given_up)
		give_up(s, last);
	return hs_fail(err, last->code,
	    "the database server '%s' does not answer (see: hanse verify): %s",
	    s->server, last->msg);
}

int plat_server_wait(struct plat *plat, const char *server,
    const struct hs_err *last, struct hs_err *err)
{
	struct plat_silent *s = entry_of(plat, server, hs_now_ms());

	if (plat_gives_up(plat, err) < 0 || bear(plat, s, last, err) < 0)
		return -1;
	hs_pause_ms(TRY_AGAIN_MS);
	return 0;
}

/* -- Connections ----------------------------------------------------------- */

static int open_within(struct plat *plat, const char *database, int seconds,
    struct hs_db **ret_db, struct hs_err *err)
{
	const struct plat_conf *c = plat->conf;
	hs_auto(hs_freep) char *info = hs_printf(
	    "host=" GW_PLATFORM "." GW_HOST " hostaddr=127.0.0.1 port=%u "
	    "user=platform.provisioner dbname='%s' sslmode=verify-full "
	    "sslrootcert=%s/ca/ca.crt sslcert=%s/ca/platform.provisioner.crt "
	    "sslkey=%s/ca/platform.provisioner.key connect_timeout=%d "
	    "application_name=hansed",
	    c->gateway_port, database, c->state, c->state, c->state, seconds);

	return hs_db_open(info, ret_db, err);
}

static int probe(struct plat *plat, const char *server, struct hs_err *err)
{
	hs_auto(hs_freep) char *database = hs_printf("postgres@%s", server);
	hs_auto(hs_db_closep) struct hs_db *db = NULL;

	return open_within(plat, database, OPEN_SHORT_S, &db, err);
}

/* A statement may take long; a server that answers nobody takes none. */
static int guard(void *arg, int64_t waited_ms, struct hs_err *err)
{
	struct plat *plat = arg;
	struct plat_silent *s = find(plat, plat->asked);
	struct hs_err last = { 0 };

	if (waited_ms < PROBE_MS) {
		/* What an earlier statement waited for has come since. */
		if (s != NULL && !s->given_up)
			plat_server_expect(plat, plat->asked);
		return 0;
	}
	if (s != NULL && hs_now_ms() - s->asked_ms < PROBE_MS)
		return 0;
	if (probe(plat, plat->asked, &last) == 0) {
		plat_server_expect(plat, plat->asked);
		return 0;
	}
	s = entry_of(plat, plat->asked, hs_now_ms() - waited_ms);
	s->asked_ms = hs_now_ms();
	return plat_gives_up(plat, err) < 0 ? -1 : bear(plat, s, &last, err);
}

static void ask(struct plat *plat, const char *server)
{
	if (plat->asked != NULL && strcmp(plat->asked, server) == 0)
		return;
	free(plat->asked);
	plat->asked = hs_strdup(server);
}

static const char *name_in(const char *database)
{
	const char *at = strchr(database, '@');

	assert(at != NULL);
	return at + 1;
}

/* No longer than it will be waited for. */
static int patience_s(const struct plat *plat, const struct plat_silent *s)
{
	int64_t left_ms =
	    plat->server_wait_ms - (s != NULL ? hs_now_ms() - s->since_ms : 0);
	int64_t left_s = left_ms / 1000;

	if ((s != NULL && s->given_up) || left_s < OPEN_SHORT_S)
		return OPEN_SHORT_S;
	return left_s < OPEN_S ? (int)left_s : OPEN_S;
}

void plat_server_use(struct plat *plat, const char *server, struct hs_db *db)
{
	ask(plat, server);
	plat_server_expect(plat, server);
	hs_db_set_guard(db, guard, plat);
}

int plat_database(struct plat *plat, const char *database,
    struct hs_db **ret_db, struct hs_err *err)
{
	const char *server = name_in(database);
	struct plat_silent *s = find(plat, server);
	struct hs_db *db = NULL;

	if (s != NULL && s->given_up && hs_now_ms() - s->asked_ms < REST_MS)
		return hs_fail(err, HS_EREMOTE, "%s", s->why);
	if (open_within(plat, database, patience_s(plat, s), &db, err) < 0) {
		if (s != NULL)
			s->asked_ms = hs_now_ms();
		return -1;
	}
	plat_server_use(plat, server, db);
	*ret_db = db;
	return 0;
}

static void end_lent(struct plat *plat)
{
	if (plat->server != NULL) {
		hs_auto(hs_freep) char *database =
		    hs_printf("postgres@%s", plat->server_name);

		plat_database_return(plat, database, hs_steal(&plat->server));
	}
	hs_freep(&plat->server_name);
}

/* Whether the one that is there will do. */
static bool is_good(struct plat *plat, const char *server)
{
	/* If the server has gone since, the connection knows it now. */
	(void)hs_db_notified(plat->server);
	if (strcmp(plat->server_name, server) != 0 ||
	    find(plat, server) != NULL)
		return false;
	ask(plat, server);
	return hs_db_run(plat->server, "RESET ROLE", NULL) == 0;
}

int plat_server(struct plat *plat, const char *server, struct hs_db **ret_db,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *database = hs_printf("postgres@%s", server);

	if (plat->server != NULL && !is_good(plat, server))
		end_lent(plat);
	if (plat->server == NULL) {
		if (plat_database_borrow(plat, database, &plat->server, err) <
		    0)
			return -1;
		plat->server_name = hs_strdup(server);
	}
	*ret_db = plat->server;
	return 0;
}

void plat_servers_done(struct plat *plat)
{
	end_lent(plat);
	hs_freep(&plat->asked);
	while (plat->silent != NULL)
		plat_server_expect(plat, plat->silent->server);
}
