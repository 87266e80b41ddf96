/* want.c - from specs to the objects that should be. */

#include "provisioning/want.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "gen/prov_sql.h"
#include "provisioning/db_size.h"
#include "provisioning/digest.h"
#include "provisioning/edge.h"
#include "provisioning/host.h"
#include "provisioning/schema.h"
#include "provisioning/step.h"
#include "provisioning/want_part.h"
#include "shared-db-gateway/gateway.h"

#define SUBNET_PREFIX 24
#define LAST_NETWORK  253

/* -- Networks -------------------------------------------------------------- */

static void want_network(struct want *w, const char *bare, const char *ve,
    const char *bridge, unsigned subnet, const char *host)
{
	hs_auto(hs_freep) char *name = host_object_name(bare, host);
	hs_auto(hs_freep) char *address =
	    hs_printf("%s.%u.1", w->plat->conf->pool, subnet);

	(void)objects_add(&w->objects, OBJ_NETWORK, name, ve, NULL,
	    json_pack("{s:s, s:s, s:i, s:s, s:b, s:b, s:s, s:s}", "bridge",
		bridge, "address", address, "prefix", SUBNET_PREFIX, "state",
		"running", "forwards", 0, "autostart", 0, "definition",
		"as made", "link", "up"),
	    NULL);
}

static bool has_domain_on(
    const struct want *w, const char *host, const char *ve)
{
	for (size_t i = 0; i < w->objects.count; i++) {
		const struct object *o = &w->objects.list[i];

		if (o->kind == OBJ_DOMAIN &&
		    strcmp(object_host(o), host) == 0 &&
		    (ve == NULL || strcmp(o->ve, ve) == 0))
			return true;
	}
	return false;
}

/* The VE's network is on each host that has a domain of it; a network there is
 * one of its own, and nobody reaches another's members over it. */
static void want_networks(struct want *w, const char *ve, unsigned subnet)
{
	hs_auto(hs_freep) char *name = hs_printf("hanse-%s", ve);
	char uuid[HV_UUID_SIZE], bridge[HV_NAME_SIZE];

	hv_uuid5("ve", ve, uuid);
	hv_bridge(uuid, bridge);
	for (size_t i = 0; i < w->hosts_count; i++)
		if (has_domain_on(w, w->hosts[i].name, ve))
			want_network(
			    w, name, ve, bridge, subnet, w->hosts[i].name);
}

/* The subnet of a VE's network, from 2 up; 1 is the data network's. */
static int subnet_of(
    struct want *w, const char *ve, unsigned *ret_subnet, struct hs_err *err)
{
	struct hs_db *store;
	unsigned n;

	if (plat_store(w->plat, &store, err) < 0 ||
	    store_allocate(store, "network", ve, 1, LAST_NETWORK, &n, err) < 0)
		return hs_wrap(err, "network of '%s'", ve);
	*ret_subnet = n + 1;
	return 0;
}

/* -- One VE ---------------------------------------------------------------- */

static json_t *roles_json(unsigned roles)
{
	json_t *list = json_array();

	for (unsigned bit = 0; bit < SPEC_ROLE_COUNT; bit++)
		if (roles & 1u << bit)
			(void)json_array_append_new(
			    list, json_string(spec_role_name(bit)));
	return list;
}

static void want_people(
    struct want *w, const char *ve, const struct spec_enterprise *e)
{
	for (size_t i = 0; i < e->people_count; i++) {
		const struct spec_person *p = &e->people[i];
		hs_auto(hs_freep) char *name =
		    hs_printf("%s/%s/%s", ve, e->name, p->login);

		(void)objects_add(&w->objects, OBJ_PERSON, name, ve, e->name,
		    json_pack("{s:s, s:s, s:s, s:o}", "name", p->name, "mail",
			p->mail, "language", spec_language_name(p->language),
			"roles", roles_json(p->roles)),
		    json_pack("{s:s}", "login", p->login));
	}
}

