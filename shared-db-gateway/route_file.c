/* route_file.c - the files of the routes folder as values: read, checked,
 * printed. What is written passes the same checks as what is read.
 */

#include "shared-db-gateway/route_file.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/gateway.h"
#include "shared-db-gateway/kinds.h"
#include "shared-db-gateway/scram.h"

#define FILE_MAX      (4u << 20)
#define ROLE_NAME_MAX 63 /* PostgreSQL's NAMEDATALEN - 1 */
#define SHA256_HEX    64

static void json_freep(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

/* One member of a JSON object and where it goes. */
struct member {
	const char *name;
	size_t offset;
	enum { TEXT, NUMBER, LIMITS, OLD_NUMBER } kind;
	bool optional;
};

/* clang-format off */
static const struct member limit_members[] = {
	{ "connections",         offsetof(struct gw_limits, connections),         NUMBER, true },
	{ "backends",            offsetof(struct gw_limits, backends),            NUMBER, true },
	{ "transactions_per_s",  offsetof(struct gw_limits, transactions_per_s),  NUMBER, true },
	{ "bytes_per_s",         offsetof(struct gw_limits, bytes_per_s),         NUMBER, true },
	{ "statement_ms",        offsetof(struct gw_limits, statement_ms),        NUMBER, true },
	{ "transaction_ms",      offsetof(struct gw_limits, transaction_ms),      NUMBER, true },
	{ "idle_transaction_ms", offsetof(struct gw_limits, idle_transaction_ms), NUMBER, true },
};

static const struct member route_members[] = {
	{ "enterprise",     offsetof(struct gw_route, enterprise),     TEXT,   false },
	{ "user",           offsetof(struct gw_route, user),           TEXT,   false },
	{ "database",       offsetof(struct gw_route, database),       TEXT,   false },
	{ "role",           offsetof(struct gw_route, role),           TEXT,   false },
	{ "host",           offsetof(struct gw_route, host),           TEXT,   true  },
	{ "port",           offsetof(struct gw_route, port),           NUMBER, true  },
	{ "server_name",    offsetof(struct gw_route, server_name),    TEXT,   true  },
	{ "replicas",       offsetof(struct gw_route, replicas),       TEXT,   true  },
	{ "patroni_port",   offsetof(struct gw_route, patroni_port),   NUMBER, true  },
	{ "limits",         offsetof(struct gw_route, limits),         LIMITS, true  },
	/* Where version 0.1.0 before its limits had them. */
	{ "connections",    offsetof(struct gw_route, limits.connections), OLD_NUMBER, true },
	{ "backends",       offsetof(struct gw_route, limits.backends),    OLD_NUMBER, true },
	{ "pooling",        offsetof(struct gw_route, pooling),        TEXT,   true  },
	{ "refuses",        offsetof(struct gw_route, refuses),        TEXT,   true  },
	{ "certificate_cn", offsetof(struct gw_route, certificate_cn), TEXT,   true  },
	{ "certificates",   offsetof(struct gw_route, certificates),   TEXT,   true  },
	{ "scram",          offsetof(struct gw_route, scram),          TEXT,   true  },
};

static const struct member server_members[] = {
	{ "name",           offsetof(struct gw_server, name),          TEXT,   false },
	{ "host",           offsetof(struct gw_server, host),          TEXT,   false },
	{ "port",           offsetof(struct gw_server, port),          NUMBER, false },
	{ "server_name",    offsetof(struct gw_server, server_name),   TEXT,   false },
	{ "replicas",       offsetof(struct gw_server, replicas),      TEXT,   true  },
	{ "patroni_port",   offsetof(struct gw_server, patroni_port),  NUMBER, true  },
};
/* clang-format on */

static char **text_at(void *object, const struct member *m)
{
	return (char **)((char *)object + m->offset);
}

static unsigned *number_at(void *object, const struct member *m)
{
	return (unsigned *)((char *)object + m->offset);
}

static void object_done(
    void *object, const struct member *members, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (members[i].kind == TEXT)
			free(*text_at(object, &members[i]));
}

void gw_route_done(struct gw_route *route)
{
	object_done(route, route_members, ARRAY_LEN(route_members));
}

void gw_server_done(struct gw_server *server)
{
	object_done(server, server_members, ARRAY_LEN(server_members));
}

void gw_routes_free(struct gw_routes *routes)
{
	if (routes == NULL)
		return;
	for (size_t i = 0; i < routes->count; i++)
		gw_route_done(&routes->list[i]);
	for (size_t i = 0; i < routes->server_count; i++)
		gw_server_done(&routes->servers[i]);
	free(routes->list);
	free(routes->servers);
	free(routes->ve);
	free(routes);
}

/* Checks, for what is read and what is to be written alike. */

static bool is_address(const char *text)
{
	uint8_t raw[16];

	return inet_pton(AF_INET, text, raw) == 1 ||
	       inet_pton(AF_INET6, text, raw) == 1;
}

static int check_address(const char *host, unsigned port,
    const char *server_name, struct hs_err *err)
{
	if (host == NULL || !is_address(host))
		return hs_fail(err, HS_EINVAL, "host is not an IP address");
	if (port < 1 || port > 65535)
		return hs_fail(err, HS_EINVAL, "port is not 1 to 65535");
	if (server_name == NULL || *server_name == '\0')
		return hs_fail(err, HS_EINVAL, "server_name is missing");
	return 0;
}

/* Addresses with one space between them, none of them twice. */
static int check_replicas(
    const char *host, const char *replicas, struct hs_err *err)
{
	hs_auto(hs_freep) char *seen = hs_printf(" %s ", host);
	hs_auto(hs_freep) char *list = hs_strdup(replicas);
	char *next = list, *one;
	unsigned count = 1;

	while ((one = strsep(&next, " ")) != NULL) {
		hs_auto(hs_freep) char *key = hs_printf(" %s ", one);
		char *more;

		if (!is_address(one))
			return hs_fail(
			    err, HS_EINVAL, "replicas are not IP addresses");
		if (strstr(seen, key) != NULL)
			return hs_fail(
			    err, HS_EINVAL, "'%s' is there twice", one);
		if (++count > GW_SERVERS_MAX)
			return hs_fail(err, HS_EINVAL, "more than %u servers",
			    GW_SERVERS_MAX);
		more = hs_printf("%s%s ", seen, one);
		free(seen);
		seen = more;
	}
	return 0;
}

/* A server, or all of its cluster. */
static int check_cluster(const char *host, const char *replicas,
    unsigned patroni_port, struct hs_err *err)
{
	if (patroni_port > 65535)
		return hs_fail(
		    err, HS_EINVAL, "patroni_port is not 1 to 65535");
	if (replicas == NULL)
		return 0;
	if (host == NULL)
		return hs_fail(err, HS_EINVAL, "replicas and no host");
	return check_replicas(host, replicas, err);
}

static int check_name(const char *what, const char *name, struct hs_err *err)
{
	if (name == NULL || *name == '\0' || strlen(name) > ROLE_NAME_MAX ||
	    !hs_is_text(name))
		return hs_fail(err, HS_EINVAL, "%s is not 1 to %d characters",
		    what, ROLE_NAME_MAX);
	return 0;
}

/* Digests with one space between them; none at all accepts nobody. */
static int check_digests(const char *list, struct hs_err *err)
{
	for (const char *p = list; *p != '\0'; p += SHA256_HEX) {
		if (p > list && *p++ != ' ')
			break;
		if (strspn(p, "0123456789abcdef") != SHA256_HEX)
			break;
		if (p[SHA256_HEX] == '\0')
			return 0;
	}
	return *list == '\0' ? 0
			     : hs_fail(err, HS_EINVAL,
				   "certificates are not SHA-256 digests");
}

static int check_route(
    const struct gw_route *r, bool is_platform, struct hs_err *err)
{
	struct gw_verifier verifier;
	uint32_t kinds;
	bool any = r->database != NULL && strcmp(r->database, "*") == 0;

	if (check_name("enterprise", r->enterprise, err) < 0 ||
	    check_name("user", r->user, err) < 0 ||
	    check_name("database", r->database, err) < 0 ||
	    check_name("role", r->role, err) < 0)
		return -1;
	if (any && !is_platform)
		return hs_fail(err, HS_EINVAL,
		    "database '*' is allowed in " GW_PLATFORM ".json only");
	if (any && r->host != NULL)
		return hs_fail(
		    err, HS_EINVAL, "a host and database '*' together");
	if (!any && check_address(r->host, r->port, r->server_name, err) < 0)
		return -1;
	if (check_cluster(r->host, r->replicas, r->patroni_port, err) < 0)
		return -1;
	if (r->limits.connections < 1 || r->limits.connections > 10000)
		return hs_fail(
		    err, HS_EINVAL, "limits.connections is not 1 to 10000");
	if (r->limits.backends > r->limits.connections)
		return hs_fail(err, HS_EINVAL,
		    "limits.backends is more than limits.connections");
	if (r->pooling != NULL && strcmp(r->pooling, "session") != 0 &&
	    strcmp(r->pooling, "transaction") != 0)
		return hs_fail(err, HS_EINVAL,
		    "pooling is neither 'session' nor 'transaction'");
	if (gw_kinds_parse(r->refuses, &kinds, err) < 0)
		return hs_wrap(err, "refuses");
	if (r->certificates != NULL && check_digests(r->certificates, err) < 0)
		return -1;
	if (r->scram != NULL && gw_verifier_parse(r->scram, &verifier, err) < 0)
		return -1;
	return 0;
}

static int check_server(const struct gw_server *s, struct hs_err *err)
{
	if (check_name("name", s->name, err) < 0)
		return -1;
	if (check_address(s->host, s->port, s->server_name, err) < 0)
		return -1;
	return check_cluster(s->host, s->replicas, s->patroni_port, err);
}

int gw_routes_check(const struct gw_routes *routes, struct hs_err *err)
{
	bool is_platform = strcmp(routes->ve, GW_PLATFORM) == 0;

	if (!hs_is_label(routes->ve, 32))
		return hs_fail(
		    err, HS_EINVAL, "'%s' is not a name of a VE", routes->ve);
	if (!is_platform && routes->server_count > 0)
		return hs_fail(err, HS_EINVAL,
		    "servers are allowed in " GW_PLATFORM ".json only");
	for (size_t i = 0; i < routes->server_count; i++)
		if (check_server(&routes->servers[i], err) < 0)
			return hs_wrap(err, "servers[%zu]", i);
	for (size_t i = 0; i < routes->count; i++)
		if (check_route(&routes->list[i], is_platform, err) < 0)
			return hs_wrap(err, "routes[%zu]", i);
	return 0;
}

/* Reading. */

static int read_object(const json_t *json, void *object,
    const struct member *members, size_t count, struct hs_err *err);

static int read_member(void *object, const struct member *m,
    const json_t *value, struct hs_err *err)
{
	if (value == NULL || json_is_null(value)) {
		if (m->optional)
			return 0;
		return hs_fail(err, HS_EINVAL, "%s is missing", m->name);
	}
	if (m->kind == LIMITS)
		return gw_limits_parse(value,
			   (struct gw_limits *)(void *)((char *)object +
							m->offset),
			   err) < 0
			   ? hs_wrap(err, "%s", m->name)
			   : 0;
	if (m->kind == NUMBER || m->kind == OLD_NUMBER) {
		if (!json_is_integer(value) || json_integer_value(value) < 0 ||
		    json_integer_value(value) > INT_MAX)
			return hs_fail(
			    err, HS_EINVAL, "%s is not a number", m->name);
		*number_at(object, m) = (unsigned)json_integer_value(value);
		return 0;
	}
	if (!json_is_string(value))
		return hs_fail(err, HS_EINVAL, "%s is not text", m->name);
	*text_at(object, m) = hs_strdup(json_string_value(value));
	return 0;
}

static int read_object(const json_t *json, void *object,
    const struct member *members, size_t count, struct hs_err *err)
{
	size_t known = 0;

	if (!json_is_object(json))
		return hs_fail(err, HS_EINVAL, "not an object");
	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_object_get(json, members[i].name);

		known += value != NULL;
		if (read_member(object, &members[i], value, err) < 0)
			return -1;
	}
	if (known != json_object_size(json))
		return hs_fail(err, HS_EINVAL, "has an unknown member");
	return 0;
}

