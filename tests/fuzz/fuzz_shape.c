/* fuzz_shape.c - libFuzzer: a client's statement as it is looked into. */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/classify.h"
#include "shared-db-gateway/kinds.h"
#include "shared-db-gateway/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct gw_shapes *shapes;
	hs_auto(hs_freep) char *text = hs_strndup((const char *)data, len);
	hs_auto(hs_freep) char *plain = NULL;
	size_t size = strlen(text);
	struct gw_shape *shape;
	struct gw_class found;
	uint64_t id;
	bool is_new;

	if (shapes == NULL)
		shapes = gw_shapes_new();
	if (shapes == NULL)
		return 0;
	shape = gw_shapes_look(shapes, text, size, &is_new);
	id = shape->id;
	/* What was found out about the shape is so for each of its texts. */
	gw_classify(text, &found);
	assert(found.is_garbled || shape->kinds == found.kinds);
	assert(found.kinds == 0 || *gw_kind_name(found.kinds) != '\0');
	plain = gw_shape_text(shape, text);
	shape = gw_shapes_look(shapes, text, size, &is_new);
	assert(!is_new && shape->id == id);
	return 0;
}
