/* job_step.c - one step of a job carried out or taken back. */

#include "provisioning/job_step.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/err.h"
#include "provisioning/instance.h"
#include "provisioning/inventory.h"
#include "provisioning/observe.h"
#include "provisioning/step.h"
#include "provisioning/view.h"

#define TRIES      6
#define FIRST_WAIT 100 /* ms; doubled each time */

static pthread_rwlock_t platform = PTHREAD_RWLOCK_INITIALIZER;

void job_platform_hold(void)
{
	(void)pthread_rwlock_rdlock(&platform);
}

void job_platform_release(void)
{
	(void)pthread_rwlock_unlock(&platform);
}

/* -- Trying again ---------------------------------------------------------- */

typedef int attempt(
    struct plat *plat, const struct plan_change *change, struct hs_err *err);

/* The server of databases it needs, "" for none; owned by the caller. */
static char *server_of(const struct object *o)
{
	return o->kind == OBJ_DB_DOMAIN ? instance_owner(o->name)
					: hs_strdup(object_text(o, "server"));
}

static int patiently(attempt *try, struct plat *plat,
    const struct plan_change *change, struct hs_err *err)
{
	hs_auto(hs_freep) char *server = server_of(plan_object(change));
	int64_t wait = FIRST_WAIT;

	for (int i = 1;; i++, wait *= 2) {
		if (try(plat, change, err) == 0)
			return 0;
		if (i == TRIES || plat_gives_up(plat, NULL) < 0 ||
		    plat_server_is_silent(plat, server))
			return -1;
		hs_pause_ms(wait);
	}
}

static int make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	return step_ops_of(change->wanted->kind)->make(plat, change, err);
}

/* To make it again would interrupt what is there already. */
static bool may_finish(const struct plan_change *change)
{
	return step_ops_of(change->wanted->kind)->finish != NULL;
}

static int finish(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	return step_ops_of(change->wanted->kind)
	    ->finish(plat, change->wanted, err);
}

static int remove_it(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *o = plan_object(change);

	return step_ops_of(o->kind)->remove(plat, o, err);
}

/* -- What is there now ----------------------------------------------------- */

/* The thing as it is; *ret_actual is NULL if it is not there. */
static int look(struct plat *plat, const struct object *o,
    const struct objects *wanted, struct objects *ret_all,
    const struct object **ret_actual, struct hs_err *err)
{
	if (observe_kind(plat, o->kind, o->ve, wanted, ret_all, err) < 0)
		return -1;
	*ret_actual = objects_find(ret_all, o->kind, o->name);
	return 0;
}

static bool is_as(const struct object *wanted, const struct object *actual)
{
	json_t *difference =
	    actual != NULL ? plan_difference(wanted, actual) : json_array();
	bool same = difference == NULL;

	json_decref(difference);
	return same;
}

/* Whether a thing is as is wanted already. */
static bool is_made(struct plat *plat, const struct object *wanted)
{
	hs_auto(objects_done) struct objects all = { 0 };
	struct object copy = *wanted;
	const struct objects one = { .list = &copy, .count = 1 };
	const struct object *actual;

	return look(plat, wanted, &one, &all, &actual, NULL) == 0 &&
	       is_as(wanted, actual);
}

/* -- Things that VEs share ------------------------------------------------- */

static bool is_shared(const struct plan_change *change)
{
	return (change->wanted != NULL && change->wanted->ve == NULL) ||
	       (change->actual != NULL && change->actual->ve == NULL);
}

/* As is wanted now, whatever the plan said: alone. */
static int settle(struct plat *plat, const struct plan_change *planned,
    bool again, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(objects_done) struct objects all = { 0 };
	const struct object *o = plan_object(planned);
	struct plan_change now = *planned;
	int failed;

	if (view_begin(plat, err) < 0)
		return -1;
	failed = view_want(plat, &view, err);
	if (view_finish(plat, failed < 0 ? "ROLLBACK" : "COMMIT", err) < 0 ||
	    failed < 0)
		return -1;
	now.wanted = objects_find(&view.wanted, o->kind, o->name);
	if (now.wanted == NULL)
		return patiently(remove_it, plat, &now, err);
	if (look(plat, o, &view.wanted, &all, &now.actual, err) < 0)
		return -1;
	if (is_as(now.wanted, now.actual))
		return again && may_finish(&now) ? finish(plat, &now, err) : 0;
	now.action = now.actual != NULL ? PLAN_UPDATE : PLAN_CREATE;
	return make(plat, &now, err);
}

