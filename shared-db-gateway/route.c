/* route.c - the table of routes: user -> (database, role, server). */

#include "shared-db-gateway/route.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "shared-db-gateway/kinds.h"
#include "shared-db-gateway/route_file.h"

struct gw_entry *gw_entry_ref(struct gw_entry *entry)
{
	entry->refs++;
	return entry;
}

void gw_entry_unref(struct gw_entry *entry)
{
	if (entry == NULL || --entry->refs > 0)
		return;
	gw_route_done(&entry->route);
	gw_ve_unref(entry->ve);
	free(entry);
}

static struct gw_ve *ve_ref(struct gw_ve *ve)
{
	ve->refs++;
	return ve;
}

void gw_ve_unref(struct gw_ve *ve)
{
	if (ve == NULL || --ve->refs > 0)
		return;
	free(ve->name);
	free(ve);
}

void gw_table_free(struct gw_table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->count; i++)
		gw_entry_unref(table->list[i]);
	for (size_t i = 0; i < table->server_count; i++)
		gw_server_done(&table->servers[i]);
	for (size_t i = 0; i < table->elsewhere_count; i++)
		gw_routes_free(table->elsewhere[i]);
	free(table->elsewhere);
	free(table->list);
	free(table->servers);
	free(table);
}

static int by_user(const void *a, const void *b)
{
	const struct gw_entry *const *x = a, *const *y = b;

	return strcmp((*x)->route.user, (*y)->route.user);
}

static int by_key(const void *key, const void *entry)
{
	const struct gw_entry *const *e = entry;

	return strcmp(key, (*e)->route.user);
}

struct gw_entry *gw_table_find(const struct gw_table *table, const char *user)
{
	struct gw_entry **found = NULL;

	if (table->count > 0)
		found = bsearch(user, table->list, table->count,
		    sizeof(struct gw_entry *), by_key);
	return found != NULL ? *found : NULL;
}

bool gw_route_accepts(const struct gw_route *route, const char *digest)
{
	return route->certificates == NULL ||
	       (digest[0] != '\0' &&
		   strstr(route->certificates, digest) != NULL);
}

bool gw_route_is_pooled(const struct gw_route *route)
{
	return route->pooling != NULL &&
	       strcmp(route->pooling, "transaction") == 0;
}

/* They have been checked. */
static uint32_t kinds_of(const struct gw_route *route)
{
	uint32_t kinds = 0;

	(void)gw_kinds_parse(route->refuses, &kinds, NULL);
	return kinds;
}

/* Move what a file holds into the table. */
static void take_over(struct gw_table *table, struct gw_routes *routes)
{
	struct gw_ve *ve = hs_alloc(sizeof(*ve));

	ve->refs = 1;
	ve->name = hs_strdup(routes->ve);
	ve->limits = routes->limits;
	table->list = hs_realloc_array(table->list,
	    table->count + routes->count + 1, sizeof(struct gw_entry *));
	for (size_t i = 0; i < routes->count; i++) {
		struct gw_entry *entry = hs_alloc(sizeof(*entry));

		entry->refs = 1;
		entry->ve = ve_ref(ve);
		entry->route = routes->list[i];
		entry->refuses = kinds_of(&entry->route);
		table->list[table->count++] = entry;
	}
	gw_ve_unref(ve);
	routes->count = 0;
	table->servers = hs_realloc_array(table->servers,
	    table->server_count + routes->server_count + 1,
	    sizeof(struct gw_server));
	for (size_t i = 0; i < routes->server_count; i++)
		table->servers[table->server_count++] = routes->servers[i];
	routes->server_count = 0;
}

/* The file VE.json holds the routes of VE. */
static int parse_one(const char *dir, const char *name, const json_t *json,
    struct gw_routes **ret_routes, struct hs_err *err)
{
	hs_auto(gw_routes_freep) struct gw_routes *routes = NULL;
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.json", dir, name);

	if (gw_routes_take(json, path, &routes, err) < 0)
		return -1;
	if (strcmp(name, routes->ve) != 0)
		return hs_fail(err, HS_EINVAL, "%s: is the file of VE '%s'",
		    path, routes->ve);
	*ret_routes = hs_steal(&routes);
	return 0;
}

