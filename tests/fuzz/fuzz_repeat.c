/* fuzz_repeat.c - libFuzzer: any text, any bytes of a backend, any answer of
 * Patroni. A statement never hides in a text, and nothing is a proof that has
 * not all that makes it one.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/backend.h"
#include "shared-db-gateway/patroni.h"
#include "shared-db-gateway/verb.h"

static void look_at_text(const uint8_t *data, size_t len)
{
	static const char more[] = ";CALL p()";
	hs_auto(hs_freep) char *text = hs_realloc(NULL, len + sizeof(more));
	unsigned verbs;

	memcpy(text, data, len);
	verbs = gw_verbs(text, len);
	assert(verbs <= (GW_VERB_PLAIN | GW_VERB_COMMIT | GW_VERB_OTHER));
	memcpy(text + len, more, sizeof(more));
	verbs = gw_verbs(text, len + sizeof(more) - 1);
	assert((verbs & GW_VERB_OTHER) != 0);
}

/* What is taken for a proof ends with a FATAL and has no answer to a Sync. */
static void look_at_answer(const uint8_t *data, size_t len)
{
	struct gw_backend b = { .stream = { .ended = (len & 1) != 0 },
		.repeat = { .is_kept = true, .verbs = GW_VERB_PLAIN } };
	struct gw_bytes *in = &b.stream.in;
	size_t at = 0;

	if (!gw_bytes_add(in, data, len))
		return;
	(void)gw_repeat_is_finished(&b);
	if (gw_repeat_is_cut(&b)) {
		struct gw_frame frame = { 0 };

		do {
			assert(gw_frame_parse(GW_BACKEND, data + at, len - at,
				   GW_BLOCK, &frame) == GW_GOOD);
			assert(strchr("NZGHWRK", frame.type) == NULL);
			at += 5 + frame.body;
		} while (frame.type != 'E');
	}
	gw_bytes_done(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	look_at_text(data, len);
	look_at_answer(data, len);
	(void)gw_patroni_schedule((const char *)data, len);
	return 0;
}
