/* observe_files.c - volumes, credentials, the gateway's routes, the edge. */

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/accepted.h"
#include "provisioning/ca.h"
#include "provisioning/digest.h"
#include "provisioning/edge.h"
#include "provisioning/instance.h"
#include "provisioning/observe.h"
#include "shared-db-gateway/gateway.h"

#define GIB            (1024ULL * 1024 * 1024)
#define RENEW_BEFORE_S (30 * 24 * 3600L)

/* The path's last part up to the ending. */
static char *stem(const char *path, const char *ending)
{
	const char *base = strrchr(path, '/') + 1;

	return hs_strndup(base, strlen(base) - strlen(ending));
}

/* "VE.REST", "edge.VE.ENTERPRISE", "VE.ENTERPRISE.2": whose a file is. */
static void owner_of(const char *name, char **ret_ve, char **ret_enterprise)
{
	const char *dot;

	if (strncmp(name, "edge.", 5) == 0)
		name += 5;
	dot = strchr(name, '.');
	if (strncmp(name, "db.", 3) == 0 || dot == NULL)
		return;
	*ret_ve = hs_strndup(name, (size_t)(dot - name));
	*ret_enterprise = instance_owner(dot + 1);
}

static void each_file(struct observation *o, const char *pattern,
    const char *ending,
    void (*fn)(struct observation *o, const char *path, const char *name))
{
	glob_t found = { 0 };

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			hs_auto(hs_freep) char *name =
			    stem(found.gl_pathv[i], ending);

			fn(o, found.gl_pathv[i], name);
		}
	globfree(&found);
}

static void add_volume(
    struct observation *o, const char *path, const char *name)
{
	uint64_t bytes = 0;

	(void)hv_volume_size(path, &bytes, NULL);
	(void)objects_add(&o->found, OBJ_VOLUME, name, NULL, NULL,
	    json_pack("{s:i}", "size_gib", (int)(bytes / GIB)), NULL);
}

static void add_credential(
    struct observation *o, const char *path, const char *name)
{
	hs_auto(hs_freep) char *dir = plat_path(o->plat, "ca");
	hs_auto(hs_freep) char *ve = NULL;
	hs_auto(hs_freep) char *enterprise = NULL;

	(void)path;
	if (strncmp(name, "platform.", 9) == 0)
		return;
	owner_of(name, &ve, &enterprise);
	if (!observe_is_asked(o, ve))
		return;
	(void)objects_add(&o->found, OBJ_CREDENTIAL, name, ve, enterprise,
	    json_pack(
		"{s:b}", "good", ca_is_good(dir, name, RENEW_BEFORE_S) ? 1 : 0),
	    NULL);
}

/* Which certificate a route should accept; of one that is not wanted, none. */
static const char *credential_of(
    const struct observation *o, const char *ve, const char *enterprise)
{
	const struct object *w = objects_find(o->wanted, OBJ_ROUTE, ve);
	const char *name =
	    w == NULL
		? NULL
		: json_string_value(json_object_get(
		      json_object_get(w->params, "credentials"), enterprise));

	return name != NULL ? name : "";
}

static json_t *routes_json(
    const struct observation *o, const struct gw_routes *routes)
{
	json_t *list = json_object();

	for (size_t i = 0; i < routes->count; i++) {
		const struct gw_route *r = &routes->list[i];

		bool current = accepted_is_current(o->plat, r->user,
		    credential_of(o, routes->ve, r->enterprise),
		    r->certificates);

		(void)json_object_set_new(list, r->enterprise,
		    json_pack("{s:s, s:s, s:s, s:s?, s:i, s:i, s:s}",
			"enterprise", r->enterprise, "user", r->user,
			"database", r->database, "host", r->host, "port",
			(int)r->port, "connections", (int)r->connections,
			"certificates", current ? "current" : "stale"));
	}
	return list;
}

static void add_route(struct observation *o, const char *path, const char *name)
{
	hs_auto(gw_routes_freep) struct gw_routes *routes = NULL;
	hs_auto(hs_freep) char *dir = plat_path(o->plat, "gateway/routes");

	(void)path;
	if (strcmp(name, "platform") == 0)
		return;
	if (gw_routes_read(dir, name, &routes, NULL) < 0)
		(void)objects_add(
		    &o->found, OBJ_ROUTE, name, name, NULL, NULL, NULL);
	else
		(void)objects_add(&o->found, OBJ_ROUTE, name, name, NULL,
		    json_pack("{s:o}", "routes", routes_json(o, routes)), NULL);
}

static void add_servers(struct observation *o)
{
	hs_auto(gw_routes_freep) struct gw_routes *routes = NULL;
	hs_auto(hs_freep) char *dir = plat_path(o->plat, "gateway/routes");
	json_t *servers = json_object();

	if (gw_routes_read(dir, "platform", &routes, NULL) == 0)
		for (size_t i = 0; i < routes->server_count; i++)
			(void)json_object_set_new(servers,
			    routes->servers[i].name,
			    json_string(routes->servers[i].host));
	/* The file stays when the last server goes; it is no object then. */
	if (json_object_size(servers) == 0) {
		json_decref(servers);
		return;
	}
	(void)objects_add(&o->found, OBJ_SERVERS, "platform", NULL, NULL,
	    json_pack("{s:o}", "servers", servers), NULL);
}

static void add_edge(struct observation *o, const char *path, const char *name)
{
	hs_auto(hs_freep) char *ve = NULL;
	hs_auto(hs_freep) char *enterprise = NULL;
	hs_auto(hs_freep) char *relay_path = edge_relay_path(o->plat, name);
	hs_auto(hs_freep) char *relay = digest_file(relay_path);
	hs_auto(hs_freep) char *digest = NULL;

	owner_of(name, &ve, &enterprise);
	if (!observe_is_asked(o, ve))
		return;
	digest = digest_file(path);
	(void)objects_add(&o->found, OBJ_EDGE, name, ve, enterprise,
	    json_pack("{s:s?, s:s*}", "content", digest, "relay", relay), NULL);
}

int observe_files(struct observation *o, struct hs_err *err)
{
	hs_auto(hs_freep) char *volumes = plat_path(o->plat, "volumes/*.raw");
	hs_auto(hs_freep) char *certs = plat_path(o->plat, "ca/*.*.crt");
	hs_auto(hs_freep) char *routes =
	    plat_path(o->plat, "gateway/routes/*.json");
	hs_auto(hs_freep) char *edge =
	    hs_printf("%s/edge/*.*.conf", o->plat->conf->config);

	(void)err;
	each_file(o, volumes, ".raw", add_volume);
	each_file(o, certs, ".crt", add_credential);
	each_file(o, routes, ".json", add_route);
	each_file(o, edge, ".conf", add_edge);
	add_servers(o);
	return 0;
}
