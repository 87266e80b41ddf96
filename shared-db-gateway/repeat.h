/* repeat.h - what a backend was sent that is gone now: whether any of it can
 * have been done, and if it provably was not, the next backend gets it.
 *
 * What proves it: no byte of it left us; or the server said that it ends the
 * connection (FATAL 57P01) before it had said of anything that it was
 * committed. PostgreSQL rolls back before it says so, and between a commit and
 * its answer it does not listen to a shutdown (src/backend/tcop/postgres.c,
 * src/backend/access/transam/xact.c). A commit that waits for its standby is
 * cut off without that FATAL, and is not repeated.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_REPEAT_H
#define HANSE_SHARED_DB_GATEWAY_REPEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared-db-gateway/sqlstate.h"
#include "shared-db-gateway/wire.h"

struct gw_backend;
struct gw_session;

/** What a backend was sent since it was given to its session; start with { 0 }.
 */
struct gw_repeat {
	struct gw_bytes kept;
	bool is_kept;   /* all of it, and nothing of the answer was passed on */
	bool has_query; /* of the simple protocol */
	bool has_bind;  /* since its backend was at rest last */
	unsigned verbs; /* of all; see verb.h */
	bool has_committed;  /* that was the last that was done */
	unsigned since_rest; /* of those that may not be answered */
	uint64_t sent;       /* bytes, by its backend's stream before it */
};

/** It has been given to a session, and is at rest. */
void gw_repeat_begin(struct gw_backend *b);
/** Nothing is to be repeated any more. */
void gw_repeat_done(struct gw_backend *b);

/** That many bytes at the front of what the client has sent are on their way:
 * they are kept. _drop() also takes them off. */
void gw_repeat_keep(struct gw_session *s, size_t len);
void gw_repeat_drop(struct gw_session *s, size_t len);

/** A message with statements of these verbs is sent. */
void gw_repeat_asked(struct gw_session *s, uint8_t type, unsigned verbs);
/** Something of the answer is passed on. */
void gw_repeat_answered(struct gw_session *s);
/** The backend owes nothing: what was asked is answered. */
void gw_repeat_rest(struct gw_backend *b);

/** Whether an answer of ours is to wait, lest the client has it before it is
 * known whether the rest is to be repeated. */
bool gw_repeat_holds_back(const struct gw_backend *b);

/** Whether the backend says at last that it ends, and that proves it. */
bool gw_repeat_is_cut(const struct gw_backend *b);

/**
 * Its backend is gone. If nothing can have been done, take back what was sent:
 * the session has no backend then, and all of it yet to send.
 *
 * @is_cut:  as gw_repeat_is_cut() says
 */
bool gw_repeat_take_back(struct gw_session *s, bool is_cut);

/** A statement has been done. @tag: of its CommandComplete */
void gw_repeat_completed(struct gw_backend *b, const char *tag);

/**
 * Whether a backend that goes has done all but to answer a Sync: the client's
 * COMMIT was the last, so the Sync has nothing to commit, and that it is in no
 * transaction now can be told without it.
 */
bool gw_repeat_is_finished(struct gw_backend *b);

/** Otherwise: what is to be said. */
enum gw_refusal gw_repeat_verdict(const struct gw_session *s);

#endif
