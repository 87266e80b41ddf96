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
	GW_ASKED_NOTHING, /* CopyDone, CopyFail: where copying in ends */
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
	bool data_after;  /* CopyData was sent next */
	bool data_before; /* a Sync: some was sent since what is not one */
	bool is_nothing;  /* the client uses a name that means nothing */
	bool is_unnamed;  /* a Bind: of the unnamed portal */
	/* For the audit: what it is, when it was asked, why it is refused. */
	uint32_t refused;
	uint64_t shape, asked_us;
	/* Parse, Close, Query: the name that changed its meaning, and what it
	 * meant before; of a Parse or a Close of ours, whose it is. */
	struct gw_slot *slot;
	struct gw_statement *before, *sent;
	bool again; /* a Close of the same was sent before this Parse */
};

/** First in, first out; start with { 0 }. */
struct gw_replies {
	struct gw_owed *list;
	size_t head, count, size;
	bool copies_in;  /* CopyData may be sent: no end of it was, yet */
	bool has_data;   /* and some was */
	bool is_unclear; /* a Sync went between data: it counts if the copy had
			  * failed by then, and nobody will say */
	bool skips;      /* after an error, what is sent before a Sync */
	bool in_batch;   /* extended messages since the last Sync that counts */
	char transaction; /* of the last ReadyForQuery: 'I', 'T', 'E'; or 0 */
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

/** One of them, the first at 0; lent until the next call. */
struct gw_owed *gw_replies_at(const struct gw_replies *r, size_t i);

/** The next one, or NULL; lent until the next call. */
struct gw_owed *gw_replies_first(struct gw_replies *r);
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
 * After an error: the next of the answers that will not come. An error in a
 * Query or FunctionCall skips none; in any other message, all to the next Sync.
 *
 * @is_first:  asked for the first time after this error
 *
 * False: none is left.
 */
bool gw_replies_skip(
    struct gw_replies *r, bool is_first, struct gw_owed *ret_owed);

/** A Sync is sent; while copying in it owes nothing, and ends no batch. */
void gw_replies_sync(struct gw_replies *r);

/** CopyData, and its end, is sent. */
void gw_replies_data(struct gw_replies *r);
void gw_replies_copied(struct gw_replies *r);

/** Whether a ReadyForQuery is still to come, which it does by itself. */
bool gw_replies_awaits_ready(const struct gw_replies *r);

/** Whether what comes next will be done, as far as what went before goes: no
 * transaction is aborted, and none is that may be. */
bool gw_replies_is_settled(const struct gw_replies *r);

/** Nothing is owed, and it is in no batch and no transaction. */
bool gw_replies_is_free(struct gw_replies *r);

#endif
