/* query.c - lists and descriptions of what there is. */

#include "provisioning/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/host.h"
#include "provisioning/inventory.h"
#include "provisioning/manager.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"
#include "provisioning/table.h"

struct kind;

/** A list in the making, or the search for one of its things. */
struct listing {
	struct request *request;
	const struct kind *kind;
	const char *ve; /* NULL: all */
	struct table table;
	const char *name; /* NULL: a list */
	json_t *found;    /* the thing of that name; NULL: none so far */
	struct inventory *inventory;
	struct store_ves ves;
	struct instances rows;
};

typedef int lister(struct listing *l, struct hs_err *err);

static bool is_asked(const struct listing *l, const char *ve)
{
	return l->ve == NULL || (ve != NULL && strcmp(ve, l->ve) == 0);
}

/* VE, VE/ENTERPRISE, VE.ENTERPRISE, VE/ENTERPRISE/LOGIN, or the plain name. */
static bool is_named(const json_t *item, const char *name)
{
	static const char *const keys[] = { "name", "job_id", "event_id",
		"webhook_id" };
	const char *ve = json_string_value(json_object_get(item, "ve"));
	const char *enterprise =
	    json_string_value(json_object_get(item, "enterprise"));
	const char *login = json_string_value(json_object_get(item, "login"));
	hs_auto(hs_freep) char *slash = NULL;
	hs_auto(hs_freep) char *dot = NULL;

	for (size_t i = 0; login == NULL && i < ARRAY_LEN(keys); i++) {
		const char *value =
		    json_string_value(json_object_get(item, keys[i]));

		if (value != NULL)
			return strcmp(value, name) == 0;
	}
	if (ve == NULL)
		return false;
	if (enterprise == NULL)
		return strcmp(ve, name) == 0;
	slash = hs_printf("%s/%s%s%s", ve, enterprise, login != NULL ? "/" : "",
	    login != NULL ? login : "");
	dot = hs_printf("%s.%s%s%s", ve, enterprise, login != NULL ? "/" : "",
	    login != NULL ? login : "");
	return strcmp(slash, name) == 0 || strcmp(dot, name) == 0;
}

static void add(struct listing *l, json_t *item)
{
	if (l->name == NULL)
		table_add(&l->table, item);
	else if (l->found == NULL && is_named(item, l->name))
		l->found = item;
	else
		json_decref(item);
}

static int read_ves(struct listing *l, struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(l->request->plat, &store, err) < 0)
		return -1;
	return store_ve_list(store, &l->ves, err);
}

static int list_ves(struct listing *l, struct hs_err *err)
{
	if (read_ves(l, err) < 0)
		return -1;
	for (size_t i = 0; i < l->ves.count; i++) {
		const struct store_ve *v = &l->ves.list[i];

		if (is_asked(l, v->name))
			add(l,
			    json_pack("{s:s, s:s, s:I, s:s, s:s, s:s}", "ve",
				v->name, "title", v->spec->title, "enterprises",
				(json_int_t)v->spec->enterprises_count,
				"database",
				spec_class_name(v->spec->database.class),
				"generation", v->generation, "changed_at",
				v->changed_at));
	}
	return 0;
}

static void add_enterprise(struct listing *l, const struct store_ve *v,
    const struct spec_enterprise *e)
{
	hs_auto(hs_freep) char *url =
	    plat_url(l->request->plat, v->name, e->name);

	add(l, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s}", "ve", v->name,
		   "enterprise", e->name, "role", spec_place_name(e->role),
		   "legal_name", e->legal_name, "people",
		   (json_int_t)e->people_count, "state",
		   query_state(l->inventory, &l->rows, v->name, e->name),
		   "portal", url));
}

