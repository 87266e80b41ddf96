/* command.c - what a worker does when the master says so: a JSON line in, one
 * out.
 */

#include "shared-db-gateway/command.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/text.h"
#include "shared-db-gateway/audit.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/people.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"
#include "shared-db-gateway/shape.h"

/* Each returns an object, which gets "ok" beside. */

static json_t *do_ping(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	(void)core;
	(void)asked;
	(void)err;
	return json_pack(
	    "{s:s, s:i}", "version", HANSE_VERSION, "pid", (int)getpid());
}

/* With routes and keys: a worker opens no files of theirs. */
static json_t *do_reload(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	struct gw_table *fresh = NULL;

	if (gw_table_make(core->config->routes, json_object_get(asked, "files"),
		json_object_get(asked, "elsewhere"), &fresh, err) < 0 ||
	    gw_core_reload(core, fresh, json_object_get(asked, "keys"), err) <
		0)
		return NULL;
	return json_pack("{s:I}", "routes", (json_int_t)core->table->count);
}

/* Its clients stay until they go; new ones come to the next worker. */
static json_t *do_drain(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	(void)asked;
	(void)err;
	gw_core_drain(core);
	return json_pack("{s:i}", "sessions", (int)core->active);
}

static json_t *do_stop(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	(void)asked;
	(void)err;
	gw_core_stop(core);
	return json_pack("{s:i}", "sessions", (int)core->active);
}

static void set(json_t *object, const char *name, uint64_t value)
{
	(void)json_object_set_new(
	    object, name, json_integer((json_int_t)value));
}

/* For whoever bills: what was counted since that moment of this worker, which
 * no other worker shares, so that sums of several need not be taken apart. */
static json_t *meter_status(
    const struct gw_core *core, const struct gw_entry *e, uint64_t connected_ms)
{
	hs_auto(hs_freep) char *life = hs_printf(
	    "%d.%llu", (int)getpid(), (unsigned long long)core->began_ms);

	return json_pack("{s:[I, I, I, I, I, I]}", life,
	    (json_int_t)e->statements, (json_int_t)e->transactions,
	    (json_int_t)e->rows, (json_int_t)e->bytes_in,
	    (json_int_t)e->bytes_out, (json_int_t)connected_ms);
}

static json_t *route_status(
    const struct gw_core *core, const struct gw_entry *e)
{
	uint64_t connected_ms =
	    gw_entry_connected(e, hs_loop_now_ms(core->loop));
	json_t *json = json_pack(
	    "{s:s, s:s, s:s, s:s, s:s*, s:i, s:s*, s:s, s:s, s:o, s:b}", "ve",
	    e->ve->name, "enterprise", e->route.enterprise, "user",
	    e->route.user, "database", e->route.database, "host", e->route.host,
	    "port", (int)e->route.port, "certificates", e->route.certificates,
	    "pooling",
	    gw_route_is_pooled(&e->route) ? "transaction" : "session",
	    "refuses", e->route.refuses != NULL ? e->route.refuses : "",
	    "limits", gw_limits_json(&e->route.limits), "people",
	    (int)e->route.people);

	set(json, "sessions", e->sessions);
	set(json, "backends", e->backends);
	set(json, "connections", e->route.limits.connections);
	set(json, "logins", e->logins);
	set(json, "transactions", e->transactions);
	set(json, "statements", e->statements);
	set(json, "rows", e->rows);
	set(json, "kept", e->kept);
	set(json, "bytes_in", e->bytes_in);
	set(json, "bytes_out", e->bytes_out);
	set(json, "waited_ms", e->waited_ms);
	set(json, "cut", e->cut);
	set(json, "connected_ms", connected_ms);
	(void)json_object_set_new(
	    json, "meters", meter_status(core, e, connected_ms));
	return json;
}

/* Limits, and what is used of them, of the VE that begins here in the list. */
static json_t *ves_status(const struct gw_table *table)
{
	json_t *ves = json_object();

	for (size_t i = 0; i < table->count; i++) {
		const struct gw_ve *ve = table->list[i]->ve;

		if (json_object_get(ves, ve->name) == NULL)
			(void)json_object_set_new(ves, ve->name,
			    json_pack("{s:o, s:i, s:i}", "limits",
				gw_limits_json(&ve->limits), "sessions",
				(int)ve->sessions, "backends",
				(int)ve->backends));
	}
	return ves;
}

static json_t *servers_status(const struct gw_table *table)
{
	json_t *servers = json_object();

	for (size_t i = 0; i < table->server_count; i++)
		(void)json_object_set_new(servers, table->servers[i].name,
		    json_string(table->servers[i].host));
	return servers;
}

static json_t *audit_status(const struct gw_core *core)
{
	struct gw_audit_stat stat;

	if (core->audit == NULL)
		return NULL;
	stat = gw_audit_stat(core->audit);
	return json_pack("{s:s, s:b, s:I, s:I, s:I, s:b, s:I}", "folder",
	    core->config->audit.folder, "required",
	    (int)core->config->audit.required, "records",
	    (json_int_t)stat.records, "bytes", (json_int_t)stat.bytes, "lost",
	    (json_int_t)stat.lost, "failing", (int)stat.is_failing, "shapes",
	    (json_int_t)gw_shapes_count(core->shapes));
}

