/* query_events.c - the event log for a client: after its cursor, and followed.
 */

#include "base/err.h"
#include "provisioning/event.h"
#include "provisioning/manager.h"

#define NEWEST 50 /* without a cursor */

static void take(void *arg, const json_t *event)
{
	struct request *r = arg;
	json_t *line = json_pack("{s:s, s:O}", "event", "log", "entry", event);

	if (r->listener != NULL)
		r->listener(r->arg, line);
	json_decref(line);
}

static bool is_over(void *arg)
{
	const struct request *r = arg;

	return r->is_left != NULL && r->is_left(r->arg);
}

static int read_query(struct request *r, struct hs_db *store,
    struct event_query *ret_query, struct hs_err *err)
{
	const json_t *since = json_object_get(r->args, "since");

	ret_query->ve = request_text(r, "ve");
	if (since == NULL)
		return event_newest(
		    store, ret_query->ve, NEWEST, &ret_query->since, err);
	if (!json_is_integer(since) || json_integer_value(since) < 0)
		return hs_fail(
		    err, HS_EINVAL, "a cursor is the number of an event");
	ret_query->since = json_integer_value(since);
	return 0;
}

int query_events(struct request *r, json_t **ret_result, struct hs_err *err)
{
	bool follow = json_is_true(json_object_get(r->args, "follow"));
	struct event_reader reader = {
		.take = take,
		.is_over = is_over,
		.arg = r,
	};
	struct event_query query;
	struct hs_db *store;
	int64_t cursor;

	if (plat_store(r->plat, &store, err) < 0 ||
	    read_query(r, store, &query, err) < 0 ||
	    event_stream(store, &query, follow, &reader, &cursor, err) < 0)
		return -1;
	*ret_result = json_pack("{s:I}", "cursor", (json_int_t)cursor);
	return 0;
}