static void want_directory(struct want *w, const struct spec *spec,
    const struct spec_enterprise *e, const struct instance *row)
{
	hs_auto(hs_freep) char *name = hs_printf("%s/%s", spec->ve, e->name);
	hs_auto(hs_freep) char *service = instance_name(name, row->credential);
	hs_auto(hs_freep) char *password =
	    instance_password(spec->ve, e->name, row->credential);

	(void)objects_add(&w->objects, OBJ_ENTERPRISE, name, spec->ve, e->name,
	    json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:b}", "legal_name",
		e->legal_name, "role", spec_place_name(e->role), "database",
		spec_class_name(spec->database.class), "template", e->template,
		"connections", (int)spec->database.connections, "vcpus",
		(int)e->vcpus, "memory_mib", (int)e->memory_mib, "suspended",
		row->suspended),
	    NULL);
	(void)objects_add(&w->objects, OBJ_SERVICE, service, spec->ve, e->name,
	    json_pack("{s:b, s:s}", "exists", 1, "password", "as made"),
	    json_pack("{s:s}", "file", password));
	want_people(w, spec->ve, e);
}

/* Where it leads to; without an address: to a page that says why not. */
static int want_edge(struct want *w, const struct spec *spec,
    const struct spec_enterprise *e, const struct place *place,
    const char *address, struct hs_err *err)
{
	const char *name = place->owner;
	hs_auto(hs_freep) char *host =
	    plat_edge_name(w->plat, spec->ve, e->name);
	hs_auto(hs_freep) char *alt = hs_printf("DNS:%s", host);
	hs_auto(hs_freep) char *credential = hs_printf("edge.%s", name);
	json_t *params =
	    json_pack("{s:s, s:s, s:s}", "server_name", host, "address",
		address, "host", address[0] != '\0' ? place->host : HOST_LOCAL);
	struct object *edge;
	hs_auto(hs_freep) char *text = NULL;
	hs_auto(hs_freep) char *relay = NULL;
	hs_auto(hs_freep) char *digest = NULL;
	hs_auto(hs_freep) char *relay_digest = NULL;

	edge = objects_add(
	    &w->objects, OBJ_EDGE, name, spec->ve, e->name, NULL, params);
	if (edge_render(w->plat, edge, &text, err) < 0 ||
	    edge_render_relay(w->plat, edge, &relay, err) < 0)
		return -1;
	digest = digest_text(text);
	(void)json_object_set_new(edge->attrs, "content", json_string(digest));
	if (relay != NULL) {
		relay_digest = digest_text(relay);
		(void)json_object_set_new(
		    edge->attrs, "relay", json_string(relay_digest));
	}
	(void)json_object_set_new(edge->attrs, "nginx", json_string("runs it"));
	want_credential(w, credential, spec->ve, e->name,
	    json_pack(
		"{s:s, s:s, s:s}", "cn", host, "alt", alt, "usage", "server"));
	return 0;
}

/* What makes it serve: a domain, the way to it, and that it answers. */
static int want_portal(struct want *w, const struct spec *spec,
    const struct spec_enterprise *e, const struct place *place,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *address = NULL;

	if (want_domain(w, OBJ_DOMAIN, place,
		json_pack("{s:s, s:s}", "title", spec->title, "legal_name",
		    e->legal_name),
		err) < 0)
		return -1;
	address = hs_strdup(
	    object_text(&w->objects.list[w->objects.count - 1], "address"));
	if (want_edge(w, spec, e, place, address, err) < 0)
		return -1;
	(void)objects_add(&w->objects, OBJ_PORTAL, place->owner, spec->ve,
	    e->name, json_pack("{s:b}", "answers", 1), NULL);
	return 0;
}

/* The zone of the site that comes first by its id, as the role's setting. */
static char *zone_of(const struct spec_enterprise *e)
{
	const struct spec_site *first = &e->sites[0];

	for (size_t i = 1; i < e->sites_count; i++)
		if (strcmp(e->sites[i].id, first->id) < 0)
			first = &e->sites[i];
	return hs_printf(ZONE_SETTING "%s", first->time_zone);
}

