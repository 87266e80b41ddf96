/* inventory_look.h - the look that an inventory is: see inventory.h. */
#ifndef HANSE_PROVISIONING_INVENTORY_LOOK_H
#define HANSE_PROVISIONING_INVENTORY_LOOK_H

#include "provisioning/inventory.h"

/** All that was seen. */
struct inventory_look {
	struct hs_arena *texts;
	struct inventory_item *items; /* as they came */
	size_t count, size;
	const struct inventory_item **ordered; /* by kind, then name */
	const struct inventory_item **by_ve;   /* by VE, and in that order */
};

/**
 * Ask all hosts. What was placed on one that does not answer is there, in the
 * state "unknown"; that the one we are on does not is a failure.
 */
int inventory_look(
    struct plat *plat, struct inventory_look *ret_look, struct hs_err *err);
void inventory_look_done(struct inventory_look *look);

#endif
