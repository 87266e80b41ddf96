/* naming.h - prepared statements of sessions that share backends: what a client
 * calls one is translated on the way, and a backend that lacks it is given it
 * before it is used.
 *
 * Of that the client sees nothing: what we ask is answered to us, and what a
 * backend need not be asked again is answered by us, in its turn.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_NAMING_H
#define HANSE_SHARED_DB_GATEWAY_NAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared-db-gateway/relay.h"
#include "shared-db-gateway/reply.h"

struct gw_backend;
struct gw_session;

/** A Parse, or a Query that is to be looked at, that is longer than a block,
 * until it is all there. */
struct gw_held {
	size_t len, have;
	uint8_t type;
	uint8_t body[];
};

/** Take the Parse, Bind, Describe or Close at the front of what the client has
 * sent, and send what it comes to. */
enum gw_outcome gw_naming_take(struct gw_session *s, struct gw_backend *b);

/** Begin with a long message: the one at the front. */
enum gw_outcome gw_naming_begin_hold(
    struct gw_session *s, struct gw_backend *b);
/** In place of a Query, or of a Parse of that name, send what is not taken;
 * false: there is no room. */
bool gw_naming_substitute(
    struct gw_session *s, struct gw_backend *b, uint8_t type, const char *name);

/** Go on with a long message. */
enum gw_outcome gw_naming_hold(struct gw_session *s, struct gw_backend *b);

/** Go on sending a statement's text; false: it is not all sent yet. */
bool gw_naming_feed(struct gw_backend *b);

/** A simple query ends the statement without a name. */
void gw_naming_query(
    struct gw_session *s, struct gw_backend *b, struct gw_owed *owed);

/** Whether an answer of ours is due before the backend's next. */
bool gw_naming_owes(struct gw_backend *b);
/** Give those that are due; false: there is no room. */
bool gw_naming_answer(struct gw_session *s, struct gw_backend *b);

/** An answer is complete, and what it answered holds. */
void gw_naming_done(struct gw_backend *b, const struct gw_owed *owed);
/** An error has come: what is skipped has not been. */
void gw_naming_failed(struct gw_backend *b);

/** Its backend is gone, and has done nothing of what was asked. */
void gw_naming_undone(struct gw_backend *b);

/**
 * Whether a command leaves nothing behind when its transaction has ended.
 *
 * @tag:  of its CommandComplete
 */
bool gw_naming_is_clean(const char *tag);

#endif
