/* control.c - the control socket: a JSON line in, one out; for root and the
 * gateway's own user.
 */

#include "shared-db-gateway/control.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/text.h"
#include "shared-db-gateway/audit.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/route_file.h"
#include "shared-db-gateway/session.h"
#include "shared-db-gateway/shape.h"

#define LINE_MAX_BYTES 4096u
#define CALLERS_MAX    16u

struct caller {
	struct hs_watch watch;
	struct gw_control *control;
	struct caller *next;
	struct hs_text in, out;
	size_t sent;
};

struct gw_control {
	struct hs_watch watch;
	struct gw_core *core;
	struct caller *callers;
	unsigned count;
	char *path;
};

/* The commands. Each returns an object, which gets "ok" beside. */

static json_t *do_ping(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	(void)core;
	(void)asked;
	(void)err;
	return json_pack(
	    "{s:s, s:i}", "version", HANSE_VERSION, "pid", (int)getpid());
}

static json_t *do_reload(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	(void)asked;
	if (gw_core_reload(core, err) < 0)
		return NULL;
	return json_pack("{s:I}", "routes", (json_int_t)core->table->count);
}

static void set(json_t *object, const char *name, uint64_t value)
{
	(void)json_object_set_new(
	    object, name, json_integer((json_int_t)value));
}

static json_t *route_status(const struct gw_entry *e)
{
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
		    routes, route_status(core->table->list[i]));
	json = json_pack("{s:s, s:i, s:o, s:o, s:o*, s:o}", "version",
	    HANSE_VERSION, "pid", (int)getpid(), "servers",
	    servers_status(core->table), "ves", ves_status(core->table),
	    "audit", audit_status(core), "routes", routes);
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
	{ "kill",     do_kill     },
	{ "ping",     do_ping     },
	{ "pools",    do_pools    },
	{ "reload",   do_reload   },
	{ "retire",   do_retire   },
	{ "sessions", do_sessions },
	{ "status",   do_status   },
};
/* clang-format on */

static json_t *run_command(
    struct gw_core *core, const json_t *asked, struct hs_err *err)
{
	const char *name = json_string_value(json_object_get(asked, "command"));

	for (size_t i = 0; name != NULL && i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(core, asked, err);
	(void)hs_fail(err, HS_EINVAL,
	    "expected {\"command\": "
	    "\"kill|ping|pools|reload|retire|sessions|status\"}");
	return NULL;
}

static char *answer(struct gw_core *core, const char *line)
{
	json_t *asked = json_loads(line, 0, NULL);
	struct hs_err err = { 0 };
	json_t *json = run_command(core, asked, &err);
	char *text;

	if (json != NULL)
		(void)json_object_set_new(json, "ok", json_true());
	else {
		hs_warn("control.failed", "msg=\"%s\"", err.msg);
		json = json_pack("{s:b, s:s, s:s}", "ok", 0, "code",
		    hs_code_name(err.code), "error", err.msg);
	}
	if (json == NULL)
		json = json_pack("{s:b, s:s}", "ok", 0, "code", "system");
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	json_decref(asked);
	return text;
}

/* Callers. */

static void caller_free(struct caller *c)
{
	struct caller **at = &c->control->callers;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->control->count--;
	hs_watch_stop(&c->watch);
	(void)close(c->watch.fd);
	hs_text_done(&c->in);
	hs_text_done(&c->out);
	free(c);
}

static bool caller_flush(struct caller *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->watch.fd, c->out.data + c->sent,
		    c->out.len - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			hs_watch_set(&c->watch, HS_LOOP_WRITE);
			return true;
		}
		if (n < 0)
			return false;
		c->sent += (size_t)n;
	}
	hs_text_done(&c->out);
	c->sent = 0;
	hs_watch_set(&c->watch, HS_LOOP_READ);
	return true;
}

/* Answer the lines that are whole. */
static void caller_serve(struct caller *c)
{
	char *line = c->in.data, *end;

	while ((end = strchr(line, '\n')) != NULL) {
		char *text;

		*end = '\0';
		text = answer(c->control->core, line);
		hs_text_add(&c->out, text != NULL ? text : "{\"ok\":false}");
		hs_text_add_char(&c->out, '\n');
		free(text);
		line = end + 1;
	}
	c->in.len = strlen(line);
	memmove(c->in.data, line, c->in.len + 1);
}

static bool caller_read(struct caller *c)
{
	char buf[LINE_MAX_BYTES];
	ssize_t n = recv(c->watch.fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0 || c->in.len + (size_t)n > LINE_MAX_BYTES ||
	    memchr(buf, 0, (size_t)n) != NULL)
		return false;
	hs_text_add_len(&c->in, buf, (size_t)n);
	caller_serve(c);
	return true;
}

static void on_caller(void *owner, unsigned events)
{
	struct caller *c = owner;

	if ((events & HS_LOOP_READ) != 0 && !caller_read(c)) {
		caller_free(c);
		return;
	}
	if ((events & HS_LOOP_HANGUP) != 0 || !caller_flush(c))
		caller_free(c);
}

/* Whoever may not is hung up on. */
static bool may_call(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	       (who.uid == 0 || who.uid == getuid());
}

static void on_connect(void *owner, unsigned events)
{
	struct gw_control *control = owner;
	int fd = accept4(
	    control->watch.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct caller *c;

	(void)events;
	if (fd < 0)
		return;
	if (!may_call(fd) || control->count >= CALLERS_MAX) {
		(void)close(fd);
		return;
	}
	c = hs_alloc(sizeof(*c));
	c->control = control;
	c->watch.fn = on_caller;
	c->watch.owner = c;
	if (hs_watch_start(
		control->core->loop, &c->watch, fd, HS_LOOP_READ, NULL) < 0) {
		(void)close(fd);
		free(c);
		return;
	}
	c->next = control->callers;
	control->callers = c;
	control->count++;
}

static int listen_at(const char *path, int *ret_fd, struct hs_err *err)
{
	hs_auto(hs_closep) int fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int rc;

	if (fd < 0 || strlen(path) >= sizeof(addr.sun_path))
		return hs_fail(err, HS_EINVAL, "control_socket '%s'", path);
	memcpy(addr.sun_path, path, strlen(path));
	(void)unlink(path);
	mask = umask(0177);
	rc = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	(void)umask(mask);
	if (rc < 0 || listen(fd, 16) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "make control socket '%s'", path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int gw_control_open(
    struct gw_core *core, struct gw_control **ret_control, struct hs_err *err)
{
	struct gw_control *control;
	int fd = -1;

	if (listen_at(core->config->control_socket, &fd, err) < 0)
		return -1;
	control = hs_alloc(sizeof(*control));
	control->core = core;
	control->path = hs_strdup(core->config->control_socket);
	control->watch.fn = on_connect;
	control->watch.owner = control;
	if (hs_watch_start(core->loop, &control->watch, fd, HS_LOOP_READ, err) <
	    0) {
		(void)close(fd);
		free(control->path);
		free(control);
		return -1;
	}
	*ret_control = control;
	return 0;
}

void gw_control_close(struct gw_control *control)
{
	if (control == NULL)
		return;
	while (control->callers != NULL)
		caller_free(control->callers);
	hs_watch_stop(&control->watch);
	(void)close(control->watch.fd);
	(void)unlink(control->path);
	free(control->path);
	free(control);
}
