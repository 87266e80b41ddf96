/* account.h - what a session asks and what becomes of it: looked at before it
 * is passed on, and put down in the audit when it has been answered.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_ACCOUNT_H
#define HANSE_SHARED_DB_GATEWAY_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared-db-gateway/reply.h"
#include "shared-db-gateway/wire.h"

struct gw_backend;
struct gw_session;

/** What the names of a session's statements and portals stand for: shapes.
 * Start with { 0 }. */
struct gw_marks {
	struct gw_mark *list; /* open addressing */
	size_t size, count;
};
void gw_marks_done(struct gw_marks *marks);

enum gw_look {
	GW_LOOK_PASS,
	GW_LOOK_MORE,   /* the rest of it is needed first */
	GW_LOOK_REFUSE, /* in place of it, send gw_account_substitute() */
};

/**
 * Look at a message of the client.
 *
 * @body:  as far as it is there
 *
 * What it asks for is in s->asked, for gw_account_sent().
 */
enum gw_look gw_account_look(struct gw_session *s, const struct gw_frame *frame,
    const uint8_t *body, size_t len);

/** The same for a text that came in more than a block. */
enum gw_look gw_account_look_text(
    struct gw_session *s, const char *name, const char *text, size_t len);

/** What was looked at last is on its way, and owed. */
void gw_account_sent(struct gw_session *s, struct gw_owed *owed);

/** What PostgreSQL will not take, in place of what it is not to get. */
#define GW_SUBSTITUTE "hanse: refused"

/** It has been answered: the tag of a CommandComplete, or NULL. */
void gw_account_done(struct gw_session *s, struct gw_backend *b,
    const struct gw_owed *owed, const char *tag);
/** It has failed. @sqlstate: five characters, or "" */
void gw_account_failed(struct gw_session *s, struct gw_backend *b,
    const struct gw_owed *owed, const char *sqlstate, unsigned verdict);

/** The session has begun, or its client has another name for itself. */
void gw_account_named(struct gw_session *s, const char *application_name);

#endif
