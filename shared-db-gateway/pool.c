/* pool.c - the backends of one identity. */

#include "shared-db-gateway/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

#define TICK_MS 10000
#define IDLE_MS 60000

/* -- Pools ----------------------------------------------------------------- */

static bool is_same_target(const struct gw_target *a, const struct gw_target *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0 &&
	       strcmp(a->database, b->database) == 0;
}

static struct gw_pool *find(const struct gw_core *core,
    const struct gw_entry *entry, const struct gw_target *target,
    const struct gw_startup *startup)
{
	struct gw_pool *pool = core->pools;

	while (
	    pool != NULL &&
	    (pool->entry != entry || !is_same_target(&pool->target, target) ||
		!gw_startup_is_like(&pool->startup, startup)))
		pool = pool->next;
	return pool;
}

/* A backend that has idled for long goes; one stays while there are sessions,
 * for the next statement. */
static void on_tick(void *owner)
{
	struct gw_pool *pool = owner;
	uint64_t now_ms = hs_loop_now_ms(pool->core->loop);
	struct gw_backend *b = pool->idle, *next;

	if (b != NULL && pool->sessions > 0)
		b = b->next_idle;
	hs_timer_start(pool->core->loop, &pool->tick, TICK_MS);
	pool->sessions++; /* it stays while we look */
	for (; b != NULL; b = next) {
		next = b->next_idle;
		if (now_ms - b->idle_since_ms >= IDLE_MS)
			gw_backend_end(b);
	}
	gw_pool_leave(pool);
}

static struct gw_pool *make(struct gw_core *core, struct gw_entry *entry,
    const struct gw_target *target, const struct gw_startup *startup)
{
	struct gw_pool *pool = hs_alloc(sizeof(*pool));

	pool->core = core;
	pool->entry = gw_entry_ref(entry);
	pool->target = (struct gw_target) {
		.host = hs_strdup(target->host),
		.port = target->port,
		.server_name = hs_strdup(target->server_name),
		.database = hs_strdup(target->database),
	};
	gw_startup_copy(startup, &pool->startup);
	gw_startup_drop(&pool->startup, "application_name");
	pool->texts = gw_texts_new();
	pool->tick.fn = on_tick;
	pool->tick.owner = pool;
	hs_timer_start(core->loop, &pool->tick, TICK_MS);
	pool->next = core->pools;
	core->pools = pool;
	return pool;
}

static void end_if_unused(struct gw_pool *pool)
{
	struct gw_pool **at = &pool->core->pools;

	if (pool->sessions > 0 || pool->backends > 0)
		return;
	while (*at != pool)
		at = &(*at)->next;
	*at = pool->next;
	hs_timer_stop(&pool->tick);
	gw_bytes_done(&pool->parameters);
	gw_target_done(&pool->target);
	gw_startup_done(&pool->startup);
	gw_texts_free(pool->texts);
	gw_entry_unref(pool->entry);
	free(pool);
}

struct gw_pool *gw_pool_join(struct gw_core *core, struct gw_entry *entry,
    const struct gw_target *target, const struct gw_startup *startup)
{
	struct gw_pool *pool = find(core, entry, target, startup);

	if (pool == NULL)
		pool = make(core, entry, target, startup);
	pool->sessions++;
	return pool;
}

void gw_pool_leave(struct gw_pool *pool)
{
	pool->sessions--;
	end_if_unused(pool);
}

/* -- Backends -------------------------------------------------------------- */

static unsigned limit_of(const struct gw_pool *pool)
{
	const struct gw_route *r = &pool->entry->route;

	return r->backends > 0 ? r->backends : r->connections;
}

static void open_one(struct gw_pool *pool)
{
	if (pool->backends >= limit_of(pool))
		return;
	pool->backends++;
	pool->starting++;
	(void)gw_backend_new(
	    pool->core, pool->entry, &pool->target, &pool->startup, pool, NULL);
}

void gw_pool_warm(struct gw_pool *pool)
{
	if (pool->backends == 0)
		open_one(pool);
}

static void attach(struct gw_backend *b, struct gw_session *session)
{
	b->session = session;
	session->backend = b;
}