static int sort_users(
    struct gw_table *table, const char *dir, struct hs_err *err)
{
	if (table->count > 0)
		qsort(table->list, table->count, sizeof(struct gw_entry *),
		    by_user);
	for (size_t i = 1; i < table->count; i++)
		if (by_user(&table->list[i - 1], &table->list[i]) == 0)
			return hs_fail(err, HS_EINVAL,
			    "user '%s' is in %s/%s.json and %s/%s.json",
			    table->list[i]->route.user, dir,
			    table->list[i - 1]->ve->name, dir,
			    table->list[i]->ve->name);
	return 0;
}

static int take_elsewhere(struct gw_table *table, const char *dir,
    const json_t *files, struct hs_err *err)
{
	const char *name;
	json_t *json;

	table->elsewhere =
	    hs_alloc((json_object_size(files) + 1) * sizeof(*table->elsewhere));
	json_object_foreach ((json_t *)(uintptr_t)files, name, json) {
		if (parse_one(dir, name, json,
			&table->elsewhere[table->elsewhere_count], err) < 0)
			return -1;
		table->elsewhere_count++;
	}
	return 0;
}

int gw_table_make(const char *dir, const json_t *files, const json_t *elsewhere,
    struct gw_table **ret_table, struct hs_err *err)
{
	hs_auto(gw_table_freep) struct gw_table *table =
	    hs_alloc(sizeof(*table));
	const char *name;
	json_t *json;

	json_object_foreach ((json_t *)(uintptr_t)files, name, json) {
		hs_auto(gw_routes_freep) struct gw_routes *routes = NULL;

		if (parse_one(dir, name, json, &routes, err) < 0)
			return -1;
		take_over(table, routes);
	}
	if (take_elsewhere(table, dir, elsewhere, err) < 0 ||
	    sort_users(table, dir, err) < 0)
		return -1;
	*ret_table = hs_steal(&table);
	return 0;
}

static int load_dir(
    json_t *files, DIR *dir, const char *path, struct hs_err *err)
{
	const struct dirent *item;

	while ((item = readdir(dir)) != NULL) {
		hs_auto(hs_freep) char *whole =
		    hs_printf("%s/%s", path, item->d_name);
		size_t len = strlen(item->d_name);
		hs_auto(hs_freep) char *name = NULL;
		json_t *json = NULL;

		if (len < 6 || strcmp(item->d_name + len - 5, ".json") != 0)
			continue;
		if (gw_routes_load(whole, &json, err) < 0)
			return -1;
		name = hs_strndup(item->d_name, len - 5);
		(void)json_object_set_new(files, name, json);
	}
	return 0;
}

int gw_files_load(const char *dir, json_t **ret_files, struct hs_err *err)
{
	hs_auto(gw_table_freep) struct gw_table *table = NULL;
	json_t *files = json_object();
	DIR *d = opendir(dir);
	int rc;

	if (d == NULL) {
		json_decref(files);
		return hs_fail_errno(err, HS_ESYSTEM, "open folder '%s'", dir);
	}
	rc = load_dir(files, d, dir, err);
	(void)closedir(d);
	if (rc < 0 || gw_table_make(dir, files, NULL, &table, err) < 0) {
		json_decref(files);
		return -1;
	}
	*ret_files = files;
	return 0;
}

uint64_t gw_entry_connected(const struct gw_entry *entry, uint64_t now_ms)
{
	return entry->connected_ms +
	       (now_ms - entry->counted_ms) * entry->sessions;
}

