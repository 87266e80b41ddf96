/* manager.c - specs made so: plan, apply, destroy, start. */

#include "provisioning/manager.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/initial.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"
#include "provisioning/view.h"
#include "provisioning/want.h"

#define ROUNDS_MAX 3

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

static int put_spec(
    struct request *r, const struct spec *spec, struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(r->plat, &store, err) < 0)
		return -1;
	return HS_DB_QUERY(store, prov_sql_ve_put, NULL, err, spec->ve,
	    request_text(r, "spec"));
}

/* -- Plan ------------------------------------------------------------------ */

static int plan_of(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(spec_freep) struct spec *spec = NULL;

	if (read_spec(r, &spec, err) < 0 || put_spec(r, spec, err) < 0 ||
	    view_look(r->plat, &view, err) < 0)
		return -1;
	*ret_result = plan_json(&view.plan);
	(void)json_object_set_new(*ret_result, "ve", json_string(spec->ve));
	(void)json_object_set(*ret_result, "unknown", view.unknown);
	return 0;
}

int manager_plan(struct request *r, json_t **ret_result, struct hs_err *err)
{
	int failed;

	if (view_begin(r->plat, err) < 0)
		return -1;
	failed = plan_of(r, ret_result, err);
	(void)view_finish(r->plat, "ROLLBACK", NULL);
	return failed;
}

/* -- Apply and destroy ----------------------------------------------------- */

static void tell_plan(struct request *r, size_t changes)
{
	json_t *event = json_pack(
	    "{s:s, s:I}", "event", "plan", "changes", (json_int_t)changes);

	if (r->listener != NULL)
		r->listener(r->arg, event);
	json_decref(event);
}

/* Nothing to change as far as one can see; is there more that one cannot? */
static int all_is_known(const struct view *view, struct hs_err *err)
{
	const json_t *first = json_array_get(view->unknown, 0);

	if (first == NULL)
		return 0;
	return hs_fail(err, HS_EREMOTE,
	    "%zu things cannot be seen now, the first one is %s '%s': %s",
	    json_array_size(view->unknown),
	    json_string_value(json_object_get(first, "kind")),
	    json_string_value(json_object_get(first, "name")),
	    json_string_value(json_object_get(first, "reason")));
}

/*
 * Carry out the difference until there is none. What was unknown while a
 * database domain was away shows in the second round, and so does a portal
 * whose domain was changed.
 */
static int converge(struct request *r, const char *command, const char *ve,
    size_t *ret_changes, struct hs_err *err)
{
	const struct job_request job = {
		.command = command,
		.ve = ve,
		.listener = r->listener,
		.arg = r->arg,
	};

	*ret_changes = 0;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		hs_auto(view_done) struct view view = { 0 };

		if (view_look(r->plat, &view, err) < 0)
			return -1;
		if (view.plan.count == 0)
			return all_is_known(&view, err);
		tell_plan(r, view.plan.count);
		*ret_changes += view.plan.count;
		if (job_run(r->plat, &view.plan, &job, err) < 0)
			return -1;
	}
	return hs_fail(err, HS_ECONFLICT,
	    "after %d rounds there is still something to change; see: hanse "
	    "verify",
	    ROUNDS_MAX);
}

static int release(struct plat *plat, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	return want_release(plat, &ves, err);
}

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

static int apply_result(struct plat *plat, const char *ve, size_t changes,
    long long ms, json_t **ret_result, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	const struct store_ve *stored;
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	stored = store_ve_find(&ves, ve);
	*ret_result = json_pack("{s:s, s:I, s:I, s:o*}", "ve", ve, "changes",
	    (json_int_t)changes, "ms", (json_int_t)ms, "portals",
	    stored != NULL ? portals_json(plat, stored->spec) : NULL);
	return 0;
}

/* The spec as it was stored before, to go back to; NULL if there was none. */
static int stored_text(
    struct plat *plat, const char *ve, char **ret_text, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	*ret_text = NULL;
	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_ve_list, 0, NULL, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		if (strcmp(hs_rows_get(rows, i, "ve"), ve) == 0)
			*ret_text =
			    hs_strdup(hs_rows_get(rows, i, "spec_text"));
	return 0;
}

/* A failed job was undone; what is wanted is what was wanted before. Numbers
 * stay given: what could not be undone may use them until a job has removed
 * it. */
static void restore(struct plat *plat, const char *ve, const char *text)
{
	struct hs_db *store;

	if (plat_store(plat, &store, NULL) < 0)
		return;
	if (text != NULL)
		(void)HS_DB_QUERY(store, prov_sql_ve_put, NULL, NULL, ve, text);
	else
		(void)HS_DB_QUERY(store, prov_sql_ve_remove, NULL, NULL, ve);
}

