/* schema.h - the migrations of the shared databases, as installed. */
#ifndef HANSE_PROVISIONING_SCHEMA_H
#define HANSE_PROVISIONING_SCHEMA_H

#include "base/db.h"
#include "provisioning/plat.h"

struct hs_err;

/** The highest number of the installed migrations; 0 if there are none. */
int schema_latest(const struct plat *plat);

/**
 * Apply what is missing to a VE's database: each file in one transaction as
 * hanse_owner, recorded with its SHA-256.
 *
 * Errors: HS_ENOTFOUND (nothing installed), and as hs_db_run().
 */
int schema_migrate(
    const struct plat *plat, struct hs_db *db, struct hs_err *err);

#endif
