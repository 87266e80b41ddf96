/* job_round.c - look, plan, carry out, until there is nothing to do. */

#include "provisioning/job_work.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/change.h"
#include "provisioning/job_step.h"
#include "provisioning/roll.h"

#define ROUNDS_MAX 4

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
int job_all_is_known(const struct job *job, const struct view *view,
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

int job_look(struct job *job, struct view *view, struct hs_err *err)
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

/* Whether a database that this VE's members are to have does not answer yet. */
static bool lacks_database(const struct job *job, const struct view *view)
{
	size_t len = job->ve != NULL ? strlen(job->ve) : 0, i;
	const json_t *one;

	json_array_foreach (view->unknown, i, one) {
		const char *kind =
		    json_string_value(json_object_get(one, "kind"));
		const char *name =
		    json_string_value(json_object_get(one, "name"));

		if (len > 0 && strcmp(kind, object_kind_name(OBJ_ROLE)) == 0 &&
		    strncmp(name, job->ve, len) == 0 && name[len] == '.')
			return true;
	}
	return false;
}

static bool needs_database(const struct plan_change *c)
{
	return c->wanted != NULL && c->action != PLAN_DELETE &&
	       (c->wanted->kind == OBJ_DOMAIN || c->wanted->kind == OBJ_EDGE ||
		   c->wanted->kind == OBJ_PORTAL);
}

static void drop_those_with_database(struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (needs_database(&plan->list[i]))
			json_decref(plan->list[i].detail);
		else
			plan->list[kept++] = plan->list[i];
	plan->count = kept;
}

/*
 * What is in a database that does not answer is taken for there, so nothing of
 * it is in the plan: members that need it wait for the round after the one that
 * starts it, and then for its answer, for as long as that may take. Where one
 * is rolled it goes on as it is. True: nothing else is to be done, look again.
 */
static bool put_off(
    const struct job *job, const struct view *view, struct plan *plan)
{
	size_t others = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_change *c = &plan->list[i];

		if (c->action == PLAN_DELETE && c->actual->kind == OBJ_DOMAIN)
			return false;
		others += !needs_database(c);
	}
	if (others == plan->count || !lacks_database(job, view))
		return false;
	if (others == 0)
		return hs_now_ms() < job->answers_ms;
	drop_those_with_database(plan);
	return false;
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

	if (job_look(job, &view, err) < 0)
		return -1;
	narrow(job, &view.plan); /* no more is rolled than is asked for */
	if (settle(job, &view, err) < 0)
		return -1;
	narrow(job, &view.plan);
	/* Restarts wait for an apply that has been told to make them. */
	if (!json_is_true(json_object_get(job->args, "restart")))
		change_defer_restarts(&view.plan);
	if (put_off(job, &view, &view.plan)) {
		*ret_round = ROUND_UNSEEN;
		return 0;
	}
	if (view.plan.count == 0) {
		bool again = false;
		int failed = job->kind->narrow != NULL
				 ? 0
				 : job_all_is_known(job, &view, &again, err);

		*ret_round = again ? ROUND_UNSEEN : ROUND_SAME;
		return failed;
	}
	*ret_round = ROUND_CHANGED;
	if (plat_store(&job->plat, &store, err) < 0 ||
	    journal_plan(store, job->id, &view.plan, err) < 0)
		return -1;
	return job_run_open_steps(job, err);
}

/*
 * Carry out the difference until there is none. What was unknown while a
 * database domain was away shows in the second round, and so does a portal
 * whose domain was changed.
 */
int job_converge(struct job *job, struct hs_err *err)
{
	enum round is = ROUND_CHANGED;
	int rounds = 0;

	if (job_run_open_steps(job, err) < 0)
		return -1;
	while (is != ROUND_SAME && rounds < ROUNDS_MAX) {
		if (is == ROUND_UNSEEN)
			hs_pause_ms(JOB_LOOK_AGAIN);
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
