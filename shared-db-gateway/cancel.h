/* cancel.h - the keys clients cancel with: ours, not the backend's. */
#ifndef HANSE_SHARED_DB_GATEWAY_CANCEL_H
#define HANSE_SHARED_DB_GATEWAY_CANCEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_session;

struct gw_key {
	uint32_t pid, secret;
};

#define GW_KEY_BUCKETS 1024u
#define GW_KEY_RANDOM  20 /* bits of pid; the worker's slot is above them */

/** The slot of the worker that gave the key away. */
static inline unsigned gw_key_slot(uint32_t pid)
{
	return (pid & 0x7fffffff) >> GW_KEY_RANDOM;
}

struct gw_keys {
	unsigned slot; /* of this worker */
	struct gw_session *buckets[GW_KEY_BUCKETS];
};

/** Give the session a random key of this worker that nobody else has; false: no
 * randomness. */
bool gw_keys_add(struct gw_keys *keys, struct gw_session *s);
void gw_keys_remove(struct gw_keys *keys, struct gw_session *s);

/** The session of that very key, or NULL. */
struct gw_session *gw_keys_find(
    const struct gw_keys *keys, const struct gw_key *key);

#endif
