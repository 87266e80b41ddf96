/* cluster.c - find the primary, and find it again. */

#include "shared-db-gateway/cluster.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/backend.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/patroni.h"
#include "shared-db-gateway/pool.h"

#define STEADY_MS  2000  /* between looks while all is well */
#define PLAN_MS    5000  /* between questions for a planned switchover */
#define QUICK_MS   50    /* while there is no primary */
#define SCOUT_MS   20    /* from one scout to the next, to who is to be it */
#define PATIENT_MS 60000 /* without one; then it is looked for less often */
#define DYING_MS   30    /* those that are being ended have ended by then */
#define DOUBT_MS   250   /* who is not contradicted by then is believed */
/* Before a planned switchover what is under way is let come to its end, and how
 * long after its time it is still expected. */
#define HOLD_MS     10
#define LATE_MS     10000
#define COMPLAIN_MS 10000

/** One of its servers. */
struct member {
	struct gw_cluster *cluster;
	char *host;
	struct gw_ask *ask;       /* under way to its Patroni */
	struct gw_ask *schedule;  /* this, too */
	struct gw_backend *scout; /* under way to itself */
	uint64_t asked_ms, asked_schedule_ms;
};

struct gw_cluster {
	struct gw_cluster *next; /* of the core */
	struct gw_core *core;
	unsigned refs;
	struct member *members;
	size_t count;
	unsigned port, patroni_port;
	char *server_name;
	struct member *primary; /* NULL: not known */
	struct member *last;    /* who was it last */
	struct member *elect;   /* has the lock, but is not seen to be it yet */
	bool is_lost;           /* and none has taken connections since */
	bool is_held;           /* it is about to hand over */
	bool is_suspect;        /* who is the primary may be going */
	bool is_denied;         /* by its Patroni, and nobody else claims it */
	uint64_t suspect_ms, lost_ms, looked_ms;
	uint64_t troubles;
	uint64_t complained_ms;
	struct hs_timer timer, hold;
};

static uint64_t now_ms(const struct gw_cluster *c)
{
	return hs_loop_now_ms(c->core->loop);
}

/* -- The one, and those who wait for it ------------------------------------ */

/* Backends of another server than the primary are nobody's any more: what it
 * accepts might be known to nobody else. */
static bool fence_one(struct gw_cluster *c)
{
	for (struct gw_backend *b = c->core->backends; b != NULL; b = b->next)
		if (b->cluster == c && !b->is_scout &&
		    strcmp(b->target.host, c->primary->host) != 0 &&
		    gw_backend_fence(b))
			return true;
	return false;
}

/* One at a time: what becomes of it may change the list. */
static void fence(struct gw_cluster *c)
{
	while (fence_one(c))
		;
}

/* Those who dial, and those who have what is dialled. */
static void resume(struct gw_cluster *c)
{
	struct gw_backend *b = c->core->backends, *next;

	for (; b != NULL; b = next) {
		next = b->next;
		if (b->cluster == c && b->state == GW_BACKEND_PARKED)
			gw_backend_resume(b, c->primary->host);
	}
	gw_pools_resume(c->core, c);
}

/* The backends' ends may be the cluster's: callers hold it. */
static void found(struct gw_cluster *c, struct member *m)
{
	if (m == c->primary &&
	    ((!c->is_suspect && !c->is_denied) || c->is_held))
		return;
	if (m != c->primary || c->is_held)
		hs_timer_stop(&c->hold);
	c->primary = m;
	c->elect = NULL;
	c->is_suspect = c->is_denied = c->is_held = false;
	if (m != c->last) {
		hs_info("cluster.primary", "host=%s port=%u before=%s ms=%llu",
		    m->host, c->port, c->last != NULL ? c->last->host : "",
		    (unsigned long long)(now_ms(c) - c->lost_ms));
		c->last = m;
		c->troubles++;
	}
	fence(c);
	resume(c);
}

/* -- Looking --------------------------------------------------------------- */

static void look(void *owner);

static void look_in(struct gw_cluster *c, uint64_t wait_ms)
{
	hs_timer_start(c->core->loop, &c->timer, wait_ms);
}

