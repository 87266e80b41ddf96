/* view.h - both sides of a plan at one moment, and the transaction in which
 * numbers may be given away for it.
 */
#ifndef HANSE_PROVISIONING_VIEW_H
#define HANSE_PROVISIONING_VIEW_H

#include "provisioning/plan.h"
#include "provisioning/plat.h"

struct hs_err;

/** What is wanted, what is there, and their difference. */
struct view {
	struct objects wanted, actual;
	json_t *unknown; /* as of observe_objects() */
	struct plan plan;
};

/**
 * Look: what the specs in the control database want now, and what is there.
 *
 * @ve:  only what belongs to it or to the platform; NULL: everything
 */
int view_look(struct plat *plat, const char *ve, struct view *ret_view,
    struct hs_err *err);
void view_done(struct view *view);

/** The two halves of it; the first one in a transaction of the caller's. */
int view_want(struct plat *plat, struct view *view, struct hs_err *err);
int view_observe(
    struct plat *plat, const char *ve, struct view *view, struct hs_err *err);

/**
 * A transaction in the control database in which numbers may be given away;
 * others wait meanwhile, so keep it short. End it with COMMIT or ROLLBACK.
 */
int view_begin(struct plat *plat, struct hs_err *err);
int view_finish(struct plat *plat, const char *how, struct hs_err *err);

#endif
