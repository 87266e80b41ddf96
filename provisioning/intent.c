/* intent.c - changes of what is wanted. */

#include "provisioning/intent.h"

#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/db_size.h"
#include "provisioning/disk.h"
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
    const struct store_ves *ves, const struct spec *spec, struct hs_err *err)
{
	const struct store_ve *old = store_ve_find(ves, spec->ve);

	if (old == NULL)
		return 0;
	if (old->spec->database.replicas != spec->database.replicas)
		return hs_fail(err, HS_ECONFLICT,
		    "the database of '%s' has %u replicas; their number cannot "
		    "be changed while it exists",
		    spec->ve, old->spec->database.replicas);
	if (old->spec->database.class == spec->database.class)
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
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(spec_freep) struct spec *spec = NULL;
	const char *text = text_of(args, "spec");
	struct hs_db *store;

	if (spec_load("spec", text, &spec, NULL, err) < 0 ||
	    plat_store(plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0 ||
	    check_class(&ves, spec, err) < 0 ||
	    db_size_check(plat->conf, &ves, spec, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_ve_put, NULL, err, spec->ve, text) <
		0 ||
	    instance_unpin(store, spec->ve, err) < 0 ||
	    set_schema(plat, store, spec->ve, err) < 0)
		return -1;
	if (view_want(plat, &view, err) < 0 ||
	    disk_check(plat, &view.wanted, spec->ve,
		store_ve_find(&ves, spec->ve), err) < 0)
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

/* -- One member ------------------------------------------------------------ */

/** A member that a job is about. */
struct member {
	struct hs_db *store;
	char *owner; /* "VE.ENTERPRISE" */
	bool suspended;
};

static void member_done(struct member *m)
{
	free(m->owner);
}

static int look_up_row(struct member *m, struct hs_err *err)
{
	struct instances rows = { 0 };

	if (instance_list(m->store, &rows, err) < 0)
		return -1;
	m->suspended = instance_find(&rows, m->owner)->suspended;
	instances_done(&rows);
	return 0;
}

static int look_up(struct plat *plat, const json_t *args,
    struct member *ret_member, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	const char *ve = text_of(args, "ve");
	const char *enterprise = text_of(args, "enterprise");
	const struct store_ve *stored;

	if (ve == NULL || enterprise == NULL)
		return hs_fail(err, HS_EINVAL, "name VE/ENTERPRISE");
	if (plat_store(plat, &ret_member->store, err) < 0 ||
	    store_ve_list(ret_member->store, &ves, err) < 0)
		return -1;
	stored = store_ve_find(&ves, ve);
	if (stored == NULL ||
	    spec_enterprise_find(stored->spec, enterprise) == NULL)
		return hs_fail(err, HS_ENOTFOUND,
		    "there is no enterprise %s/%s (see: hanse get "
		    "enterprises)",
		    ve, enterprise);
	ret_member->owner = hs_printf("%s.%s", ve, enterprise);
	return look_up_row(ret_member, err);
}

static int look_up_serving(struct plat *plat, const json_t *args,
    struct member *ret_member, struct hs_err *err)
{
	if (look_up(plat, args, ret_member, err) < 0)
		return -1;
	if (!ret_member->suspended)
		return 0;
	return hs_fail(err, HS_ECONFLICT,
	    "%s/%s is suspended; first: hanse resume %s/%s",
	    text_of(args, "ve"), text_of(args, "enterprise"),
	    text_of(args, "ve"), text_of(args, "enterprise"));
}

int intent_check_member(
    struct plat *plat, const json_t *args, bool must_serve, struct hs_err *err)
{
	hs_auto(member_done) struct member m = { 0 };

	return must_serve ? look_up_serving(plat, args, &m, err)
			  : look_up(plat, args, &m, err);
}

/* That it can be made so at all, and that there is room for it. */
static int check_want(struct plat *plat, const char *ve, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    view_want(plat, &view, err) < 0)
		return -1;
	return ve != NULL ? quota_reserve(store, ve, &view.wanted, err) : 0;
}

int intent_restart(struct plat *plat, const json_t *args, struct hs_err *err)
{
	hs_auto(member_done) struct member m = { 0 };

	if (look_up_serving(plat, args, &m, err) < 0 ||
	    instance_raise(m.store, m.owner, err) < 0)
		return -1;
	return check_want(plat, text_of(args, "ve"), err);
}

int intent_rotate(struct plat *plat, const json_t *args, struct hs_err *err)
{
	hs_auto(member_done) struct member m = { 0 };

	if (look_up_serving(plat, args, &m, err) < 0 ||
	    instance_rotate(m.store, m.owner, err) < 0 ||
	    instance_raise(m.store, m.owner, err) < 0)
		return -1;
	return check_want(plat, text_of(args, "ve"), err);
}

static int set_suspended(
    struct plat *plat, const json_t *args, bool suspended, struct hs_err *err)
{
	hs_auto(member_done) struct member m = { 0 };

	if (look_up(plat, args, &m, err) < 0)
		return -1;
	if (m.suspended == suspended)
		return 0;
	if (instance_suspend(m.store, m.owner, suspended, err) < 0)
		return -1;
	return check_want(plat, text_of(args, "ve"), err);
}

int intent_suspend(struct plat *plat, const json_t *args, struct hs_err *err)
{
	return set_suspended(plat, args, true, err);
}

int intent_resume(struct plat *plat, const json_t *args, struct hs_err *err)
{
	return set_suspended(plat, args, false, err);
}

int intent_image(struct plat *plat, const json_t *args, struct hs_err *err)
{
	const char *owner = text_of(args, "owner");
	struct hs_db *store;

	if (owner == NULL)
		return hs_fail(err, HS_EINVAL, "whose image?");
	if (plat_store(plat, &store, err) < 0 ||
	    instance_unpin_one(store, owner, err) < 0)
		return -1;
	return check_want(plat, text_of(args, "ve"), err);
}
