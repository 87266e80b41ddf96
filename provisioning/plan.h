/* plan.h - the difference between what should be and what is: a pure value. */
#ifndef HANSE_PROVISIONING_PLAN_H
#define HANSE_PROVISIONING_PLAN_H

#include "provisioning/object.h"

enum plan_action {
	PLAN_CREATE,
	PLAN_UPDATE,
	PLAN_DELETE,
};
#define PLAN_ACTION_COUNT (PLAN_DELETE + 1)

/** One change; the objects are lent by the two lists. */
struct plan_change {
	enum plan_action action;
	const struct object *wanted; /* NULL: to be deleted */
	const struct object *actual; /* NULL: to be created */
	json_t *detail; /* [{"field","from","to"}], of an update or a roll */
};

struct plan {
	struct plan_change *list;
	size_t count;
};

const char *plan_action_name(enum plan_action action);
bool plan_action_find(const char *name, enum plan_action *ret_action);

/** [{"field","from","to"}] of what is wanted otherwise; NULL if nothing is. */
json_t *plan_difference(
    const struct object *wanted, const struct object *actual);

/** [{"field","from","to"}] of what is wanted and not so; NULL if nothing is. */
json_t *plan_difference(
    const struct object *wanted, const struct object *actual);

/** The object a change is about. */
const struct object *plan_object(const struct plan_change *change);

/**
 * Compare two sorted lists. Creations and updates come first, in the order of
 * kinds; deletions last, in reverse.
 */
void plan_make(const struct objects *wanted, const struct objects *actual,
    struct plan *ret_plan);

/** {"changes":[...]} as in protocol.md; the caller owns the reference. */
json_t *plan_json(const struct plan *plan);

void plan_done(struct plan *plan);

#endif
