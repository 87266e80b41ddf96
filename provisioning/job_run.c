/* job_run.c - a job from its claim to its end: intent, plan, steps, undo. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/change.h"
#include "provisioning/edge.h"
#include "provisioning/job.h"
#include "provisioning/job_journal.h"
#include "provisioning/job_step.h"
#include "provisioning/metric.h"
#include "provisioning/quota.h"
#include "provisioning/roll.h"
#include "provisioning/step.h"
#include "provisioning/store.h"
#include "provisioning/view.h"
#include "provisioning/want.h"

#define ROUNDS_MAX 4
#define CREW_MAX   8
#define STORE_WAIT 200   /* ms, while the control database is away */
#define LOOK_AGAIN 200   /* ms, while a database server begins to answer */
#define UNDO_WAIT  10000 /* ms, for such a one */

#define UNDOING_FAILED "; and undoing it failed"

/** A job while it is worked on. */
struct job {
	const char *id;
	char *command, *ve;
	json_t *args;
	const struct job_kind *kind;
	bool undo, intended, removes; /* as of the journal */
	int64_t answers_ms; /* until then a server of databases may be silent */
	struct plat plat;
	struct plat crew[CREW_MAX]; /* connections of its other hands */
	atomic_bool *stop, *cancel;
};

/* -- The control database may be away -------------------------------------- */