/* Soon, but not more often than is good for those who are asked. */
static void look_soon(struct gw_cluster *c)
{
	uint64_t due_ms = c->looked_ms + QUICK_MS, now = now_ms(c);

	look_in(c, due_ms > now ? due_ms - now : 0);
}

static struct gw_backend *any_parked(const struct gw_cluster *c)
{
	struct gw_backend *b = c->core->backends;

	while (b != NULL && (b->cluster != c || b->state != GW_BACKEND_PARKED))
		b = b->next;
	return b;
}

/* One who comes as one of those who wait. */
static void scout(struct gw_cluster *c, struct member *m)
{
	const struct gw_backend *as = any_parked(c);

	if (m->scout == NULL && as != NULL)
		m->scout = gw_backend_scout(as, m->host);
}

static void send_scouts(struct gw_cluster *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->patroni_port == 0 || &c->members[i] == c->elect)
			scout(c, &c->members[i]);
}

/* Who has the lock may yet have to be promoted, or be on its way down: for
 * those who wait one goes ahead. */
static void elected(struct gw_cluster *c, struct member *m)
{
	c->elect = m;
	if (c->primary == NULL && any_parked(c) != NULL)
		scout(c, m);
	else
		found(c, m);
}

static void on_answer(void *owner, const struct gw_answer *answer)
{
	struct member *m = owner;
	struct gw_cluster *c = m->cluster;

	m->ask = NULL;
	c->refs++;
	if (answer->says == GW_SAYS_NO && m == c->elect)
		c->elect = NULL;
	if (answer->says == GW_SAYS_YES)
		elected(c, m);
	else if (m == c->primary && !c->is_denied) {
		/* Until another one says so, it stays. */
		c->is_denied = true;
		look_soon(c);
	}
	gw_cluster_leave(c);
}

static void ask(struct gw_cluster *c, struct member *m)
{
	const struct gw_member member = { m->host, c->patroni_port,
		c->server_name };

	if (m->ask != NULL || now_ms(c) - m->asked_ms < QUICK_MS)
		return;
	m->asked_ms = now_ms(c);
	m->ask = gw_patroni_ask(
	    c->core->patroni, &member, GW_ASK_PRIMARY, on_answer, m);
}

/* It did not come. */
static void let_go(struct gw_cluster *c)
{
	c->is_held = false;
	hs_info("cluster.kept", "host=%s port=%u", c->primary->host, c->port);
	resume(c);
}

static void on_hold(void *owner)
{
	struct gw_cluster *c = owner;

	if (c->primary == NULL)
		return;
	c->refs++;
	if (c->is_held)
		let_go(c);
	else {
		hs_info("cluster.held", "host=%s port=%u", c->primary->host,
		    c->port);
		c->is_held = true;
		hs_timer_start(c->core->loop, &c->hold, HOLD_MS + LATE_MS);
		look_soon(c);
	}
	gw_cluster_leave(c);
}

static uint64_t clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* From then on nobody begins anything; what is under way ends in peace. A
 * commit that waits for its standby would otherwise be cut off. */
static void on_schedule(void *owner, const struct gw_answer *answer)
{
	struct member *m = owner;
	struct gw_cluster *c = m->cluster;
	uint64_t at_ms = answer->switchover_ms, now = clock_ms() + HOLD_MS;

	m->schedule = NULL;
	if (m != c->primary || c->is_held || answer->says == GW_SAYS_NOTHING)
		return;
	/* What is further away is asked for again. */
	if (at_ms <= now || at_ms - now > 2ull * PLAN_MS)
		hs_timer_stop(&c->hold);
	else
		hs_timer_start(c->core->loop, &c->hold, at_ms - now);
}

static void ask_schedule(struct gw_cluster *c, struct member *m)
{
	const struct gw_member member = { m->host, c->patroni_port,
		c->server_name };

	if (m->schedule != NULL ||
	    (m->asked_schedule_ms > 0 &&
		now_ms(c) - m->asked_schedule_ms < PLAN_MS))
		return;
	m->asked_schedule_ms = now_ms(c);
	m->schedule = gw_patroni_ask(
	    c->core->patroni, &member, GW_ASK_SCHEDULE, on_schedule, m);
}

