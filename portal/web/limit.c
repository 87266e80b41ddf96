/* limit.c - how often something may be tried: token buckets by key. */

#include "portal/web/limit.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

#define BUCKETS 1024
#define WAYS    4 /* buckets that one key may be in */

struct bucket {
	uint64_t hash;
	uint64_t used_ms;  /* when it was last looked at */
	uint64_t spent_ms; /* refill time of the tries that are spent */
};

struct web_limit {
	pthread_mutex_t lock;
	unsigned burst;
	uint64_t refill_ms;
	struct bucket buckets[BUCKETS];
};

struct web_limit *web_limit_new(unsigned burst, uint64_t refill_ms)
{
	struct web_limit *limit = hs_alloc(sizeof(*limit));

	(void)pthread_mutex_init(&limit->lock, NULL);
	limit->burst = burst;
	limit->refill_ms = refill_ms;
	return limit;
}

void web_limit_free(struct web_limit *limit)
{
	if (limit == NULL)
		return;
	(void)pthread_mutex_destroy(&limit->lock);
	free(limit);
}

static uint64_t hash_of(const char *key)
{
	uint64_t hash = 14695981039346656037U;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211U;
	return hash | 1;
}

/* The key's bucket, or the one of its row that was not used for longest. */
static struct bucket *find(struct web_limit *limit, uint64_t hash)
{
	struct bucket *row =
	    &limit->buckets[(hash >> 20) % (BUCKETS / WAYS) * WAYS];
	struct bucket *oldest = row;

	for (struct bucket *b = row; b < row + WAYS; b++) {
		if (b->hash == hash)
			return b;
		if (b->used_ms < oldest->used_ms)
			oldest = b;
	}
	*oldest = (struct bucket) { .hash = hash };
	return oldest;
}

bool web_limit_take(struct web_limit *limit, const char *key, uint64_t now_ms)
{
	struct bucket *b;
	bool allowed;
	uint64_t passed;

	(void)pthread_mutex_lock(&limit->lock);
	b = find(limit, hash_of(key));
	passed = now_ms - b->used_ms;
	b->spent_ms = b->spent_ms > passed ? b->spent_ms - passed : 0;
	b->used_ms = now_ms;
	allowed =
	    b->spent_ms + limit->refill_ms <= limit->burst * limit->refill_ms;
	if (allowed)
		b->spent_ms += limit->refill_ms;
	(void)pthread_mutex_unlock(&limit->lock);
	return allowed;
}

void web_limit_give(struct web_limit *limit, const char *key)
{
	struct bucket *b;

	(void)pthread_mutex_lock(&limit->lock);
	b = find(limit, hash_of(key));
	b->spent_ms =
	    b->spent_ms > limit->refill_ms ? b->spent_ms - limit->refill_ms : 0;
	(void)pthread_mutex_unlock(&limit->lock);
}

uint64_t web_now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}