int gw_limits_parse(
    const json_t *json, struct gw_limits *ret_limits, struct hs_err *err)
{
	*ret_limits = (struct gw_limits) { 0 };
	return read_object(
	    json, ret_limits, limit_members, ARRAY_LEN(limit_members), err);
}

static int read_file(
    const json_t *json, struct gw_routes *routes, struct hs_err *err)
{
	const json_t *servers = json_object_get(json, "servers");
	const json_t *list = json_object_get(json, "routes");
	const json_t *limits = json_object_get(json, "limits");
	const char *ve = json_string_value(json_object_get(json, "ve"));

	if (ve == NULL || !json_is_array(list))
		return hs_fail(err, HS_EINVAL, "ve or routes is missing");
	routes->ve = hs_strdup(ve);
	routes->generation =
	    (uint64_t)json_integer_value(json_object_get(json, "generation"));
	if (limits != NULL && gw_limits_parse(limits, &routes->limits, err) < 0)
		return hs_wrap(err, "limits");
	routes->list =
	    hs_alloc((json_array_size(list) + 1) * sizeof(struct gw_route));
	routes->servers =
	    hs_alloc((json_array_size(servers) + 1) * sizeof(struct gw_server));
	for (size_t i = 0; i < json_array_size(list); i++) {
		routes->count = i + 1;
		if (read_object(json_array_get(list, i), &routes->list[i],
			route_members, ARRAY_LEN(route_members), err) < 0)
			return hs_wrap(err, "routes[%zu]", i);
	}
	for (size_t i = 0; i < json_array_size(servers); i++) {
		routes->server_count = i + 1;
		if (read_object(json_array_get(servers, i), &routes->servers[i],
			server_members, ARRAY_LEN(server_members), err) < 0)
			return hs_wrap(err, "servers[%zu]", i);
	}
	return gw_routes_check(routes, err);
}