static int settle_alone(struct plat *plat, const struct plan_change *planned,
    bool again, struct hs_err *err)
{
	int failed;

	(void)pthread_rwlock_wrlock(&platform);
	failed = settle(plat, planned, again, err);
	(void)pthread_rwlock_unlock(&platform);
	return failed;
}

/* -- A step ---------------------------------------------------------------- */

/* What was begun is done again, for it may have ended behind all that can be
 * seen of it: a file written and its reader not told, a person added and no
 * password set, an account gone and its secret not. */
static int run(struct plat *plat, const struct plan_change *change, bool again,
    struct hs_err *err)
{
	if (is_shared(change))
		return settle_alone(plat, change, again, err);
	if (change->action == PLAN_DELETE)
		return patiently(remove_it, plat, change, err);
	if (again && may_finish(change) && is_made(plat, change->wanted))
		return finish(plat, change, err);
	return make(plat, change, err);
}

int job_step_run(struct plat *plat, const struct plan_change *change,
    bool again, struct hs_err *err)
{
	int failed = run(plat, change, again, err);

	inventory_expire();
	return failed;
}

/* What can go on running does: only by what is there it is known what may. */
static int go_back(struct plat *plat, struct plan_change *back,
    const struct objects *wanted, struct hs_err *err)
{
	hs_auto(objects_done) struct objects all = { 0 };

	if (may_finish(back)) {
		if (look(plat, back->wanted, wanted, &all, &back->actual, err) <
		    0)
			return -1;
		if (is_as(back->wanted, back->actual))
			return patiently(finish, plat, back, err);
	}
	return patiently(make, plat, back, err);
}

/* As the specs want it now: they are the old ones again. */
static int undo(struct plat *plat, const struct plan_change *change,
    bool *ret_kept, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	const struct object *o = plan_object(change);
	struct plan_change back = {
		.action = PLAN_UPDATE,
		.actual = o,
	};
	int failed;

	if (view_begin(plat, err) < 0)
		return -1;
	failed = view_want(plat, &view, err);
	if (view_finish(plat, failed < 0 ? "ROLLBACK" : "COMMIT", err) < 0 ||
	    failed < 0)
		return -1;
	back.wanted = objects_find(&view.wanted, o->kind, o->name);
	if (back.wanted == NULL && change->action == PLAN_CREATE)
		return patiently(remove_it, plat, change, err);
	if (back.wanted != NULL && change->action == PLAN_UPDATE &&
	    step_ops_of(o->kind)->can_go_back)
		return go_back(plat, &back, &view.wanted, err);
	*ret_kept = true;
	return 0;
}

int job_step_undo(struct plat *plat, const struct plan_change *change,
    bool *ret_kept, struct hs_err *err)
{
	bool shared = is_shared(change);
	int failed;

	*ret_kept = false;
	if (shared)
		(void)pthread_rwlock_wrlock(&platform);
	failed = undo(plat, change, ret_kept, err);
	inventory_expire();
	if (shared)
		(void)pthread_rwlock_unlock(&platform);
	return failed;
}

/* clang-format off */
/* What one file, one database or one lock of a service is behind is done one
 * by one; what mostly waits is done several at once. */
static const unsigned char widths[OBJECT_KIND_COUNT] = {
	[OBJ_SERVICE]    = 2,
	[OBJ_PERSON]     = 2,
	[OBJ_DOMAIN]     = 4,
	[OBJ_PORTAL]     = 8,
};
/* clang-format on */

unsigned job_step_width(enum object_kind kind, enum plan_action action)
{
	(void)action;
	return widths[kind] > 0 ? widths[kind] : 1;
}
