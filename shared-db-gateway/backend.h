/* backend.h - one connection to PostgreSQL, from dialling to its end. It
 * becomes somebody's in its start-up message and nobody else's afterwards: it
 * is ended, never given another role.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_BACKEND_H
#define HANSE_SHARED_DB_GATEWAY_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "shared-db-gateway/cancel.h"
#include "shared-db-gateway/repeat.h"
#include "shared-db-gateway/reply.h"
#include "shared-db-gateway/route.h"
#include "shared-db-gateway/sqlstate.h"
#include "shared-db-gateway/startup.h"
#include "shared-db-gateway/statement.h"
#include "shared-db-gateway/stream.h"

struct gw_cluster;
struct gw_core;
struct gw_pool;
struct gw_session;

enum gw_backend_state {
	GW_BACKEND_PARKED, /* until it is known who the primary is */
	GW_BACKEND_DIAL,
	GW_BACKEND_ASK_TLS, /* waiting for its 'S' */
	GW_BACKEND_TLS,     /* handshake with it */
	GW_BACKEND_START,   /* waiting for its ReadyForQuery */
	GW_BACKEND_READY,
	GW_BACKEND_ERRAND, /* a cancel is sent; waiting for it to close */
};
#define GW_BACKEND_STATE_COUNT (GW_BACKEND_ERRAND + 1)

/** The rest of a message that is passing. */
struct gw_lane {
	size_t left;
	uint8_t type;
};

struct gw_backend {
	struct gw_core *core;
	struct gw_backend *next, *prev; /* of the core */
	enum gw_backend_state state;
	struct gw_stream stream;
	struct hs_timer deadline;
	struct gw_target target;
	struct gw_cluster *cluster; /* NULL: its server is alone */
	bool is_scout; /* it only looks whether its server is the primary */
	enum gw_refusal found; /* and that is what it has found */

	/* Whose it is, and who uses it. */
	struct gw_entry *entry; /* NULL: an errand */
	struct gw_startup startup;
	struct gw_pool *pool; /* NULL: of one session from beginning to end */
	struct gw_backend *next_idle;
	struct gw_session *session;
	uint64_t idle_since_ms;

	/* What it was asked. */
	struct gw_key key;
	struct gw_bytes parameters; /* its ParameterStatus, and what follows */
	struct gw_replies replies;
	struct gw_lane up, down;
	uint64_t scope;   /* what an error may skip ends with one */
	uint64_t charged; /* the scope that counts as a transaction */
	/* The unnamed portal: the scope of the last Bind of it; whether it is
	 * one that a Query has left, as far as has been answered; and whether
	 * the Query that is being answered has made one. */
	uint64_t portal_scope;
	bool is_ghostly, has_portal;
	uint64_t serial; /* of what it does: a cancel is meant for one */
	unsigned errands;
	/* By the loop's clock, 0: not now. */
	uint64_t began_ms; /* its transaction */
	uint64_t asked_ms; /* what it does, or did last, in it */
	uint64_t cut_ms;   /* it takes too long, and was cancelled */
	uint64_t done_us;  /* its last answer, since 1970 */
	uint64_t answered; /* bytes since then */
	bool dirty;  /* its session's state is more than a transaction's */
	bool untold; /* and its client does not know yet */
	struct gw_repeat repeat;
	bool is_spent; /* it ends when its session needs it no more */

	/* Prepared statements. */
	struct gw_prepared prepared;
	struct gw_statement *feed; /* its text is being sent */
	size_t fed;

	/* An errand: whom it cancels. */
	struct gw_backend *of;
	struct gw_key of_key;
	uint64_t of_serial;
};

const char *gw_backend_state_name(enum gw_backend_state state);

/**
 * Dial a server as a role. The session, or the pool, hears of it by
 * gw_session_backend_ready() or gw_pool_ready(), or that it failed by
 * gw_session_backend_failed() or gw_pool_failed().
 *
 * @target:   copied
 * @startup:  its forwarded parameters are copied
 */
struct gw_backend *gw_backend_new(struct gw_core *core, struct gw_entry *entry,
    const struct gw_target *target, const struct gw_startup *startup,
    struct gw_pool *pool, struct gw_session *session);

/** Send a cancel for what a backend does now; NULL: it cannot be sent. */
struct gw_backend *gw_backend_cancel(
    struct gw_backend *of, struct gw_session *session);

/** Dial a server of a cluster as one who waits does; gw_cluster_scouted() hears
 * of it. */
struct gw_backend *gw_backend_scout(
    const struct gw_backend *as, const char *host);

/** One that is parked: dial that server. */
void gw_backend_resume(struct gw_backend *b, const char *host);
/** One that is parked: its servers are others now. @host: of one alone */
void gw_backend_move(
    struct gw_backend *b, struct gw_cluster *cluster, const char *host);
/** One that is parked: it will not come to anything. */
void gw_backend_refuse(struct gw_backend *b, enum gw_refusal refusal);

/** Whether a ParameterStatus says that its server is in hot standby. Source:
 * PostgreSQL 15, section 55.2.7. */
bool gw_backend_tells_standby(const uint8_t *body, size_t len);

/** Its server is not the primary, or not any more: it ends, or if it is not
 * there yet it is parked. False: it is so already. */
bool gw_backend_fence(struct gw_backend *b);

/** End it. It says good-bye where a message may begin. */
void gw_backend_end(struct gw_backend *b);

/** The other side is gone: as if it had closed the connection. */
void gw_backend_lost(struct gw_backend *b);

/** Whether it owes an answer, or is amidst a batch. */
bool gw_backend_is_busy(struct gw_backend *b);

/** Whether it has done all that its session has asked, and keeps nothing of it.
 */
bool gw_backend_is_at_rest(struct gw_backend *b);

/** Whether another session may have it: nothing owed, nothing half sent. */
bool gw_backend_is_free(struct gw_backend *b);

#endif
