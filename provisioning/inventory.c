/* inventory.c - what is on all hosts, for those who only ask. */

#include "provisioning/inventory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "provisioning/inventory_look.h"

#define FRESH_MS   1000
#define WAITING_MS 5000 /* so old may it be while somebody looks anew */

struct inventory {
	atomic_uint refs;
	struct inventory_look look;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t looked = PTHREAD_COND_INITIALIZER;
static struct inventory *newest; /* has a reference of its own */
static int64_t newest_ms;
static unsigned newest_change; /* as of then */
static bool is_looking;
static atomic_uint change;

void inventory_expire(void)
{
	(void)atomic_fetch_add(&change, 1);
}

void inventory_release(struct inventory *inventory)
{
	if (inventory == NULL || atomic_fetch_sub(&inventory->refs, 1) > 1)
		return;
	inventory_look_done(&inventory->look);
	free(inventory);
}

/* The first that is not before it in the order of VEs. */
static size_t place_of(const struct inventory_look *look, const char *ve)
{
	size_t low = 0, high = look->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *its = look->by_ve[middle]->ve;

		if (its == NULL || strcmp(its, ve) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct inventory_items inventory_items(
    const struct inventory *inventory, const char *ve)
{
	const struct inventory_look *look = &inventory->look;
	struct inventory_items items = { .list = look->ordered,
		.count = look->count };
	size_t first, end;

	if (ve == NULL)
		return items;
	first = end = place_of(look, ve);
	while (end < look->count && strcmp(look->by_ve[end]->ve, ve) == 0)
		end++;
	items.list = look->by_ve + first;
	items.count = end - first;
	return items;
}

static bool is_good_for(int64_t ms)
{
	return newest != NULL && newest_change == atomic_load(&change) &&
	       hs_now_ms() - newest_ms < ms;
}

/* The lock is held. */
static struct inventory *lend(void)
{
	(void)atomic_fetch_add(&newest->refs, 1);
	return newest;
}

/* One looks for all; the lock is not held meanwhile. */
static int look(
    struct plat *plat, struct inventory **ret_old, struct hs_err *err)
{
	struct inventory *mine = hs_alloc(sizeof(*mine));
	unsigned as_of = atomic_load(&change);
	int64_t since = hs_now_ms();
	int failed;

	atomic_init(&mine->refs, 1);
	is_looking = true;
	(void)pthread_mutex_unlock(&lock);
	failed = inventory_look(plat, &mine->look, err);
	(void)pthread_mutex_lock(&lock);
	is_looking = false;
	(void)pthread_cond_broadcast(&looked);
	if (failed < 0) {
		free(mine);
		return -1;
	}
	*ret_old = newest;
	newest = mine;
	newest_ms = since;
	newest_change = as_of;
	return 0;
}

int inventory_take(
    struct plat *plat, struct inventory **ret_inventory, struct hs_err *err)
{
	/* To forget it takes time, and others wait for the lock. */
	hs_auto(inventory_releasep) struct inventory *old = NULL;
	int failed = 0;

	(void)pthread_mutex_lock(&lock);
	while (is_looking && !is_good_for(WAITING_MS))
		(void)pthread_cond_wait(&looked, &lock);
	if (!is_good_for(FRESH_MS) && !is_looking)
		failed = look(plat, &old, err);
	if (failed == 0)
		*ret_inventory = lend();
	(void)pthread_mutex_unlock(&lock);
	return failed;
}
