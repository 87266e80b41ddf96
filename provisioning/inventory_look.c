/* inventory_look.c - ask all hosts what they have.
 *
 * There may be twenty thousand domains, and they are looked at every second if
 * somebody asks as often: so an item is a row of a table and its texts lie in
 * one arena, not objects with attributes as plans compare them.
 */

#include "provisioning/inventory_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/host.h"
#include "provisioning/observe.h"

void inventory_look_done(struct inventory_look *look)
{
	hs_arena_free(look->texts);
	free(look->items);
	free(look->ordered);
	free(look->by_ve);
	*look = (struct inventory_look) { 0 };
}

/* -- Items ----------------------------------------------------------------- */

static struct inventory_item *add(struct inventory_look *look)
{
	struct inventory_item *item;

	if (look->count == look->size) {
		look->size += look->size / 2 + 8;
		look->items = hs_realloc_array(
		    look->items, look->size, sizeof(*look->items));
	}
	item = &look->items[look->count++];
	*item = (struct inventory_item) { 0 };
	return item;
}

/* Domains of one host are often of one VE. */
static const char *keep(
    struct inventory_look *look, const char *text, const char *before)
{
	if (text != NULL && before != NULL && strcmp(text, before) == 0)
		return before;
	return hs_arena_strdup(look->texts, text);
}

static const char *keep_or_none(
    struct inventory_look *look, const char *text, const char *before)
{
	return text != NULL ? keep(look, text, before) : "";
}

static void add_domain(struct inventory_look *look, const char *host,
    const struct hv_object *d, enum hv_driver driver)
{
	struct inventory_item *item = add(look);
	const struct inventory_item none = { 0 };
	const struct inventory_item *before =
	    look->count > 1 ? item - 1 : &none;

	item->kind = observe_domain_kind(d);
	item->name = keep(look, d->name, NULL);
	item->ve = keep(look, d->ve, before->ve);
	item->enterprise = keep(look, d->enterprise, NULL);
	item->host = host;
	item->state = hv_state_name(d->state);
	item->driver = hv_caps(driver)->name;
	item->network = keep_or_none(look, d->network, before->network);
	item->address = keep_or_none(look, d->address, NULL);
	item->vcpus = d->vcpus;
	item->memory_mib = (unsigned)(d->memory_kib / 1024);
	item->bridge = "";
}

static void add_network(
    struct inventory_look *look, const char *host, const struct hv_object *n)
{
	struct inventory_item *item = add(look);
	hs_auto(hs_freep) char *name = host_object_name(n->name, host);

	item->kind = OBJ_NETWORK;
	item->name = keep(look, name, NULL);
	item->ve = keep(look, n->ve, NULL);
	item->host = host;
	item->state = hv_state_name(n->state);
	item->driver = item->network = "";
	item->bridge = keep_or_none(look, n->bridge, NULL);
	item->address = keep_or_none(look, n->host_address, NULL);
	item->prefix = n->prefix;
}

/* -- Hosts ----------------------------------------------------------------- */

static int list(struct plat *plat, const struct host *host,
    enum hv_driver driver, enum hv_kind kind, struct hv_objects *ret_list,
    struct hs_err *err)
{
	struct hv_conn *hv;

	if (plat_hv(plat, host->name, driver, &hv, err) < 0)
		return -1;
	return hv_list(hv, kind, ret_list, err);
}

