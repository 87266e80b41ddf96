/* fuzz_scram.c - libFuzzer: a client's SASL messages, and stored verifiers.
 * The input is mechanism NUL client-first NUL client-final.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "shared-db-gateway/scram.h"
#include "shared-db-gateway/wire.h"

static void exchange(struct gw_reader *r)
{
	hs_auto(gw_scram_done) struct gw_scram scram = { .doomed = true };
	hs_auto(hs_freep) char *reply = NULL;
	hs_auto(hs_freep) char *end = NULL;
	const uint8_t secret[GW_SECRET_LEN] = { 0 };
	const char *mechanism = gw_get_text(r), *first = gw_get_text(r);

	if (r->bad)
		return;
	gw_verifier_mock(secret, "fuzz", &scram.verifier);
	scram.nonce = hs_strdup("nonce");
	scram.binding_len = strlen(mechanism) % 2 == 0 ? 32 : 0;
	if (gw_scram_first(&scram, mechanism, (const uint8_t *)first,
		strlen(first), &reply, NULL) < 0)
		return;
	/* Nobody knows the password of a mock. */
	if (gw_scram_final(&scram, r->at, r->left, &end, NULL) == 0)
		assert(0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	hs_auto(hs_freep) char *text = hs_strndup((const char *)data, len);
	struct gw_reader r = { .at = data, .left = len };
	struct gw_verifier verifier;

	(void)gw_verifier_parse(text, &verifier, NULL);
	exchange(&r);
	return 0;
}
