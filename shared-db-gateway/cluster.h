/* cluster.h - the servers of one database: which of them is the primary, and
 * who waits until that is known.
 *
 * Where Patroni is, who holds its leader's lock is the primary, whatever a
 * server says of itself; elsewhere it is who accepts connections and is not in
 * hot standby. Either way a backend whose server is in hot standby is nobody's.
 * A database on one server alone has no cluster: NULL, which all functions
 * take.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_CLUSTER_H
#define HANSE_SHARED_DB_GATEWAY_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "shared-db-gateway/sqlstate.h"

struct gw_backend;
struct gw_cluster;
struct gw_core;
struct gw_target;

/** The cluster of a target, which is the same for all who name the same
 * servers; NULL: the server is alone. */
struct gw_cluster *gw_cluster_join(
    struct gw_core *core, const struct gw_target *target);
struct gw_cluster *gw_cluster_ref(struct gw_cluster *cluster);
void gw_cluster_leave(struct gw_cluster *cluster);

/** Whether the primary is known, and nothing speaks against it. */
bool gw_cluster_is_sure(const struct gw_cluster *cluster);

/** Its address; NULL while it is not known. */
const char *gw_cluster_primary(const struct gw_cluster *cluster);

/** Rises with all that shows that servers come and go. */
uint64_t gw_cluster_troubles(const struct gw_cluster *cluster);

/** Somebody waits for the primary; it is run by gw_backend_resume(). */
void gw_cluster_need(struct gw_cluster *cluster);

/** A connection to that server has ended: that may be all, or the beginning. */
void gw_cluster_suspect(struct gw_cluster *cluster, const char *host);

/** That server takes connections. */
void gw_cluster_confirm(struct gw_cluster *cluster, const char *host);

/** That server takes no connections, or is in hot standby. @why: for the log */
void gw_cluster_deny(
    struct gw_cluster *cluster, const char *host, const char *why);

/** Whether it is time to log again what is wrong with its servers: scouts find
 * it many times a second. */
bool gw_cluster_may_complain(struct gw_cluster *cluster);

/** A parked one that would be the same as this scout, if what the scout has
 * found will be the primary; or NULL. */
struct gw_backend *gw_cluster_twin(
    const struct gw_cluster *cluster, const struct gw_backend *scout);

/**
 * What a scout has found.
 *
 * @refusal:  GW_OK: a primary; GW_REFUSE_BACKEND_DOWN: none; else what
 *            PostgreSQL says to who comes as this one does
 */
void gw_cluster_scouted(struct gw_cluster *cluster,
    const struct gw_backend *scout, enum gw_refusal refusal);

#endif
