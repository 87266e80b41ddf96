/* view.c - both sides of a plan at one moment. */

#include "provisioning/view.h"

#include "gen/prov_sql.h"
#include "provisioning/host.h"
#include "provisioning/meter.h"
#include "provisioning/observe.h"
#include "provisioning/store.h"
#include "provisioning/want.h"

void view_done(struct view *v)
{
	plan_done(&v->plan);
	objects_done(&v->wanted);
	objects_done(&v->actual);
	json_decref(v->unknown);
	*v = (struct view) { 0 };
}

int view_want(struct plat *plat, struct view *view, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	return want_objects(plat, &ves, &view->wanted, err);
}

/* A file does not say whose it is where its name does not; what is wanted
 * does. */
static void name_owners(const struct objects *wanted, struct objects *actual)
{
	for (size_t i = 0; i < actual->count; i++) {
		struct object *a = &actual->list[i];
		const struct object *w = objects_find(wanted, a->kind, a->name);

		if (w != NULL && w->ve != NULL && a->ve == NULL)
			a->ve = hs_strdup(w->ve);
	}
}

int view_observe(
    struct plat *plat, const char *ve, struct view *view, struct hs_err *err)
{
	if (observe_objects(plat, ve, &view->wanted, &view->actual,
		&view->unknown, err) < 0)
		return -1;
	if (ve != NULL) {
		name_owners(&view->wanted, &view->actual);
		objects_keep(&view->wanted, ve);
		objects_keep(&view->actual, ve);
	}
	plan_make(&view->wanted, &view->actual, &view->plan);
	return 0;
}

int view_look(struct plat *plat, const char *ve, struct view *ret_view,
    struct hs_err *err)
{
	if (view_begin(plat, err) < 0)
		return -1;
	if (view_want(plat, ret_view, err) < 0) {
		(void)view_finish(plat, "ROLLBACK", NULL);
		return -1;
	}
	if (view_finish(plat, "COMMIT", err) < 0)
		return -1;
	return view_observe(plat, ve, ret_view, err);
}

int view_begin(struct plat *plat, struct hs_err *err)
{
	struct hs_db *store;

	if (host_ask_all(plat, err) < 0 || plat_store(plat, &store, err) < 0 ||
	    hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	/* The time last: who has waited for others changes something now. */
	if (hs_db_query(store, prov_sql_allocation_lock, 0, NULL, NULL, err) ==
		0 &&
	    meter_tell(store, err) == 0)
		return 0;
	(void)hs_db_run(store, "ROLLBACK", NULL);
	return -1;
}

int view_finish(struct plat *plat, const char *how, struct hs_err *err)
{
	struct hs_db *store;

	return plat_store(plat, &store, err) < 0 ? -1
						 : hs_db_run(store, how, err);
}
