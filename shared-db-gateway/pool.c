/* pool.c - the backends of one identity. */

#include "shared-db-gateway/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/cluster.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

#define TICK_MS   10000
#define IDLE_MS   60000
#define LEAVE_MS  1000 /* of a worker that drains: the next one needs them */
#define HUNGER_MS 20   /* then another's idle backend makes way */

/* -- Pools ----------------------------------------------------------------- */

static bool is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool is_same_target(const struct gw_target *a, const struct gw_target *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0 &&
	       strcmp(a->database, b->database) == 0 &&
	       is_same(a->replicas, b->replicas) &&
	       a->patroni_port == b->patroni_port;
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

static struct gw_backend *any_parked(const struct gw_pool *pool)
{
	struct gw_backend *b = pool->core->backends;

	while (b != NULL && (b->pool != pool || b->state != GW_BACKEND_PARKED))
		b = b->next;
	return b;
}

/* Nobody waits for them any more. */
static void end_parked(struct gw_pool *pool)
{
	struct gw_backend *b;

	while ((b = any_parked(pool)) != NULL)
		gw_backend_end(b);
}

/* A backend that has idled for long goes; one stays while there are sessions,
 * for the next statement, unless they are the last of a worker. */
static void on_tick(void *owner)
{
	struct gw_pool *pool = owner;
	uint64_t now_ms = hs_loop_now_ms(pool->core->loop);
	uint64_t patience_ms = pool->core->draining ? LEAVE_MS : IDLE_MS;
	struct gw_backend *b = pool->idle, *next;

	if (b != NULL && pool->sessions > 0 && !pool->core->draining)
		b = b->next_idle;
	hs_timer_start(pool->core->loop, &pool->tick, TICK_MS);
	pool->sessions++; /* it stays while we look */
	if (pool->sessions == 1)
		end_parked(pool);
	for (; b != NULL; b = next) {
		next = b->next_idle;
		if (now_ms - b->idle_since_ms >= patience_ms)
			gw_backend_end(b);
	}
	gw_pool_leave(pool);
}

static void on_hunger(void *owner);

static void set_starving(struct gw_pool *pool, bool is_starving)
{
	if (pool->is_starving == is_starving)
		return;
	pool->is_starving = is_starving;
	if (is_starving)
		pool->entry->ve->starving++;
	else
		pool->entry->ve->starving--;
}

static struct gw_pool *make(struct gw_core *core, struct gw_entry *entry,
    const struct gw_target *target, const struct gw_startup *startup)
{
	struct gw_pool *pool = hs_alloc(sizeof(*pool));

	pool->core = core;
	pool->entry = gw_entry_ref(entry);
	pool->target = gw_target_copy(target);
	pool->cluster = gw_cluster_join(core, target);
	gw_startup_copy(startup, &pool->startup);
	gw_startup_drop(&pool->startup, "application_name");
	pool->texts = gw_texts_new();
	pool->tick.fn = on_tick;
	pool->tick.owner = pool;
	pool->hunger.fn = on_hunger;
	pool->hunger.owner = pool;
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
	set_starving(pool, false);
	hs_timer_stop(&pool->tick);
	hs_timer_stop(&pool->hunger);
	gw_bytes_done(&pool->parameters);
	gw_target_done(&pool->target);
	gw_startup_done(&pool->startup);
	gw_texts_free(pool->texts);
	gw_entry_unref(pool->entry);
	gw_cluster_leave(pool->cluster);
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

/* Of those that stand in an enterprise's way, the one not used for longest. */
static struct gw_backend *oldest_idle(
    const struct gw_core *core, const struct gw_entry *entry)
{
	bool own = !gw_limit_has_own_backend(entry);
	struct gw_backend *oldest = NULL;

	for (struct gw_backend *b = core->backends; b != NULL; b = b->next) {
		if (b->pool == NULL || b->session != NULL || b->errands > 0 ||
		    b->state != GW_BACKEND_READY ||
		    (own ? b->entry != entry : b->entry->ve != entry->ve))
			continue;
		if (oldest == NULL || b->idle_since_ms < oldest->idle_since_ms)
			oldest = b;
	}
	return oldest;
}

bool gw_pools_make_room(struct gw_core *core, const struct gw_entry *entry)
{
	struct gw_backend *b;

	while (!gw_limit_has_backend(entry)) {
		b = oldest_idle(core, entry);
		if (b == NULL)
			return false;
		core->evictions++;
		gw_backend_end(b);
	}
	return true;
}

static void open_one(struct gw_pool *pool)
{
	if (!gw_pools_make_room(pool->core, pool->entry)) {
		set_starving(pool, true);
		return;
	}
	set_starving(pool, false);
	pool->backends++;
	pool->starting++;
	(void)gw_backend_new(
	    pool->core, pool->entry, &pool->target, &pool->startup, pool, NULL);
}

static bool is_short(const struct gw_pool *pool)
{
	return pool->starting < pool->waiting;
}

static void on_hunger(void *owner)
{
	struct gw_pool *pool = owner;

	if (is_short(pool))
		open_one(pool);
}

/* One of its own may be free sooner than another's has made way and a new one
 * is there. */
static void ask_for_one(struct gw_pool *pool)
{
	if (pool->backends == 0 || gw_limit_has_backend(pool->entry))
		open_one(pool);
	else if (pool->hunger.loop == NULL)
		hs_timer_start(pool->core->loop, &pool->hunger, HUNGER_MS);
}

void gw_pools_feed(struct gw_core *core, const struct gw_ve *ve)
{
	for (struct gw_pool *p = core->pools;
	     p != NULL && ve->starving > 0 && !core->stopping; p = p->next)
		if (p->is_starving && p->entry->ve == ve &&
		    gw_limit_has_backend(p->entry))
			open_one(p);
}

void gw_pool_warm(struct gw_pool *pool)
{
	if (pool->backends == 0)
		open_one(pool);
}

static struct gw_backend *take_idle(struct gw_pool *pool)
{
	struct gw_backend *b = pool->idle;

	pool->idle = b->next_idle;
	b->next_idle = NULL;
	return b;
}

static void attach(struct gw_backend *b, struct gw_session *session)
{
	b->session = session;
	session->backend = b;
	gw_repeat_begin(b);
}

bool gw_pool_acquire(struct gw_pool *pool, struct gw_session *session)
{
	struct gw_backend *b = pool->idle;

	if (b != NULL && gw_cluster_is_sure(pool->cluster)) {
		attach(take_idle(pool), session);
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
	/* Idle ones are given when it is known again that they may be; but
	 * that only becomes known if somebody asks. */
	if (is_short(pool) &&
	    (b == NULL || gw_cluster_primary(pool->cluster) == NULL))
		ask_for_one(pool);
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
	if (!is_short(pool))
		set_starving(pool, false);
}

static bool is_ended(const struct gw_pool *pool)
{
	return pool->entry->removed || pool->core->stopping;
}

/* To who waits longest, or to wait itself. */
static void give(struct gw_pool *pool, struct gw_backend *b)
{
	struct gw_session *session = pool->first;

	/* Who has more than one leaves one to who has none. */
	if (b->is_spent || gw_limit_is_over(pool->entry) ||
	    (pool->backends > 1 && pool->entry->ve->starving > 0 &&
		!pool->is_starving)) {
		gw_backend_end(b);
		return;
	}
	/* While nobody knows who the primary is, nobody is given one. */
	if (session != NULL && gw_cluster_is_sure(pool->cluster)) {
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

void gw_pools_resume(struct gw_core *core, const struct gw_cluster *cluster)
{
	for (struct gw_pool *p = core->pools; p != NULL; p = p->next) {
		if (p->cluster != cluster)
			continue;
		while (p->idle != NULL && p->first != NULL) {
			struct gw_session *session = p->first;

			gw_pool_give_up(p, session);
			attach(take_idle(p), session);
			gw_session_wake(session);
		}
		if (is_short(p))
			ask_for_one(p);
	}
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
	pool->backends--;
	if (b->state < GW_BACKEND_READY)
		pool->starting--;
	gw_pools_feed(pool->core, pool->entry->ve);
	/* Who waits may wait for this one. */
	if (b->state == GW_BACKEND_READY && is_short(pool) && !is_ended(pool))
		open_one(pool);
	end_if_unused(pool);
}

/* A route may name other servers now; its sessions go on. */
static void retarget(struct gw_pool *pool)
{
	const struct gw_route *r = &pool->entry->route;
	struct gw_cluster *old = pool->cluster;

	if (pool->entry->removed || strcmp(r->database, "*") == 0 ||
	    (is_same(r->replicas, pool->target.replicas) &&
		r->patroni_port == pool->target.patroni_port))
		return;
	free(pool->target.replicas);
	pool->target.replicas =
	    r->replicas != NULL ? hs_strdup(r->replicas) : NULL;
	pool->target.patroni_port = r->patroni_port;
	pool->cluster = gw_cluster_join(pool->core, &pool->target);
	for (struct gw_backend *b = pool->core->backends; b != NULL;
	     b = b->next) {
		if (b->pool != pool)
			continue;
		if (b->state == GW_BACKEND_PARKED)
			gw_backend_move(b, pool->cluster, pool->target.host);
		else
			b->is_spent = true;
	}
	gw_cluster_leave(old);
}

void gw_pools_sift(struct gw_core *core)
{
	struct gw_backend *b, *next;

	for (struct gw_pool *p = core->pools; p != NULL; p = p->next)
		retarget(p);
	b = core->backends;

	for (; b != NULL; b = next) {
		next = b->next;
		if (b->pool != NULL && b->session == NULL && b->errands == 0 &&
		    ((b->state == GW_BACKEND_PARKED && is_ended(b->pool)) ||
			(b->state == GW_BACKEND_READY &&
			    (b->is_spent || is_ended(b->pool) ||
				gw_limit_is_over(b->entry)))))
			gw_backend_end(b);
	}
}

unsigned gw_pools_retire(struct gw_core *core, const char *user)
{
	struct gw_backend *b = core->backends, *next;
	unsigned count = 0;

	for (; b != NULL; b = next) {
		next = b->next;
		if (b->pool == NULL || strcmp(b->entry->route.user, user) != 0)
			continue;
		count++;
		b->is_spent = true;
		if (b->session == NULL && b->state == GW_BACKEND_READY &&
		    b->errands == 0)
			gw_backend_end(b);
	}
	return count;
}