int gw_routes_parse(
    const char *path, struct gw_routes **ret_routes, struct hs_err *err)
{
	hs_auto(gw_routes_freep) struct gw_routes *routes =
	    hs_alloc(sizeof(*routes));
	hs_auto(json_freep) json_t *json = NULL;
	hs_auto(hs_freep) char *text = NULL;
	json_error_t fault;
	size_t len = 0;

	if (hs_file_read(path, FILE_MAX, &text, &len, err) < 0)
		return -1;
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &fault);
	hs_wipe(text, len);
	if (json == NULL)
		return hs_fail(
		    err, HS_EINVAL, "%s:%d: %s", path, fault.line, fault.text);
	if (read_file(json, routes, err) < 0)
		return hs_wrap(err, "%s", path);
	*ret_routes = hs_steal(&routes);
	return 0;
}

int gw_routes_read(const char *dir, const char *ve,
    struct gw_routes **ret_routes, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.json", dir, ve);

	return gw_routes_parse(path, ret_routes, err);
}

/* Printing. */

static json_t *to_json(
    const void *object, const struct member *members, size_t count);

static json_t *member_json(const void *object, const struct member *m)
{
	const void *at = (const char *)object + m->offset;
	const char *text;

	if (m->kind == OLD_NUMBER)
		return NULL;
	if (m->kind == LIMITS)
		return to_json(at, limit_members, ARRAY_LEN(limit_members));
	if (m->kind == NUMBER)
		return *(const unsigned *)at > 0 || !m->optional
			   ? json_integer(*(const unsigned *)at)
			   : NULL;
	text = *(char *const *)at;
	return text != NULL ? json_string(text) : NULL;
}

