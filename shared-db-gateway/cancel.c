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
		key.pid &= 0x7fffffff;
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

/* Messengers. */

static void aim(struct gw_session *s, const struct gw_session *other)
{
	s->target = (struct gw_target) {
		.host = hs_strdup(other->target.host),
		.port = other->target.port,
		.server_name = hs_strdup(other->target.server_name),
	};
}

void gw_cancel_spawn(const struct gw_session *gone)
{
	struct gw_session *s = gw_session_make(gone->core, gone->peer);

	s->asked = gone->backend_key;
	s->errand = gone->backend_key;
	s->client.ended = true;
	aim(s, gone);
	(void)gw_backend_open(s, GW_CANCEL_ASKED);
	gw_session_run(s);
}

enum gw_progress gw_cancel_begin(
    struct gw_session *s, const uint8_t *packet, size_t len)
{
	struct gw_reader r = { .at = packet, .left = len };
	const struct gw_session *other;

	(void)gw_get_raw(&r, 8);
	s->asked.pid = gw_get_u32(&r);
	s->asked.secret = gw_get_u32(&r);
	other = gw_keys_find(&s->core->keys, &s->asked);
	if (other == NULL || !gw_session_is_busy(other))
		return gw_session_end(s, "cancel-of-nothing");
	aim(s, other);
	return gw_backend_open(s, GW_CANCEL_ASKED);
}

/* Only while its statement runs: a late cancel must not hit the next one. */
enum gw_progress gw_cancel_pass(struct gw_session *s)
{
	const struct gw_session *other =
	    gw_keys_find(&s->core->keys, &s->asked);
	struct gw_key key = s->errand;
	struct gw_writer w;

	if (other != NULL && gw_session_is_busy(other))
		key = other->backend_key;
	if (key.pid == 0)
		return gw_session_end(s, "cancel-too-late");
	w = gw_put_begin(&s->backend.out, 0);
	gw_put_u32(&w, GW_CODE_CANCEL);
	gw_put_u32(&w, key.pid);
	gw_put_u32(&w, key.secret);
	(void)gw_put_end(&w);
	hs_info("session.cancel", "session=%016llx of=%016llx",
	    (unsigned long long)s->id,
	    (unsigned long long)(other != NULL ? other->id : 0));
	gw_session_change(s, GW_CANCEL_PASSED);
	return GW_AGAIN;
}

enum gw_progress gw_cancel_sent_step(struct gw_session *s)
{
	(void)gw_stream_flush(&s->backend);
	gw_stream_fill(&s->backend);
	gw_bytes_drop(&s->backend.in, gw_bytes_len(&s->backend.in));
	return s->backend.ended ? gw_session_end(s, "cancel-passed") : GW_WAIT;
}
