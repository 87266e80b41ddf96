/* limit.h - how often something may be tried: token buckets by key. */
#ifndef HANSE_PORTAL_WEB_LIMIT_H
#define HANSE_PORTAL_WEB_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct web_limit;

/**
 * @burst:      tries in a row
 * @refill_ms:  one more after that many milliseconds
 */
struct web_limit *web_limit_new(unsigned burst, uint64_t refill_ms);
void web_limit_free(struct web_limit *limit);

/**
 * Take one try from a key's bucket. Keys of one hash share a bucket; a bucket
 * nobody used for longest makes room for a new key.
 *
 * @now_ms:  monotonic clock
 */
bool web_limit_take(struct web_limit *limit, const char *key, uint64_t now_ms);

/** Put it back: it was no abuse. */
void web_limit_give(struct web_limit *limit, const char *key);

/** Milliseconds of the monotonic clock. */
uint64_t web_now_ms(void);

#endif
