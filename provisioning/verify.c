/* verify.c - hanse verify: what no spec explains, what is missing, what is
 * different, and what cannot be seen.
 */

#include "provisioning/manager.h"
#include "provisioning/view.h"

static json_t *finding(const struct plan_change *change)
{
	static const char *const problems[PLAN_ACTION_COUNT] = {
		[PLAN_CREATE] = "missing",
		[PLAN_UPDATE] = "different",
		[PLAN_DELETE] = "unexplained",
	};
	const struct object *o = plan_object(change);
	hs_auto(hs_freep) char *detail =
	    change->detail != NULL ? json_dumps(change->detail, JSON_COMPACT)
				   : NULL;

	return json_pack("{s:s, s:s, s:s, s:s}", "kind",
	    object_kind_name(o->kind), "name", o->name, "problem",
	    problems[change->action], "detail", detail != NULL ? detail : "");
}

int manager_verify(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	json_t *findings = json_array();
	size_t i;
	json_t *unknown;

	if (view_look(r->plat, NULL, &view, err) < 0) {
		json_decref(findings);
		return -1;
	}
	for (i = 0; i < view.plan.count; i++)
		(void)json_array_append_new(
		    findings, finding(&view.plan.list[i]));
	json_array_foreach (view.unknown, i, unknown)
		(void)json_array_append_new(findings,
		    json_pack("{s:O, s:O, s:s, s:O}", "kind",
			json_object_get(unknown, "kind"), "name",
			json_object_get(unknown, "name"), "problem", "unknown",
			"detail", json_object_get(unknown, "reason")));
	*ret_result = json_pack("{s:b, s:o}", "clean",
	    json_array_size(findings) == 0, "findings", findings);
	return 0;
}