static int list_enterprises(struct listing *l, struct hs_err *err)
{
	struct hs_db *store;

	if (inventory_take(l->request->plat, &l->inventory, err) < 0 ||
	    read_ves(l, err) < 0 ||
	    plat_store(l->request->plat, &store, err) < 0 ||
	    instance_list(store, &l->rows, err) < 0)
		return -1;
	for (size_t i = 0; i < l->ves.count; i++) {
		const struct store_ve *v = &l->ves.list[i];

		for (size_t k = 0;
		     is_asked(l, v->name) && k < v->spec->enterprises_count;
		     k++)
			add_enterprise(l, v, &v->spec->enterprises[k]);
	}
	return 0;
}

/* In the order of the columns. */
static void put_domain(struct table *table, const struct inventory_item *d)
{
	table_put_text(table, d->name);
	table_put_text(table, d->host);
	table_put_text(table, d->driver);
	table_put_text(table, d->state);
	table_put_number(table, d->vcpus);
	table_put_number(table, d->memory_mib);
	table_put_text(table, d->address);
	table_put_text(table, d->network);
}

static int list_domains(struct listing *l, struct hs_err *err)
{
	struct inventory_items items;

	if (inventory_take(l->request->plat, &l->inventory, err) < 0)
		return -1;
	items = inventory_items(l->inventory, l->ve);
	for (size_t i = 0; i < items.count; i++) {
		const struct inventory_item *d = items.list[i];

		if (d->kind == OBJ_NETWORK ||
		    (l->name != NULL && strcmp(d->name, l->name) != 0))
			continue;
		put_domain(&l->table, d);
		if (l->name == NULL || l->found != NULL)
			continue;
		l->found = table_first(&l->table);
	}
	return 0;
}

static int list_hosts(struct listing *l, struct hs_err *err)
{
	const struct hosts *hosts;

	if (host_list(l->request->plat, &hosts, err) < 0)
		return -1;
	for (size_t i = 0; i < hosts->count; i++)
		add(l, query_host_json(l->request->plat, hosts->list[i]));
	return 0;
}

static int list_networks(struct listing *l, struct hs_err *err)
{
	struct inventory_items items;

	if (inventory_take(l->request->plat, &l->inventory, err) < 0)
		return -1;
	items = inventory_items(l->inventory, l->ve);
	for (size_t i = 0; i < items.count; i++) {
		const struct inventory_item *n = items.list[i];

		if (n->kind == OBJ_NETWORK)
			add(l, json_pack("{s:s, s:s, s:s, s:s, s:I}", "name",
				   n->name, "bridge", n->bridge, "state",
				   n->state, "address", n->address, "prefix",
				   (json_int_t)n->prefix));
	}
	return 0;
}

static void add_people(struct listing *l, const struct tenant_enterprise *e,
    const struct tenant_people *people)
{
	const struct tenant_place *at = TENANT_AT(e->ve, e->name);

	for (size_t i = 0; i < people->count; i++) {
		const struct tenant_person *p = &people->list[i];
		json_t *roles = json_array();

		for (const char *const *r = tenant_role_names(at); *r != NULL;
		     r++)
			if (tenant_person_has_role(p, *r))
				(void)json_array_append_new(
				    roles, json_string(*r));
		add(l, json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o}", "ve",
			   e->ve, "enterprise", e->name, "login", p->login,
			   "name", p->name, "mail", p->mail, "language",
			   p->language, "roles", roles));
	}
}

static int list_users(struct listing *l, struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct tenant_enterprises enterprises = { 0 };
	struct tenant *tenant;

	if (plat_tenant(l->request->plat, &tenant, err) < 0 ||
	    tenant_enterprise_list(tenant, NULL, arena, &enterprises, err) < 0)
		return -1;
	for (size_t i = 0; i < enterprises.count; i++) {
		const struct tenant_enterprise *e = &enterprises.list[i];
		struct tenant_people people = { 0 };

		if (!is_asked(l, e->ve))
			continue;
		if (tenant_person_list(tenant, TENANT_AT(e->ve, e->name), arena,
			&people, err) < 0)
			return -1;
		add_people(l, e, &people);
	}
	return 0;
}

