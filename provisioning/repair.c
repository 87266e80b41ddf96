/* repair.c - mend what was named, and nothing else. */

#include "provisioning/repair.h"

#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/manager.h"
#include "provisioning/view.h"

json_t *repair_entry(const struct object *o)
{
	return json_pack("{s:s, s:s, s:s?, s:s?}", "kind",
	    object_kind_name(o->kind), "name", o->name, "ve", o->ve,
	    "enterprise", o->enterprise);
}

/* -- Narrowing a plan ------------------------------------------------------ */

static const char *text_of(const json_t *entry, const char *key)
{
	const char *text = json_string_value(json_object_get(entry, key));

	return text != NULL ? text : "";
}

static bool is_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* clang-format off */
#define K(kind) (1U << OBJ_##kind)

/* What else is touched when one of a kind is mended, and how it belongs. */
static const struct {
	unsigned named;
	unsigned also;
	enum { OF_ENTERPRISE, OF_VE, ON_NETWORK } how;
} belongings[] = {
	{ K(DOMAIN) | K(CREDENTIAL) | K(EDGE), K(DOMAIN) | K(EDGE) | K(PORTAL), OF_ENTERPRISE },
	/* A member's certificate is mended by its next one. */
	{ K(CREDENTIAL), K(CREDENTIAL) | K(SERVICE), OF_ENTERPRISE },
	{ K(CREDENTIAL), K(ROUTE), OF_VE },
	{ K(ENTERPRISE), K(SERVICE) | K(PERSON), OF_ENTERPRISE },
	{ K(VE), K(ENTERPRISE) | K(SERVICE) | K(PERSON), OF_VE },
	{ K(DATABASE), K(MEMBERS) | K(ROLE), OF_VE },
	{ K(NETWORK), K(DOMAIN) | K(DB_DOMAIN), ON_NETWORK },
};
/* clang-format on */

static bool belongs(const json_t *entry, size_t row, const struct object *o)
{
	switch (belongings[row].how) {
	case OF_ENTERPRISE:
		return is_same(o->ve, text_of(entry, "ve")) &&
		       is_same(o->enterprise, text_of(entry, "enterprise"));
	case OF_VE:
		return is_same(o->ve, text_of(entry, "ve"));
	case ON_NETWORK:
		return strcmp(object_text(o, "network"),
			   text_of(entry, "name")) == 0;
	}
	return false;
}

static bool is_meant_by(const json_t *entry, const struct object *o)
{
	enum object_kind kind;

	if (!object_kind_find(text_of(entry, "kind"), &kind))
		return false;
	if (kind == o->kind && strcmp(o->name, text_of(entry, "name")) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(belongings); i++)
		if ((belongings[i].named & 1U << kind) != 0 &&
		    (belongings[i].also & 1U << o->kind) != 0 &&
		    belongs(entry, i, o))
			return true;
	return false;
}

static bool is_meant(const json_t *args, const struct object *o)
{
	size_t i;
	json_t *entry;

	json_array_foreach (json_object_get(args, "only"), i, entry)
		if (is_meant_by(entry, o))
			return true;
	return false;
}

void repair_narrow(const json_t *args, struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (is_meant(args, plan_object(&plan->list[i])))
			plan->list[kept++] = plan->list[i];
		else
			json_decref(plan->list[i].detail);
	plan->count = kept;
}

/* -- The command ----------------------------------------------------------- */

/** What of it is asked for. */
struct choice {
	const char *ve, *kind, *name;
	bool all;
};

static bool is_chosen(const struct choice *c, const struct drift *d)
{
	const struct object *o = plan_object(d->change);

	if (c->name != NULL)
		return strcmp(c->name, o->name) == 0 &&
		       strcmp(c->kind, object_kind_name(o->kind)) == 0;
	/* What may cost data must be named. */
	if (d->row->alone)
		return false;
	return c->all || is_same(o->ve, c->ve);
}

