/* job.c - a plan carried out. */

#include "provisioning/job.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/edge.h"
#include "provisioning/step.h"
#include "provisioning/store.h"

/** A job while it runs. */
struct job {
	struct plat *plat;
	struct hs_db *store;
	const struct plan *plan;
	const struct job_request *request;
	char *id;
};

static void tell(const struct job *job, size_t index, const char *state,
    long long ms, const char *message)
{
	const struct plan_change *change = &job->plan->list[index];
	const struct object *o = plan_object(change);
	json_t *event =
	    json_pack("{s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:I, s:s*}", "event",
		"step", "index", (json_int_t)index + 1, "of",
		(json_int_t)job->plan->count, "kind", object_kind_name(o->kind),
		"name", o->name, "action", plan_action_name(change->action),
		"state", state, "ms", (json_int_t)ms, "message", message);

	if (job->request->listener != NULL)
		job->request->listener(job->request->arg, event);
	json_decref(event);
}

static void record_begin(const struct job *job, size_t index)
{
	const struct plan_change *change = &job->plan->list[index];
	const struct object *o = plan_object(change);
	char number[24];

	(void)snprintf(number, sizeof(number), "%zu", index + 1);
	(void)HS_DB_QUERY(job->store, prov_sql_step_add, NULL, NULL, job->id,
	    number, plan_action_name(change->action), object_kind_name(o->kind),
	    o->name);
}

static void record_end(
    const struct job *job, size_t index, const char *state, const char *message)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%zu", index + 1);
	(void)HS_DB_QUERY(job->store, prov_sql_step_end, NULL, NULL, job->id,
	    number, state, message);
}

static int run_one(const struct job *job, size_t index, struct hs_err *err)
{
	const struct plan_change *change = &job->plan->list[index];
	const struct object *o = plan_object(change);
	const struct step_ops *ops = step_ops_of(o->kind);
	int64_t since = hs_now_ms();
	int failed;

	tell(job, index, "running", 0, NULL);
	record_begin(job, index);
	failed = change->action == PLAN_DELETE
		     ? ops->remove(job->plat, change->actual, err)
		     : ops->make(job->plat, change, err);
	record_end(job, index, failed < 0 ? "failed" : "done",
	    failed < 0 && err != NULL ? err->msg : NULL);
	tell(job, index, failed < 0 ? "failed" : "done", hs_now_ms() - since,
	    failed < 0 && err != NULL ? err->msg : NULL);
	if (failed < 0)
		return hs_wrap(err, "%s %s '%s'",
		    plan_action_name(change->action), object_kind_name(o->kind),
		    o->name);
	return 0;
}

/* Take away what was created, the failed thing's beginnings included. */
static void undo(const struct job *job, size_t last)
{
	for (size_t i = last + 1; i-- > 0;) {
		const struct plan_change *change = &job->plan->list[i];
		const struct object *o = change->wanted;
		struct hs_err err = { 0 };
		int failed;

		if (change->action != PLAN_CREATE)
			continue;
		failed = step_ops_of(o->kind)->remove(job->plat, o, &err);
		if (failed < 0)
			hs_warn("step.left_behind",
			    "kind=%s name=%s err=\"%s\"",
			    object_kind_name(o->kind), o->name, err.msg);
		record_end(job, i, failed < 0 ? "failed" : "undone",
		    failed < 0 ? err.msg : NULL);
		tell(job, i, failed < 0 ? "failed" : "undone", 0,
		    failed < 0 ? err.msg : NULL);
	}
}

static int run_all(const struct job *job, struct hs_err *err)
{
	for (size_t i = 0; i < job->plan->count; i++) {
		if (run_one(job, i, err) == 0)
			continue;
		undo(job, i);
		(void)edge_flush(job->plat, NULL);
		return -1;
	}
	return edge_flush(job->plat, err);
}

static int begin(struct job *job, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	char changes[24];

	(void)snprintf(changes, sizeof(changes), "%zu", job->plan->count);
	if (HS_DB_QUERY(job->store, prov_sql_job_add, &rows, err,
		job->request->command, job->request->ve, changes) < 0)
		return -1;
	job->id = hs_strdup(hs_rows_get(rows, 0, "job_id"));
	return 0;
}

static void end(struct job *job, int failed, const struct hs_err *err)
{
	const char *state = failed < 0 ? "failed" : "done";
	const char *event = failed < 0 ? "job.failed" : "job.done";
	const char *message = failed < 0 ? err->msg : NULL;

	(void)HS_DB_QUERY(
	    job->store, prov_sql_job_end, NULL, NULL, job->id, state, message);
	store_event(job->store, event, job->request->ve, job->id,
	    failed < 0 ? message : job->request->command);
	hs_info(event, "job=%s command=%s ve=%s changes=%zu", job->id,
	    job->request->command,
	    job->request->ve != NULL ? job->request->ve : "-",
	    job->plan->count);
	free(job->id);
}

int job_run(struct plat *plat, const struct plan *plan,
    const struct job_request *request, struct hs_err *err)
{
	struct job job = { .plat = plat, .plan = plan, .request = request };
	struct hs_err run_err = { 0 };
	int failed;

	if (plan->count == 0)
		return 0;
	if (plat_store(plat, &job.store, err) < 0 || begin(&job, err) < 0)
		return -1;
	failed = run_all(&job, &run_err);
	end(&job, failed, &run_err);
	if (failed < 0)
		return hs_fail(err, run_err.code, "%s", run_err.msg);
	return 0;
}
