/* job_undo.c - a job is taken back: the old specs, then its steps in reverse.
 */

#include "provisioning/job_work.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/edge.h"
#include "provisioning/job_step.h"

#define UNDO_WAIT 10000 /* ms, for a database server that begins to answer */

#define UNDOING_FAILED "; and undoing it failed"

static int undo_step(struct job *job, const struct journal_steps *steps,
    size_t i, struct hs_err *err)
{
	struct journal_note n = { .state = "undoing" };
	int64_t since = hs_now_ms();
	bool kept = false;
	int failed;

	failed = job_note(job, &job->plat, steps, i, &n, err) < 0 ||
			 hs_fault("undo.begin", err) < 0 ||
			 job_step_undo(
			     &job->plat, &steps->list[i].change, &kept, err) < 0
		     ? -1
		     : 0;
	if (failed < 0 && atomic_load(job->stop))
		return -1;
	n.state = failed < 0 ? "failed" : kept ? "kept" : "undone";
	job_count_step(&steps->list[i], n.state, hs_now_ms() - since);
	n.message = failed < 0 ? err->msg : NULL;
	if (job_note(job, &job->plat, steps, i, &n, failed < 0 ? NULL : err) <
	    0)
		failed = -1;
	return failed;
}

/* A database server that was restarted for it answers again; not for long, for
 * what mends it may need what this job holds. */
static void await_servers(struct job *job)
{
	bool again = true;

	job->answers_ms = hs_now_ms() + UNDO_WAIT;
	while (again && !atomic_load(job->stop)) {
		hs_auto(view_done) struct view view = { 0 };

		if (job_look(job, &view, NULL) < 0)
			return;
		(void)job_all_is_known(job, &view, &again, NULL);
		if (again)
			hs_pause_ms(JOB_LOOK_AGAIN);
	}
}

/* In reverse; what fails is passed by, so that as much as can be is undone. */
static int undo_steps(struct job *job, struct hs_err *err)
{
	hs_auto(journal_steps_done) struct journal_steps steps = { 0 };
	struct hs_db *store;
	bool restarted = false;
	int failed = 0;

	if (plat_store(&job->plat, &store, err) < 0 ||
	    journal_begun(store, job->id, &steps, err) < 0)
		return -1;
	for (size_t i = 0; i < steps.count; i++) {
		struct hs_err step_err = { 0 };

		if (atomic_load(job->stop))
			return -1;
		if (plan_object(&steps.list[i].change)->kind == OBJ_EDGE)
			job->plat.edge_changed = true;
		if (plan_object(&steps.list[i].change)->kind == OBJ_DB_DOMAIN)
			restarted = true;
		if (undo_step(job, &steps, i, &step_err) == 0)
			continue;
		hs_warn("step.left", "job=%s step=%s err=\"%s\"", job->id,
		    steps.list[i].number, step_err.msg);
		if (failed == 0)
			failed =
			    hs_fail(err, step_err.code, "%s", step_err.msg);
	}
	if (edge_flush(&job->plat, err) < 0)
		failed = -1;
	if (failed == 0 && restarted)
		await_servers(job);
	return failed;
}

/* The old specs first, in one transaction with the transition; then steps. */
int job_restore(struct job *job, const struct hs_err *why)
{
	struct hs_err err = { 0 };
	struct hs_db *store;

	while (!atomic_load(job->stop)) {
		if (view_begin(&job->plat, &err) == 0) {
			if (plat_store(&job->plat, &store, &err) == 0 &&
			    HS_DB_QUERY(store, prov_sql_job_restore, NULL, &err,
				job->id) == 0 &&
			    journal_move(store, job->id, JOB_RUNNING,
				JOB_UNDOING, why, &err) == 0 &&
			    view_finish(&job->plat, "COMMIT", &err) == 0)
				return 0;
			(void)view_finish(&job->plat, "ROLLBACK", NULL);
		}
		hs_pause_ms(JOB_STORE_WAIT);
	}
	return -1;
}

void job_undo(struct job *job, struct hs_err *why)
{
	bool was_cancelled =
	    why->code == HS_ECONFLICT && strstr(why->msg, "cancelled") != NULL;
	struct hs_err err = { 0 };

	job->plat.cancel = NULL;
	if (job->plat.server_wait_ms > PLAT_SERVER_UNDO_MS)
		job->plat.server_wait_ms = PLAT_SERVER_UNDO_MS;
	if (undo_steps(job, &err) == 0 && job_release(job, &err) == 0) {
		(void)job_move(job, JOB_UNDOING,
		    was_cancelled ? JOB_CANCELLED : JOB_FAILED, why);
		return;
	}
	if (atomic_load(job->stop))
		return;
	(void)hs_wrap(&err, "%s" UNDOING_FAILED, why->msg);
	if (was_cancelled)
		err.code = why->code; /* it still is, when it is tried again */
	(void)job_move(job, JOB_UNDOING, JOB_BROKEN, &err);
}

/* What is left of a broken one: it is tried again by itself until it is
 * through, so nobody is waited for, and only the first reason is kept. */
void job_undo_again(struct job *job, struct hs_err *why)
{
	char *more = strstr(why->msg, UNDOING_FAILED);

	if (more != NULL)
		*more = '\0';
	job->plat.server_wait_ms = 0;
	if (job_restore(job, why) == 0)
		job_undo(job, why);
}
