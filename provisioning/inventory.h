/* inventory.h - what is on all hosts, for those who only ask: looked at once
 * for everybody, and again when it is a second old or known to have changed.
 */
#ifndef HANSE_PROVISIONING_INVENTORY_H
#define HANSE_PROVISIONING_INVENTORY_H

#include "base/mem.h"
#include "provisioning/object.h"
#include "provisioning/plat.h"

struct hs_err;

/** A look; it does not change any more. */
struct inventory;

/** The newest look, or a new one. End with inventory_release(). */
int inventory_take(
    struct plat *plat, struct inventory **ret_inventory, struct hs_err *err);
void inventory_release(struct inventory *inventory);

/** Filters, networks and domains, sorted; lent. */
const struct objects *inventory_objects(const struct inventory *inventory);

/** Something has changed: the next one who asks looks anew. */
void inventory_expire(void);

HS_FREEP(inventory_releasep, struct inventory *, inventory_release)

#endif