bool gw_pool_acquire(struct gw_pool *pool, struct gw_session *session)
{
	struct gw_backend *b = pool->idle;

	if (b != NULL) {
		pool->idle = b->next_idle;
		b->next_idle = NULL;
		attach(b, session);
		return true;
	}
	if (session->is_waiting)
		return false;
	session->is_waiting = true;
	session->wait_next = NULL;
	if (pool->last != NULL)
		pool->last->wait_next = session;
	else
		pool->first = session;
	pool->last = session;
	pool->waiting++;
	if (pool->starting < pool->waiting)
		open_one(pool);
	return false;
}

void gw_pool_give_up(struct gw_pool *pool, struct gw_session *session)
{
	struct gw_session *before = NULL, *s = pool->first;

	if (!session->is_waiting)
		return;
	for (; s != session; s = s->wait_next)
		before = s;
	if (before != NULL)
		before->wait_next = session->wait_next;
	else
		pool->first = session->wait_next;
	if (pool->last == session)
		pool->last = before;
	session->is_waiting = false;
	pool->waiting--;
}

static bool is_ended(const struct gw_pool *pool)
{
	return pool->entry->removed || pool->core->stopping;
}

/* To who waits longest, or to wait itself. */
static void give(struct gw_pool *pool, struct gw_backend *b)
{
	struct gw_session *session = pool->first;

	if (session != NULL) {
		gw_pool_give_up(pool, session);
		attach(b, session);
		gw_session_wake(session);
		return;
	}
	if (is_ended(pool)) {
		gw_backend_end(b);
		return;
	}
	b->idle_since_ms = hs_loop_now_ms(pool->core->loop);
	b->next_idle = pool->idle;
	pool->idle = b;
	gw_stream_rearm(&b->stream, true);
}

void gw_pool_release(struct gw_pool *pool, struct gw_backend *b)
{
	if (b->session != NULL)
		b->session->backend = NULL;
	b->session = NULL;
	/* Whom a cancel is on its way to gets nothing else to do meanwhile. */
	if (b->errands == 0)
		give(pool, b);
}

/* -- News ------------------------------------------------------------------ */

/* Those who log in wait for the parameters, not for a backend. */
static void tell_sessions(struct gw_pool *pool, enum gw_refusal refusal)
{
	struct gw_session *s = pool->core->sessions, *next;

	pool->sessions++; /* it stays while we tell */
	for (; s != NULL; s = next) {
		next = s->next;
		if (s->pool != pool)
			continue;
		if (refusal == GW_OK && s->state == GW_OPEN)
			gw_session_wake(s);
		else if (refusal != GW_OK &&
			 (s->is_waiting || s->state == GW_OPEN))
			gw_session_backend_failed(s, refusal);
	}
	gw_pool_leave(pool);
}

void gw_pool_ready(struct gw_pool *pool, struct gw_backend *b)
{
	pool->starting--;
	if (gw_bytes_len(&pool->parameters) == 0) {
		pool->parameters = b->parameters;
		b->parameters = (struct gw_bytes) { 0 };
		tell_sessions(pool, GW_OK);
	}
	gw_bytes_done(&b->parameters);
	give(pool, b);
}

void gw_pool_failed(
    struct gw_pool *pool, struct gw_backend *b, enum gw_refusal refusal)
{
	pool->sessions++;
	gw_backend_end(b);
	if (pool->backends == 0)
		tell_sessions(pool, refusal);
	gw_pool_leave(pool);
}

void gw_pool_lost(struct gw_pool *pool, struct gw_backend *b)
{
	struct gw_backend **at = &pool->idle;

	while (*at != NULL && *at != b)
		at = &(*at)->next_idle;
	if (*at == b)
		*at = b->next_idle;
	if (b->state < GW_BACKEND_READY)
		pool->starting--;
	else if (pool->starting < pool->waiting && !is_ended(pool)) {
		/* Who waits may wait for this one. */
		pool->backends--;
		open_one(pool);
		return;
	}
	pool->backends--;
	end_if_unused(pool);
}

void gw_pools_sift(struct gw_core *core)
{
	struct gw_backend *b = core->backends, *next;

	for (; b != NULL; b = next) {
		next = b->next;
		if (b->pool != NULL && b->session == NULL &&
		    b->state == GW_BACKEND_READY && is_ended(b->pool))
			gw_backend_end(b);
	}
}
