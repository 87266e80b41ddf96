/* manager.c - specs made so: plan, apply, destroy, start, stop, and jobs. */

#include "provisioning/manager.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/initial.h"
#include "provisioning/intent.h"
#include "provisioning/roll.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"
#include "provisioning/view.h"

const char *request_text(const struct request *request, const char *key)
{
	return json_string_value(json_object_get(request->args, key));
}

/* Read and check the spec of a request. */
static int read_spec(
    struct request *r, struct spec **ret_spec, struct hs_err *err)
{
	const char *text = request_text(r, "spec");
	const char *file = request_text(r, "file");

	if (text == NULL)
		return hs_fail(err, HS_EINVAL, "the request has no spec");
	return spec_load(
	    file != NULL ? file : "spec", text, ret_spec, r->faults, err);
}

/* -- Plan ------------------------------------------------------------------ */

/* What would be wanted if it were applied; nothing of it is kept. */
static int want_as_if(struct request *r, struct view *view, struct hs_err *err)
{
	int failed;

	if (view_begin(r->plat, err) < 0)
		return -1;
	failed = intent_apply(r->plat, r->args, err) < 0 ||
			 view_want(r->plat, view, err) < 0
		     ? -1
		     : 0;
	(void)view_finish(r->plat, "ROLLBACK", NULL);
	return failed;
}

/* The members that would be rolled; nothing of that is kept either. */
static int settle_as_if(
    struct request *r, const char *ve, struct view *view, struct hs_err *err)
{
	int failed;

	if (view_begin(r->plat, err) < 0)
		return -1;
	failed = intent_apply(r->plat, r->args, err) < 0 ||
			 roll_settle(r->plat, ve, view, err) < 0
		     ? -1
		     : 0;
	(void)view_finish(r->plat, "ROLLBACK", NULL);
	return failed;
}

int manager_plan(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(spec_freep) struct spec *spec = NULL;

	if (read_spec(r, &spec, err) < 0 || want_as_if(r, &view, err) < 0 ||
	    view_observe(r->plat, spec->ve, &view, err) < 0 ||
	    settle_as_if(r, spec->ve, &view, err) < 0)
		return -1;
	*ret_result = plan_json(&view.plan);
	(void)json_object_set_new(*ret_result, "ve", json_string(spec->ve));
	(void)json_object_set(*ret_result, "unknown", view.unknown);
	return 0;
}

/* -- Jobs ------------------------------------------------------------------ */

static json_t *people_json(
    struct plat *plat, const struct spec *spec, const struct spec_enterprise *e)
{
	json_t *people = json_array();

	for (size_t i = 0; i < e->people_count; i++) {
		hs_auto(hs_freep) char *password =
		    initial_get(plat, spec->ve, e->name, e->people[i].login);

		(void)json_array_append_new(people,
		    json_pack("{s:s, s:s, s:s*}", "login", e->people[i].login,
			"name", e->people[i].name, "password", password));
	}
	return people;
}

static json_t *portals_json(struct plat *plat, const struct spec *spec)
{
	json_t *portals = json_array();

	for (size_t i = 0; i < spec->enterprises_count; i++) {
		const struct spec_enterprise *e = &spec->enterprises[i];
		hs_auto(hs_freep) char *url = plat_url(plat, spec->ve, e->name);

		(void)json_array_append_new(
		    portals, json_pack("{s:s, s:s, s:s, s:o}", "enterprise",
				 e->name, "legal_name", e->legal_name, "url",
				 url, "people", people_json(plat, spec, e)));
	}
	return portals;
}

static json_t *portals_of(
    struct plat *plat, struct hs_db *store, const char *ve)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	const struct store_ve *stored;

	if (ve == NULL || store_ve_list(store, &ves, NULL) < 0)
		return NULL;
	stored = store_ve_find(&ves, ve);
	return stored != NULL ? portals_json(plat, stored->spec) : NULL;
}

/* What a job has come to; of one that nobody waits for, its number. */
static int job_result(
    struct request *r, const char *id, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;
	const char *ve;

	if (plat_store(r->plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_job_total, &rows, err, id) < 0)
		return -1;
	ve = hs_rows_get(rows, 0, "ve");
	*ret_result = json_pack("{s:I, s:s, s:s}", "job",
	    (json_int_t)strtoll(id, NULL, 10), "command",
	    hs_rows_get(rows, 0, "command"), "ve", ve != NULL ? ve : "all");
	if (json_is_true(json_object_get(r->args, "detach")))
		return 0;
	(void)json_object_update_new(*ret_result,
	    json_pack("{s:I, s:I, s:o*}", "changes",
		(json_int_t)strtoll(hs_rows_get(rows, 0, "changes"), NULL, 10),
		"ms", (json_int_t)strtoll(hs_rows_get(rows, 0, "ms"), NULL, 10),
		"portals",
		strcmp(hs_rows_get(rows, 0, "command"), "apply") == 0
		    ? portals_of(r->plat, store, ve)
		    : NULL));
	return 0;
}

/* Queue it; its number is the caller's. */
static int begin_job(struct request *r, const struct job_request *job,
    char **ret_id, struct hs_err *err)
{
	json_t *event;

	if (job_submit(r->plat, job, ret_id, err) < 0)
		return -1;
	event = json_pack("{s:s, s:I, s:s}", "event", "job", "job",
	    (json_int_t)strtoll(*ret_id, NULL, 10), "state", "queued");
	if (r->listener != NULL)
		r->listener(r->arg, event);
	json_decref(event);
	return 0;
}

