/* want.h - from specs to the objects that should be. */
#ifndef HANSE_PROVISIONING_WANT_H
#define HANSE_PROVISIONING_WANT_H

#include "provisioning/object.h"
#include "provisioning/plat.h"
#include "provisioning/store.h"

struct hs_err;

/** What a member's role has set: this and a name of the IANA database. */
#define ZONE_SETTING "TimeZone="

/**
 * List every object the virtual enterprises need, and those of the platform
 * that serve them; sorted. Numbers are allocated in the control database, so
 * run it in a transaction that is rolled back if nothing is to come of it.
 *
 * Errors: HS_EINVAL (a driver that the isolation rules out), HS_ECONFLICT (no
 * host can have a domain), HS_ELIMIT (no address left), HS_ENOTFOUND (no system
 * image), HS_EREMOTE.
 */
int want_objects(struct plat *plat, const struct store_ves *ves,
    struct objects *ret_objects, struct hs_err *err);

/**
 * Free the numbers and places of what no stored VE has any more; not yet, if
 * there is a host that does not answer.
 */
int want_release(
    struct plat *plat, const struct store_ves *ves, struct hs_err *err);

#endif
