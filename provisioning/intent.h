/* intent.h - changes of what is wanted, each in a transaction of the control
 * database that its caller begins and ends (view_begin, view_finish).
 *
 * Tables that hold what is wanted have the trigger job_note(): what a job has
 * changed there is put back when the job is undone.
 */
#ifndef HANSE_PROVISIONING_INTENT_H
#define HANSE_PROVISIONING_INTENT_H

#include <jansson.h>
#include <stdbool.h>

#include "provisioning/plat.h"

struct hs_err;

/**
 * Store the spec of args ("spec", "file") in its VE's place, let its members
 * take the newest images, and see that it can be made so at all,
 * and within the quotas.
 * Errors: HS_EINVAL (also a disk that would shrink), HS_ECONFLICT (the
 * database's class), HS_ELIMIT.
 */
int intent_apply(struct plat *plat, const json_t *args, struct hs_err *err);

/** The database of args' "ve" is to have the newest schema. */
int intent_schema(struct plat *plat, const json_t *args, struct hs_err *err);

/** Forget the spec of args' "ve", or with "all" every one. */
int intent_destroy(struct plat *plat, const json_t *args, struct hs_err *err);

/**
 * No domain is to be on args' "host" any more, and every one has a place
 * elsewhere. Errors: HS_ECONFLICT (one cannot go; says why).
 */
int intent_host_drain(
    struct plat *plat, const json_t *args, struct hs_err *err);

/** Give args' "host" up: it is forgotten, what was on it goes elsewhere. */
int intent_host_lose(struct plat *plat, const json_t *args, struct hs_err *err);

/**
 * What is done with one member, args' "ve" and "enterprise": its next instance
 * is wanted; so are its next credentials; it is not to serve; it is again.
 * Errors: HS_ENOTFOUND, HS_ECONFLICT (restart or rotate one that is suspended).
 */
int intent_restart(struct plat *plat, const json_t *args, struct hs_err *err);
int intent_rotate(struct plat *plat, const json_t *args, struct hs_err *err);
int intent_suspend(struct plat *plat, const json_t *args, struct hs_err *err);
int intent_resume(struct plat *plat, const json_t *args, struct hs_err *err);

/** Let args' "owner", of instances, take the newest images. */
int intent_image(struct plat *plat, const json_t *args, struct hs_err *err);

/** Whether that member is there, and, if asked, serves. Errors: as above. */
int intent_check_member(
    struct plat *plat, const json_t *args, bool must_serve, struct hs_err *err);

#endif
