/* observe_files.c - volumes, credentials, the gateway's routes, the edge. */

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/accepted.h"
#include "provisioning/ca.h"
#include "provisioning/digest.h"
#include "provisioning/disk.h"
#include "provisioning/edge.h"
#include "provisioning/gateway_meter.h"
#include "provisioning/instance.h"
#include "provisioning/mark.h"
#include "provisioning/observe.h"
#include "provisioning/step.h"
#include "shared-db-gateway/gateway.h"

#define RENEW_BEFORE_S (30 * 24 * 3600L)

/* The path's last part up to the ending. */
static char *stem(const char *path, const char *ending)
{
	const char *base = strrchr(path, '/') + 1;

	return hs_strndup(base, strlen(base) - strlen(ending));
}

/* "VE.REST", "edge.VE.ENTERPRISE", "role.VE.ENTERPRISE", "VE.ENTERPRISE.2":
 * whose a file is. */
static void owner_of(const char *name, char **ret_ve, char **ret_enterprise)
{
	const char *dot;

	if (strncmp(name, "edge.", 5) == 0 || strncmp(name, "role.", 5) == 0)
		name += 5;
	dot = strchr(name, '.');
	if (strncmp(name, "db.", 3) == 0 || strncmp(name, "peer.", 5) == 0 ||
	    dot == NULL)
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
	const struct object *w = objects_find(o->wanted, OBJ_VOLUME, name);
	uint64_t bytes = 0;
	json_t *size;

	(void)hv_volume_size(path, &bytes, NULL);
	size = observe_gib(bytes);
	/* It grew for a job that was undone, and no file is cut off. */
	if (w != NULL && disk_is_ours(o->marks, w, size)) {
		json_decref(size);
		size = json_integer(object_number(w, "size_gib"));
	}
	(void)objects_add(&o->found, OBJ_VOLUME, name, NULL, NULL,
	    json_pack("{s:o}", "size_gib", size), NULL);
}

/* Good, but not the one that was issued. */
static bool is_replaced(
    const struct observation *o, const char *path, const char *name)
{
	const json_t *mark = mark_of(o->marks, OBJ_CREDENTIAL, name);
	hs_auto(hs_freep) char *digest =
	    mark != NULL ? digest_file(path) : NULL;

	return mark != NULL &&
	       strcmp(mark_compare(mark, "certificate", digest), "edited") == 0;
}

static void add_credential(
    struct observation *o, const char *path, const char *name)
{
	hs_auto(hs_freep) char *dir = credential_dir(o->plat, name);
	hs_auto(hs_freep) char *ve = NULL;
	hs_auto(hs_freep) char *enterprise = NULL;
	const char *state;

	if (strncmp(name, "platform.", 9) == 0)
		return;
	owner_of(name, &ve, &enterprise);
	if (!observe_is_asked(o, ve))
		return;
	state = ca_look(dir, name, RENEW_BEFORE_S);
	if (strcmp(state, "good") == 0 && is_replaced(o, path, name))
		state = "replaced";
	(void)objects_add(&o->found, OBJ_CREDENTIAL, name, ve, enterprise,
	    json_pack("{s:s}", "state", state), NULL);
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
		    json_pack(
			"{s:s, s:s, s:s, s:s?, s:i, s:s, s:o, s:s, s:s, s:b}",
			"enterprise", r->enterprise, "user", r->user,
			"database", r->database, "host", r->host, "port",
			(int)r->port, "pooling",
			r->pooling != NULL ? r->pooling : "session", "limits",
			gw_limits_json(&r->limits), "refuses",
			r->refuses != NULL ? r->refuses : "", "certificates",
			current ? "current" : "stale", "people",
			(int)r->people));
	}
	return list;
}

/* What is the same for every route: its role, its certificate, its server, no
 * password. */
static const char *identities(const struct gw_routes *routes)
{
	for (size_t i = 0; i < routes->count; i++) {
		const struct gw_route *r = &routes->list[i];

		if (strcmp(r->role, r->user) != 0 || r->scram != NULL ||
		    r->certificate_cn == NULL ||
		    strcmp(r->certificate_cn, r->user) != 0 ||
		    strcmp(r->server_name, "db.hanse.internal") != 0)
			return "changed";
	}
	return "their own";
}

/* The other servers of the VE's database: the same for every route; if there is
 * none, nobody is led anywhere. */
