/* reply.h - what a backend owes: the answers still to come, in the order of the
 * messages that asked for them. It decides what a backend may say, what of it
 * the client gets, and when the backend is free.
 *
 * Source of the rules: PostgreSQL 15, chapter "Frontend/Backend Protocol",
 * sections 55.2.2 to 55.2.6.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_REPLY_H
#define HANSE_SHARED_DB_GATEWAY_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_slot;
struct gw_statement;

/** The message that is to be answered. */
enum gw_asked {
	GW_ASKED_PARSE,
	GW_ASKED_BIND,
	GW_ASKED_STATEMENT, /* Describe of one */
	GW_ASKED_PORTAL,    /* Describe of one */
	GW_ASKED_EXECUTE,
	GW_ASKED_CLOSE,
	GW_ASKED_SYNC,
	GW_ASKED_QUERY,
	GW_ASKED_CALL,
};

/** What the client gets of the answer. */
enum gw_share {
	GW_SHARE_PASS,
	GW_SHARE_HIDE, /* we asked, not the client */
	GW_SHARE_MAKE, /* the client asked, and we answer */
};

/** An answer that is owed. */
struct gw_owed {
	uint8_t asked, share;
	bool is_close; /* of a name that is given back if it was skipped */
	/* Parse and Close: the name that changed its meaning, and what it
	 * meant before; of a Parse that was sent, what was to be prepared. */
	struct gw_slot *slot;
	struct gw_statement *before, *sent;
};

/** First in, first out; start with { 0 }. */
struct gw_replies {
	struct gw_owed *list;
	size_t head, count, size;
	bool copies_in;    /* the backend takes CopyData */
	bool is_unsettled; /* a Sync may have been skipped, nobody knows */
	char transaction;  /* of the last ReadyForQuery: 'I', 'T', 'E'; or 0 */
};

/** What is to be done with a message of the backend. */
enum gw_use {
	GW_USE_PASS,
	GW_USE_HIDE,
	GW_USE_BROKEN, /* it may not come now */
};

void gw_replies_done(struct gw_replies *r);

/** One more answer is owed. */
struct gw_owed *gw_replies_add(
    struct gw_replies *r, enum gw_asked asked, enum gw_share share);

/** The next one, or NULL; lent until the next call. */
struct gw_owed *gw_replies_first(const struct gw_replies *r);
void gw_replies_drop(struct gw_replies *r);

/**
 * A message of the backend has come.
 *
 * @type:       its type
 * @status:     of a ReadyForQuery, its byte
 * @ret_ended:  the answer that is complete with it, if one is
 *
 * After an ErrorResponse the caller takes what is skipped with
 * gw_replies_skip().
 */
enum gw_use gw_replies_take(struct gw_replies *r, uint8_t type, uint8_t status,
    struct gw_owed *ret_ended, bool *ret_has_ended);

/**
 * After an error: the next of the answers that will not come, because the
 * backend skips to the next Sync. False: none is left.
 */
bool gw_replies_skip(struct gw_replies *r, struct gw_owed *ret_owed);

/** A Sync is sent; false: while copying in it is skipped, and owes nothing. */
bool gw_replies_sync(struct gw_replies *r);

/** CopyDone or CopyFail is sent. */
void gw_replies_copied(struct gw_replies *r);

/** Nothing is owed, and it is in no transaction. */
bool gw_replies_is_free(const struct gw_replies *r);

#endif
