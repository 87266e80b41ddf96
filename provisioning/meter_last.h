/* meter_last.h - a domain's last reading, by whoever ends it. */
#ifndef HANSE_PROVISIONING_METER_LAST_H
#define HANSE_PROVISIONING_METER_LAST_H

#include "provisioning/plat.h"

/**
 * Read what a domain has used until now and put it into the ledger, on the
 * connections of the caller, who stops it then. It is no failure if that cannot
 * be done: it is logged, and what the sampler has not read is lost.
 *
 * @host, @driver, @name:  as its host has it; one that does not run has nothing
 *                         to read
 */
void meter_last(struct plat *plat, const char *host, enum hv_driver driver,
    const char *name);

/** What data volumes take, of domains of this host. */
void last_volumes(const struct plat *plat, struct hv_usages *usages);

#endif
