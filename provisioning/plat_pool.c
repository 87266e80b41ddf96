/* plat_pool.c - views of the platform that wait for the next request. */

#include "provisioning/plat_pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "provisioning/host.h"

#include "provisioning/host.h"

#define IDLE_MAX 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct plat *idle[IDLE_MAX];
static size_t count;

struct plat *plat_pool_take(const struct plat_conf *conf)
{
	struct plat *plat = NULL;

	(void)pthread_mutex_lock(&lock);
	if (count > 0)
		plat = idle[--count];
	(void)pthread_mutex_unlock(&lock);
	/* If the server has gone since, the connection knows it now. */
	if (plat != NULL)
		host_list_expire(plat);
	if (plat != NULL && plat->store != NULL)
		(void)hs_db_notified(plat->store);
	if (plat == NULL) {
		plat = hs_alloc(sizeof(*plat));
		plat_init(plat, conf);
	}
	return plat;
}

static void end(struct plat *plat)
{
	plat_done(plat);
	free(plat);
}

/* What a request left open in a transaction is of no use to another. */
void plat_pool_give(struct plat *plat)
{
	bool kept = false;

	host_return_all(plat);
	if (plat->store == NULL || hs_db_is_idle(plat->store)) {
		(void)pthread_mutex_lock(&lock);
		kept = count < IDLE_MAX;
		if (kept)
			idle[count++] = plat;
		(void)pthread_mutex_unlock(&lock);
	}
	if (!kept)
		end(plat);
}

void plat_pool_done(void)
{
	(void)pthread_mutex_lock(&lock);
	while (count > 0)
		end(idle[--count]);
	(void)pthread_mutex_unlock(&lock);
}
