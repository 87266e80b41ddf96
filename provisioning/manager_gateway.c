/* manager_gateway.c - the gateway as hanse asks for it: routes, pools,
 * sessions, and the end of one.
 */

#include <string.h>

#include "base/err.h"
#include "provisioning/manager.h"
#include "provisioning/store.h"
#include "shared-db-gateway/gateway.h"

static char *socket_of(const struct request *r)
{
	return hs_printf("%s/gateway/control.sock", r->plat->conf->run);
}

/** A table for people of what the gateway says. */
static const struct gateway_table {
	const char *what, *command, *list;
	const char *columns[9]; /* headings */
	const char *keys[9];
} tables[] = {
	{ "status", "status", "routes",
	    { "VE", "ENTERPRISE", "POOLING", "SESSIONS", "LIMIT", "LOGINS",
		"STATEMENTS", "BYTES IN", "BYTES OUT" },
	    { "ve", "enterprise", "pooling", "sessions", "connections",
		"logins", "statements", "bytes_in", "bytes_out" } },
	{ "limits", "status", "limits",
	    { "VE", "ENTERPRISE", "SESSIONS", "BACKENDS", "TX/S", "BYTES/S",
		"STATEMENT MS", "TRANSACTION MS", "IDLE MS" },
	    { "ve", "enterprise", "sessions_used", "backends_used",
		"transactions_per_s", "bytes_per_s", "statement_ms",
		"transaction_ms", "idle_transaction_ms" } },
	{ "pools", "pools", "pools",
	    { "VE", "ENTERPRISE", "DATABASE", "BACKENDS", "IDLE", "SESSIONS",
		"WAITING", "STATEMENTS", "" },
	    { "ve", "enterprise", "database", "backends", "idle", "sessions",
		"waiting", "statements" } },
	{ "sessions", "sessions", "sessions",
	    { "SESSION", "VE", "ENTERPRISE", "PERSON", "FROM", "APPLICATION",
		"BUSY", "STATEMENTS", "MS" },
	    { "id", "ve", "enterprise", "person", "peer", "application", "busy",
		"statements", "ms" } },
	{ "workers", "status", "workers",
	    { "VE", "STATE", "PID", "SESSIONS", "DEATHS", "" },
	    { "ve", "state", "pid", "sessions", "deaths" } },
};

static json_t *headings(const struct gateway_table *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(t->keys) && t->keys[i] != NULL; i++)
		(void)json_array_append_new(list, json_string(t->columns[i]));
	return list;
}

static json_t *row(const struct gateway_table *t, const json_t *item)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(t->keys) && t->keys[i] != NULL; i++) {
		json_t *value = json_object_get(item, t->keys[i]);

		if (value == NULL)
			value = json_null();
		(void)json_array_append(list, value);
	}
	return list;
}

static void add_used(
    json_t *row, const char *key, const json_t *used, const json_t *limit)
{
	hs_auto(hs_freep) char *text =
	    json_integer_value(limit) > 0
		? hs_printf("%lld of %lld", (long long)json_integer_value(used),
		      (long long)json_integer_value(limit))
		: hs_printf("%lld", (long long)json_integer_value(used));

	(void)json_object_set_new(row, key, json_string(text));
}

/* The limits of a route or of a VE, and what is used of them now. */
static void add_limits(
    json_t *list, const char *ve, const char *enterprise, const json_t *of)
{
	json_t *limits = json_object_get(of, "limits");
	json_t *row = json_deep_copy(limits);

	if (row == NULL)
		return;
	(void)json_object_set_new(row, "ve", json_string(ve));
	(void)json_object_set_new(row, "enterprise", json_string(enterprise));
	add_used(row, "sessions_used", json_object_get(of, "sessions"),
	    json_object_get(limits, "connections"));
	add_used(row, "backends_used", json_object_get(of, "backends"),
	    json_object_get(limits, "backends"));
	for (const char *const *key =
		 (const char *const[]) { "waited_ms", "cut", NULL };
	     *key != NULL; key++)
		if (json_object_get(of, *key) != NULL)
			(void)json_object_set(
			    row, *key, json_object_get(of, *key));
	(void)json_array_append_new(list, row);
}

static void list_limits(json_t *answer)
{
	json_t *list = json_array(), *item;
	const char *ve;
	size_t i;

	json_object_foreach (json_object_get(answer, "ves"), ve, item)
		add_limits(list, ve, "(together)", item);
	json_array_foreach (json_object_get(answer, "routes"), i, item)
		add_limits(list, json_string_value(json_object_get(item, "ve")),
		    json_string_value(json_object_get(item, "enterprise")),
		    item);
	(void)json_object_set_new(answer, "limits", list);
}

int gateway_get(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *what = request_text(r, "what");
	hs_auto(hs_freep) char *socket = socket_of(r);
	hs_auto(hs_freep) char *text = NULL;
	const struct gateway_table *t = NULL;
	json_t *answer, *items, *item, *rows = json_array();
	size_t i;

	for (i = 0; i < ARRAY_LEN(tables); i++)
		if (what != NULL && strcmp(tables[i].what, what) == 0)
			t = &tables[i];
	if (t == NULL || gw_control_call(socket, t->command, &text, err) < 0) {
		json_decref(rows);
		return t != NULL ? -1
				 : hs_fail(err, HS_EINVAL,
				       "'what' is none of status, limits, "
				       "pools, sessions, workers");
	}
	answer = json_loads(text, 0, NULL);
	list_limits(answer);
	items = json_object_get(answer, t->list);
	json_array_foreach (items, i, item)
		(void)json_array_append_new(rows, row(t, item));
	*ret_result = json_pack("{s:o, s:o, s:O}", "columns", headings(t),
	    "rows", rows, "items", items);
	json_decref(answer);
	return *ret_result != NULL ? 0
				   : hs_fail(err, HS_EREMOTE,
					 "the gateway's answer is not one");
}

int gateway_kill(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *session = request_text(r, "session");
	hs_auto(hs_freep) char *socket = socket_of(r);
	hs_auto(hs_freep) char *text = NULL;
	struct hs_db *store;

	if (session == NULL)
		return hs_fail(err, HS_EINVAL, "'session' is missing");
	if (plat_store(r->plat, &store, err) < 0 ||
	    gw_control_kill(socket, session, &text, err) < 0)
		return -1;
	*ret_result = json_loads(text, 0, NULL);
	store_event(store, "session.killed",
	    json_string_value(json_object_get(*ret_result, "ve")), session,
	    json_string_value(json_object_get(*ret_result, "enterprise")));
	return 0;
}

int gateway_renew(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_freep) char *socket = socket_of(r);
	hs_auto(hs_freep) char *text = NULL;
	struct hs_db *store;

	if (plat_store(r->plat, &store, err) < 0 ||
	    gw_control_call(socket, "renew", &text, err) < 0)
		return -1;
	*ret_result = json_loads(text, 0, NULL);
	store_event(store, "gateway.renewed", NULL, "gateway", NULL);
	return 0;
}
