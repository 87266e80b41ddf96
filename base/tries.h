/* tries.h - how often something may be tried: token buckets by key. */
#ifndef HANSE_BASE_TRIES_H
#define HANSE_BASE_TRIES_H

#include <stdbool.h>
#include <stdint.h>

struct hs_tries;

/**
 * @burst:      tries in a row
 * @refill_ms:  one more after that many milliseconds
 */
struct hs_tries *hs_tries_new(unsigned burst, uint64_t refill_ms);
void hs_tries_free(struct hs_tries *tries);

/**
 * Take one try from a key's bucket. Keys of one hash share a bucket; a bucket
 * nobody used for longest makes room for a new key.
 *
 * @now_ms:  monotonic clock
 */
bool hs_tries_take(struct hs_tries *tries, const char *key, uint64_t now_ms);

/** Put it back: it was no abuse. */
void hs_tries_give(struct hs_tries *tries, const char *key);

#endif