static json_t *to_json(
    const void *object, const struct member *members, size_t count)
{
	json_t *json = json_object();

	for (size_t i = 0; i < count; i++) {
		json_t *value = member_json(object, &members[i]);

		if (value != NULL)
			(void)json_object_set_new(json, members[i].name, value);
	}
	return json;
}

json_t *gw_limits_json(const struct gw_limits *limits)
{
	return to_json(limits, limit_members, ARRAY_LEN(limit_members));
}

char *gw_routes_print(const struct gw_routes *routes)
{
	hs_auto(json_freep) json_t *json = json_pack("{s:s, s:I, s:o}", "ve",
	    routes->ve, "generation", (json_int_t)routes->generation, "limits",
	    gw_limits_json(&routes->limits));
	json_t *list = json_array(), *servers = json_array();

	for (size_t i = 0; i < routes->server_count; i++)
		(void)json_array_append_new(
		    servers, to_json(&routes->servers[i], server_members,
				 ARRAY_LEN(server_members)));
	for (size_t i = 0; i < routes->count; i++)
		(void)json_array_append_new(
		    list, to_json(&routes->list[i], route_members,
			      ARRAY_LEN(route_members)));
	if (routes->server_count > 0)
		(void)json_object_set_new(json, "servers", servers);
	else
		json_decref(servers);
	(void)json_object_set_new(json, "routes", list);
	return json_dumps(json, JSON_INDENT(1));
}
