/* pool.h - the backends of one identity: of one enterprise, in one database,
 * with the same start-up parameters. Sessions use them a transaction each.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_POOL_H
#define HANSE_SHARED_DB_GATEWAY_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "shared-db-gateway/backend.h"

struct gw_session;

struct gw_pool {
	struct gw_pool *next; /* of the core */
	struct gw_core *core;
	struct gw_entry *entry;
	struct gw_target target;
	struct gw_cluster *cluster; /* NULL: the server is alone */
	struct gw_startup startup;  /* forwarded parameters, sorted by name */
	struct gw_bytes
	    parameters;          /* ParameterStatus messages; empty: none yet */
	struct gw_backend *idle; /* the last one given back first */
	unsigned backends, starting, sessions, waiting;
	struct gw_session *first, *last; /* who waits */
	struct gw_texts *texts;
	bool is_starving; /* it waits for a place for a backend */
	struct hs_timer tick, hunger;
};

/** The pool of an identity, made if it is not there; counts the session. */
struct gw_pool *gw_pool_join(struct gw_core *core, struct gw_entry *entry,
    const struct gw_target *target, const struct gw_startup *startup);
/** The session has gone; it neither waits nor has a backend. */
void gw_pool_leave(struct gw_pool *pool);

/** Open a backend if it has none yet, to learn its parameters. */
void gw_pool_warm(struct gw_pool *pool);

/**
 * Give the session a backend; false: it waits, and is run when it has one.
 */
bool gw_pool_acquire(struct gw_pool *pool, struct gw_session *session);
void gw_pool_give_up(struct gw_pool *pool, struct gw_session *session);

/** Its session needs it no more; it must be free. */
void gw_pool_release(struct gw_pool *pool, struct gw_backend *b);

/** End idle backends of others until the enterprise may have one more. */
bool gw_pools_make_room(struct gw_core *core, const struct gw_entry *entry);
/** There may be places for who waits for one. */
void gw_pools_feed(struct gw_core *core, const struct gw_ve *ve);

/** News of backends. */
void gw_pool_ready(struct gw_pool *pool, struct gw_backend *b);
void gw_pool_failed(
    struct gw_pool *pool, struct gw_backend *b, enum gw_refusal refusal);
void gw_pool_lost(struct gw_pool *pool, struct gw_backend *b);

/** The primary is known: those who wait for it go on. */
void gw_pools_resume(struct gw_core *core, const struct gw_cluster *cluster);

/** What backends of that user know of their role is of yesterday: those that
 * idle are ended, the others when they are given back. Returns how many there
 * are. */
unsigned gw_pools_retire(struct gw_core *core, const char *user);

/** After a reload: move pools to the servers their routes name now, and end the
 * idle backends of others, of entries that are served no more, and those above
 * what an entry may have by now. */
void gw_pools_sift(struct gw_core *core);

#endif