static void ask_all(struct gw_cluster *c)
{
	bool is_well = c->primary != NULL && !c->is_suspect && !c->is_denied &&
		       !c->is_held;

	for (size_t i = 0; i < c->count; i++)
		if (!is_well || &c->members[i] == c->primary)
			ask(c, &c->members[i]);
	if (is_well)
		ask_schedule(c, c->primary);
}

static bool has_scouts(const struct gw_cluster *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->members[i].scout != NULL)
			return true;
	return false;
}

/* How long until the next look; 0: until somebody needs one. */
static uint64_t pause_of(const struct gw_cluster *c)
{
	if (c->is_held)
		return QUICK_MS;
	if (c->primary != NULL && !c->is_suspect)
		return c->patroni_port > 0 ? STEADY_MS : 0;
	if (c->primary == NULL && c->patroni_port == 0 &&
	    any_parked(c) == NULL && !has_scouts(c))
		return 0;
	return now_ms(c) - c->lost_ms < PATIENT_MS ? QUICK_MS : STEADY_MS;
}

static void look(void *owner)
{
	struct gw_cluster *c = owner;
	uint64_t doubt_ms = c->patroni_port > 0 ? DOUBT_MS : DYING_MS;

	c->refs++;
	c->looked_ms = now_ms(c);
	if (c->patroni_port > 0)
		ask_all(c);
	if (c->primary == NULL)
		send_scouts(c);
	if (c->is_suspect && now_ms(c) - c->suspect_ms >= doubt_ms) {
		c->is_suspect = false;
		if (!c->is_held)
			resume(c);
	}
	if (pause_of(c) > 0)
		look_in(c, pause_of(c));
	gw_cluster_leave(c);
}

void gw_cluster_need(struct gw_cluster *c)
{
	if (c->timer.loop == NULL || c->primary == NULL)
		look_soon(c);
}

/* -- What is heard --------------------------------------------------------- */

bool gw_cluster_is_sure(const struct gw_cluster *c)
{
	return c == NULL ||
	       (c->primary != NULL && !c->is_suspect && !c->is_held);
}

const char *gw_cluster_primary(const struct gw_cluster *c)
{
	return c != NULL && c->primary != NULL ? c->primary->host : NULL;
}

uint64_t gw_cluster_troubles(const struct gw_cluster *c)
{
	return c != NULL ? c->troubles : 0;
}

static bool is_primary(const struct gw_cluster *c, const char *host)
{
	return c->primary != NULL && strcmp(c->primary->host, host) == 0;
}

void gw_cluster_suspect(struct gw_cluster *c, const char *host)
{
	if (c == NULL || !is_primary(c, host) || c->is_suspect)
		return;
	c->is_suspect = true;
	c->suspect_ms = now_ms(c);
	look_in(c, c->patroni_port > 0 ? 0 : DYING_MS);
}

void gw_cluster_confirm(struct gw_cluster *c, const char *host)
{
	if (c != NULL && is_primary(c, host))
		c->is_lost = false;
}

void gw_cluster_deny(struct gw_cluster *c, const char *host, const char *why)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };

	c->troubles++;
	if (!is_primary(c, host))
		return;
	if (!c->is_lost) {
		hs_text_add_log(&text, why);
		hs_warn("cluster.lost", "host=%s port=%u msg=%s", host, c->port,
		    text.data);
		c->lost_ms = now_ms(c);
	}
	c->is_lost = true;
	c->primary = NULL;
	c->is_suspect = c->is_denied = c->is_held = false;
	hs_timer_stop(&c->hold);
	look_soon(c);
}

static struct gw_backend *parked_like(
    const struct gw_cluster *c, const struct gw_backend *scout)
{
	struct gw_backend *b = c->core->backends;

	while (b != NULL &&
	       (b->cluster != c || b->state != GW_BACKEND_PARKED ||
		   b->entry != scout->entry ||
		   strcmp(b->target.database, scout->target.database) != 0))
		b = b->next;
	return b;
}

static bool is_awaited(
    const struct gw_cluster *c, const struct gw_backend *scout)
{
	return c->primary == NULL &&
	       (c->patroni_port == 0 ||
		   (c->elect != NULL && c->elect->scout == scout));
}

