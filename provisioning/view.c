/* view.c - both sides of a plan at one moment. */

#include "provisioning/view.h"

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

int view_look(struct plat *plat, struct view *ret_view, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0 ||
	    want_objects(plat, &ves, &ret_view->wanted, err) < 0 ||
	    observe_objects(plat, &ret_view->wanted, &ret_view->actual,
		&ret_view->unknown, err) < 0)
		return -1;
	plan_make(&ret_view->wanted, &ret_view->actual, &ret_view->plan);
	return 0;
}

int view_begin(struct plat *plat, struct hs_err *err)
{
	struct hs_db *store;

	return plat_store(plat, &store, err) < 0
		   ? -1
		   : hs_db_run(store, "BEGIN", err);
}

int view_finish(struct plat *plat, const char *how, struct hs_err *err)
{
	struct hs_db *store;

	return plat_store(plat, &store, err) < 0 ? -1
						 : hs_db_run(store, how, err);
}
