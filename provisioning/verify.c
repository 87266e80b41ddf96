/* verify.c - hanse verify: what no spec explains, what is missing, what is
 * different, and what cannot be seen.
 */

#include "provisioning/drift.h"
#include "provisioning/manager.h"
#include "provisioning/view.h"

static json_t *finding(const struct drift *drift)
{
	static const char *const problems[PLAN_ACTION_COUNT] = {
		[PLAN_CREATE] = "missing",
		[PLAN_UPDATE] = "different",
		[PLAN_DELETE] = "unexplained",
	};
	const struct object *o = plan_object(drift->change);
	hs_auto(hs_freep) char *detail = drift_detail(drift);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s}", "kind",
	    object_kind_name(o->kind), "name", o->name, "problem",
	    problems[drift->change->action], "drift", drift->row->name,
	    "severity", drift_severity_name(drift->row->severity), "repair",
	    drift->row->repair, "follows", (int)drift->follows, "detail",
	    detail);
}

int manager_verify(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(drifts_done) struct drifts drifts = { 0 };
	json_t *findings = json_array();
	size_t i;
	json_t *unknown;

	if (view_look(r->plat, NULL, &view, err) < 0) {
		json_decref(findings);
		return -1;
	}
	drift_list(&view.plan, &drifts);
	for (i = 0; i < drifts.count; i++)
		(void)json_array_append_new(findings, finding(&drifts.list[i]));
	json_array_foreach (view.unknown, i, unknown)
		(void)json_array_append_new(
		    findings, json_pack("{s:O, s:O, s:s, s:s, s:O}", "kind",
				  json_object_get(unknown, "kind"), "name",
				  json_object_get(unknown, "name"), "problem",
				  "unknown", "drift", "unreachable", "detail",
				  json_object_get(unknown, "reason")));
	*ret_result = json_pack("{s:b, s:o}", "clean",
	    json_array_size(findings) == 0, "findings", findings);
	return 0;
}
