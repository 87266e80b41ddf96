/* step_gateway.c - what the gateway serves: servers and routes. */

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/fault.h"
#include "dom-templates/dom_template.h"
#include "provisioning/accepted.h"
#include "provisioning/step.h"
#include "shared-db-gateway/gateway.h"

#define SERVER_NAME "db.hanse.internal"

static char lent_server_name[] = SERVER_NAME;

int gateway_reload(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *socket =
	    hs_printf("%s/gateway/control.sock", plat->conf->run);

	if (hs_fault("gateway.reload", err) < 0)
		return -1;
	return gw_control_reload(socket, err);
}

/* jansson's texts are const; the gateway's structs lend them only. */
static char *lend(const char *text)
{
	return (char *)(uintptr_t)text;
}

static char *text_of(const json_t *object, const char *key)
{
	return lend(json_string_value(json_object_get(object, key)));
}

unsigned step_patroni_port(const char *replicas)
{
	return replicas != NULL && replicas[0] != '\0' ? DOM_PORT_PATRONI : 0;
}

/* NULL, as a route has it, for none. */
static char *replicas_of(const json_t *object, const char *key)
{
	char *text = text_of(object, key);

	return text != NULL && text[0] != '\0' ? text : NULL;
}

/* @list: "servers" and "replicas" by their names. */
static int servers_write(struct plat *plat, json_t *list, struct hs_err *err)
{
	json_t *servers = json_object_get(list, "servers");
	json_t *replicas = json_object_get(list, "replicas");
	hs_auto(hs_freep) char *dir = plat_path(plat, "gateway/routes");
	hs_auto(hs_freep) struct gw_server *entries =
	    hs_alloc((json_object_size(servers) + 1) * sizeof(*entries));
	struct gw_route route = {
		.enterprise = lend("provisioner"),
		.user = lend("platform.provisioner"),
		.database = lend("*"),
		.role = lend("hanse_provisioner"),
		/* 8 of them may wait: plat_kept.c */
		.limits = { .connections = 24 },
		.certificate_cn = lend("platform.provisioner"),
	};
	const char *name;
	json_t *host;
	size_t count = 0;

	json_object_foreach (servers, name, host) {
		char *others = replicas_of(replicas, name);

		entries[count++] = (struct gw_server) {
			.name = lend(name),
			.host = lend(json_string_value(host)),
			.port = DOM_PORT_POSTGRES,
			.server_name = lent_server_name,
			.replicas = others,
			.patroni_port = step_patroni_port(others),
		};
	}
	return gw_platform_write(dir, entries, count, &route, 1, err);
}

int step_servers_begin(struct plat *plat, struct hs_err *err)
{
	json_t *none = json_object();
	int failed = servers_write(plat, none, err);

	json_decref(none);
	return failed;
}

static int servers_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	if (servers_write(plat, change->wanted->attrs, err) < 0)
		return -1;
	return gateway_reload(plat, err);
}

/* The file stays, with no server in it: the provisioner's way in is the
 * platform's. */
static int servers_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	(void)object;
	return step_servers_begin(plat, err) < 0 ? -1
						 : gateway_reload(plat, err);
}

const struct step_ops step_servers = {
	.make = servers_make,
	.remove = servers_remove,
	.can_go_back = true,
};

static int route_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	hs_auto(hs_freep) char *dir = plat_path(plat, "gateway/routes");
	json_t *routes = json_object_get(w->attrs, "routes"), *r;
	json_t *credentials = json_object_get(w->params, "credentials");
	json_t *lists = json_array(); /* owns what the routes lend */
	char *replicas = replicas_of(w->attrs, "replicas");
	struct gw_limits all = { 0 };
	hs_auto(hs_freep) struct gw_route *list =
	    hs_alloc((json_object_size(routes) + 1) * sizeof(*list));
	const char *enterprise;
	size_t count = 0;
	int failed =
	    gw_limits_parse(json_object_get(w->attrs, "limits"), &all, err);

	json_object_foreach (routes, enterprise, r) {
		const char *credential =
		    json_string_value(json_object_get(credentials, enterprise));
		hs_auto(hs_freep) char *accepted =
		    accepted_list(plat, text_of(r, "user"), credential);
		json_t *certificates = json_string(accepted);
		struct gw_limits limits = { 0 };

		(void)json_array_append_new(lists, certificates);
		if (gw_limits_parse(
			json_object_get(r, "limits"), &limits, err) < 0)
			failed = -1;
		list[count++] = (struct gw_route) {
			.enterprise = lend(enterprise),
			.user = text_of(r, "user"),
			.database = text_of(r, "database"),
			.role = text_of(r, "user"),
			.host = text_of(r, "host"),
			.port = (unsigned)json_integer_value(
			    json_object_get(r, "port")),
			.server_name = lent_server_name,
			.replicas = replicas,
			.patroni_port = step_patroni_port(replicas),
			.limits = limits,
			.pooling = text_of(r, "pooling"),
			.refuses = text_of(r, "refuses"),
			.certificate_cn = text_of(r, "user"),
			.certificates = lend(json_string_value(certificates)),
			.people = json_is_true(json_object_get(r, "people")),
		};
	}
	if (failed == 0)
		failed = gw_routes_write(dir, w->name, &all, list, count, err);
	json_decref(lists);
	return failed < 0 ? -1 : gateway_reload(plat, err);
}

static int route_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = plat_path(plat, "gateway/routes");

	if (gw_routes_remove(dir, object->name, err) < 0)
		return -1;
	return gateway_reload(plat, err);
}

const struct step_ops step_route = {
	.make = route_make,
	.remove = route_remove,
	.can_go_back = true,
};