static int want_enterprise(struct want *w, const struct spec *spec,
    const struct spec_enterprise *e, unsigned subnet, struct hs_err *err)
{
	hs_auto(hs_freep) char *name = hs_printf("%s.%s", spec->ve, e->name);
	hs_auto(hs_freep) char *server = db_size_server(spec);
	hs_auto(hs_freep) char *network = hs_printf("hanse-%s", spec->ve);
	hs_auto(hs_freep) char *hosts = hs_printf("host:%s", spec->ve);
	const struct instance *row = instance_find(&w->instances, name);
	hs_auto(hs_freep) char *instance = instance_name(name, row->generation);
	hs_auto(hs_freep) char *credential =
	    instance_name(name, row->credential);
	/* With which the gateway comes as its role. */
	hs_auto(hs_freep) char *own = hs_printf("role.%s", name);
	hs_auto(hs_freep) char *zone = zone_of(e);
	struct place place = { .owner = name,
		.name = instance,
		.ve = spec->ve,
		.enterprise = e->name,
		.template = e->template,
		.server = server,
		.network = network,
		.hosts = hosts,
		.subnet = subnet,
		.vcpus = e->vcpus,
		.memory_mib = e->memory_mib,
		.connections = spec->database.connections };

	if (want_place(w, e, &place, err) < 0)
		return -1;
	want_directory(w, spec, e, row);
	want_credential(w, credential, spec->ve, e->name,
	    json_pack("{s:s, s:s}", "cn", name, "usage", "client"));
	want_credential(w, own, spec->ve, e->name,
	    json_pack("{s:s, s:s}", "cn", name, "usage", "role"));
	(void)objects_add(&w->objects, OBJ_ROLE, name, spec->ve, e->name,
	    json_pack("{s:i, s:s, s:s, s:s, s:s}", "connections",
		(int)spec->database.connections, "attributes",
		row->suspended ? "" : "login", "memberships", "", "settings",
		zone, "connect", "CONNECT"),
	    json_pack("{s:s}", "server", server));
	return row->suspended ? want_edge(w, spec, e, &place, "", err)
			      : want_portal(w, spec, e, &place, err);
}

/* In the gateway's words: its sessions are connections to it, and the
 * database's connections are backends. */
static struct gw_limits limits_of(
    const struct spec_limits *l, unsigned connections)
{
	return (struct gw_limits) {
		.connections = l->sessions,
		.backends = l->sessions > 0 && l->sessions < connections
				? l->sessions
				: connections,
		.transactions_per_s = l->transactions_per_s,
		.bytes_per_s = l->bytes_per_s,
		.statement_ms = l->statement_ms,
		.transaction_ms = l->transaction_ms,
		.idle_transaction_ms = l->idle_transaction_ms,
	};
}

static json_t *route_json(const struct want *w, const struct spec *spec,
    const struct spec_enterprise *e, const char *user, const char *address)
{
	hs_auto(hs_freep) char *database = hs_printf("ve_%s", spec->ve);
	const struct gw_limits limits =
	    limits_of(&e->limits, spec->database.connections);

	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:o, s:s, s:s, s:b}",
	    "enterprise", e->name, "user", user, "database", database, "host",
	    address, "port", DOM_PORT_POSTGRES, "pooling",
	    spec_pooling_name(e->pooling), "limits", gw_limits_json(&limits),
	    "refuses", plat_refuses(w->plat->conf, e->template), "certificates",
	    "current", "people", (int)e->database_log_in);
}

/* The list of database servers, which is made first. */
static const struct object *servers_of(const struct want *w)
{
	size_t i = 0;

	while (w->objects.list[i].kind != OBJ_SERVERS)
		i++;
	return &w->objects.list[i];
}

static void want_route(
    struct want *w, const struct spec *spec, const char *server)
{
	json_t *routes = json_object(), *credentials = json_object();
	const struct gw_limits all = limits_of(&spec->limits, 0);
	const struct object *servers = servers_of(w);
	const char *address = json_string_value(json_object_get(
	    json_object_get(servers->attrs, "servers"), server));
	const char *replicas = json_string_value(json_object_get(
	    json_object_get(servers->attrs, "replicas"), server));
	for (size_t i = 0; i < spec->enterprises_count; i++) {
		const struct spec_enterprise *e = &spec->enterprises[i];
		hs_auto(hs_freep) char *user =
		    hs_printf("%s.%s", spec->ve, e->name);
		const struct instance *row = instance_find(&w->instances, user);
		hs_auto(hs_freep) char *credential =
		    instance_name(user, row->credential);

		if (row->suspended)
			continue;
		(void)json_object_set_new(
		    routes, e->name, route_json(w, spec, e, user, address));
		(void)json_object_set_new(
		    credentials, e->name, json_string(credential));
	}
	(void)objects_add(&w->objects, OBJ_ROUTE, spec->ve, spec->ve, NULL,
	    json_pack("{s:o, s:o, s:s, s:s, s:s, s:s}", "routes", routes,
		"limits", gw_limits_json(&all), "identities", "their own",
		"mode", "private", "serves", "the file", "replicas",
		json_object_size(routes) > 0 ? replicas : ""),
	    json_pack("{s:o}", "credentials", credentials));
}

/* It is kept at the schema it was last brought to; a new one begins with the
 * newest, and so does one of which that is not known. */