static const char *replicas_of(const struct gw_routes *routes)
{
	const char *all = NULL;

	for (size_t i = 0; i < routes->count; i++) {
		const struct gw_route *r = &routes->list[i];
		const char *its = r->replicas != NULL ? r->replicas : "";

		if ((all != NULL && strcmp(all, its) != 0) ||
		    r->patroni_port != step_patroni_port(its))
			return "changed";
		all = its;
	}
	return all != NULL ? all : "";
}

/* The gateway's alone, as its folder is. */
static const char *mode_of(const char *path)
{
	hs_auto(hs_freep) char *dir =
	    hs_strndup(path, (size_t)(strrchr(path, '/') - path));
	struct stat file, folder;

	if (stat(path, &file) < 0 || stat(dir, &folder) < 0)
		return "unreadable";
	return (file.st_mode & 07777) == 0600 && file.st_uid == folder.st_uid
		   ? "private"
		   : "open";
}

/* -- What the gateway serves ----------------------------------------------- */

/* As it says itself. */
static json_t *status_json(struct observation *o, struct hs_err *err)
{
	hs_auto(hs_freep) char *socket =
	    hs_printf("%s/gateway/control.sock", o->plat->conf->run);
	hs_auto(hs_freep) char *text = NULL;

	json_t *status = NULL;

	if (gw_control_status(socket, &text, err) == 0)
		status = json_loads(text, 0, NULL);
	gateway_meter(status);
	return status;
}

/* Its routes by VE and enterprise, in the form of routes_json(). */
static json_t *served_json(const json_t *status)
{
	json_t *by_ve = json_object(), *r;
	size_t i;

	json_array_foreach (json_object_get(status, "routes"), i, r) {
		const char *ve = json_string_value(json_object_get(r, "ve"));
		json_t *list = json_object_get(by_ve, ve);

		if (list == NULL) {
			list = json_object();
			(void)json_object_set_new(by_ve, ve, list);
		}
		(void)json_object_set_new(list,
		    json_string_value(json_object_get(r, "enterprise")),
		    json_pack(
			"{s:O, s:O, s:O, s:O*, s:O*, s:O*, s:O*, s:O*, s:O*, "
			"s:O*}",
			"enterprise", json_object_get(r, "enterprise"), "user",
			json_object_get(r, "user"), "database",
			json_object_get(r, "database"), "host",
			json_object_get(r, "host"), "port",
			json_object_get(r, "port"), "pooling",
			json_object_get(r, "pooling"), "limits",
			json_object_get(r, "limits"), "refuses",
			json_object_get(r, "refuses"), "certificates",
			json_object_get(r, "certificates"), "people",
			json_object_get(r, "people")));
	}
	return by_ve;
}

/* What the file says, with the certificates themselves: whether they are the
 * right ones is another question. */
static bool serves_routes(const struct object *file, const json_t *served)
{
	json_t *said = json_deep_copy(json_object_get(file->attrs, "routes"));
	json_t *accepted = json_object_get(file->params, "certificates");
	json_t *route;
	const char *enterprise;
	bool same;

	json_object_foreach (said, enterprise, route) {
		json_t *its = json_object_get(accepted, enterprise);

		if (its != NULL)
			(void)json_object_set(route, "certificates", its);
		else
			(void)json_object_del(route, "certificates");
	}
	same = json_equal(said, json_object_get(served, file->name)) == 1;
	json_decref(said);
	return same;
}

/* Those of the whole VE; of one without routes the gateway knows nothing. */
static bool serves_limits(const struct object *file, const json_t *status)
{
	const json_t *ves = json_object_get(status, "ves");
	const json_t *ve = json_object_get(ves, file->name);

	return ve == NULL ? json_object_size(
				json_object_get(file->attrs, "routes")) == 0
			  : json_equal(json_object_get(file->attrs, "limits"),
				json_object_get(ve, "limits")) == 1;
}

static bool serves(
    const struct object *file, const json_t *status, const json_t *served)
{
	if (file->kind == OBJ_ROUTE)
		return serves_routes(file, served) &&
		       serves_limits(file, status);
	return json_equal(json_object_get(file->attrs, "servers"),
		   json_object_get(status, "servers")) == 1;
}

static bool is_read_by_gateway(const struct object *o)
{
	return (o->kind == OBJ_ROUTE &&
		   json_object_get(o->attrs, "routes") != NULL) ||
	       o->kind == OBJ_SERVERS;
}

