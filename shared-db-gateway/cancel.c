/* cancel.c - cancel keys, by a table of buckets, and the messengers that take
 * a cancel to the backend.
 */

#include "shared-db-gateway/cancel.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

static struct gw_session **bucket(struct gw_keys *keys, uint32_t pid)
{
	return &keys->buckets[pid % GW_KEY_BUCKETS];
}

static struct gw_session *find_pid(const struct gw_keys *keys, uint32_t pid)
{
	struct gw_session *s = keys->buckets[pid % GW_KEY_BUCKETS];

	while (s != NULL && s->key.pid != pid)
		s = s->key_next;
	return s;
}

bool gw_keys_add(struct gw_keys *keys, struct gw_session *s)
{
	struct gw_key key;
	struct gw_session **at;

	do {
		if (RAND_bytes((unsigned char *)&key, sizeof(key)) != 1)
			return false;
		/* Clients take it for a process id: positive. */
		key.pid &= (1u << GW_KEY_RANDOM) - 1;
		key.pid |= keys->slot << GW_KEY_RANDOM;
	} while (key.pid == 0 || find_pid(keys, key.pid) != NULL);
	s->key = key;
	at = bucket(keys, key.pid);
	s->key_next = *at;
	*at = s;
	return true;
}

void gw_keys_remove(struct gw_keys *keys, struct gw_session *s)
{
	struct gw_session **at = bucket(keys, s->key.pid);

	while (*at != NULL && *at != s)
		at = &(*at)->key_next;
	if (*at == s)
		*at = s->key_next;
	s->key = (struct gw_key) { 0 };
}

struct gw_session *gw_keys_find(
    const struct gw_keys *keys, const struct gw_key *key)
{
	struct gw_session *s = find_pid(keys, key->pid);

	if (s == NULL || CRYPTO_memcmp(&s->key.secret, &key->secret,
			     sizeof(key->secret)) != 0)
		return NULL;
	return s;
}

/* -- Requests -------------------------------------------------------------- */

enum gw_progress gw_cancel_begin(
    struct gw_session *s, const uint8_t *packet, size_t len)
{
	struct gw_reader r = { .at = packet, .left = len };
	const struct gw_session *other;
	struct gw_key key;

	(void)gw_get_raw(&r, 8);
	key.pid = gw_get_u32(&r);
	key.secret = gw_get_u32(&r);
	other = gw_keys_find(&s->core->keys, &key);
	if (other == NULL || other->backend == NULL ||
	    !gw_backend_is_busy(other->backend))
		return gw_session_end(s, "cancel-of-nothing");
	gw_session_change(s, GW_CANCEL_ASKED);
	s->errand = gw_backend_cancel(other->backend, s);
	hs_timer_stop(&s->deadline);
	return GW_WAIT;
}
