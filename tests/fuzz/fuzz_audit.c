/* fuzz_audit.c - libFuzzer: a segment of the audit that somebody else wrote. */

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "shared-db-gateway/audit_file.h"
#include "shared-db-gateway/gateway.h"

static char folder[] = "/dev/shm/fuzz_audit.XXXXXX";
static char path[64];

static void clean(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

/* The records as a block of its own, so that they are reached at all. */
static void write_block(FILE *f, const uint8_t *data, size_t len)
{
	uint8_t hash[GW_AUDIT_HASH] = { 0 };
	hs_auto(hs_freep) uint8_t *block =
	    hs_alloc(GW_AUDIT_HEAD + len + GW_AUDIT_HASH);

	for (size_t i = 0; i < len; i++)
		block[GW_AUDIT_HEAD + i] = data[i];
	gw_audit_seal(block, len, 1, 0, hash);
	(void)fwrite(block, 1, GW_AUDIT_HEAD + len + GW_AUDIT_HASH, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct gw_audit_filter all = { .last = 10 };
	json_t *json = NULL;
	FILE *f;

	if (path[0] == '\0') {
		if (mkdtemp(folder) == NULL)
			return 0;
		(void)snprintf(path, sizeof(path), "%s/1.audit", folder);
		(void)atexit(clean);
	}
	f = fopen(path, "w");
	if (f == NULL || len == 0)
		return 0;
	if (data[0] % 2 == 0 && len - 1 <= GW_AUDIT_BLOCK_MAX)
		write_block(f, data + 1, len - 1);
	else
		(void)fwrite(data + 1, 1, len - 1, f);
	(void)fclose(f);
	if (gw_audit_verify(folder, &json, NULL) == 0)
		json_decref(json);
	json = NULL;
	if (gw_audit_list(folder, &all, &json, NULL) == 0)
		json_decref(json);
	return 0;
}
