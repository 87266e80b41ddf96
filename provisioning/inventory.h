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

/** A domain or a network; what it has not is "" or 0. */
struct inventory_item {
	enum object_kind kind;
	const char *name;
	const char *ve, *enterprise; /* NULL: as of an object */
	const char *host, *state;
	const char *driver, *network; /* of a domain */
	const char *bridge;           /* of a network */
	const char *address;
	unsigned vcpus, memory_mib; /* of a domain */
	unsigned prefix;            /* of a network */
};

struct inventory_items {
	const struct inventory_item *const *list;
	size_t count;
};

/** The newest look, or a new one. End with inventory_release(). */
int inventory_take(
    struct plat *plat, struct inventory **ret_inventory, struct hs_err *err);
void inventory_release(struct inventory *inventory);

/**
 * Networks and domains by kind, then name; lent.
 * @ve:  whose; NULL: all there are
 */
struct inventory_items inventory_items(
    const struct inventory *inventory, const char *ve);

/** Something has changed: the next one who asks looks anew. */
void inventory_expire(void);

HS_FREEP(inventory_releasep, struct inventory *, inventory_release)

#endif
