/* query.h - what the queries share. */
#ifndef HANSE_PROVISIONING_QUERY_H
#define HANSE_PROVISIONING_QUERY_H

#include "provisioning/instance.h"
#include "provisioning/inventory.h"
#include "provisioning/plat.h"

struct hs_err;

/**
 * The state of an enterprise: "suspended" if that is wanted, "running" if any
 * instance of its domain is, "missing" if it has none.
 */
const char *query_state(const struct inventory *found,
    const struct instances *rows, const char *ve, const char *enterprise);

struct host;

/** A host, as get and describe show it; asks whether it answers. */
json_t *query_host_json(struct plat *plat, struct host *host);

/** Add the other hosts to the services of hanse status. */
void query_host_services(struct plat *plat, json_t *services);

#endif
