/* event.c - the event log: written to, read after a cursor, followed. */

#include "provisioning/event.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "gen/prov_sql.h"

#define TICK_MS 1000 /* looked at even if nobody told */
#define LOOK_MS 250  /* is the reader still there? */

/* -- Writing --------------------------------------------------------------- */

int event_put(struct hs_db *store, const struct event *e, struct hs_err *err)
{
	hs_auto(hs_freep) char *data =
	    e->data != NULL ? json_dumps(e->data, JSON_COMPACT) : NULL;

	return HS_DB_QUERY(store, prov_sql_event_put, NULL, err, e->event,
	    e->ve, e->subject, e->detail, data);
}

/* -- Reading --------------------------------------------------------------- */

static json_t *text_or_null(
    const struct hs_rows *rows, size_t row, const char *column)
{
	const char *value = hs_rows_get(rows, row, column);

	return value != NULL ? json_string(value) : json_null();
}

static int64_t number(
    const struct hs_rows *rows, size_t row, const char *column)
{
	const char *value = hs_rows_get(rows, row, column);

	return value != NULL ? strtoll(value, NULL, 10) : 0;
}

static json_t *event_json(const struct hs_rows *rows, size_t row)
{
	static const char *const texts[] = { "at", "event", "ve", "subject",
		"detail" };
	json_t *e = json_object();
	const char *data = hs_rows_get(rows, row, "data");

	(void)json_object_set_new(
	    e, "event_id", json_integer(number(rows, row, "event_id")));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		(void)json_object_set_new(
		    e, texts[i], text_or_null(rows, row, texts[i]));
	(void)json_object_set_new(e, "job_id",
	    hs_rows_get(rows, row, "job_id") != NULL
		? json_integer(number(rows, row, "job_id"))
		: json_null());
	(void)json_object_set_new(e, "data",
	    data != NULL ? json_loads(data, JSON_DECODE_ANY, NULL)
			 : json_null());
	(void)json_object_set_new(e, "hash", text_or_null(rows, row, "hash"));
	return e;
}

int event_last(struct hs_db *store, int64_t *ret_id, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (hs_db_query(store, prov_sql_event_head, 0, NULL, &rows, err) < 0)
		return -1;
	*ret_id = number(rows, 0, "event_id");
	return 0;
}

int event_newest(struct hs_db *store, const char *ve, unsigned count,
    int64_t *ret_cursor, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	char limit[12];

	(void)snprintf(limit, sizeof(limit), "%u", count);
	if (HS_DB_QUERY(store, prov_sql_event_newest, &rows, err, ve, limit) <
	    0)
		return -1;
	*ret_cursor = number(rows, 0, "cursor");
	return 0;
}

/* What is of no interest is passed over as far as the log goes, so that it is
 * not looked through again. */
int event_read(struct hs_db *store, const struct event_query *query,
    json_t **ret_list, int64_t *ret_cursor, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	char since[24], last[24], limit[12];
	int64_t head;
	size_t count;

	if (event_last(store, &head, err) < 0)
		return -1;
	(void)snprintf(since, sizeof(since), "%" PRId64, query->since);
	(void)snprintf(last, sizeof(last), "%" PRId64, head);
	(void)snprintf(limit, sizeof(limit), "%d", EVENT_BATCH);
	if (HS_DB_QUERY(store, prov_sql_event_after, &rows, err, since, last,
		query->ve, limit) < 0)
		return -1;
	count = hs_rows_count(rows);
	*ret_list = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(*ret_list, event_json(rows, i));
	if (count == EVENT_BATCH)
		*ret_cursor = number(rows, count - 1, "event_id");
	else
		*ret_cursor = head > query->since ? head : query->since;
	return 0;
}

/* -- Following ------------------------------------------------------------- */

void event_wait(struct hs_db *store, int timeout_ms)
{
	struct pollfd p = { .fd = hs_db_fd(store), .events = POLLIN };

	if (!hs_db_notified(store) && poll(&p, 1, timeout_ms) > 0)
		(void)hs_db_notified(store);
}

static bool is_over(const struct event_reader *reader)
{
	return reader->is_over != NULL && reader->is_over(reader->arg);
}

/* Until something is told, or a tick. */
static void wait_for_more(
    struct hs_db *store, const struct event_reader *reader)
{
	int64_t since = hs_now_ms();

	while (!hs_db_notified(store) && hs_now_ms() - since < TICK_MS &&
	       !is_over(reader)) {
		struct pollfd p = { .fd = hs_db_fd(store), .events = POLLIN };

		(void)poll(&p, 1, LOOK_MS);
	}
}

/* All there is now. */
static int drain(struct hs_db *store, struct event_query *query,
    const struct event_reader *reader, struct hs_err *err)
{
	bool more = true;

	while (more && !is_over(reader)) {
		json_t *list = NULL, *event;
		size_t i;

		if (event_read(store, query, &list, &query->since, err) < 0)
			return -1;
		json_array_foreach (list, i, event)
			reader->take(reader->arg, event);
		more = json_array_size(list) == EVENT_BATCH;
		json_decref(list);
	}
	return 0;
}

static int follow_on(struct hs_db *store, struct event_query *rest,
    const struct event_reader *reader, struct hs_err *err)
{
	if (hs_db_run(store, "LISTEN hanse_event", err) < 0)
		return -1;
	for (;;) {
		if (drain(store, rest, reader, err) < 0)
			return -1;
		if (is_over(reader))
			return 0;
		wait_for_more(store, reader);
	}
}

int event_stream(struct hs_db *store, const struct event_query *query,
    bool follow, const struct event_reader *reader, int64_t *ret_cursor,
    struct hs_err *err)
{
	struct event_query rest = *query;
	int failed = follow ? follow_on(store, &rest, reader, err)
			    : drain(store, &rest, reader, err);

	/* The connection serves others after us. */
	if (follow)
		(void)hs_db_run(store, "UNLISTEN hanse_event", NULL);
	if (failed == 0)
		*ret_cursor = rest.since;
	return failed;
}