void gw_entry_seat(struct gw_entry *entry, int more, uint64_t now_ms)
{
	entry->connected_ms = gw_entry_connected(entry, now_ms);
	entry->counted_ms = now_ms;
	entry->sessions = (unsigned)((int)entry->sessions + more);
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Whether sessions of the old one may go on under the new one. */
static bool means_the_same(const struct gw_entry *a, const struct gw_entry *b)
{
	const struct gw_route *x = &a->route, *y = &b->route;

	return same(a->ve->name, b->ve->name) &&
	       same(x->enterprise, y->enterprise) && same(x->user, y->user) &&
	       same(x->database, y->database) && same(x->role, y->role) &&
	       same(x->host, y->host) && x->port == y->port &&
	       same(x->server_name, y->server_name) &&
	       same(x->certificate_cn, y->certificate_cn);
}

/* The route of a user is another one, its meter goes on. */
static void keep_meter(struct gw_entry *fresh, const struct gw_entry *old)
{
	fresh->logins = old->logins;
	fresh->transactions = old->transactions;
	fresh->statements = old->statements;
	fresh->rows = old->rows;
	fresh->bytes_in = old->bytes_in;
	fresh->bytes_out = old->bytes_out;
	fresh->waited_ms = old->waited_ms;
	fresh->cut = old->cut;
	fresh->connected_ms = gw_entry_connected(old, (uint64_t)hs_now_ms());
}

/* A VE of the same name stays the same one: what it has used, it has used. */
static void keep_ve(struct gw_entry *fresh, const struct gw_table *old)
{
	struct gw_ve *ve = fresh->ve;

	for (size_t i = 0; i < old->count; i++) {
		if (!same(old->list[i]->ve->name, ve->name))
			continue;
		fresh->ve = ve_ref(old->list[i]->ve);
		fresh->ve->limits = ve->limits;
		gw_ve_unref(ve);
		return;
	}
}

void gw_table_replace(struct gw_table *fresh, struct gw_table *old)
{
	for (size_t i = 0; old != NULL && i < old->count; i++)
		old->list[i]->removed = true;
	for (size_t i = 0; old != NULL && i < fresh->count; i++) {
		struct gw_entry *now = fresh->list[i];
		struct gw_entry *kept = gw_table_find(old, now->route.user);
		struct gw_route swap;

		keep_ve(now, old);
		if (kept == NULL)
			continue;
		if (!means_the_same(kept, now)) {
			keep_meter(now, kept);
			continue;
		}
		/* The limits, the verifier and what certificates are
		 * accepted may have changed. */
		swap = kept->route;
		kept->route = now->route;
		kept->refuses = now->refuses;
		now->route = swap;
		kept->removed = false;
		fresh->list[i] = gw_entry_ref(kept);
		gw_entry_unref(now);
	}
	gw_table_free(old);
}

/* Targets. */

struct gw_target gw_target_copy(const struct gw_target *target)
{
	return (struct gw_target) {
		.host = hs_strdup(target->host),
		.server_name = hs_strdup(target->server_name),
		.database = hs_strdup(target->database),
		.port = target->port,
		.replicas = target->replicas != NULL
				? hs_strdup(target->replicas)
				: NULL,
		.patroni_port = target->patroni_port,
	};
}

static struct gw_target on_route(const struct gw_route *r)
{
	return gw_target_copy(&(struct gw_target) {
	    .host = r->host,
	    .server_name = r->server_name,
	    .database = r->database,
	    .port = r->port,
	    .replicas = r->replicas,
	    .patroni_port = r->patroni_port,
	});
}

/* "DATABASE@SERVER" */
static int by_server(const struct gw_table *table, const char *database,
    const char *at, struct gw_target *ret_target)
{
	hs_auto(hs_freep) char *name =
	    hs_strndup(database, (size_t)(at - database));

	for (size_t i = 0; i < table->server_count; i++) {
		const struct gw_server *s = &table->servers[i];

		if (strcmp(s->name, at + 1) != 0)
			continue;
		*ret_target = gw_target_copy(&(struct gw_target) {
		    .host = s->host,
		    .server_name = s->server_name,
		    .database = name,
		    .port = s->port,
		    .replicas = s->replicas,
		    .patroni_port = s->patroni_port,
		});
		return 0;
	}
	return -1;
}

/* The server is that of any route to the database. */
static int by_database(const struct gw_table *table, const char *database,
    struct gw_target *ret_target)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct gw_route *r = &table->list[i]->route;

		if (r->host == NULL || strcmp(r->database, database) != 0)
			continue;
		*ret_target = on_route(r);
		return 0;
	}
	for (size_t i = 0; i < table->elsewhere_count; i++) {
		const struct gw_routes *routes = table->elsewhere[i];

		for (size_t j = 0; j < routes->count; j++) {
			if (strcmp(routes->list[j].database, database) != 0)
				continue;
			*ret_target = on_route(&routes->list[j]);
			return 0;
		}
	}
	return -1;
}

int gw_table_target(const struct gw_table *table, const struct gw_entry *entry,
    const char *database, struct gw_target *ret_target)
{
	const struct gw_route *r = &entry->route;
	const char *at;

	if (strcmp(r->database, "*") != 0) {
		if (database != NULL && strcmp(database, r->database) != 0)
			return -1;
		*ret_target = on_route(r);
		return 0;
	}
	if (database == NULL)
		return -1;
	at = strrchr(database, '@');
	if (at != NULL)
		return by_server(table, database, at, ret_target);
	return by_database(table, database, ret_target);
}

void gw_target_done(struct gw_target *target)
{
	free(target->host);
	free(target->server_name);
	free(target->database);
	free(target->replicas);
	*target = (struct gw_target) { 0 };
}
