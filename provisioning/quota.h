/* quota.h - what virtual enterprises hold of vCPUs, memory, disk, domains and
 * connections, against the limits of the platform, of each and of their
 * members.
 *
 * control/004_quota.sql has the rows, the rules, and why no limit can be passed
 * by transactions side by side. Here objects become what they take.
 *
 * A job reserves in the transaction of its intent and settles when it has
 * ended, whichever way. In one transaction reserve for one VE, or for several
 * in the order of their names.
 */
#ifndef HANSE_PROVISIONING_QUOTA_H
#define HANSE_PROVISIONING_QUOTA_H

#include <jansson.h>
#include <stdbool.h>

#include "provisioning/object.h"

struct hs_db;
struct hs_err;

/**
 * What objects take, as quota_rows() of 004_quota.sql reads it. Of several
 * generations of a domain the larger one counts.
 *
 * @ve:  whose; NULL counts the platform's own
 *
 * The caller owns the reference.
 */
json_t *quota_wanted(const struct objects *objects, const char *ve);

/** The same of every object there is, whose ever. */
json_t *quota_count(const struct objects *objects);

/** Whether an object of that kind takes something. */
bool quota_takes(const char *kind);

/**
 * Before a job: hold what a VE will have, and go on holding what it has. The
 * platform's own objects (the shared database domain) are reserved with it.
 *
 * @store:   in a transaction, READ COMMITTED
 * @wanted:  every wanted object; of other VEs nothing is touched
 *
 * Errors: HS_ELIMIT (names each scope, resource, limit, used and asked; the
 * transaction can only be rolled back), as hs_db_query().
 */
int quota_reserve(struct hs_db *store, const char *ve,
    const struct objects *wanted, struct hs_err *err);

/**
 * After a job: hold what is wanted now and give the rest back. It refuses
 * nothing: after quota_reserve() it is never more.
 *
 * @ve:  NULL: the platform, while no other job holds something of it
 */
int quota_settle(struct hs_db *store, const char *ve,
    const struct objects *wanted, struct hs_err *err);

/** quota_settle() of a VE that is gone. */
int quota_release(struct hs_db *store, const char *ve, struct hs_err *err);

/** quota_settle() of the platform and of every VE that holds or wants
 * something. */
int quota_settle_all(
    struct hs_db *store, const struct objects *wanted, struct hs_err *err);

#endif
