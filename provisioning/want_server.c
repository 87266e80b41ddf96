/* want_server.c - servers of databases that should be: a domain each, or the
 * domains of a replicated one, and the gateway's list of them.
 */

#include "provisioning/want_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/db_size.h"
#include "provisioning/spec.h"
#include "shared-db-gateway/gateway.h"

#define CONNECTIONS_STEP 1200 /* more of them restart a database server */

/* In steps, so that one more enterprise is no restart. */
static unsigned max_connections(unsigned connections)
{
	return (connections + CONNECTIONS_STEP - 1) / CONNECTIONS_STEP *
	       CONNECTIONS_STEP;
}

/* What the domain was last given; 0: there is none, or that is not known. */
static unsigned made_mib(const struct hs_rows *made, const char *name)
{
	for (size_t i = 0; i < hs_rows_count(made); i++)
		if (strcmp(hs_rows_get(made, i, "name"), name) == 0)
			return (unsigned)strtoul(
			    hs_rows_get(made, i, "memory_mib"), NULL, 10);
	return 0;
}

/* Unless somebody says a number: what its connections take, and never less than
 * it has, for less is a restart. */
static unsigned server_memory(const struct want *w, const struct spec *spec,
    const struct place *p, unsigned connections)
{
	unsigned given = db_size_given_mib(w->plat->conf, spec);
	unsigned made = made_mib(w->made_memory, p->name);
	enum hv_driver driver = HV_LXC;
	unsigned computed;

	(void)hv_driver_find(p->driver, &driver);
	computed = db_size_memory_mib(
	    connections, spec->database.replicas > 0, driver);
	if (given > 0)
		return given;
	return computed > made ? computed : made;
}

/* A database domain of its own is isolated as its VE asks; the shared one is
 * the operator's to choose. */
static const char *server_driver(
    const struct plat_conf *conf, const struct spec *spec, bool own)
{
	if (own && (spec->isolation == SPEC_ISOLATION_VM ||
		       spec->driver == SPEC_DRIVER_QEMU))
		return "qemu";
	return strcmp(conf->database.driver, "qemu") == 0 ? "qemu" : "lxc";
}

/** A server of databases: one domain, or those of a replicated one. */
struct server {
	const char *name;
	const struct spec *spec; /* of the first VE that has it */
	unsigned connections, disk_gib;
	char *addresses[GW_SERVERS_MAX]; /* of its domains, in their order */
	unsigned count;
};

static void server_done(struct server *s)
{
	for (unsigned i = 0; i < s->count; i++)
		free(s->addresses[i]);
}

/* All of them first: each is told of the others. */
static int addresses_take(struct want *w, struct server *s, struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(w->plat, &store, err) < 0)
		return -1;
	while (s->count < db_size_domains(s->spec)) {
		hs_auto(hs_freep) char *name =
		    db_size_domain(s->spec, s->count + 1);
		unsigned host;

		if (store_allocate(store, "host:data", name, WANT_FIRST_HOST,
			WANT_LAST_HOST, &host, err) < 0)
			return hs_wrap(err, "domain '%s'", name);
		s->addresses[s->count++] =
		    hs_printf("%s.1.%u", w->plat->conf->pool, host);
	}
	return 0;
}

/* "10.90.1.11 10.90.1.12", but for the Nth; from 0 on. */
static char *addresses_but(const struct server *s, unsigned n)
{
	struct hs_text text = { 0 };

	for (unsigned i = 0; i < s->count; i++)
		if (i != n)
			hs_text_addf(&text, "%s%s", text.len > 0 ? " " : "",
			    s->addresses[i]);
	return text.len > 0 ? hs_text_take(&text) : hs_strdup("");
}

static json_t *members_json(const struct server *s)
{
	json_t *members = json_array();

	for (unsigned i = 0; i < s->count; i++) {
		hs_auto(hs_freep) char *name = db_size_domain(s->spec, i + 1);

		(void)json_array_append_new(
		    members, json_pack("{s:s, s:s}", "name", name, "address",
				 s->addresses[i]));
	}
	return members;
}

/* What a member shows the others, and the gateway: its own name, and that of
 * all of them. */
static void want_peer(
    struct want *w, const struct server *s, const struct place *p, unsigned n)
{
	hs_auto(hs_freep) char *name = hs_printf("peer.%s", p->name);
	hs_auto(hs_freep) char *alt = hs_printf(
	    "DNS:%s.peers.hanse.internal,IP:%s", s->name, s->addresses[n]);

	want_credential(w, name, p->ve, NULL,
	    json_pack(
		"{s:s, s:s, s:s}", "cn", p->name, "alt", alt, "usage", "peer"));
}

static int want_db_domain(
    struct want *w, const struct server *s, unsigned n, struct hs_err *err)
{
	const struct spec *spec = s->spec;
	bool own = spec->database.class == SPEC_CLASS_DEDICATED;
	bool replicated = spec->database.replicas > 0;
	hs_auto(hs_freep) char *name = db_size_domain(spec, n + 1);
	hs_auto(hs_freep) char *peers = addresses_but(s, n);
	hs_auto(hs_freep) char *alt = replicated
					  ? hs_printf("DNS:db.hanse.internal,"
						      "IP:%s",
						s->addresses[n])
					  : hs_strdup("DNS:db.hanse.internal");
	struct place place = {
		.owner = name,
		.name = name,
		.ve = own ? spec->ve : NULL,
		.template = replicated ? "db-replicated" : "db",
		.driver = server_driver(w->plat->conf, spec, own),
		.network = WANT_DATA_NETWORK,
		.hosts = "host:data",
		.peers = replicated ? peers : NULL,
		.subnet = 1,
		.vcpus = 2,
	};

