/* fuzz_sni.c - libFuzzer: the hello that the listener looks into. */

#include <assert.h>
#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shared-db-gateway/sni.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char name[GW_SNI_MAX];
	size_t needs = 0;
	enum gw_verdict verdict = gw_sni_parse(data, len, name, &needs);

	assert(memchr(name, 0, sizeof(name)) != NULL);
	for (const char *p = name; *p != '\0'; p++)
		assert(isdigit((unsigned char)*p) || *p == '-' || *p == '.' ||
		       (*p >= 'a' && *p <= 'z'));
	assert(verdict != GW_MORE ||
	       (needs > len && needs <= GW_RECORD_MAX && name[0] == '\0'));
	return 0;
}