static void want_database(struct want *w, const struct spec *spec,
    const char *database, const char *server)
{
	const struct store_ve *stored = store_ve_find(w->ves, spec->ve);
	bool known = stored != NULL && stored->schema > 0;
	json_t *attrs = json_pack("{s:s, s:s, s:s, s:s}", "server", server,
	    "owner", "hanse_owner", "others", "hanse_provisioner: CONNECT",
	    "facts", "as made");

	if (known)
		(void)json_object_set_new(
		    attrs, "schema", json_integer(stored->schema));
	(void)objects_add(&w->objects, OBJ_DATABASE, database, spec->ve, NULL,
	    attrs,
	    known ? NULL
		  : json_pack("{s:i}", "schema", schema_latest(w->plat)));
}

static int want_ve(struct want *w, const struct spec *spec, struct hs_err *err)
{
	hs_auto(hs_freep) char *database = hs_printf("ve_%s", spec->ve);
	hs_auto(hs_freep) char *server = db_size_server(spec);
	unsigned subnet = 0;

	if (subnet_of(w, spec->ve, &subnet, err) < 0)
		return -1;
	(void)objects_add(&w->objects, OBJ_VE, spec->ve, spec->ve, NULL,
	    json_pack("{s:s}", "title", spec->title), NULL);
	want_route(w, spec, server);
	want_database(w, spec, database, server);
	(void)objects_add(&w->objects, OBJ_MEMBERS, spec->ve, spec->ve, NULL,
	    json_pack("{s:b}", "match_spec", 1),
	    json_pack("{s:s, s:o}", "server", server, "spec", spec_json(spec)));
	for (size_t i = 0; i < spec->enterprises_count; i++)
		if (want_enterprise(
			w, spec, &spec->enterprises[i], subnet, err) < 0)
			return -1;
	want_networks(w, spec->ve, subnet);
	return 0;
}

/* -- Images ---------------------------------------------------------------- */

static void want_image(struct objects *o, const char *path)
{
	hs_auto(hs_freep) char *name = hs_strdup(strrchr(path, '/') + 1);
	char *dot = strrchr(name, '.');

	if (dot != NULL)
		*dot = '\0';
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].kind == OBJ_IMAGE &&
		    strcmp(o->list[i].name, name) == 0)
			return;
	(void)objects_add(o, OBJ_IMAGE, name, NULL, NULL,
	    json_pack("{s:s}", "content", "as made"),
	    json_pack("{s:s}", "path", path));
}

/* The files that the domains begin from. */
static void want_images(struct objects *o)
{
	static const char *const fields[] = { "image", "kernel", "initrd" };

	for (size_t i = 0, count = o->count; i < count; i++)
		for (size_t k = 0; k < ARRAY_LEN(fields); k++) {
			/* The list may move while it grows. */
			hs_auto(hs_freep) char *path =
			    hs_strdup(object_text(&o->list[i], fields[k]));

			if (strchr(path, '/') != NULL)
				want_image(o, path);
		}
}

/* -- All ------------------------------------------------------------------- */

static int want_all(struct want *w, struct hs_err *err)
{
	if (w->ves->count > 0) {
		if (want_hosts(w, err) < 0)
			return -1;
		want_network(w, WANT_DATA_NETWORK, NULL, WANT_DATA_NETWORK, 1,
		    HOST_LOCAL);
	}
	if (want_servers(w, err) < 0)
		return -1;
	for (size_t i = 0; i < w->ves->count; i++)
		if (want_ve(w, w->ves->list[i].spec, err) < 0)
			return -1;
	want_images(&w->objects);
	return 0;
}

int want_objects(struct plat *plat, const struct store_ves *ves,
    struct objects *ret_objects, struct hs_err *err)
{
	struct want w = { .plat = plat, .ves = ves };
	struct hs_db *store;
	int failed;

	if (plat_store(plat, &store, err) < 0 ||
	    instance_list(store, &w.instances, err) < 0)
		return -1;
	failed = want_all(&w, err);
	instances_done(&w.instances);
	want_hosts_done(&w);
	if (failed < 0) {
		objects_done(&w.objects);
		return -1;
	}
	objects_sort(&w.objects);
	*ret_objects = w.objects;
	return 0;
}

/* -- What nobody has any more ---------------------------------------------- */

static bool is_database(const struct store_ves *ves, const char *domain)
{
	for (size_t i = 0; i < ves->count; i++)
		if (db_size_is_domain(ves->list[i].spec, domain))
			return true;
	return false;
}

