/* limit.c - rates, and a look at what takes too long while anything is done. */

#include "shared-db-gateway/limit.h"

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

#define NS_PER_MS    1000000ull
#define NS_PER_S     1000000000ull
#define BURST_NS     (NS_PER_S / 10)
#define LOOK_MS      50
#define CANCELLED_MS 1000 /* then its session ends */

/* -- Rates ----------------------------------------------------------------- */

uint64_t gw_rate_take(
    struct gw_rate *rate, unsigned per_s, uint64_t amount, uint64_t now_ms)
{
	uint64_t now = now_ms * NS_PER_MS, from = rate->due_ns;

	if (per_s == 0)
		return 0;
	if (from + BURST_NS < now)
		from = now - BURST_NS;
	rate->due_ns = from + amount * NS_PER_S / per_s;
	return from > now ? (from - now + NS_PER_MS - 1) / NS_PER_MS : 0;
}

static unsigned at(const struct gw_limits *limits, size_t offset)
{
	return *(const unsigned *)(const void *)((const char *)limits + offset);
}

unsigned gw_limit_of(const struct gw_entry *entry, size_t offset)
{
	unsigned own = at(&entry->route.limits, offset);
	unsigned all = at(&entry->ve->limits, offset);

	return own == 0 || (all > 0 && all < own) ? all : own;
}

/* -- Places ---------------------------------------------------------------- */

static bool has_one(unsigned used, unsigned limit)
{
	return limit == 0 || used < limit;
}

bool gw_limit_has_place(const struct gw_entry *entry)
{
	return has_one(entry->sessions, entry->route.limits.connections) &&
	       has_one(entry->ve->sessions, entry->ve->limits.connections);
}

static unsigned backends_of(const struct gw_entry *entry)
{
	const struct gw_limits *own = &entry->route.limits;

	return own->backends > 0 ? own->backends : own->connections;
}

bool gw_limit_has_own_backend(const struct gw_entry *entry)
{
	return has_one(entry->backends, backends_of(entry));
}

bool gw_limit_is_over(const struct gw_entry *entry)
{
	unsigned all = entry->ve->limits.backends;

	return entry->backends > backends_of(entry) ||
	       (all > 0 && entry->ve->backends > all);
}

bool gw_limit_may_keep(const struct gw_entry *entry)
{
	return entry->kept <= backends_of(entry) / 2;
}

bool gw_limit_has_backend(const struct gw_entry *entry)
{
	return gw_limit_has_own_backend(entry) &&
	       has_one(entry->ve->backends, entry->ve->limits.backends);
}

/* -- Transactions ---------------------------------------------------------- */

void gw_limit_wait(struct gw_session *s, uint64_t wait_ms)
{
	if (s->pace.loop == NULL)
		hs_timer_start(s->core->loop, &s->pace, wait_ms);
}

