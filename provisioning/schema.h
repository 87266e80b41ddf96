/* schema.h - the migrations of the shared databases, as installed. */
#ifndef HANSE_PROVISIONING_SCHEMA_H
#define HANSE_PROVISIONING_SCHEMA_H

#include "base/db.h"
#include "provisioning/plat.h"

struct hs_err;

/** The highest number of the installed migrations; 0 if there are none. */
int schema_latest(const struct plat *plat);

/** From these migrations on there are members, and archives of them. */
#define SCHEMA_MEMBERS 2
#define SCHEMA_ARCHIVE 11

/** The number of the last migration of a database; 0: it has none. */
int schema_current(struct hs_db *db, int *ret_number, struct hs_err *err);

/**
 * Apply what a VE's database lacks up to a number: each file in one
 * transaction as hanse_owner, recorded with its SHA-256. One that is further
 * stays so.
 *
 * Errors: HS_ENOTFOUND (that many are not installed), and as hs_db_run().
 */
int schema_reach(
    const struct plat *plat, struct hs_db *db, int number, struct hs_err *err);

#endif