/* Whether an owner of instances, VE.ENTERPRISE or a database's, is wanted. */
bool want_is_owner(const struct store_ves *ves, const char *owner)
{
	hs_auto(hs_freep) char *ve = hs_strndup(owner, strcspn(owner, "."));
	const struct store_ve *stored = store_ve_find(ves, ve);

	if (strncmp(owner, "db.", 3) == 0)
		return is_database(ves, owner);
	return stored != NULL && owner[strlen(ve)] == '.' &&
	       spec_enterprise_find(stored->spec, owner + strlen(ve) + 1) !=
		   NULL;
}

/** What decides whether a number may be given to somebody else. */
struct release {
	const struct plat *plat;
	const struct store_ves *ves;
	struct instances instances;
};

/* A domain keeps its numbers while it is wanted, and until it has gone. */
static bool is_domain_used(const struct release *r, const char *name)
{
	hs_auto(hs_freep) char *owner = instance_owner(name);
	hs_auto(hs_freep) char *current = instance_name(
	    owner, instance_find(&r->instances, owner)->generation);

	if (strncmp(name, "db.", 3) == 0)
		return is_database(r->ves, name) ||
		       instance_is_left(r->plat, name);
	return (strcmp(current, name) == 0 && want_is_owner(r->ves, owner)) ||
	       instance_is_left(r->plat, name);
}

static bool is_used(const struct release *r, const char *kind, const char *key)
{
	hs_auto(hs_freep) char *name = NULL;

	if (strcmp(kind, "network") == 0)
		return store_ve_find(r->ves, key) != NULL;
	if (strcmp(kind, "idmap") == 0 || strcmp(kind, "host:data") == 0)
		return is_domain_used(r, key);
	if (strncmp(kind, "host:", 5) != 0)
		return false;
	name = hs_printf("%s.%s", kind + 5, key);
	return is_domain_used(r, name);
}

static int release_numbers(
    const struct release *r, struct hs_db *store, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (hs_db_query(store, prov_sql_allocation_list, 0, NULL, &rows, err) <
	    0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const char *kind = hs_rows_get(rows, i, "kind");
		const char *key = hs_rows_get(rows, i, "key");

		if (!is_used(r, kind, key) &&
		    HS_DB_QUERY(store, prov_sql_allocation_remove, NULL, err,
			kind, key) < 0)
			return -1;
	}
	return 0;
}

/* A member that comes again begins again, if nothing of it is left. */
static int release_instances(
    const struct release *r, struct hs_db *store, struct hs_err *err)
{
	for (size_t i = 0; i < r->instances.count; i++) {
		const struct instance *row = &r->instances.list[i];
		hs_auto(hs_freep) char *current =
		    instance_name(row->owner, row->generation);

		if (!want_is_owner(r->ves, row->owner) &&
		    !instance_is_left(r->plat, current) &&
		    HS_DB_QUERY(store, prov_sql_instance_remove, NULL, err,
			row->owner) < 0)
			return -1;
	}
	return 0;
}

static int release_places(
    const struct release *r, struct hs_db *store, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (hs_db_query(store, prov_sql_placement_list, 0, NULL, &rows, err) <
	    0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const char *owner = hs_rows_get(rows, i, "domain");

		if (!want_is_owner(r->ves, owner) &&
		    HS_DB_QUERY(
			store, prov_sql_placement_remove, NULL, err, owner) < 0)
			return -1;
	}
	return 0;
}

/* On a host that does not answer, what is to go may still be there. */
static bool all_answer(struct plat *plat)
{
	const struct hosts *hosts;

	if (host_list(plat, &hosts, NULL) < 0)
		return false;
	for (size_t i = 0; i < hosts->count; i++)
		if (!host_is_local(hosts->list[i]) &&
		    hosts->list[i]->silent != NULL)
			return false;
	return true;
}

int want_release(
    struct plat *plat, const struct store_ves *ves, struct hs_err *err)
{
	struct release r = { .plat = plat, .ves = ves };
	struct hs_db *store;
	int failed;

	if (!all_answer(plat))
		return 0;
	if (plat_store(plat, &store, err) < 0 ||
	    instance_list(store, &r.instances, err) < 0)
		return -1;
	failed = release_numbers(&r, store, err);
	if (failed == 0)
		failed = release_places(&r, store, err);
	if (failed == 0)
		failed = release_instances(&r, store, err);
	instances_done(&r.instances);
	return failed;
}
