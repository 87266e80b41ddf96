/* event_chain.c - the event log as a chain: every hash made again.
 *
 * What is hashed is written down in control/003_audit.sql; this is the same
 * once more, from the columns, so that a changed function in the database
 * cannot hide a changed row.
 */

#include "provisioning/event_chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/digest.h"
#include "provisioning/event.h"

#define HASH_VERSION "hanse-event-1"

const struct event_link event_origin = {
	.id = 0,
	.hash =
	    "0000000000000000000000000000000000000000000000000000000000000000",
};

/* -- Links ----------------------------------------------------------------- */

int event_link_parse(
    const char *text, struct event_link *ret_link, struct hs_err *err)
{
	const char *colon = strchr(text, ':');
	char *end = NULL;
	long long id = strtoll(text, &end, 10);

	if (colon == NULL || end != colon || end == text || id < 0 ||
	    strlen(colon + 1) != EVENT_HASH_LEN ||
	    strspn(colon + 1, "0123456789abcdef") != EVENT_HASH_LEN)
		return hs_fail(err, HS_EINVAL,
		    "'%.100s' is no head of the log; it is NUMBER:HASH as "
		    "'hanse audit verify' prints it",
		    text);
	ret_link->id = id;
	memcpy(ret_link->hash, colon + 1, EVENT_HASH_LEN + 1);
	return 0;
}

char *event_link_text(const struct event_link *link)
{
	return hs_printf("%" PRId64 ":%s", link->id, link->hash);
}

/* -- One event ------------------------------------------------------------- */

static void add_netstring(struct hs_text *text, const char *value)
{
	if (value == NULL)
		hs_text_add(text, "-,");
	else
		hs_text_addf(text, "%zu:%s,", strlen(value), value);
}

static char *hash_of(const struct hs_rows *rows, size_t row)
{
	static const char *const columns[] = { "prev_hash", "event_id", "at_us",
		"event", "ve", "subject", "detail", "job_id", "data" };
	hs_auto(hs_text_done) struct hs_text text = { 0 };

	add_netstring(&text, HASH_VERSION);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		add_netstring(&text, hs_rows_get(rows, row, columns[i]));
	return digest_text(text.data);
}

static void set_link(
    struct event_link *link, const struct hs_rows *rows, size_t row)
{
	const char *hash = hs_rows_get(rows, row, "hash");

	link->id = strtoll(hs_rows_get(rows, row, "event_id"), NULL, 10);
	(void)snprintf(
	    link->hash, sizeof(link->hash), "%s", hash != NULL ? hash : "");
}

/* -- The walk -------------------------------------------------------------- */

void event_walk_init(struct event_walk *walk, const struct event_link *from)
{
	*walk = (struct event_walk) {
		.at = from != NULL ? *from : event_origin,
		.findings = json_array(),
	};
}

void event_walk_done(struct event_walk *walk)
{
	json_decref(walk->findings);
	*walk = (struct event_walk) { 0 };
}

static void find(struct event_walk *walk, int64_t id, const char *problem,
    const char *detail)
{
	walk->broken++;
	if (json_array_size(walk->findings) < EVENT_FINDINGS)
		(void)json_array_append_new(walk->findings,
		    json_pack("{s:I, s:s, s:s}", "event_id", (json_int_t)id,
			"problem", problem, "detail", detail));
}

static void find_gap(struct event_walk *walk, int64_t first, int64_t last)
{
	hs_auto(hs_freep) char *detail =
	    first == last
		? hs_printf("event %" PRId64 " is gone", first)
		: hs_printf("events %" PRId64 " to %" PRId64 " are gone", first,
		      last);

	find(walk, first, "missing", detail);
}

/* After a break the walk goes on from what is there, so that each event is
 * judged by itself. */
static void look_at(
    struct event_walk *walk, const struct hs_rows *rows, size_t row)
{
	hs_auto(hs_freep) char *hash = hash_of(rows, row);
	const char *prev = hs_rows_get(rows, row, "prev_hash");
	struct event_link here;

	set_link(&here, rows, row);
	if (here.id > walk->at.id + 1)
		find_gap(walk, walk->at.id + 1, here.id - 1);
	else if (prev == NULL || strcmp(prev, walk->at.hash) != 0)
		find(walk, here.id, "order",
		    "it does not follow the event before it");
	if (strcmp(hash, here.hash) != 0)
		find(walk, here.id, "changed",
		    "its content is not what was hashed");
	walk->at = here;
	walk->checked++;
}

/* The event where the walk stood must be there as it was; if it is not, the
 * walk goes on from the last one there is. */
static int look_at_anchor(struct hs_db *store, struct event_walk *walk,
    const struct hs_rows *rows, struct hs_err *err)
{
	struct event_link there = event_origin;
	struct event_link stood = walk->at;

	if (hs_rows_count(rows) > 0)
		set_link(&there, rows, 0);
	if (there.id == stood.id) {
		walk->at = there;
		if (strcmp(there.hash, stood.hash) != 0)
			find(walk, stood.id, "replaced",
			    "another event stands in its place now");
		return 0;
	}
	if (there.id > stood.id) {
		find_gap(walk, stood.id, there.id - 1);
		walk->at = event_origin;
		walk->at.id = there.id - 1;
		return 0;
	}
	find(walk, stood.id, "truncated", "the log ends before it");
	return event_last(store, &walk->at.id, err);
}

int event_walk_on(struct hs_db *store, struct event_walk *walk, bool *ret_more,
    struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	char from[24], limit[12];
	size_t count, first = walk->at.id > 0 ? 1 : 0;

	(void)snprintf(from, sizeof(from), "%" PRId64, walk->at.id);
	(void)snprintf(limit, sizeof(limit), "%d", EVENT_BATCH);
	if (HS_DB_QUERY(store, prov_sql_event_chain, &rows, err, from, limit) <
	    0)
		return -1;
	count = hs_rows_count(rows);
	*ret_more = count == EVENT_BATCH;
	if (first == 1 && look_at_anchor(store, walk, rows, err) < 0)
		return -1;
	for (size_t i = first; i < count; i++)
		look_at(walk, rows, i);
	return 0;
}

int event_walk_compare(struct hs_db *store, struct event_walk *walk,
    const struct event_link *noted, const char *whose, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_freep) char *detail = NULL;
	struct event_link there = event_origin;
	char from[24];

	if (noted->id == 0)
		return 0;
	(void)snprintf(from, sizeof(from), "%" PRId64, noted->id);
	if (HS_DB_QUERY(store, prov_sql_event_chain, &rows, err, from, "1") < 0)
		return -1;
	if (hs_rows_count(rows) > 0)
		set_link(&there, rows, 0);
	if (there.id == noted->id && strcmp(there.hash, noted->hash) == 0)
		return 0;
	detail = hs_printf("%s is event %" PRId64 ", %s", whose, noted->id,
	    there.id == noted->id ? "and another one stands there now"
	    : there.id == 0       ? "and the log ends before it"
				  : "which is gone");
	find(walk, noted->id,
	    there.id == noted->id ? "replaced"
	    : there.id == 0       ? "truncated"
				  : "missing",
	    detail);
	return 0;
}
