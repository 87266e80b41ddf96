/* job_crew.c - the steps of a job: journalled, carried out, journalled, those
 * of one kind by several hands.
 */

#include "provisioning/job_work.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "provisioning/edge.h"
#include "provisioning/job_step.h"
#include "provisioning/metric.h"

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

int job_note(struct job *job, struct plat *plat,
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

void job_count_step(
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
			 job_note(job, plat, steps, i, &n, err) < 0 ||
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
	job_count_step(step, n.state, n.ms);
	if (job_note(job, plat, steps, i, &n, failed < 0 ? NULL : err) < 0)
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
	struct hand hands[JOB_CREW_MAX];
	struct hs_err first = { 0 };
	size_t count = g->end - g->first, started = 1;

	g->err = &first;
	atomic_init(&g->next, g->first);
	atomic_init(&g->failed, false);
	(void)pthread_mutex_init(&g->lock, NULL);
	for (size_t i = 0; i < width && i < count && i < JOB_CREW_MAX; i++)
		hands[i] = (struct hand) { g, crew_plat(g->job, i), 0 };
	while (started < width && started < count && started < JOB_CREW_MAX &&
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
int job_run_steps(
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

int job_run_open_steps(struct job *job, struct hs_err *err)
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
	return job_run_steps(job, &steps, err);
}
