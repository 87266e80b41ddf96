/* embed.c - look up a built-in text file. */

#include "base/embed.h"

#include <string.h>

const struct hs_embed *hs_embed_find(
    const struct hs_embed *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}
