/* fuzz_wire.c - libFuzzer: everything that reads the wire. The first byte picks
 * the reader.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "shared-db-gateway/startup.h"
#include "shared-db-gateway/wire.h"

static void hello(const uint8_t *data, size_t len)
{
	hs_auto(gw_startup_done) struct gw_startup startup = { 0 };
	hs_auto(gw_bytes_done) struct gw_bytes out = { 0 };
	size_t size = 0;

	if (gw_hello_parse(data, len, &size) != GW_HELLO_STARTUP)
		return;
	assert(size >= 8 && size <= len && size <= GW_HELLO_MAX);
	if (gw_startup_parse(data, size, &startup) != GW_OK)
		return;
	assert(startup.user != NULL && *startup.user != '\0');
	assert(startup.refused == NULL);
	assert(*gw_startup_get(&startup, "role") == '\0');
	assert(*gw_startup_get(&startup, "search_path") == '\0');
	(void)gw_startup_get(&startup, "application_name");
	(void)gw_startup_negotiate(&startup, &out);
}

static void frames(enum gw_side side, const uint8_t *data, size_t len)
{
	struct gw_frame frame;
	size_t at = 0;

	while (at < len && gw_frame_parse(side, data + at, len - at, 4096,
			       &frame) == GW_GOOD) {
		struct gw_trouble trouble;

		assert(frame.body <= 10000);
		at += 5;
		if (frame.body > len - at)
			break;
		(void)gw_trouble_parse(data + at, frame.body, &trouble);
		at += frame.body;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	if (data[0] % 3 == 0)
		hello(data + 1, len - 1);
	else
		frames(data[0] % 3 == 1 ? GW_FRONTEND : GW_BACKEND, data + 1,
		    len - 1);
	return 0;
}
