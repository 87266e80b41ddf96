/* job_run.c - a job from its claim to its end. */

#include "provisioning/job_work.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/quota.h"
#include "provisioning/store.h"
#include "provisioning/want.h"

/* -- The control database may be away -------------------------------------- */

/* A transition is written, however long that takes; -1: the daemon ends. */
int job_move(struct job *job, enum job_state from, enum job_state to,
    const struct hs_err *why)
{
	struct hs_err err = { 0 };
	struct hs_db *store;

	while (!atomic_load(job->stop)) {
		if (plat_store(&job->plat, &store, &err) == 0 &&
		    journal_move(store, job->id, from, to, why, &err) == 0)
			return 0;
		if (err.code == HS_ECONFLICT)
			break;
		hs_pause_ms(JOB_STORE_WAIT);
	}
	hs_warn("job.move", "job=%s to=%s err=\"%s\"", job->id,
	    job_state_name(to), err.msg);
	return -1;
}

static int transaction(
    struct job *job, const char *first, const char *second, struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(&job->plat, &store, err) < 0 ||
	    hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	if (HS_DB_QUERY(store, first, NULL, err, job->id) == 0 &&
	    HS_DB_QUERY(store, second, NULL, err, job->id) == 0)
		return hs_db_run(store, "COMMIT", err);
	(void)hs_db_run(store, "ROLLBACK", NULL);
	return -1;
}

/* -- Intent ---------------------------------------------------------------- */

static int intend_in(struct job *job, struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(&job->plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_job_set, NULL, err, job->id) < 0 ||
	    job->kind->intend(&job->plat, job->args, err) < 0)
		return -1;
	return HS_DB_QUERY(store, prov_sql_job_intended, NULL, err, job->id);
}

/* What is wanted changes, numbers are given, what was is kept: all or none. */
static int intend(struct job *job, struct hs_err *err)
{
	if (job->intended || job->kind->intend == NULL)
		return 0;
	if (view_begin(&job->plat, err) < 0)
		return -1;
	if (intend_in(job, err) < 0) {
		(void)view_finish(&job->plat, "ROLLBACK", NULL);
		return -1;
	}
	if (view_finish(&job->plat, "COMMIT", err) < 0)
		return -1;
	job->intended = true;
	return 0;
}

static bool is_alone(const struct hs_rows *counts)
{
	return strcmp(hs_rows_get(counts, 0, "broken"), "0") == 0 &&
	       strcmp(hs_rows_get(counts, 0, "running"), "1") == 0;
}

/* What the job held beyond what is wanted now is given back; the platform's by
 * the last one. */
static int give_back(
    struct job *job, const struct hs_rows *counts, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	struct hs_db *store;

	if (plat_store(&job->plat, &store, err) < 0 ||
	    view_want(&job->plat, &view, err) < 0)
		return -1;
	if (job->ve != NULL &&
	    quota_settle(store, job->ve, &view.wanted, err) < 0)
		return -1;
	if (!is_alone(counts))
		return 0;
	return job->ve != NULL ? quota_settle(store, NULL, &view.wanted, err)
			       : quota_settle_all(store, &view.wanted, err);
}

/* Reservations, and numbers of what no stored spec has any more, unless a job
 * that is not undone may still use them. */
int job_release(struct job *job, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;
	int failed;

	if (view_begin(&job->plat, err) < 0)
		return -1;
	failed = plat_store(&job->plat, &store, err) < 0 ||
			 hs_db_query(store, prov_sql_job_counts, 0, NULL, &rows,
			     err) < 0 ||
			 give_back(job, rows, err) < 0
		     ? -1
		     : 0;
	if (failed == 0 && strcmp(hs_rows_get(rows, 0, "broken"), "0") == 0)
		failed = store_ve_list(store, &ves, err) < 0
			     ? -1
			     : want_release(&job->plat, &ves, err);
	if (view_finish(&job->plat, failed < 0 ? "ROLLBACK" : "COMMIT", err) <
	    0)
		return -1;
	return failed;
}

/* -- A job ----------------------------------------------------------------- */

static void job_done(struct job *job)
{
	free(job->command);
	free(job->ve);
	json_decref(job->args);
	plat_done(&job->plat);
	for (size_t i = 0; i < JOB_CREW_MAX; i++)
		if (job->crew[i].conf != NULL)
			plat_done(&job->crew[i]);
}

