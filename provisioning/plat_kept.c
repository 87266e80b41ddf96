/* plat_kept.c - connections to databases that wait for the next look.
 *
 * A new one costs its server 20 ms, for it reads the catalogues first, and a
 * look asks each database. What is kept takes from the connections of ours that
 * a server's memory was sized for (db_size.c), and from those that the gateway
 * gives us (step_gateway.c), so there are few, and not for long.
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "provisioning/plat.h"

#define KEPT_MAX   8      /* of all: the gateway counts them, too */
#define SERVER_MAX 4      /* of one server */
#define AGE_MS     150000 /* a sweep each minute, but no door stays open */
#define TRY_MS     2000   /* one whose server has gone without a word */

static struct kept {
	char *database; /* "NAME@SERVER" */
	struct hs_db *db;
} kept[KEPT_MAX]; /* the one that was kept first comes first */
static size_t count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The lock is held; the connection is the caller's. */
static struct hs_db *take_out(size_t i)
{
	struct hs_db *db = kept[i].db;

	free(kept[i].database);
	count--;
	memmove(kept + i, kept + i + 1, (count - i) * sizeof(*kept));
	return db;
}

/* Of that database, the newest; NULL: there is none. */
static struct hs_db *take(const char *database)
{
	struct hs_db *db = NULL;

	(void)pthread_mutex_lock(&lock);
	for (size_t i = count; i > 0 && db == NULL; i--)
		if (strcmp(kept[i - 1].database, database) == 0)
			db = take_out(i - 1);
	(void)pthread_mutex_unlock(&lock);
	return db;
}

static const char *server_of(const char *database)
{
	return strchr(database, '@') + 1;
}

/* The first of those that are too many or too old. The lock is held. */
static struct hs_db *take_surplus(void)
{
	for (size_t i = 0; i < count; i++) {
		const char *server = server_of(kept[i].database);
		size_t same = 0;

		for (size_t j = i; j < count; j++)
			same +=
			    strcmp(server_of(kept[j].database), server) == 0;
		if (same > SERVER_MAX || count == KEPT_MAX ||
		    hs_now_ms() - hs_db_opened_ms(kept[i].db) > AGE_MS)
			return take_out(i);
	}
	return NULL;
}

static void put(const char *database, struct hs_db *db)
{
	struct hs_db *surplus;

	(void)pthread_mutex_lock(&lock);
	kept[count++] = (struct kept) { hs_strdup(database), db };
	while ((surplus = take_surplus()) != NULL) {
		(void)pthread_mutex_unlock(&lock);
		hs_db_close(surplus);
		(void)pthread_mutex_lock(&lock);
	}
	(void)pthread_mutex_unlock(&lock);
}

/* -- Whether they are good ------------------------------------------------- */

static int soon(void *arg, int64_t waited_ms, struct hs_err *err)
{
	(void)arg;
	return waited_ms < TRY_MS
		   ? 0
		   : hs_fail(err, HS_EREMOTE, "no answer from a database");
}

static bool is_good(struct hs_db *db)
{
	/* If the server has gone since, the connection knows it now. */
	(void)hs_db_notified(db);
	if (!hs_db_is_idle(db))
		return false;
	hs_db_set_guard(db, soon, NULL);
	return hs_db_run(db, "RESET ROLE", NULL) == 0;
}

void plat_database_forget(const char *server)
{
	struct hs_db *db;

	do {
		db = NULL;
		(void)pthread_mutex_lock(&lock);
		for (size_t i = 0; i < count && db == NULL; i++)
			if (server == NULL ||
			    strcmp(server_of(kept[i].database), server) == 0)
				db = take_out(i);
		(void)pthread_mutex_unlock(&lock);
		hs_db_close(db);
	} while (db != NULL);
}

int plat_database_borrow(struct plat *plat, const char *database,
    struct hs_db **ret_db, struct hs_err *err)
{
	struct hs_db *db = take(database);

	if (db != NULL && is_good(db)) {
		plat_server_use(plat, server_of(database), db);
		*ret_db = db;
		return 0;
	}
	if (db != NULL) {
		hs_db_close(db);
		plat_database_forget(server_of(database));
	}
	return plat_database(plat, database, ret_db, err);
}

void plat_database_return(
    const struct plat *plat, const char *database, struct hs_db *db)
{
	if (db != NULL && hs_db_is_idle(db) &&
	    !plat_server_is_silent(plat, server_of(database)))
		put(database, db);
	else
		hs_db_close(db);
}
