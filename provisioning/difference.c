/* difference.c - two values, member by member. */

#include "provisioning/difference.h"

#include <jansson.h>
#include <stdint.h>

#include "base/mem.h"

void difference_each(const char *path, const json_t *from, const json_t *to,
    difference_fn *fn, void *arg)
{
	json_t *keys, *value;
	const char *key;

	if (!json_is_object(from) || !json_is_object(to)) {
		fn(arg, path, from, to);
		return;
	}
	keys = json_copy((json_t *)(uintptr_t)from);
	(void)json_object_update_missing(keys, (json_t *)(uintptr_t)to);
	json_object_foreach (keys, key, value) {
		hs_auto(hs_freep) char *below = hs_printf("%s.%s", path, key);
		const json_t *old = json_object_get(from, key);
		const json_t *new = json_object_get(to, key);

		if (json_equal(old, new) != 1)
			difference_each(below, old, new, fn, arg);
	}
	json_decref(keys);
}