/* As the queue has it; the state and what went wrong before, too. */
static int job_read(struct job *job, enum job_state *ret_state,
    struct hs_err *ret_why, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;
	const char *message, *args;

	if (plat_store(&job->plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_job_get, &rows, err, job->id) < 0)
		return -1;
	if (hs_rows_count(rows) == 0 ||
	    !job_state_find(hs_rows_get(rows, 0, "state"), ret_state))
		return hs_fail(err, HS_ENOTFOUND, "no job %s", job->id);
	job->command = hs_strdup(hs_rows_get(rows, 0, "command"));
	job->ve = hs_strdup(hs_rows_get(rows, 0, "ve"));
	job->undo = strcmp(hs_rows_get(rows, 0, "undo"), "true") == 0;
	job->intended = strcmp(hs_rows_get(rows, 0, "intended"), "true") == 0;
	if (strcmp(hs_rows_get(rows, 0, "cancel"), "true") == 0)
		atomic_store(job->cancel, true);
	args = hs_rows_get(rows, 0, "args");
	job->args = json_loads(args != NULL ? args : "{}", 0, NULL);
	message = hs_rows_get(rows, 0, "message");
	if (message != NULL)
		(void)hs_fail(ret_why,
		    hs_code_find(hs_rows_get(rows, 0, "code")), "%s", message);
	job->kind = job_kind_find(job->command);
	if (job->kind == NULL)
		return hs_fail(err, HS_EINVAL,
		    "this version of hansed knows no job '%s'", job->command);
	return 0;
}

static int carry_out(struct job *job, struct hs_err *err)
{
	if (intend(job, err) < 0)
		return -1;
	if (job->kind->run != NULL)
		return job->kind->run(&job->plat, job->args, err);
	if (job_converge(job, err) < 0)
		return -1;
	return job_release(job, err);
}

static void finish(struct job *job)
{
	if (transaction(job, prov_sql_job_keep, prov_sql_job_unlock, NULL) < 0)
		hs_warn("job.keep", "job=%s", job->id);
	(void)job_move(job, JOB_RUNNING, JOB_DONE, NULL);
	hs_info("job.done", "job=%s command=%s ve=%s", job->id, job->command,
	    job->ve != NULL ? job->ve : "-");
}

/* Undone, if it can be; what only removes is tried again later. */
static void give_up(struct job *job, struct hs_err *why)
{
	hs_info("job.failed", "job=%s command=%s ve=%s err=\"%s\"", job->id,
	    job->command, job->ve != NULL ? job->ve : "-", why->msg);
	if (!job->intended && job->kind->intend != NULL)
		(void)job_move(job, JOB_RUNNING, JOB_FAILED, why);
	else if (!job->kind->can_undo || job->removes)
		(void)job_move(job, JOB_RUNNING,
		    job->kind->intend != NULL ? JOB_BROKEN : JOB_FAILED, why);
	else if (job_restore(job, why) == 0)
		job_undo(job, why);
}

static void work(struct job *job)
{
	struct hs_err err = { 0 }, why = { 0 };
	enum job_state state;

	while (job_read(job, &state, &why, &err) < 0) {
		if (err.code != HS_EREMOTE || atomic_load(job->stop)) {
			hs_warn(
			    "job.read", "job=%s err=\"%s\"", job->id, err.msg);
			if (job->command != NULL && job->kind == NULL)
				(void)job_move(job, state, JOB_FAILED, &err);
			return;
		}
		hs_pause_ms(JOB_STORE_WAIT);
	}
	if (state == JOB_UNDOING) {
		job_undo(job, &why);
		return;
	}
	if (job->undo) {
		job_undo_again(job, &why);
		return;
	}
	if (carry_out(job, &err) == 0)
		finish(job);
	else if (!atomic_load(job->stop))
		give_up(job, &err);
}

void job_work(const struct plat_conf *conf, const char *id, atomic_bool *stop,
    atomic_bool *cancel)
{
	struct job job = { .id = id, .stop = stop, .cancel = cancel };

	hs_fault_arm(true);
	plat_init(&job.plat, conf);
	job.plat.stop = stop;
	job.plat.cancel = cancel;
	work(&job);
	job_done(&job);
	hs_fault_arm(false);
}