/* Rows of the control database as they are. */
static int list_rows(struct listing *l, const char *sql,
    const char *const *columns, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(l->request->plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, sql, &rows, err, l->ve) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		json_t *item = json_object();

		for (const char *const *c = columns; *c != NULL; c++) {
			const char *value = hs_rows_get(rows, i, *c);

			(void)json_object_set_new(item, *c,
			    value != NULL ? json_string(value) : json_null());
		}
		add(l, item);
	}
	return 0;
}

static const char *const job_columns[] = { "job_id", "command", "ve", "state",
	"changes", "started_at", "seconds", "message", NULL };
static const char *const event_columns[] = { "event_id", "at", "event", "ve",
	"subject", "detail", NULL };

static int list_jobs(struct listing *l, struct hs_err *err)
{
	return list_rows(l, prov_sql_job_list, job_columns, err);
}

static int list_events(struct listing *l, struct hs_err *err)
{
	return list_rows(l, prov_sql_event_list, event_columns, err);
}

static const char *const webhook_columns[] = { "webhook_id", "url", "events",
	"ve", "state", "cursor", "behind", "delivered", "failures",
	"failing_since", "next_at", "last", NULL };

static int list_webhooks(struct listing *l, struct hs_err *err)
{
	return list_rows(l, prov_sql_webhook_list, webhook_columns, err);
}

/* clang-format off */
static const struct kind {
	const char *what; /* of get */
	const char *one;  /* of describe */
	lister *list;
	const char *columns[9]; /* keys shown to people; NULL ends */
} kinds[] = {
	{ "ves",         "ve",         list_ves,         { "ve", "title", "enterprises", "database", "generation", "changed_at" } },
	{ "enterprises", "enterprise", list_enterprises, { "ve", "enterprise", "role", "legal_name", "people", "state", "portal" } },
	{ "domains",     "domain",     list_domains,     { "name", "host", "driver", "state", "vcpus", "memory_mib", "address", "network" } },
	{ "hosts",       "host",       list_hosts,       { "name", "state", "answers", "address", "domains", "vcpus", "memory_mib", "drivers" } },
	{ "networks",    "network",    list_networks,    { "name", "bridge", "state", "address", "prefix" } },
	{ "users",       "user",       list_users,       { "ve", "enterprise", "login", "name", "language", "roles" } },
	{ "jobs",        "job",        list_jobs,        { "job_id", "command", "ve", "state", "changes", "started_at", "seconds" } },
	{ "webhooks",    "webhook",    list_webhooks,    { "webhook_id", "url", "events", "ve", "state", "behind", "delivered", "last" } },
	{ "events",      "event",      list_events,      { "event_id", "at", "event", "ve", "subject", "detail" } },
};
/* clang-format on */

static const struct kind *kind_find(const char *word)
{
	for (size_t i = 0; word != NULL && i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].what, word) == 0 ||
		    strcmp(kinds[i].one, word) == 0)
			return &kinds[i];
	return NULL;
}

/* All of a kind (of a VE), or the one that is looked for. */
static int list(struct listing *l, struct hs_err *err)
{
	int failed;

	l->table.columns = l->kind->columns;
	failed = l->kind->list(l, err);
	store_ves_done(&l->ves);
	inventory_releasep(&l->inventory);
	instances_done(&l->rows);
	if (failed == 0)
		return 0;
	table_done(&l->table);
	json_decref(hs_steal(&l->found));
	return -1;
}

int query_get(struct request *r, json_t **ret_result, struct hs_err *err)
{
	struct listing l = {
		.request = r,
		.kind = kind_find(request_text(r, "what")),
		.ve = request_text(r, "ve"),
	};

	(void)ret_result;
	if (l.kind == NULL)
		return hs_fail(err, HS_EINVAL, "unknown kind of things");
	if (list(&l, err) < 0)
		return -1;
	table_take(&l.table, r->result_parts);
	return 0;
}

/* -- Describe -------------------------------------------------------------- */