struct gw_backend *gw_cluster_twin(
    const struct gw_cluster *c, const struct gw_backend *scout)
{
	struct gw_backend *b = parked_like(c, scout);

	return b != NULL && is_awaited(c, scout) &&
		       gw_startup_is_like(&b->startup, &scout->startup) &&
		       strcmp(gw_startup_get(&b->startup, "application_name"),
			   gw_startup_get(
			       &scout->startup, "application_name")) == 0
		   ? b
		   : NULL;
}

bool gw_cluster_may_complain(struct gw_cluster *c)
{
	if (c->complained_ms > 0 && now_ms(c) - c->complained_ms < COMPLAIN_MS)
		return false;
	c->complained_ms = now_ms(c);
	return true;
}

/* Who would come as the scout did hears what it was told. A standby knows the
 * same roles and databases as its primary. */
static void refuse_parked(struct gw_cluster *c, const struct gw_backend *scout,
    enum gw_refusal refusal)
{
	struct gw_backend *b;

	while ((b = parked_like(c, scout)) != NULL)
		gw_backend_refuse(b, refusal);
}

void gw_cluster_scouted(struct gw_cluster *c, const struct gw_backend *scout,
    enum gw_refusal refusal)
{
	struct member *m = c->members;
	bool is_it = refusal == GW_OK && is_awaited(c, scout);

	while (m->scout != scout)
		m++;
	m->scout = NULL;
	c->refs++;
	if (is_it)
		found(c, m);
	else if (c->primary == NULL && refusal != GW_OK &&
		 refusal != GW_REFUSE_BACKEND_DOWN &&
		 refusal != GW_REFUSE_BACKEND_FULL)
		refuse_parked(c, scout, refusal);
	if (c->primary == NULL && m == c->elect)
		look_in(c, SCOUT_MS);
	gw_cluster_leave(c);
}

/* -- Coming and going ------------------------------------------------------ */

static bool is_of(const struct gw_cluster *c, const struct gw_target *target,
    const char *servers)
{
	hs_auto(hs_text_done) struct hs_text own = { 0 };

	if (c->port != target->port ||
	    c->patroni_port != target->patroni_port ||
	    strcmp(c->server_name, target->server_name) != 0)
		return false;
	for (size_t i = 0; i < c->count; i++)
		hs_text_addf(
		    &own, "%s%s", i > 0 ? " " : "", c->members[i].host);
	return strcmp(own.data, servers) == 0;
}

static void add_members(struct gw_cluster *c, char *servers)
{
	char *next = servers, *one;

	c->members = hs_alloc(GW_SERVERS_MAX * sizeof(*c->members));
	while ((one = strsep(&next, " ")) != NULL && c->count < GW_SERVERS_MAX)
		c->members[c->count++] =
		    (struct member) { .cluster = c, .host = hs_strdup(one) };
}

struct gw_cluster *gw_cluster_join(
    struct gw_core *core, const struct gw_target *target)
{
	hs_auto(hs_freep) char *servers = NULL;
	struct gw_cluster *c = core->clusters;

	if (target->replicas == NULL)
		return NULL;
	servers = hs_printf("%s %s", target->host, target->replicas);
	while (c != NULL && !is_of(c, target, servers))
		c = c->next;
	if (c == NULL) {
		c = hs_alloc(sizeof(*c));
		c->core = core;
		c->port = target->port;
		c->patroni_port = target->patroni_port;
		c->server_name = hs_strdup(target->server_name);
		c->timer.fn = look;
		c->timer.owner = c;
		c->hold.fn = on_hold;
		c->hold.owner = c;
		c->lost_ms = now_ms(c);
		add_members(c, servers);
		c->next = core->clusters;
		core->clusters = c;
	}
	return gw_cluster_ref(c);
}

struct gw_cluster *gw_cluster_ref(struct gw_cluster *c)
{
	if (c != NULL)
		c->refs++;
	return c;
}

void gw_cluster_leave(struct gw_cluster *c)
{
	struct gw_cluster **at;

	if (c == NULL || --c->refs > 0)
		return;
	at = &c->core->clusters;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	hs_timer_stop(&c->timer);
	hs_timer_stop(&c->hold);
	for (size_t i = 0; i < c->count; i++) {
		gw_patroni_drop(c->members[i].ask);
		gw_patroni_drop(c->members[i].schedule);
		free(c->members[i].host);
	}
	free(c->members);
	free(c->server_name);
	free(c);
}
