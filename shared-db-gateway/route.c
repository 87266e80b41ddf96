/* route.c - the table of routes: user -> (database, role, server). */

#include "shared-db-gateway/route.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int load_file(struct gw_table *table, const char *dir, const char *name,
    struct hs_err *err)
{
	hs_auto(gw_routes_freep) struct gw_routes *routes = NULL;
	hs_auto(hs_freep) char *path = hs_printf("%s/%s", dir, name);

	if (gw_routes_parse(path, &routes, err) < 0)
		return -1;
	if (strncmp(name, routes->ve, strlen(routes->ve)) != 0 ||
	    strcmp(name + strlen(routes->ve), ".json") != 0)
		return hs_fail(err, HS_EINVAL, "%s: is the file of VE '%s'",
		    path, routes->ve);
	take_over(table, routes);
	return 0;
}

static int load_dir(
    struct gw_table *table, DIR *dir, const char *path, struct hs_err *err)
{
	const struct dirent *item;

	while ((item = readdir(dir)) != NULL) {
		size_t len = strlen(item->d_name);

		if (len < 6 || strcmp(item->d_name + len - 5, ".json") != 0)
			continue;
		if (load_file(table, path, item->d_name, err) < 0)
			return -1;
	}
	return 0;
}

int gw_table_load(
    const char *dir, struct gw_table **ret_table, struct hs_err *err)
{
	hs_auto(gw_table_freep) struct gw_table *table =
	    hs_alloc(sizeof(*table));
	DIR *d = opendir(dir);
	int rc;

	if (d == NULL)
		return hs_fail_errno(err, HS_ESYSTEM, "open folder '%s'", dir);
	rc = load_dir(table, d, dir, err);
	(void)closedir(d);
	if (rc < 0)
		return -1;
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
	*ret_table = hs_steal(&table);
	return 0;
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
		if (kept == NULL || !means_the_same(kept, now))
			continue;
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
