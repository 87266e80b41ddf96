/* disk.h - the volume of a database domain and the file system in it: both
 * grow, neither ever shrinks.
 */
#ifndef HANSE_PROVISIONING_DISK_H
#define HANSE_PROVISIONING_DISK_H

#include "provisioning/object.h"
#include "provisioning/plat.h"
#include "provisioning/store.h"

struct hs_err;

/**
 * Whether what is asked for takes nothing away from a volume of a VE, or from
 * the shared one.
 *
 * @before:  the VE as it is stored; NULL: it is new
 *
 * Errors: HS_EINVAL (says what to do), HS_EREMOTE.
 */
int disk_check(struct plat *plat, const struct objects *wanted, const char *ve,
    const struct store_ve *before, struct hs_err *err);

/**
 * Whether a volume is larger than wanted because hanse made it so, for a job
 * that was undone.
 *
 * @marks:  of mark_list()
 * @size:   of observe_gib()
 */
bool disk_is_ours(
    const json_t *marks, const struct object *wanted, const json_t *size);

/**
 * What there is of "disk_gib" of a database domain: of what is larger than
 * wanted the volume tells, and what cannot be seen is as wanted; null if there
 * is no file system.
 *
 * @wanted:  NULL: it is not
 */
json_t *disk_content(
    const struct plat *plat, const char *name, const struct object *wanted);

/**
 * Whether a database domain can have the disk that is wanted, before it is
 * stopped for that. Errors: HS_ENOTFOUND, HS_EINVAL, HS_ECONFLICT.
 */
int disk_is_ready(
    struct plat *plat, const struct object *domain, struct hs_err *err);

/** Give it to one that does not run. Errors: as of hv_volume_fit(). */
int disk_fit(
    struct plat *plat, const struct object *domain, struct hs_err *err);
/** The same while it runs, if its "disk_live" says so. */
int disk_fit_live(
    struct plat *plat, const struct object *domain, struct hs_err *err);

#endif
