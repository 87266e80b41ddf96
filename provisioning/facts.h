/* facts.h - what of a VE's database decides who may see and do what: policies,
 * grants, functions, views, owners. Remembered as the migrations left them;
 * later compared, and brought back.
 */
#ifndef HANSE_PROVISIONING_FACTS_H
#define HANSE_PROVISIONING_FACTS_H

#include <jansson.h>

#include "base/db.h"
#include "provisioning/plat.h"

struct hs_err;

/** The digest of all facts of a database; owned by the caller. */
int facts_digest(struct hs_db *db, char **ret_digest, struct hs_err *err);

/** Remember the facts of a database as they are now: after its migrations. */
int facts_keep(
    struct plat *plat, struct hs_db *db, const char *name, struct hs_err *err);

/**
 * What differs from what was kept.
 *
 * @ret_list:  texts, e.g. "missing: policy p of hanse.t"; the first 20
 */
int facts_compare(struct plat *plat, struct hs_db *db, const char *name,
    json_t **ret_list, struct hs_err *err);

/**
 * Bring every fact back, in one transaction.
 * Errors: HS_ECONFLICT (a table or column is gone: only a backup has it),
 * HS_EDENIED (it belongs to somebody whom the provisioner cannot be).
 */
int facts_mend(
    struct plat *plat, struct hs_db *db, const char *name, struct hs_err *err);

#endif
