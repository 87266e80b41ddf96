/* event.h - the event log: written to, read after a cursor, followed.
 *
 * A cursor is the number of an event; numbers are the order of commits, without
 * gaps (control/003_audit.sql), so who goes on at a cursor misses nothing.
 */
#ifndef HANSE_PROVISIONING_EVENT_H
#define HANSE_PROVISIONING_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"

struct hs_err;

#define EVENT_BATCH 500 /* rows asked for at once */

/** An event to be written; texts may be NULL but its name. */
struct event {
	const char *event; /* e.g. "operator.command" */
	const char *ve, *subject, *detail;
	const json_t *data;
};

/** Write one; within a transaction it is in the log when that commits. */
int event_put(
    struct hs_db *store, const struct event *event, struct hs_err *err);

/** Which events. */
struct event_query {
	int64_t since;  /* those after it */
	const char *ve; /* NULL: all */
};

/**
 * At most EVENT_BATCH events.
 *
 * @ret_list:    objects as protocol.md has them; the caller's
 * @ret_cursor:  where to go on
 */
int event_read(struct hs_db *store, const struct event_query *query,
    json_t **ret_list, int64_t *ret_cursor, struct hs_err *err);

/** The number of the last event; 0 if there is none. */
int event_last(struct hs_db *store, int64_t *ret_id, struct hs_err *err);

/** The cursor before the newest so many. */
int event_newest(struct hs_db *store, const char *ve, unsigned count,
    int64_t *ret_cursor, struct hs_err *err);

/** Who reads a stream. */
struct event_reader {
	void (*take)(void *arg, const json_t *event);
	bool (*is_over)(void *arg); /* asked four times a second; NULL: never */
	void *arg;
};

/**
 * Hand over every event after the cursor, in order; with follow also those that
 * come, until is_over() says so. The connection is used for LISTEN then.
 *
 * @ret_cursor:  where to go on
 */
int event_stream(struct hs_db *store, const struct event_query *query,
    bool follow, const struct event_reader *reader, int64_t *ret_cursor,
    struct hs_err *err);

/** Wait at most so long for the control database to tell of something. */
void event_wait(struct hs_db *store, int timeout_ms);

#endif
