/* plan.c - the difference between what should be and what is. */

#include "provisioning/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "provisioning/change.h"

static const char *const action_names[PLAN_ACTION_COUNT] = {
	[PLAN_CREATE] = "create",
	[PLAN_UPDATE] = "update",
	[PLAN_DELETE] = "delete",
};

const char *plan_action_name(enum plan_action action)
{
	assert(action < PLAN_ACTION_COUNT);
	return action_names[action];
}

bool plan_action_find(const char *name, enum plan_action *ret_action)
{
	for (size_t i = 0; name != NULL && i < PLAN_ACTION_COUNT; i++)
		if (strcmp(action_names[i], name) == 0) {
			*ret_action = (enum plan_action)i;
			return true;
		}
	return false;
}

const struct object *plan_object(const struct plan_change *change)
{
	return change->wanted != NULL ? change->wanted : change->actual;
}

static void add(struct plan *plan, enum plan_action action,
    const struct object *wanted, const struct object *actual, json_t *detail)
{
	plan->list =
	    hs_realloc_array(plan->list, plan->count + 1, sizeof(*plan->list));
	plan->list[plan->count++] = (struct plan_change) {
		.action = action,
		.wanted = wanted,
		.actual = actual,
		.detail = detail,
	};
}

/* Only what is wanted counts: an attribute nobody asked for is no change. */
json_t *plan_difference(
    const struct object *wanted, const struct object *actual)
{
	json_t *detail = json_array(), *to;
	const char *field;

	json_object_foreach (wanted->attrs, field, to) {
		json_t *from = json_object_get(actual->attrs, field);

		if (from == NULL || !json_equal(from, to))
			(void)json_array_append_new(
			    detail, json_pack("{s:s, s:O?, s:O}", "field",
					field, "from", from, "to", to));
	}
	if (json_array_size(detail) > 0)
		return detail;
	json_decref(detail);
	return NULL;
}

void plan_make(const struct objects *wanted, const struct objects *actual,
    struct plan *ret_plan)
{
	struct plan plan = { 0 };

	for (size_t i = 0; i < wanted->count; i++) {
		const struct object *w = &wanted->list[i];
		const struct object *a = objects_find(actual, w->kind, w->name);
		json_t *detail;

		if (a == NULL)
			add(&plan, PLAN_CREATE, w, NULL, NULL);
		else if ((detail = plan_difference(w, a)) != NULL)
			add(&plan, PLAN_UPDATE, w, a, detail);
	}
	for (size_t i = actual->count; i-- > 0;) {
		const struct object *a = &actual->list[i];

		if (objects_find(wanted, a->kind, a->name) == NULL)
			add(&plan, PLAN_DELETE, NULL, a, NULL);
	}
	*ret_plan = plan;
}

json_t *plan_json(const struct plan *plan)
{
	json_t *changes = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_change *c = &plan->list[i];
		const struct object *o = plan_object(c);
		json_t *change = json_pack("{s:s, s:s, s:s, s:s?, s:o}",
		    "action", plan_action_name(c->action), "kind",
		    object_kind_name(o->kind), "name", o->name, "ve", o->ve,
		    "detail",
		    c->detail != NULL ? json_incref(c->detail) : json_array());

		if (change_is_roll(c))
			(void)json_object_set_new(change, "roll", json_true());
		if (change_of(c) == CHANGE_RESTART)
			(void)json_object_set_new(
			    change, "restart", json_true());
		(void)json_array_append_new(changes, change);
	}
	return json_pack("{s:o}", "changes", changes);
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		json_decref(plan->list[i].detail);
	free(plan->list);
	*plan = (struct plan) { 0 };
}