static void add_steps(struct request *r, json_t *job)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	json_t *steps = json_array();
	struct hs_db *store;

	if (plat_store(r->plat, &store, NULL) == 0 &&
	    HS_DB_QUERY(store, prov_sql_step_list, &rows, NULL,
		json_string_value(json_object_get(job, "job_id"))) == 0)
		for (size_t i = 0; i < hs_rows_count(rows); i++)
			(void)json_array_append_new(steps,
			    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?}",
				"action", hs_rows_get(rows, i, "action"),
				"kind", hs_rows_get(rows, i, "kind"), "name",
				hs_rows_get(rows, i, "name"), "state",
				hs_rows_get(rows, i, "state"), "seconds",
				hs_rows_get(rows, i, "seconds"), "message",
				hs_rows_get(rows, i, "message")));
	(void)json_object_set_new(job, "steps", steps);
}

/* What was tried last. */
static void add_attempts(struct request *r, json_t *hook)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	json_t *attempts = json_array();
	struct hs_db *store;

	if (plat_store(r->plat, &store, NULL) == 0 &&
	    HS_DB_QUERY(store, prov_sql_webhook_attempts, &rows, NULL,
		json_string_value(json_object_get(hook, "webhook_id"))) == 0)
		for (size_t i = 0; i < hs_rows_count(rows); i++)
			(void)json_array_append_new(attempts,
			    json_pack("{s:s, s:s, s:s, s:s, s:s?}", "event_id",
				hs_rows_get(rows, i, "event_id"), "at",
				hs_rows_get(rows, i, "at"), "ms",
				hs_rows_get(rows, i, "ms"), "status",
				hs_rows_get(rows, i, "status"), "message",
				hs_rows_get(rows, i, "message")));
	(void)json_object_set_new(hook, "attempts", attempts);
}

static void add_spec(struct request *r, json_t *ve)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	const struct store_ve *stored;
	struct hs_db *store;

	if (plat_store(r->plat, &store, NULL) < 0 ||
	    store_ve_list(store, &ves, NULL) < 0)
		return;
	stored =
	    store_ve_find(&ves, json_string_value(json_object_get(ve, "ve")));
	if (stored != NULL)
		(void)json_object_set_new(ve, "spec", spec_json(stored->spec));
}

static int find_in(struct request *r, const struct kind *kind, const char *ve,
    const char *name, json_t **ret_item, struct hs_err *err)
{
	struct listing l = {
		.request = r, .kind = kind, .ve = ve, .name = name
	};

	if (list(&l, err) < 0)
		return -1;
	table_done(&l.table);
	*ret_item = l.found;
	return 0;
}

/* Most names begin with their VE's: of that one first. */
static int find_named(struct request *r, const struct kind *kind,
    const char *name, json_t **ret_item, struct hs_err *err)
{
	size_t len = strcspn(name, "./");
	hs_auto(hs_freep) char *ve = hs_strndup(name, len);

	*ret_item = NULL;
	if (name[len] != '\0' && find_in(r, kind, ve, name, ret_item, err) < 0)
		return -1;
	if (*ret_item != NULL)
		return 0;
	return find_in(r, kind, NULL, name, ret_item, err);
}

int query_describe(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *name = request_text(r, "name");
	const struct kind *kind = kind_find(request_text(r, "what"));
	json_t *item;

	if (kind == NULL || name == NULL)
		return hs_fail(err, HS_EINVAL, "name a kind and a thing");
	if (find_named(r, kind, name, &item, err) < 0)
		return -1;
	if (item != NULL) {
		*ret_result = item;
		if (kind->list == list_jobs)
			add_steps(r, *ret_result);
		if (kind->list == list_webhooks)
			add_attempts(r, *ret_result);
		if (kind->list == list_ves)
			add_spec(r, *ret_result);
		return 0;
	}
	return hs_fail(err, HS_ENOTFOUND,
	    "there is no %s '%s' (see: hanse get %s)", kind->one, name,
	    kind->what);
}