static uint64_t longer(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static bool has_time_limit(const struct gw_entry *e)
{
	return GW_LIMIT_OF(e, statement_ms) > 0 ||
	       GW_LIMIT_OF(e, transaction_ms) > 0 ||
	       GW_LIMIT_OF(e, idle_transaction_ms) > 0;
}

bool gw_limit_may_begin(struct gw_session *s)
{
	struct gw_entry *e = s->entry;
	unsigned own = e->route.limits.transactions_per_s;
	unsigned all = e->ve->limits.transactions_per_s;
	uint64_t now_ms;

	if (own == 0 && all == 0)
		return true;
	now_ms = hs_loop_now_ms(s->core->loop);
	if (!s->is_paid) {
		uint64_t wait_ms =
		    longer(gw_rate_take(&e->transaction_rate, own, 1, now_ms),
			gw_rate_take(&e->ve->transaction_rate, all, 1, now_ms));

		s->is_paid = true;
		s->begin_ms = now_ms + wait_ms;
		e->waited_ms += wait_ms;
	}
	if (s->begin_ms <= now_ms)
		return true;
	gw_limit_wait(s, s->begin_ms - now_ms);
	return false;
}

void gw_limit_begun(struct gw_session *s, struct gw_backend *b)
{
	s->is_paid = false;
	s->entry->transactions++;
	b->charged = b->scope;
	if (b->began_ms == 0)
		b->began_ms = hs_loop_now_ms(s->core->loop);
	if (has_time_limit(s->entry))
		gw_limit_watch(s->core);
}

/* -- Bytes ----------------------------------------------------------------- */

void gw_limit_passed(struct gw_session *s, size_t bytes)
{
	struct gw_entry *e = s->entry;
	unsigned own = e->route.limits.bytes_per_s;
	unsigned all = e->ve->limits.bytes_per_s;
	uint64_t now_ms;

	if (bytes == 0 || (own == 0 && all == 0))
		return;
	now_ms = hs_loop_now_ms(s->core->loop);
	(void)gw_rate_take(&e->byte_rate, own, bytes, now_ms);
	(void)gw_rate_take(&e->ve->byte_rate, all, bytes, now_ms);
}

bool gw_limit_is_full(struct gw_session *s)
{
	struct gw_entry *e = s->entry;
	uint64_t now_ms, wait_ms;

	if (e->route.limits.bytes_per_s == 0 && e->ve->limits.bytes_per_s == 0)
		return false;
	now_ms = hs_loop_now_ms(s->core->loop);
	wait_ms = longer(
	    gw_rate_take(&e->byte_rate, e->route.limits.bytes_per_s, 0, now_ms),
	    gw_rate_take(
		&e->ve->byte_rate, e->ve->limits.bytes_per_s, 0, now_ms));
	if (wait_ms == 0)
		return false;
	gw_limit_wait(s, wait_ms);
	return true;
}

/* -- Time ------------------------------------------------------------------ */

static bool is_over(uint64_t since_ms, unsigned limit_ms, uint64_t now_ms)
{
	return limit_ms > 0 && since_ms > 0 && now_ms - since_ms > limit_ms;
}

static void log_cut(const struct gw_session *s, const char *what, unsigned ms)
{
	hs_info("session.cut",
	    "session=%016llx ve=%s enterprise=%s why=%s limit_ms=%u",
	    (unsigned long long)s->id, s->entry->ve->name,
	    s->entry->route.enterprise, what, ms);
	s->entry->cut++;
}

static bool end(struct gw_session *s, enum gw_refusal refusal, unsigned ms)
{
	log_cut(s, gw_refusal_name(refusal), ms);
	(void)gw_session_refuse(s, refusal, "");
	gw_session_run(s);
	return true;
}

/* A cancel first; whom that does not reach, ends. */
static bool cut_statement(struct gw_session *s, struct gw_backend *b,
    unsigned limit_ms, uint64_t now_ms)
{
	if (b->cut_ms == 0) {
		log_cut(s, gw_refusal_name(GW_CUT_STATEMENT), limit_ms);
		b->cut_ms = now_ms;
		(void)gw_backend_cancel(b, NULL);
		return false;
	}
	return now_ms - b->cut_ms > CANCELLED_MS &&
	       end(s, GW_END_STATEMENT, limit_ms);
}

/* Whether its session has ended by that. */
static bool look_at(struct gw_session *s, struct gw_backend *b, uint64_t now_ms)
{
	unsigned statement = GW_LIMIT_OF(s->entry, statement_ms);
	unsigned transaction = GW_LIMIT_OF(s->entry, transaction_ms);
	unsigned idle = GW_LIMIT_OF(s->entry, idle_transaction_ms);
	bool owes = gw_replies_first(&b->replies) != NULL;

	if (is_over(b->began_ms, transaction, now_ms))
		return end(s, GW_END_TRANSACTION, transaction);
	if (!owes && is_over(b->asked_ms, idle, now_ms))
		return end(s, GW_END_IDLE, idle);
	return owes && is_over(b->asked_ms, statement, now_ms) &&
	       cut_statement(s, b, statement, now_ms);
}

/* What takes how long; who ends may take others along, so it is begun anew. */
static void look(void *owner)
{
	struct gw_core *core = owner;
	uint64_t now_ms = hs_loop_now_ms(core->loop);
	struct gw_backend *b = core->backends;
	bool any = false;

	while (b != NULL) {
		struct gw_session *s = b->session;

		if (s == NULL || s->state != GW_RELAY || b->began_ms == 0 ||
		    !has_time_limit(s->entry))
			b = b->next;
		else if (look_at(s, b, now_ms))
			b = core->backends;
		else {
			any = true;
			b = b->next;
		}
	}
	if (any)
		gw_limit_watch(core);
}

void gw_limit_watch(struct gw_core *core)
{
	if (core->limit_timer.loop != NULL)
		return;
	core->limit_timer.fn = look;
	core->limit_timer.owner = core;
	hs_timer_start(core->loop, &core->limit_timer, LOOK_MS);
}
