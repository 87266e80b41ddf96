/* intent.c - changes of what is wanted. */

#include "provisioning/intent.h"

#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/instance.h"
#include "provisioning/quota.h"
#include "provisioning/schema.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"
#include "provisioning/view.h"

static const char *text_of(const json_t *args, const char *key)
{
	return json_string_value(json_object_get(args, key));
}

/* Data do not move between servers by themselves. */
static int check_class(
    struct hs_db *store, const struct spec *spec, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	const struct store_ve *old;

	if (store_ve_list(store, &ves, err) < 0)
		return -1;
	old = store_ve_find(&ves, spec->ve);
	if (old == NULL || old->spec->database.class == spec->database.class)
		return 0;
	return hs_fail(err, HS_ECONFLICT,
	    "the database of '%s' is %s; its class cannot be changed while it "
	    "exists",
	    spec->ve, spec_class_name(old->spec->database.class));
}

/* Its database is to be brought to the newest schema. */
static int set_schema(
    struct plat *plat, struct hs_db *store, const char *ve, struct hs_err *err)
{
	hs_auto(hs_freep) char *number = hs_printf("%d", schema_latest(plat));

	return HS_DB_QUERY(
	    store, prov_sql_schema_target_set, NULL, err, ve, number);
}

int intent_apply(struct plat *plat, const json_t *args, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(spec_freep) struct spec *spec = NULL;
	const char *text = text_of(args, "spec");
	struct hs_db *store;

	if (spec_load("spec", text, &spec, NULL, err) < 0 ||
	    plat_store(plat, &store, err) < 0 ||
	    check_class(store, spec, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_ve_put, NULL, err, spec->ve, text) <
		0 ||
	    instance_unpin(store, spec->ve, err) < 0 ||
	    set_schema(plat, store, spec->ve, err) < 0)
		return -1;
	if (view_want(plat, &view, err) < 0)
		return -1;
	return quota_reserve(store, spec->ve, &view.wanted, err);
}

int intent_schema(struct plat *plat, const json_t *args, struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0)
		return -1;
	return set_schema(plat, store, text_of(args, "ve"), err);
}

int intent_destroy(struct plat *plat, const json_t *args, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	bool all = json_is_true(json_object_get(args, "all"));
	const char *ve = text_of(args, "ve");
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	for (size_t i = 0; i < ves.count; i++)
		if ((all || strcmp(ves.list[i].name, ve) == 0) &&
		    HS_DB_QUERY(store, prov_sql_ve_remove, NULL, err,
			ves.list[i].name) < 0)
			return -1;
	return 0;
}

/* -- Hosts ----------------------------------------------------------------- */

int intent_host_drain(struct plat *plat, const json_t *args, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_host_state, NULL, err,
		text_of(args, "host"), "drained") < 0)
		return -1;
	return view_want(plat, &view, err);
}

int intent_host_lose(struct plat *plat, const json_t *args, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	const char *host = text_of(args, "host");
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_host_lose, NULL, err, host) < 0 ||
	    HS_DB_QUERY(store, prov_sql_host_remove, NULL, err, host) < 0)
		return -1;
	return view_want(plat, &view, err);
}
