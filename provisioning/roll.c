/* roll.c - changes that no running domain can take become new instances. */

#include "provisioning/roll.h"

#include <string.h>

#include "base/err.h"
#include "provisioning/change.h"
#include "provisioning/instance.h"
#include "provisioning/observe.h"

/* A member's certificate that will expire, or is damaged: its domain is rolled
 * to the next one, for the gateway accepts the old one until then. */
static bool must_rotate(const struct plan_change *c)
{
	return c->action == PLAN_UPDATE && c->wanted->kind == OBJ_CREDENTIAL &&
	       c->wanted->enterprise != NULL &&
	       strcmp(object_text(c->wanted, "usage"), "client") == 0;
}

static int raise_all(
    struct plat *plat, const struct plan *plan, struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_change *c = &plan->list[i];

		if (change_of(c) == CHANGE_ROLL &&
		    instance_raise(
			store, object_text(c->wanted, "owner"), err) < 0)
			return -1;
		if (must_rotate(c) &&
		    instance_rotate(store, object_text(c->wanted, "cn"), err) <
			0)
			return -1;
	}
	return 0;
}

/* What is there has been looked at: only what is wanted is new. */
static int plan_again(
    struct plat *plat, const char *ve, struct view *view, struct hs_err *err)
{
	struct view again = { 0 };

	if (view_want(plat, &again, err) < 0)
		return -1;
	if (ve != NULL)
		objects_keep(&again.wanted, ve);
	plan_done(&view->plan);
	objects_done(&view->wanted);
	view->wanted = again.wanted;
	plan_make(&view->wanted, &view->actual, &view->plan);
	return 0;
}

bool roll_is_needed(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (change_of(&plan->list[i]) == CHANGE_ROLL ||
		    must_rotate(&plan->list[i]))
			return true;
	return false;
}

int roll_settle(
    struct plat *plat, const char *ve, struct view *view, struct hs_err *err)
{
	if (roll_is_needed(&view->plan) &&
	    (raise_all(plat, &view->plan, err) < 0 ||
		plan_again(plat, ve, view, err) < 0))
		return -1;
	change_explain_rolls(&view->plan);
	return 0;
}

int roll_restarts(struct plat *plat, const char *ve,
    const struct objects *wanted, char **ret_restarts, struct hs_err *err)
{
	hs_auto(objects_done) struct objects actual = { 0 };
	struct plan plan;

	if (observe_kind(plat, OBJ_DB_DOMAIN, ve, wanted, &actual, err) < 0)
		return -1;
	plan_make(wanted, &actual, &plan);
	*ret_restarts = change_restarts(&plan);
	plan_done(&plan);
	return 0;
}
