/* event_chain.h - the event log as a chain: every hash made again, and what
 * does not fit named.
 */
#ifndef HANSE_PROVISIONING_EVENT_CHAIN_H
#define HANSE_PROVISIONING_EVENT_CHAIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"

struct hs_err;

#define EVENT_HASH_LEN 64  /* hexadecimal */
#define EVENT_FINDINGS 100 /* the rest is only counted */

/** One event's place in the chain. All of it that is hashed is below it. */
struct event_link {
	int64_t id; /* 0: before the first one */
	char hash[EVENT_HASH_LEN + 1];
};

/** The beginning: number 0, a hash of zeros. */
extern const struct event_link event_origin;

/** "NUMBER:HASH". Errors: HS_EINVAL. */
int event_link_parse(
    const char *text, struct event_link *ret_link, struct hs_err *err);
char *event_link_text(const struct event_link *link); /* the caller's */

/** A walk along the chain; begin with event_walk_init(). */
struct event_walk {
	struct event_link at; /* the last one looked at */
	int64_t checked;
	size_t broken;    /* findings, also those left out of the list */
	json_t *findings; /* {event_id, problem, detail} */
};

/** @from:  an event that is known, or NULL for the beginning */
void event_walk_init(struct event_walk *walk, const struct event_link *from);
void event_walk_done(struct event_walk *walk);

/**
 * Look at the next events, at most EVENT_BATCH.
 *
 * Problems: "changed" (not what was hashed), "missing" (numbers), "order" (the
 * hash of the one before is another), "truncated" (the one where the walk stood
 * is gone), "replaced" (it is another one now).
 *
 * @ret_more:  whether there may be more
 */
int event_walk_on(struct hs_db *store, struct event_walk *walk, bool *ret_more,
    struct hs_err *err);

/**
 * Compare the log with an event that somebody has noted: "truncated" or
 * "replaced" if it is not there any more.
 *
 * @whose:  for the finding, e.g. "the head given"
 */
int event_walk_compare(struct hs_db *store, struct event_walk *walk,
    const struct event_link *noted, const char *whose, struct hs_err *err);

#endif
