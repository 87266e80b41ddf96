/* tries.c - how often something may be tried: token buckets by key. */

#include "base/tries.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"

#define BUCKETS 1024
#define WAYS    4 /* buckets that one key may be in */

struct bucket {
	uint64_t hash;
	uint64_t used_ms;  /* when it was last looked at */
	uint64_t spent_ms; /* refill time of the tries that are spent */
};

struct hs_tries {
	pthread_mutex_t lock;
	unsigned burst;
	uint64_t refill_ms;
	struct bucket buckets[BUCKETS];
};

struct hs_tries *hs_tries_new(unsigned burst, uint64_t refill_ms)
{
	struct hs_tries *tries = hs_alloc(sizeof(*tries));

	(void)pthread_mutex_init(&tries->lock, NULL);
	tries->burst = burst;
	tries->refill_ms = refill_ms;
	return tries;
}

void hs_tries_free(struct hs_tries *tries)
{
	if (tries == NULL)
		return;
	(void)pthread_mutex_destroy(&tries->lock);
	free(tries);
}

static uint64_t hash_of(const char *key)
{
	uint64_t hash = 14695981039346656037U;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211U;
	return hash | 1;
}

/* The key's bucket, or the one of its row that was not used for longest. */
static struct bucket *find(struct hs_tries *tries, uint64_t hash)
{
	struct bucket *row =
	    &tries->buckets[(hash >> 20) % (BUCKETS / WAYS) * WAYS];
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

bool hs_tries_take(struct hs_tries *tries, const char *key, uint64_t now_ms)
{
	struct bucket *b;
	bool allowed;
	uint64_t passed;

	(void)pthread_mutex_lock(&tries->lock);
	b = find(tries, hash_of(key));
	passed = now_ms - b->used_ms;
	b->spent_ms = b->spent_ms > passed ? b->spent_ms - passed : 0;
	b->used_ms = now_ms;
	allowed =
	    b->spent_ms + tries->refill_ms <= tries->burst * tries->refill_ms;
	if (allowed)
		b->spent_ms += tries->refill_ms;
	(void)pthread_mutex_unlock(&tries->lock);
	return allowed;
}

void hs_tries_give(struct hs_tries *tries, const char *key)
{
	struct bucket *b;

	(void)pthread_mutex_lock(&tries->lock);
	b = find(tries, hash_of(key));
	b->spent_ms =
	    b->spent_ms > tries->refill_ms ? b->spent_ms - tries->refill_ms : 0;
	(void)pthread_mutex_unlock(&tries->lock);
}