static json_t *do_status(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	json_t *routes = json_array(), *json;

	(void)asked;
	(void)err;
	for (size_t i = 0; i < core->table->count; i++)
		(void)json_array_append_new(
		    routes, route_status(core, core->table->list[i]));
	json = json_pack("{s:s, s:i, s:o, s:o, s:o*, s:o}", "version",
	    HANSE_VERSION, "pid", (int)getpid(), "servers",
	    servers_status(core->table), "ves", ves_status(core->table),
	    "audit", audit_status(core), "routes", routes);
	/* The master joins these, and says what it knows of each. */
	(void)json_object_set_new(json, "workers",
	    json_pack("[{s:i, s:i}]", "pid", (int)getpid(), "sessions",
		(int)core->active));
	set(json, "up_ms", hs_loop_now_ms(core->loop) - core->began_ms);
	set(json, "sessions", core->active);
	set(json, "pending", core->pending);
	set(json, "accepted", core->accepted);
	set(json, "logins", core->logins);
	set(json, "refused", core->refused);
	set(json, "reloads", core->reloads);
	set(json, "dialled", core->dialled);
	set(json, "evictions", core->evictions);
	if (core->people != NULL)
		set(json, "people_waiting", gw_people_waiting(core->people));
	return json;
}

static json_t *session_status(const struct gw_session *s, uint64_t now_ms)
{
	hs_auto(hs_freep) char *id =
	    hs_printf("%016llx", (unsigned long long)s->id);
	const char *app = s->application_name;

	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I}",
	    "id", id, "ve", s->entry->ve->name, "enterprise",
	    s->entry->route.enterprise, "person",
	    s->person != NULL ? s->person : "", "peer", s->peer, "application",
	    hs_is_text(app) ? app : "", "state", gw_state_name(s->state),
	    "busy", (int)gw_session_is_busy(s), "statements",
	    (json_int_t)s->statements, "bytes_in", (json_int_t)s->bytes_in,
	    "bytes_out", (json_int_t)s->bytes_out, "ms",
	    (json_int_t)(now_ms - s->began_ms));
}

static json_t *do_sessions(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	uint64_t now_ms = hs_loop_now_ms(core->loop);
	json_t *list = json_array();

	(void)asked;
	(void)err;
	for (const struct gw_session *s = core->sessions; s != NULL;
	     s = s->next)
		if (s->entry != NULL)
			(void)json_array_append_new(
			    list, session_status(s, now_ms));
	return json_pack("{s:o}", "sessions", list);
}

/* It ends as if its access had been taken away; its client may come again. */
static json_t *do_kill(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	const char *id = json_string_value(json_object_get(asked, "session"));
	unsigned long long number = 0;
	int len = 0;

	if (id == NULL || sscanf(id, "%16llx%n", &number, &len) != 1 ||
	    id[len] != '\0') {
		(void)hs_fail(
		    err, HS_EINVAL, "'session' is not the id of a session");
		return NULL;
	}
	for (struct gw_session *s = core->sessions; s != NULL; s = s->next) {
		if (s->id != number || s->state != GW_RELAY)
			continue;
		hs_info("session.killed", "session=%016llx ve=%s enterprise=%s",
		    number, s->entry->ve->name, s->entry->route.enterprise);
		s->is_killed = true;
		gw_session_wake(s);
		return json_pack("{s:s, s:s, s:s}", "session", id, "ve",
		    s->entry->ve->name, "enterprise",
		    s->entry->route.enterprise);
	}
	(void)hs_fail(err, HS_ENOTFOUND, "there is no session '%s'", id);
	return NULL;
}

static json_t *do_retire(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	const char *user = json_string_value(json_object_get(asked, "user"));

	if (user == NULL) {
		(void)hs_fail(err, HS_EINVAL, "'user' is missing");
		return NULL;
	}
	return json_pack("{s:i}", "backends", (int)gw_pools_retire(core, user));
}

static json_t *do_pools(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	json_t *list = json_array();

	(void)asked;
	(void)err;
	for (const struct gw_pool *p = core->pools; p != NULL; p = p->next) {
		int idle = 0;

		for (const struct gw_backend *b = p->idle; b != NULL;
		     b = b->next_idle)
			idle++;
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, "
			      "s:I}",
			"ve", p->entry->ve->name, "enterprise",
			p->entry->route.enterprise, "database",
			p->target.database, "host", p->target.host, "backends",
			(int)p->backends, "idle", idle, "starting",
			(int)p->starting, "sessions", (int)p->sessions,
			"waiting", (int)p->waiting, "statements",
			(json_int_t)gw_texts_count(p->texts)));
	}
	return json_pack("{s:o}", "pools", list);
}

/* clang-format off */
static const struct command {
	const char *name;
	json_t *(*run)(struct gw_core *core, const json_t *asked,
	    struct hs_err *err);
} commands[] = {
	{ "drain",    do_drain    },
	{ "kill",     do_kill     },
	{ "ping",     do_ping     },
	{ "pools",    do_pools    },
	{ "reload",   do_reload   },
	{ "retire",   do_retire   },
	{ "sessions", do_sessions },
	{ "status",   do_status   },
	{ "stop",     do_stop     },
};
/* clang-format on */

static json_t *run_command(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	const char *name = json_string_value(json_object_get(asked, "command"));

	for (size_t i = 0; name != NULL && i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(core, asked, err);
	(void)hs_fail(err, HS_EINVAL, "there is no command '%s'",
	    name != NULL ? name : "");
	return NULL;
}

json_t *gw_answer(json_t *result, const struct hs_err *err)
{
	if (result != NULL)
		(void)json_object_set_new(result, "ok", json_true());
	else
		result = json_pack("{s:b, s:s, s:s}", "ok", 0, "code",
		    hs_code_name(err->code), "error", err->msg);
	if (result == NULL)
		result = json_pack("{s:b, s:s}", "ok", 0, "code", "system");
	return result;
}

char *gw_command_run(struct gw_core *core, const char *line)
{
	json_t *asked = json_loads(line, 0, NULL);
	struct hs_err err = { 0 };
	json_t *json = gw_answer(run_command(core, asked, &err), &err);
	char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	json_decref(asked);
	return text != NULL ? text : hs_strdup("{\"ok\":false}");
}