static int look_at_networks(struct inventory_look *look, struct plat *plat,
    const struct host *host, const char *name, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects found = { 0 };

	if (list(plat, host, host_driver(host), HV_NETWORK, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < found.count; i++)
		add_network(look, name, &found.list[i]);
	return 0;
}

static int look_at_domains(struct inventory_look *look, struct plat *plat,
    const struct host *host, const char *name, enum hv_driver driver,
    struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects found = { 0 };

	if (list(plat, host, driver, HV_DOMAIN, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < found.count; i++)
		add_domain(look, name, &found.list[i], driver);
	return 0;
}

static int look_at_host(struct inventory_look *look, struct plat *plat,
    const struct host *host, struct hs_err *err)
{
	const char *name = keep(look, host->name, NULL);

	if (look_at_networks(look, plat, host, name, err) < 0)
		return -1;
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (host->can[i] && look_at_domains(look, plat, host, name,
					(enum hv_driver)i, err) < 0)
			return -1;
	return 0;
}

/* What was seen of one before it fell silent is half the truth. */
static int look_at_hosts(struct inventory_look *look, struct plat *plat,
    bool *ret_all, struct hs_err *err)
{
	const struct hosts *hosts;

	*ret_all = true;
	if (host_list(plat, &hosts, err) < 0)
		return -1;
	for (size_t i = 0; i < hosts->count; i++) {
		struct host *host = hosts->list[i];
		size_t count = look->count;
		struct hs_err why = { 0 };

		if (look_at_host(look, plat, host, &why) == 0)
			continue;
		if (host_is_local(host))
			return hs_fail(err, why.code, "%s", why.msg);
		host_fell_silent(host, why.msg);
		look->count = count;
		*ret_all = false;
	}
	return 0;
}

/* -- Order ----------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct inventory_item *const *x = a, *const *y = b;
	int order;

	if ((*x)->kind != (*y)->kind)
		return (*x)->kind < (*y)->kind ? -1 : 1;
	order = strcmp((*x)->name, (*y)->name);
	return order != 0 ? order : strcmp((*x)->host, (*y)->host);
}

static int by_ve(const void *a, const void *b)
{
	const struct inventory_item *const *x = a, *const *y = b;
	const char *v = (*x)->ve, *w = (*y)->ve;
	int order =
	    v != NULL && w != NULL ? strcmp(v, w) : (v != NULL) - (w != NULL);

	return order != 0 ? order : by_name(a, b);
}

/* The pointers, sorted; the last one is room. */
static const struct inventory_item **order(const struct inventory_look *look,
    int (*compare)(const void *a, const void *b))
{
	const struct inventory_item **ordered = hs_realloc_array(
	    NULL, look->count + 1, sizeof(const struct inventory_item *));

	for (size_t i = 0; i < look->count; i++)
		ordered[i] = &look->items[i];
	qsort(ordered, look->count, sizeof(*ordered), compare);
	return ordered;
}

/* A domain on two hosts, as after the return of one that was given up: the
 * first has its name, the others are "NAME@HOST". */
static void tell_twins_apart(struct inventory_look *look)
{
	hs_auto(hs_freep) const struct inventory_item **ordered =
	    order(look, by_name);
	const struct inventory_item *first =
	    look->count > 0 ? ordered[0] : NULL;

	for (size_t i = 1; i < look->count; i++) {
		struct inventory_item *item =
		    &look->items[ordered[i] - look->items];

		if (item->kind != first->kind ||
		    strcmp(item->name, first->name) != 0)
			first = item;
		else
			item->name = hs_arena_printf(
			    look->texts, "%s@%s", first->name, item->host);
	}
}

/* What was placed on hosts that do not answer: nobody knows how it is. */
static int add_unknown(
    struct inventory_look *look, struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_placement_list, 0, NULL, &rows, err) <
		0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const char *name = hs_rows_get(rows, i, "domain");
		const char *dot = strchr(name, '.');
		struct inventory_item *item;
		struct host *host;

		if (host_find(plat, hs_rows_get(rows, i, "host"), &host, err) <
		    0)
			return -1;
		if (host->silent == NULL)
			continue;
		item = add(look);
		*item = (struct inventory_item) {
			.kind = OBJ_DOMAIN,
			.name = keep(look, name, NULL),
			.ve = keep(look, hs_rows_get(rows, i, "ve"), NULL),
			.enterprise =
			    keep(look, dot != NULL ? dot + 1 : NULL, NULL),
			.host = keep(look, host->name, NULL),
			.state = "unknown",
			.driver = "",
			.network = "",
			.address = "",
			.bridge = "",
		};
	}
	return 0;
}

int inventory_look(
    struct plat *plat, struct inventory_look *ret_look, struct hs_err *err)
{
	hs_auto(inventory_look_done) struct inventory_look look = {
		.texts = hs_arena_new()
	};
	bool all;

	if (look_at_hosts(&look, plat, &all, err) < 0)
		return -1;
	tell_twins_apart(&look);
	if (!all && add_unknown(&look, plat, err) < 0)
		return -1;
	look.ordered = order(&look, by_name);
	look.by_ve = order(&look, by_ve);
	*ret_look = look;
	look = (struct inventory_look) { 0 };
	return 0;
}
