/* roll.h - changes that no running domain can take become new instances. */
#ifndef HANSE_PROVISIONING_ROLL_H
#define HANSE_PROVISIONING_ROLL_H

#include <stdbool.h>

#include "provisioning/view.h"

struct hs_err;

/**
 * Settle what a view's plan is to be: members whose domain must be rolled get
 * their next instance, and the plan is made again. It then creates that
 * instance (with the reason in its detail), changes the edge, and deletes the
 * old one last.
 *
 * @ve:  that the view is of; NULL: everything
 *
 * Raises generations: in the transaction of the intent, or in one that is
 * rolled back if nothing is to come of it.
 */
int roll_settle(
    struct plat *plat, const char *ve, struct view *view, struct hs_err *err);

/** Whether a plan must be settled at all. */
bool roll_is_needed(const struct plan *plan);

/**
 * What would have to stop if that were wanted of a VE, as change_restarts() has
 * it: its database domain and the shared one are looked at, nothing else.
 *
 * @ret_restarts:  NULL if nothing would; owned by the caller
 */
int roll_restarts(struct plat *plat, const char *ve,
    const struct objects *wanted, char **ret_restarts, struct hs_err *err);

#endif