/* Files the gateway has not read, or would not take: it serves others. */
static void compare_served(struct observation *o)
{
	struct hs_err err = { 0 };
	json_t *status = status_json(o, &err);
	json_t *served = served_json(status);

	for (size_t i = 0; i < o->found.count; i++) {
		struct object *f = &o->found.list[i];

		if (!is_read_by_gateway(f))
			continue;
		if (status == NULL)
			observe_unknown(o, f->kind, f->name, err.msg);
		(void)json_object_set_new(f->attrs, "serves",
		    json_string(status == NULL || serves(f, status, served)
				    ? "the file"
				    : "something else"));
	}
	json_decref(served);
	json_decref(status);
}

/* Of each route that names some: "HEX HEX". */
static json_t *certificates_json(const struct gw_routes *routes)
{
	json_t *list = json_object();

	for (size_t i = 0; i < routes->count; i++)
		if (routes->list[i].certificates != NULL)
			(void)json_object_set_new(list,
			    routes->list[i].enterprise,
			    json_string(routes->list[i].certificates));
	return list;
}

static void add_route(struct observation *o, const char *path, const char *name)
{
	hs_auto(gw_routes_freep) struct gw_routes *routes = NULL;
	hs_auto(hs_freep) char *dir = plat_path(o->plat, "gateway/routes");

	if (strcmp(name, "platform") == 0)
		return;
	if (gw_routes_read(dir, name, &routes, NULL) < 0)
		(void)objects_add(
		    &o->found, OBJ_ROUTE, name, name, NULL, NULL, NULL);
	else
		(void)objects_add(&o->found, OBJ_ROUTE, name, name, NULL,
		    json_pack("{s:o, s:o, s:s, s:s, s:s}", "routes",
			routes_json(o, routes), "limits",
			gw_limits_json(&routes->limits), "identities",
			identities(routes), "mode", mode_of(path), "replicas",
			replicas_of(routes)),
		    json_pack(
			"{s:o}", "certificates", certificates_json(routes)));
}

static void add_server(
    const struct gw_server *s, json_t *servers, json_t *replicas)
{
	const char *its = s->replicas != NULL ? s->replicas : "";

	(void)json_object_set_new(servers, s->name, json_string(s->host));
	(void)json_object_set_new(replicas, s->name,
	    json_string(
		s->patroni_port == step_patroni_port(its) ? its : "changed"));
}

static void add_servers(struct observation *o)
{
	hs_auto(gw_routes_freep) struct gw_routes *routes = NULL;
	hs_auto(hs_freep) char *dir = plat_path(o->plat, "gateway/routes");
	hs_auto(hs_freep) char *path = hs_printf("%s/platform.json", dir);
	json_t *servers = json_object(), *replicas = json_object();

	if (gw_routes_read(dir, "platform", &routes, NULL) == 0)
		for (size_t i = 0; i < routes->server_count; i++)
			add_server(&routes->servers[i], servers, replicas);
	/* The file stays when the last server goes; it is no object then. */
	if (json_object_size(servers) == 0) {
		json_decref(servers);
		json_decref(replicas);
		return;
	}
	(void)objects_add(&o->found, OBJ_SERVERS, "platform", NULL, NULL,
	    json_pack("{s:o, s:o, s:s}", "servers", servers, "replicas",
		replicas, "mode", mode_of(path)),
	    NULL);
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
	    json_pack("{s:s?, s:s*, s:s}", "content", digest, "relay", relay,
		"nginx",
		edge_is_loaded(o->plat, name) ? "runs it"
					      : "runs something else"),
	    NULL);
}

int observe_files(struct observation *o, struct hs_err *err)
{
	hs_auto(hs_freep) char *volumes = plat_path(o->plat, "volumes/*.raw");
	hs_auto(hs_freep) char *certs = plat_path(o->plat, "ca/*.*.crt");
	hs_auto(hs_freep) char *peers =
	    plat_path(o->plat, "ca/backend/peer.*.crt");
	/* Not the provisioner's: it is setup's, and no VE's. */
	hs_auto(hs_freep) char *roles =
	    plat_path(o->plat, "ca/backend/role.*.*.crt");
	hs_auto(hs_freep) char *routes =
	    plat_path(o->plat, "gateway/routes/*.json");
	hs_auto(hs_freep) char *edge =
	    hs_printf("%s/edge/*.*.conf", o->plat->conf->config);

	(void)err;
	each_file(o, volumes, ".raw", add_volume);
	each_file(o, certs, ".crt", add_credential);
	each_file(o, peers, ".crt", add_credential);
	each_file(o, roles, ".crt", add_credential);
	each_file(o, routes, ".json", add_route);
	each_file(o, edge, ".conf", add_edge);
	add_servers(o);
	compare_served(o);
	return 0;
}