/* Of one VE, its lock is enough; else the whole platform is. */
struct chosen {
	json_t *only, *told;
	const char *ve;
	bool is_whole;
};

static void choose(struct chosen *chosen, const struct drift *d)
{
	const struct object *o = plan_object(d->change);

	(void)json_array_append_new(chosen->only, repair_entry(o));
	(void)json_array_append_new(
	    chosen->told, json_pack("{s:s, s:s, s:s, s:s}", "kind",
			      object_kind_name(o->kind), "name", o->name,
			      "drift", d->row->name, "repair", d->row->repair));
	if (o->ve == NULL ||
	    (chosen->ve != NULL && strcmp(chosen->ve, o->ve) != 0))
		chosen->is_whole = true;
	chosen->ve = o->ve;
}

static int check(const struct choice *c, const struct view *view,
    const struct chosen *chosen, struct hs_err *err)
{
	size_t i;
	json_t *u;

	if (c->name == NULL || json_array_size(chosen->only) > 0)
		return 0;
	json_array_foreach (view->unknown, i, u)
		if (strcmp(text_of(u, "kind"), c->kind) == 0 &&
		    strcmp(text_of(u, "name"), c->name) == 0)
			return hs_fail(err, HS_EREMOTE,
			    "%s '%s' cannot be seen now: %s", c->kind, c->name,
			    text_of(u, "reason"));
	if (objects_find(&view->wanted, OBJ_VE, c->name) != NULL)
		return 0;
	return hs_fail(err, HS_ENOTFOUND,
	    "%s '%s' is as it should be, or there is none (see: hanse verify)",
	    c->kind, c->name);
}

/* Whoever asks for it lets a domain that has given up try again. */
static void forgive(struct plat *plat, const json_t *only)
{
	struct hs_db *store;
	size_t i;
	json_t *entry;

	if (plat_store(plat, &store, NULL) < 0)
		return;
	json_array_foreach (only, i, entry)
		(void)HS_DB_QUERY(store, prov_sql_drift_try_clear, NULL, NULL,
		    text_of(entry, "kind"), text_of(entry, "name"));
}

static int run(struct request *r, struct chosen *chosen, json_t **ret_result,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *ve = hs_strdup(chosen->ve);
	int failed = 0;

	if (json_is_true(json_object_get(r->args, "dry_run")) ||
	    json_array_size(chosen->only) == 0) {
		*ret_result = json_object();
	} else {
		forgive(r->plat, chosen->only);
		failed = manager_run_job(r, "repair",
		    chosen->is_whole ? NULL : ve,
		    json_pack("{s:O, s:b}", "only", chosen->only, "restart", 1),
		    ret_result, err);
	}
	if (failed == 0)
		(void)json_object_set(*ret_result, "drifts", chosen->told);
	return failed;
}

int manager_repair(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	hs_auto(drifts_done) struct drifts drifts = { 0 };
	const struct choice choice = {
		.ve = request_text(r, "ve"),
		.kind = request_text(r, "kind"),
		.name = request_text(r, "name"),
		.all = json_is_true(json_object_get(r->args, "all")),
	};
	struct chosen chosen = { .only = json_array(), .told = json_array() };
	int failed;

	if ((choice.name == NULL) != (choice.kind == NULL) ||
	    (choice.name == NULL && choice.ve == NULL && !choice.all)) {
		failed = hs_fail(err, HS_EINVAL,
		    "name a kind and a thing, or a virtual enterprise, or all");
	} else {
		failed = view_look(r->plat, NULL, &view, err);
		drift_list(&view.plan, &drifts);
		for (size_t i = 0; i < drifts.count; i++)
			if (is_chosen(&choice, &drifts.list[i]))
				choose(&chosen, &drifts.list[i]);
		if (failed == 0)
			failed = check(&choice, &view, &chosen, err);
		if (failed == 0)
			failed = run(r, &chosen, ret_result, err);
	}
	json_decref(chosen.only);
	json_decref(chosen.told);
	return failed;
}