/* A transition is written, however long that takes; -1: the daemon ends. */
static int move(struct job *job, enum job_state from, enum job_state to,
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
		hs_pause_ms(STORE_WAIT);
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

/* -- Steps ----------------------------------------------------------------- */

/** Steps of one kind and action, which several hands may do. */
struct group {
	struct job *job;
	struct journal_steps *steps;
	size_t first, end;
	atomic_size_t next;
	atomic_bool failed;
	pthread_mutex_t lock; /* for err */
	struct hs_err *err;
};

/** One of the hands. */
struct hand {
	struct group *group;
	struct plat *plat;
	pthread_t thread;
};

static int note(struct job *job, struct plat *plat,
    const struct journal_steps *steps, size_t i, struct journal_note *note,
    struct hs_err *err)
{
	struct hs_db *store;

	note->index = i + 1;
	note->of = steps->count;
	if (plat_store(plat, &store, err) < 0)
		return -1;
	return journal_step(store, job->id, &steps->list[i], note, err);
}

static void count_step(
    const struct journal_step *step, const char *result, long long ms)
{
	metric_observe(METRIC_STEP_SECONDS,
	    METRIC_OF(object_kind_name(plan_object(&step->change)->kind),
		plan_action_name(step->change.action), result),
	    (double)ms / 1000);
}

/* The step is journalled, carried out, journalled. */
static int run_step(struct job *job, struct plat *plat,
    const struct journal_steps *steps, size_t i, struct hs_err *err)
{
	const struct journal_step *step = &steps->list[i];
	const struct object *o = plan_object(&step->change);
	bool again = strcmp(step->state, "planned") != 0;
	int64_t since = hs_now_ms();
	struct journal_note n = { .state = "running" };
	int failed;

	failed = plat_gives_up(plat, err) < 0 ||
			 note(job, plat, steps, i, &n, err) < 0 ||
			 hs_fault("step.begin", err) < 0 ||
			 job_step_run(plat, &step->change, again, err) < 0 ||
			 hs_fault("step.made", err) < 0
		     ? -1
		     : 0;
	if (failed < 0 && atomic_load(job->stop))
		return -1; /* the next daemon goes on with it */
	n.state = failed < 0 ? "failed" : "done";
	n.message = failed < 0 ? err->msg : NULL;
	n.ms = hs_now_ms() - since;
	count_step(step, n.state, n.ms);
	if (note(job, plat, steps, i, &n, failed < 0 ? NULL : err) < 0)
		failed = -1;
	if (failed < 0)
		return hs_wrap(err, "%s %s '%s'",
		    plan_action_name(step->change.action),
		    object_kind_name(o->kind), o->name);
	return 0;
}

/* Steps of a round that is gone on with. */
static bool is_open(const struct journal_step *step)
{
	return strcmp(step->state, "planned") == 0 ||
	       strcmp(step->state, "running") == 0 ||
	       strcmp(step->state, "failed") == 0;
}

static void *hand_thread(void *arg)
{
	struct hand *hand = arg;
	struct group *g = hand->group;

	hs_fault_arm(true);
	for (;;) {
		size_t i = atomic_fetch_add(&g->next, 1);
		struct hs_err err = { 0 };

		if (i >= g->end || atomic_load(&g->failed))
			break;
		if (!is_open(&g->steps->list[i]) ||
		    run_step(g->job, hand->plat, g->steps, i, &err) == 0)
			continue;
		(void)pthread_mutex_lock(&g->lock);
		if (!atomic_exchange(&g->failed, true))
			*g->err = err;
		(void)pthread_mutex_unlock(&g->lock);
	}
	return NULL;
}

static struct plat *crew_plat(struct job *job, size_t n)
{
	struct plat *plat = n == 0 ? &job->plat : &job->crew[n];

	if (plat->conf == NULL)
		plat_init(plat, job->plat.conf);
	plat->stop = job->stop;
	plat->cancel = job->plat.cancel;
	return plat;
}

static int run_group(struct group *g, unsigned width, struct hs_err *err)
{
	struct hand hands[CREW_MAX];
	struct hs_err first = { 0 };
	size_t count = g->end - g->first, started = 1;

	g->err = &first;
	atomic_init(&g->next, g->first);
	atomic_init(&g->failed, false);
	(void)pthread_mutex_init(&g->lock, NULL);
	for (size_t i = 0; i < width && i < count && i < CREW_MAX; i++)
		hands[i] = (struct hand) { g, crew_plat(g->job, i), 0 };
	while (started < width && started < count && started < CREW_MAX &&
	       pthread_create(&hands[started].thread, NULL, hand_thread,
		   &hands[started]) == 0)
		started++;
	(void)hand_thread(&hands[0]);
	for (size_t i = 1; i < started; i++) {
		(void)pthread_join(hands[i].thread, NULL);
		g->job->plat.edge_changed |= hands[i].plat->edge_changed;
		hands[i].plat->edge_changed = false;
	}
	(void)pthread_mutex_destroy(&g->lock);
	if (!atomic_load(&g->failed))
		return 0;
	*err = first;
	return -1;
}

static size_t group_end(const struct journal_steps *steps, size_t first)
{
	const struct plan_change *c = &steps->list[first].change;
	size_t end = first + 1;

	while (
	    end < steps->count && steps->list[end].change.action == c->action &&
	    plan_object(&steps->list[end].change)->kind == plan_object(c)->kind)
		end++;
	return end;
}

/* What is left of a round, group by group; nginx reads its files behind the
 * group that wrote them. */
static int run_steps(
    struct job *job, struct journal_steps *steps, struct hs_err *err)
{
	for (size_t i = 0; i < steps->count;) {
		const struct plan_change *c = &steps->list[i].change;
		struct group group = {
			.job = job,
			.steps = steps,
			.first = i,
			.end = group_end(steps, i),
		};

		/* What is gone does not come back: no undo from here on. */
		if (c->action == PLAN_DELETE) {
			job->removes = true;
			job->plat.cancel = NULL;
		}
		if (run_group(&group,
			job_step_width(plan_object(c)->kind, c->action),
			err) < 0)
			return -1;
		if (plan_object(c)->kind == OBJ_EDGE &&
		    edge_flush(&job->plat, err) < 0)
			return -1;
		i = group.end;
	}
	if (steps->count > 0)
		job->answers_ms = hs_now_ms() + PLAT_SERVER_START_MS;
	return edge_flush(&job->plat, err);
}

static int run_open_steps(struct job *job, struct hs_err *err)
{
	hs_auto(journal_steps_done) struct journal_steps steps = { 0 };
	struct hs_db *store;

	if (plat_store(&job->plat, &store, err) < 0 ||
	    journal_open(store, job->id, &steps, err) < 0)
		return -1;
	/* Whether nginx has read its files before the end is not known. */
	for (size_t i = 0; i < steps.count; i++)
		if (plan_object(&steps.list[i].change)->kind == OBJ_EDGE &&
		    strcmp(steps.list[i].state, "done") == 0)
			job->plat.edge_changed = true;
	return run_steps(job, &steps, err);
}

/* -- Rounds ---------------------------------------------------------------- */

/* A host that does not answer is the business of the VEs that are on it. */
static bool concerns(const json_t *unknown, const char *ve)
{
	const char *its = json_string_value(json_object_get(unknown, "ve"));

	if (json_object_get(unknown, "host") == NULL)
		return true;
	return ve != NULL && its != NULL && strcmp(ve, its) == 0;
}

/* A database server that was started a moment ago will answer; of a host that
 * does not, nobody knows. */
static bool may_wait(const struct job *job, const json_t *unknown)
{
	return hs_now_ms() < job->answers_ms &&
	       json_object_get(unknown, "host") == NULL;
}

/* Nothing to change as far as one can see; is there more that one cannot?
 * *ret_again if one should look again. */
static int all_is_known(const struct job *job, const struct view *view,
    bool *ret_again, struct hs_err *err)
{
	const json_t *first = NULL, *one;
	size_t count = 0, i;
	bool wait = true;

	json_array_foreach (view->unknown, i, one) {
		if (!concerns(one, job->ve))
			continue;
		if (count++ == 0)
			first = one;
		wait = wait && may_wait(job, one);
	}
	*ret_again = first != NULL && wait;
	if (first == NULL || wait)
		return 0;
	return hs_fail(err, HS_EREMOTE,
	    "%zu things cannot be seen now, the first one is %s '%s': %s",
	    count, json_string_value(json_object_get(first, "kind")),
	    json_string_value(json_object_get(first, "name")),
	    json_string_value(json_object_get(first, "reason")));
}

static int look(struct job *job, struct view *view, struct hs_err *err)
{
	int failed;

	job_platform_hold();
	failed = view_look(&job->plat, job->ve, view, err);
	job_platform_release();
	return failed;
}

/* Members that must be rolled get their next instance; what they had is kept
 * like the rest of the intent. */
static int settle(struct job *job, struct view *view, struct hs_err *err)
{
	struct hs_db *store;
	int failed;

	if (!roll_is_needed(&view->plan))
		return roll_settle(&job->plat, job->ve, view, err);
	if (view_begin(&job->plat, err) < 0)
		return -1;
	failed = plat_store(&job->plat, &store, err) < 0 ||
			 HS_DB_QUERY(
			     store, prov_sql_job_set, NULL, err, job->id) < 0 ||
			 roll_settle(&job->plat, job->ve, view, err) < 0
		     ? -1
		     : 0;
	if (view_finish(&job->plat, failed < 0 ? "ROLLBACK" : "COMMIT", err) <
	    0)
		return -1;
	return failed;
}

static void narrow(const struct job *job, struct plan *plan)
{
	if (job->kind->narrow != NULL)
		job->kind->narrow(job->args, plan);
}

/** What came of a look at everything. */
enum round {
	ROUND_CHANGED, /* there was something to do */
	ROUND_UNSEEN,  /* as far as one can see there is nothing */
	ROUND_SAME,    /* there is nothing */
};

static int run_round(struct job *job, enum round *ret_round, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	struct hs_db *store;

	if (look(job, &view, err) < 0)
		return -1;
	narrow(job, &view.plan); /* no more is rolled than is asked for */
	if (settle(job, &view, err) < 0)
		return -1;
	narrow(job, &view.plan);
	/* Restarts wait for an apply that has been told to make them. */
	if (!json_is_true(json_object_get(job->args, "restart")))
		change_defer_restarts(&view.plan);
	if (view.plan.count == 0) {
		bool again = false;
		int failed = job->kind->narrow != NULL
				 ? 0
				 : all_is_known(job, &view, &again, err);

		*ret_round = again ? ROUND_UNSEEN : ROUND_SAME;
		return failed;
	}
	*ret_round = ROUND_CHANGED;
	if (plat_store(&job->plat, &store, err) < 0 ||
	    journal_plan(store, job->id, &view.plan, err) < 0)
		return -1;
	return run_open_steps(job, err);
}

/*
 * Carry out the difference until there is none. What was unknown while a
 * database domain was away shows in the second round, and so does a portal
 * whose domain was changed.
 */
static int converge(struct job *job, struct hs_err *err)
{
	enum round is = ROUND_CHANGED;
	int rounds = 0;

	if (run_open_steps(job, err) < 0)
		return -1;
	while (is != ROUND_SAME && rounds < ROUNDS_MAX) {
		if (is == ROUND_UNSEEN)
			hs_pause_ms(LOOK_AGAIN);
		if (plat_gives_up(&job->plat, err) < 0 ||
		    run_round(job, &is, err) < 0)
			return -1;
		if (is == ROUND_CHANGED)
			rounds++;
	}
	if (is == ROUND_SAME)
		return 0;
	return hs_fail(err, HS_ECONFLICT,
	    "after %d rounds there is still something to change; see: hanse "
	    "verify",
	    ROUNDS_MAX);
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
static int release(struct job *job, struct hs_err *err)
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

/* -- Undo ------------------------------------------------------------------ */

static int undo_step(struct job *job, const struct journal_steps *steps,
    size_t i, struct hs_err *err)
{
	struct journal_note n = { .state = "undoing" };
	int64_t since = hs_now_ms();
	bool kept = false;
	int failed;

	failed = note(job, &job->plat, steps, i, &n, err) < 0 ||
			 hs_fault("undo.begin", err) < 0 ||
			 job_step_undo(
			     &job->plat, &steps->list[i].change, &kept, err) < 0
		     ? -1
		     : 0;
	if (failed < 0 && atomic_load(job->stop))
		return -1;
	n.state = failed < 0 ? "failed" : kept ? "kept" : "undone";
	count_step(&steps->list[i], n.state, hs_now_ms() - since);
	n.message = failed < 0 ? err->msg : NULL;
	if (note(job, &job->plat, steps, i, &n, failed < 0 ? NULL : err) < 0)
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

		if (look(job, &view, NULL) < 0)
			return;
		(void)all_is_known(job, &view, &again, NULL);
		if (again)
			hs_pause_ms(LOOK_AGAIN);
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
static int restore(struct job *job, const struct hs_err *why)
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
		hs_pause_ms(STORE_WAIT);
	}
	return -1;
}

static void undo(struct job *job, struct hs_err *why)
{
	bool was_cancelled =
	    why->code == HS_ECONFLICT && strstr(why->msg, "cancelled") != NULL;
	struct hs_err err = { 0 };

	job->plat.cancel = NULL;
	if (job->plat.server_wait_ms > PLAT_SERVER_UNDO_MS)
		job->plat.server_wait_ms = PLAT_SERVER_UNDO_MS;
	if (undo_steps(job, &err) == 0 && release(job, &err) == 0) {
		(void)move(job, JOB_UNDOING,
		    was_cancelled ? JOB_CANCELLED : JOB_FAILED, why);
		return;
	}
	if (atomic_load(job->stop))
		return;
	(void)hs_wrap(&err, "%s" UNDOING_FAILED, why->msg);
	if (was_cancelled)
		err.code = why->code; /* it still is, when it is tried again */
	(void)move(job, JOB_UNDOING, JOB_BROKEN, &err);
}

/* What is left of a broken one: it is tried again by itself until it is
 * through, so nobody is waited for, and only the first reason is kept. */
static void undo_again(struct job *job, struct hs_err *why)
{
	char *more = strstr(why->msg, UNDOING_FAILED);

	if (more != NULL)
		*more = '\0';
	job->plat.server_wait_ms = 0;
	if (restore(job, why) == 0)
		undo(job, why);
}

/* -- A job ----------------------------------------------------------------- */

static void job_done(struct job *job)
{
	free(job->command);
	free(job->ve);
	json_decref(job->args);
	plat_done(&job->plat);
	for (size_t i = 0; i < CREW_MAX; i++)
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
	if (converge(job, err) < 0)
		return -1;
	return release(job, err);
}

static void finish(struct job *job)
{
	if (transaction(job, prov_sql_job_keep, prov_sql_job_unlock, NULL) < 0)
		hs_warn("job.keep", "job=%s", job->id);
	(void)move(job, JOB_RUNNING, JOB_DONE, NULL);
	hs_info("job.done", "job=%s command=%s ve=%s", job->id, job->command,
	    job->ve != NULL ? job->ve : "-");
}

/* Undone, if it can be; what only removes is tried again later. */
static void give_up(struct job *job, struct hs_err *why)
{
	hs_info("job.failed", "job=%s command=%s ve=%s err=\"%s\"", job->id,
	    job->command, job->ve != NULL ? job->ve : "-", why->msg);
	if (!job->intended && job->kind->intend != NULL)
		(void)move(job, JOB_RUNNING, JOB_FAILED, why);
	else if (!job->kind->can_undo || job->removes)
		(void)move(job, JOB_RUNNING,
		    job->kind->intend != NULL ? JOB_BROKEN : JOB_FAILED, why);
	else if (restore(job, why) == 0)
		undo(job, why);
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
				(void)move(job, state, JOB_FAILED, &err);
			return;
		}
		hs_pause_ms(STORE_WAIT);
	}
	if (state == JOB_UNDOING) {
		undo(job, &why);
		return;
	}
	if (job->undo) {
		undo_again(job, &why);
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
