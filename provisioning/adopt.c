/* adopt.c - take what is there as what is wanted. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "base/yaml_edit.h"
#include "gen/prov_sql.h"
#include "provisioning/digest.h"
#include "provisioning/drift.h"
#include "provisioning/facts.h"
#include "provisioning/manager.h"
#include "provisioning/mark.h"
#include "provisioning/store.h"
#include "provisioning/view.h"

/* -- Into the spec --------------------------------------------------------- */

static int stored_text(
    struct plat *plat, const char *ve, char **ret_text, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_ve_list, 0, NULL, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		if (strcmp(hs_rows_get(rows, i, "ve"), ve) == 0)
			*ret_text =
			    hs_strdup(hs_rows_get(rows, i, "spec_text"));
	return *ret_text != NULL
		   ? 0
		   : hs_fail(err, HS_ENOTFOUND, "no spec of '%s'", ve);
}

static int into_spec(struct request *r, const struct drift *d,
    json_t **ret_result, struct hs_err *err)
{
	const struct object *o = plan_object(d->change);
	const char *field = d->row->field;
	const struct hs_yaml_number number = {
		.list = "enterprises",
		.name = o->enterprise,
		.key = field,
		.value = (unsigned)object_number(d->change->actual, field),
	};
	hs_auto(hs_freep) char *text = NULL;
	hs_auto(hs_freep) char *edited = NULL;
	hs_auto(hs_freep) char *said = hs_printf("%s: %u", field, number.value);

	if (stored_text(r->plat, o->ve, &text, err) < 0 ||
	    hs_yaml_set_number(text, &number, &edited, err) < 0 ||
	    manager_run_job(r, "apply", o->ve,
		json_pack("{s:s, s:b}", "spec", edited, "restart", 0),
		ret_result, err) < 0)
		return -1;
	(void)json_object_update_new(
	    *ret_result, json_pack("{s:s, s:s, s:s}", "adopted", d->row->name,
			     "enterprise", o->enterprise, "edit", said));
	return 0;
}

/* -- Into what we remember ------------------------------------------------- */

static int note_certificate(
    struct plat *plat, const char *name, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = plat_path(plat, "ca/%s.crt", name);
	hs_auto(hs_freep) char *digest = digest_file(path);

	return mark_put(plat, OBJ_CREDENTIAL, name,
	    json_pack("{s:s?}", "certificate", digest), err);
}

static int note_schema(
    struct plat *plat, const struct object *o, struct hs_err *err)
{
	hs_auto(hs_freep) char *at =
	    hs_printf("%s@%s", o->name, object_text(o, "server"));
	hs_auto(hs_db_closep) struct hs_db *db = NULL;

	if (plat_database(plat, at, &db, err) < 0)
		return -1;
	return facts_keep(plat, db, o->name, err);
}

static int into_record(struct request *r, const struct drift *d,
    json_t **ret_result, struct hs_err *err)
{
	const struct object *o = plan_object(d->change);
	hs_auto(hs_freep) char *detail = drift_detail(d);
	struct hs_db *store;

	if ((o->kind == OBJ_CREDENTIAL ? note_certificate(r->plat, o->name, err)
				       : note_schema(r->plat, o, err)) < 0 ||
	    plat_store(r->plat, &store, err) < 0)
		return -1;
	(void)HS_DB_QUERY(store, prov_sql_drift_adopted, NULL, NULL,
	    object_kind_name(o->kind), o->name, d->row->name);
	store_event(store, "drift.adopted", o->ve, o->name, d->row->name);
	*ret_result =
	    json_pack("{s:s, s:s}", "adopted", d->row->name, "detail", detail);
	return 0;
}

/* -- The command ----------------------------------------------------------- */

static int adopt(struct request *r, const struct drift *d, json_t **ret_result,
    struct hs_err *err)
{
	const struct object *o = plan_object(d->change);

	switch (d->row->adopt) {
	case DRIFT_ADOPT_SPEC:
		return into_spec(r, d, ret_result, err);
	case DRIFT_ADOPT_RECORD:
		return into_record(r, d, ret_result, err);
	case DRIFT_ADOPT_NOT:
		break;
	}
	if (d->change->action == PLAN_DELETE)
		return hs_fail(err, HS_ECONFLICT,
		    "%s '%s' (%s) belongs to no enterprise of any spec, and a "
		    "spec names enterprises only: write one, or repair it away",
		    object_kind_name(o->kind), o->name, d->row->name);
	return hs_fail(err, HS_ECONFLICT,
	    "%s '%s' is not adopted (%s): hanse makes it from the spec alone; "
	    "change the spec, or repair it",
	    object_kind_name(o->kind), o->name, d->row->name);
}

/* Of several drifts of one thing the first that can be. */
static const struct drift *find(
    const struct drifts *drifts, const char *kind, const char *name)
{
	const struct drift *found = NULL;

	for (size_t i = 0; i < drifts->count; i++) {
		const struct drift *d = &drifts->list[i];
		const struct object *o = plan_object(d->change);

		if (strcmp(object_kind_name(o->kind), kind) != 0 ||
		    strcmp(o->name, name) != 0)
			continue;
		if (found == NULL || found->row->adopt == DRIFT_ADOPT_NOT)
			found = d;
	}
	return found;
}

int manager_adopt(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(drifts_done) struct drifts drifts = { 0 };
	const char *kind = request_text(r, "kind");
	const char *name = request_text(r, "name");
	const struct drift *d;

	if (kind == NULL || name == NULL)
		return hs_fail(err, HS_EINVAL, "name a kind and a thing");
	if (view_look(r->plat, NULL, &view, err) < 0)
		return -1;
	drift_list(&view.plan, &drifts);
	d = find(&drifts, kind, name);
	if (d == NULL)
		return hs_fail(err, HS_ENOTFOUND,
		    "%s '%s' has not drifted, or cannot be seen, or there is "
		    "none (see: hanse verify)",
		    kind, name);
	return adopt(r, d, ret_result, err);
}