	if (replicated && strcmp(place.driver, "lxc") != 0)
		return hs_fail(err, HS_EINVAL,
		    "%s: a database with replicas is of domains of driver "
		    "'lxc' in this version, and '%s' is asked for (in %s)",
		    s->name, place.driver, own ? "the spec" : "hansed.yaml");
	place.memory_mib = server_memory(w, spec, &place, s->connections);
	(void)objects_add(&w->objects, OBJ_VOLUME, name, place.ve, NULL,
	    json_pack("{s:i}", "size_gib", (int)s->disk_gib), NULL);
	want_credential(w, name, place.ve, NULL,
	    json_pack(
		"{s:s, s:s, s:s}", "cn", name, "alt", alt, "usage", "server"));
	if (replicated)
		want_peer(w, s, &place, n);
	if (want_place_local(w, &place, err) < 0 ||
	    want_domain(w, OBJ_DB_DOMAIN, &place,
		json_pack("{s:i, s:i, s:s, s:o}", "max_connections",
		    (int)max_connections(s->connections), "connections",
		    (int)s->connections, "server", s->name, "members",
		    members_json(s)),
		err) < 0)
		return -1;
	/* What is in the volume is as large as the volume. */
	(void)json_object_set_new(w->objects.list[w->objects.count - 1].attrs,
	    "disk_gib", json_integer(s->disk_gib));
	return 0;
}

static int want_server(
    struct want *w, struct server *s, json_t *list, struct hs_err *err)
{
	hs_auto(hs_freep) char *rest = NULL;

	if (addresses_take(w, s, err) < 0)
		return -1;
	for (unsigned n = 0; n < s->count; n++)
		if (want_db_domain(w, s, n, err) < 0)
			return -1;
	rest = addresses_but(s, 0);
	(void)json_object_set_new(json_object_get(list, "servers"), s->name,
	    json_string(s->addresses[0]));
	(void)json_object_set_new(
	    json_object_get(list, "replicas"), s->name, json_string(rest));
	return 0;
}

/* "10.90.1.10" and "10.90.1.11 10.90.1.12" of "10 11 12". */
static void keep_one(
    const struct want *w, json_t *list, const char *name, const char *hosts)
{
	json_t *servers = json_object_get(list, "servers");
	hs_auto(hs_freep) char *copy = hs_strdup(hosts);
	hs_auto(hs_text_done) struct hs_text rest = { 0 };
	char *at = copy, *host = strsep(&at, " ");
	hs_auto(hs_freep) char *first =
	    hs_printf("%s.1.%s", w->plat->conf->pool, host);

	if (json_object_get(servers, name) != NULL)
		return;
	while ((host = strsep(&at, " ")) != NULL)
		hs_text_addf(&rest, "%s%s.1.%s", rest.len > 0 ? " " : "",
		    w->plat->conf->pool, host);
	(void)json_object_set_new(servers, name, json_string(first));
	(void)json_object_set_new(json_object_get(list, "replicas"), name,
	    json_string(rest.len > 0 ? rest.data : ""));
}

/* The way to a server that nobody wants any more, for as long as it holds a
 * database: what is in it is archived through the gateway. */
static int keep_held(struct want *w, json_t *list, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(w->plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_holding_servers, 0, NULL, &rows, err) <
		0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		keep_one(w, list, hs_rows_get(rows, i, "server"),
		    hs_rows_get(rows, i, "hosts"));
	return 0;
}

static int want_each(struct want *w, json_t *list, struct hs_err *err)
{
	const struct plat_conf *c = w->plat->conf;

	for (size_t i = 0; i < w->ves->count; i++) {
		const struct spec *spec = w->ves->list[i].spec;
		hs_auto(hs_freep) char *name = db_size_server(spec);
		hs_auto(server_done) struct server server = {
			.name = name,
			.spec = spec,
			.connections = db_size_connections(w->ves, NULL, name),
			.disk_gib = spec->database.disk_gib > 0
					? spec->database.disk_gib
					: c->database.disk_gib,
		};

		if (json_object_get(json_object_get(list, "servers"), name) !=
		    NULL)
			continue;
		if (want_server(w, &server, list, err) < 0)
			return -1;
	}
	return 0;
}

static int read_made(struct want *w, struct hs_err *err)
{
	struct hs_db *store;

	return plat_store(w->plat, &store, err) < 0
		   ? -1
		   : hs_db_query(store, prov_sql_made_memory, 0, NULL,
			 &w->made_memory, err);
}

/* The database domains come first: routes name their addresses. */
int want_servers(struct want *w, struct hs_err *err)
{
	json_t *list = json_pack("{s:{}, s:{}, s:s, s:s}", "servers",
	    "replicas", "mode", "private", "serves", "the file");
	int failed = read_made(w, err) < 0 || want_each(w, list, err) < 0 ||
			     keep_held(w, list, err) < 0
			 ? -1
			 : 0;

	hs_rows_freep(&w->made_memory);
	if (failed < 0 ||
	    json_object_size(json_object_get(list, "servers")) == 0) {
		json_decref(list);
		return failed;
	}
	(void)objects_add(
	    &w->objects, OBJ_SERVERS, "platform", NULL, NULL, list, NULL);
	return 0;
}
