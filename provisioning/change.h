/* change.h - how a change of a domain comes about: in place, with a restart,
 * or by a new instance beside the old one.
 */
#ifndef HANSE_PROVISIONING_CHANGE_H
#define HANSE_PROVISIONING_CHANGE_H

#include <stdbool.h>

#include "hv/hv.h"
#include "provisioning/plan.h"

/** From what nobody notices to what takes most. */
enum change_way {
	CHANGE_LIVE,    /* in place, while it serves or because it does not */
	CHANGE_ROLL,    /* a new instance answers before the old one goes */
	CHANGE_RESTART, /* it stops meanwhile: the operator is asked */
};
#define CHANGE_WAY_COUNT (CHANGE_RESTART + 1)

const char *change_way_name(enum change_way way); /* "live" */

/** How one field of a domain is changed while the domain serves: by what its
 * driver can do, and the maxima of its definition. */
enum change_way change_field(
    const struct plan_change *change, const char *field);

/**
 * How a change of a plan comes about: what its most demanding field takes.
 * Creations, deletions and objects that are no domains are live, and so is a
 * domain that does not serve: nobody waits for it.
 */
enum change_way change_of(const struct plan_change *change);

/**
 * Give every creation of an instance whose predecessor goes in the same plan
 * the reason in its detail: what is different between the two.
 */
void change_explain_rolls(struct plan *plan);

/** Whether a change replaces another instance that is to go. */
bool change_is_roll(const struct plan_change *change);

/** Whether an update can be made while the domain goes on running. */
bool change_is_in_place(const struct plan_change *change);

/**
 * Whether all that differs of a domain that runs is beside what runs (an edit
 * of its definition, a mount, the host's end of its interface, that it is
 * paused) or can be changed while it does. By the two objects alone, not by the
 * detail.
 */
bool change_keeps_running(const struct plan_change *change);

/** "db.shared (max_connections 400 -> 800), ..." of a plan's restarts; NULL if
 * there are none. Owned by the caller. */
char *change_restarts(const struct plan *plan);

/** Take the restarts out of a plan: not asked for, they wait. */
void change_defer_restarts(struct plan *plan);

#endif