int manager_do(struct request *r, const char *command, const char *ve,
    json_t *args, struct hs_err *err)
{
	hs_auto(hs_freep) char *id = NULL;
	const struct job_request job = {
		.command = command,
		.ve = ve,
		.args = args,
	};
	int failed = begin_job(r, &job, &id, err);

	json_decref(args);
	if (failed < 0)
		return -1;
	return job_follow(r->plat, id, 0, r->listener, r->is_left, r->arg, err);
}

int manager_run_job(struct request *r, const char *command, const char *ve,
    json_t *args, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_freep) char *id = NULL;
	const struct job_request job = {
		.command = command,
		.ve = ve,
		.args = args,
		.key = request_text(r, "key"),
	};
	int failed = begin_job(r, &job, &id, err);

	json_decref(args);
	if (failed < 0)
		return -1;
	if (!json_is_true(json_object_get(r->args, "detach")) &&
	    job_follow(r->plat, id, 0, r->listener, r->is_left, r->arg, err) <
		0)
		return -1;
	return job_result(r, id, ret_result, err);
}

/* What stops for it is not touched, nor anything else, before somebody has
 * said that it may. */
static int check_restarts(struct request *r, const char *ve,
    const struct view *view, struct hs_err *err)
{
	hs_auto(hs_freep) char *restarts = NULL;

	if (roll_restarts(r->plat, ve, &view->wanted, &restarts, err) < 0)
		return -1;
	if (restarts == NULL)
		return 0;
	return hs_fail(err, HS_ECONFLICT, "needs restart: %s", restarts);
}

int manager_apply(struct request *r, json_t **ret_result, struct hs_err *err)
{
	bool restart = json_is_true(json_object_get(r->args, "restart"));
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(spec_freep) struct spec *spec = NULL;

	if (read_spec(r, &spec, err) < 0 || want_as_if(r, &view, err) < 0 ||
	    (!restart && check_restarts(r, spec->ve, &view, err) < 0))
		return -1;
	return manager_run_job(r, "apply", spec->ve,
	    json_pack("{s:s, s:b}", "spec", request_text(r, "spec"), "restart",
		restart),
	    ret_result, err);
}

/* What a failed job has left of a VE whose spec is gone. */
static bool is_left(struct plat *plat, const char *ve)
{
	hs_auto(view_done) struct view view = { 0 };

	if (view_look(plat, ve, &view, NULL) < 0)
		return false;
	for (size_t i = 0; i < view.actual.count; i++) {
		const char *its = view.actual.list[i].ve;

		if (its != NULL && strcmp(its, ve) == 0)
			return true;
	}
	return false;
}

static int check_ve(struct plat *plat, const char *ve, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	if (store_ve_find(&ves, ve) != NULL || is_left(plat, ve))
		return 0;
	return hs_fail(err, HS_ENOTFOUND,
	    "there is no virtual enterprise '%s' (see: hanse get ves)", ve);
}

int manager_destroy(struct request *r, json_t **ret_result, struct hs_err *err)
{
	bool all = json_is_true(json_object_get(r->args, "all"));
	const char *ve = all ? NULL : request_text(r, "ve");

	if (ve == NULL && !all)
		return hs_fail(
		    err, HS_EINVAL, "name a virtual enterprise, or all");
	if (ve != NULL && check_ve(r->plat, ve, err) < 0)
		return -1;
	return manager_run_job(r, "destroy", ve,
	    all ? json_pack("{s:b}", "all", 1) : json_pack("{s:s}", "ve", ve),
	    ret_result, err);
}

int manager_start(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return manager_run_job(
	    r, "start", NULL, json_object(), ret_result, err);
}

int manager_stop(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return manager_run_job(r, "stop", NULL, json_object(), ret_result, err);
}

/* -- One member ------------------------------------------------------------ */

static int run_member(struct request *r, const char *command, bool must_serve,
    json_t **ret_result, struct hs_err *err)
{
	const char *ve = request_text(r, "ve");

	if (intent_check_member(r->plat, r->args, must_serve, err) < 0)
		return -1;
	return manager_run_job(r, command, ve,
	    json_pack("{s:s, s:s}", "ve", ve, "enterprise",
		request_text(r, "enterprise")),
	    ret_result, err);
}

int manager_restart(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return run_member(r, "restart", true, ret_result, err);
}

int manager_rotate(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return run_member(r, "rotate", true, ret_result, err);
}

int manager_suspend(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return run_member(r, "suspend", false, ret_result, err);
}

int manager_resume(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return run_member(r, "resume", false, ret_result, err);
}

/* -- What is done with jobs ------------------------------------------------ */

int manager_job_follow(
    struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *id = request_text(r, "job");
	json_int_t since =
	    json_integer_value(json_object_get(r->args, "since"));

	if (job_check(r->plat, id, err) < 0 ||
	    job_follow(
		r->plat, id, since, r->listener, r->is_left, r->arg, err) < 0)
		return -1;
	return job_result(r, id, ret_result, err);
}

int manager_job_cancel(
    struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *id = request_text(r, "job");

	if (job_cancel(r->plat, id, err) < 0)
		return -1;
	*ret_result =
	    json_pack("{s:I}", "job", (json_int_t)strtoll(id, NULL, 10));
	return 0;
}

int manager_job_retry(
    struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *id = request_text(r, "job");

	if (job_retry(r->plat, id, err) < 0)
		return -1;
	if (!json_is_true(json_object_get(r->args, "detach")))
		return manager_job_follow(r, ret_result, err);
	return job_result(r, id, ret_result, err);
}