/* Data do not move between servers by themselves. */
static int check_class(
    const struct spec *spec, const char *old_text, struct hs_err *err)
{
	hs_auto(spec_freep) struct spec *old = NULL;

	if (old_text == NULL ||
	    spec_load(spec->ve, old_text, &old, NULL, NULL) < 0 ||
	    old->database.class == spec->database.class)
		return 0;
	return hs_fail(err, HS_ECONFLICT,
	    "the database of '%s' is %s; its class cannot be changed while it "
	    "exists",
	    spec->ve, spec_class_name(old->database.class));
}

/* Whether the spec can be made so at all, before anything of it is stored. */
static int store_spec(
    struct request *r, char **ret_ve, char **ret_old, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	hs_auto(objects_done) struct objects wanted = { 0 };
	hs_auto(spec_freep) struct spec *spec = NULL;
	struct hs_db *store;

	if (read_spec(r, &spec, err) < 0 ||
	    stored_text(r->plat, spec->ve, ret_old, err) < 0 ||
	    check_class(spec, *ret_old, err) < 0 || put_spec(r, spec, err) < 0)
		return -1;
	*ret_ve = hs_strdup(spec->ve);
	if (plat_store(r->plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	return want_objects(r->plat, &ves, &wanted, err);
}

int manager_apply(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_freep) char *ve = NULL;
	hs_auto(hs_freep) char *old = NULL;
	int64_t since = hs_now_ms();
	size_t changes;

	if (view_begin(r->plat, err) < 0)
		return -1;
	if (store_spec(r, &ve, &old, err) < 0) {
		(void)view_finish(r->plat, "ROLLBACK", NULL);
		return -1;
	}
	if (view_finish(r->plat, "COMMIT", err) < 0)
		return -1;
	if (converge(r, "apply", ve, &changes, err) < 0) {
		restore(r->plat, ve, old);
		return -1;
	}
	if (release(r->plat, err) < 0)
		return -1;
	return apply_result(
	    r->plat, ve, changes, hs_now_ms() - since, ret_result, err);
}

/* What a failed job has left of a VE whose spec is gone. */
static bool is_left(struct plat *plat, const char *ve)
{
	hs_auto(view_done) struct view view = { 0 };

	if (view_look(plat, &view, NULL) < 0)
		return false;
	for (size_t i = 0; i < view.actual.count; i++) {
		const char *its = view.actual.list[i].ve;

		if (its != NULL && strcmp(its, ve) == 0)
			return true;
	}
	return false;
}

/* One VE, or with "all" every one. */
static int remove_specs(struct request *r, const char *ve, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	struct hs_db *store;

	if (plat_store(r->plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	if (ve != NULL && store_ve_find(&ves, ve) == NULL &&
	    !is_left(r->plat, ve))
		return hs_fail(err, HS_ENOTFOUND,
		    "there is no virtual enterprise '%s' (see: hanse get ves)",
		    ve);
	for (size_t i = 0; i < ves.count; i++)
		if ((ve == NULL || strcmp(ves.list[i].name, ve) == 0) &&
		    HS_DB_QUERY(store, prov_sql_ve_remove, NULL, err,
			ves.list[i].name) < 0)
			return -1;
	return 0;
}

int manager_destroy(struct request *r, json_t **ret_result, struct hs_err *err)
{
	bool all = json_is_true(json_object_get(r->args, "all"));
	const char *ve = request_text(r, "ve");
	int64_t since = hs_now_ms();
	size_t changes;

	if (ve == NULL && !all)
		return hs_fail(
		    err, HS_EINVAL, "name a virtual enterprise, or all");
	if (remove_specs(r, all ? NULL : ve, err) < 0 ||
	    converge(r, "destroy", ve, &changes, err) < 0 ||
	    release(r->plat, err) < 0)
		return -1;
	return apply_result(r->plat, ve != NULL ? ve : "all", changes,
	    hs_now_ms() - since, ret_result, err);
}

/* -- Start ----------------------------------------------------------------- */

int manager_start(struct request *r, json_t **ret_result, struct hs_err *err)
{
	int64_t since = hs_now_ms();
	size_t changes;

	if (converge(r, "start", NULL, &changes, err) < 0)
		return -1;
	*ret_result = json_pack("{s:I, s:I}", "changes", (json_int_t)changes,
	    "ms", (json_int_t)(hs_now_ms() - since));
	return 0;
}
