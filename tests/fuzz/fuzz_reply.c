/* fuzz_reply.c - libFuzzer: a client that sends anything in any order, and a
 * backend that answers anything. Each byte is one message, of one or the other;
 * what is accepted must add up.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/reply.h"

static void send(struct gw_replies *r, uint8_t what)
{
	switch (what % 12) {
	case 9:
		gw_replies_sync(r);
		break;
	case 10:
		gw_replies_data(r);
		break;
	case 11:
		gw_replies_copied(r);
		break;
	default:
		/* As the relay does: after an error nothing is owed. */
		if (!r->skips)
			(void)gw_replies_add(r,
			    (enum gw_asked)(what % 12 == GW_ASKED_NOTHING
						? GW_ASKED_PARSE
						: what % 12),
			    what >= 96 ? GW_SHARE_HIDE : GW_SHARE_PASS);
		break;
	}
}

static bool come(struct gw_replies *r, uint8_t what)
{
	static const char types[] = "123AEDCGHINSTVZcdnst";
	uint8_t type = (uint8_t)types[what % (sizeof(types) - 1)];
	struct gw_owed owed;
	bool has_ended = false, is_first = true;
	size_t before = r->count;

	if (gw_replies_take(r, type, what & 64 ? 'I' : 'T', &owed,
		&has_ended) == GW_USE_BROKEN)
		return false;
	assert(r->count <= before);
	assert(!has_ended || owed.asked != GW_ASKED_NOTHING);
	if (type == 'E')
		while (gw_replies_skip(r, is_first, &owed)) {
			assert(owed.asked != GW_ASKED_SYNC);
			is_first = false;
		}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	hs_auto(gw_replies_done) struct gw_replies r = { .transaction = 'I' };

	for (size_t i = 0; i < len; i++) {
		if (data[i] < 128)
			send(&r, data[i]);
		else if (!come(&r, data[i] - 128))
			break;
		/* It is free only with nothing owed. */
		assert(!gw_replies_is_free(&r) || r.count == 0);
		assert(r.count <= len);
	}
	return 0;
}
