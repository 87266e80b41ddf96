/* backend.c - one connection to PostgreSQL: its life, from when it is asked for
 * to its end. The way there is backend_start.c's.
 */

#include "shared-db-gateway/backend.h"

#include <assert.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/account.h"
#include "shared-db-gateway/audit_file.h"
#include "shared-db-gateway/backend_part.h"
#include "shared-db-gateway/cluster.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"

#define SCOUT_MS 1000

const char *gw_backend_state_name(enum gw_backend_state state)
{
	static const char *const names[GW_BACKEND_STATE_COUNT] = {
		"parked",
		"dial",
		"ask-tls",
		"tls",
		"start",
		"ready",
		"errand",
	};

	assert(state < GW_BACKEND_STATE_COUNT);
	return names[state];
}

bool gw_backend_is_busy(struct gw_backend *b)
{
	return gw_replies_first(&b->replies) != NULL || b->replies.in_batch;
}

bool gw_backend_is_at_rest(struct gw_backend *b)
{
	return !b->dirty && b->up.left == 0 && b->down.left == 0 &&
	       b->feed == NULL && gw_replies_is_free(&b->replies);
}

bool gw_backend_is_free(struct gw_backend *b)
{
	return gw_backend_is_at_rest(b) && !b->stream.ended;
}

/* -- Its end --------------------------------------------------------------- */

/* Let PostgreSQL know, if the stream is where a message may begin. */
static void say_goodbye(struct gw_backend *b)
{
	static const uint8_t terminate[] = { 'X', 0, 0, 0, 4 };

	if (b->state != GW_BACKEND_READY || b->stream.ended || b->up.left > 0 ||
	    b->feed != NULL)
		return;
	if (gw_bytes_add(&b->stream.out, terminate, sizeof(terminate)))
		(void)gw_stream_flush(&b->stream);
}

static void unlink_it(struct gw_backend *b)
{
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		b->core->backends = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
}

/* Names whose meaning hung on answers that will not come stay as they are:
 * their session ends with its backend, or has no such answer. */
static void forget_replies(struct gw_backend *b)
{
	struct gw_owed *owed;

	while ((owed = gw_replies_first(&b->replies)) != NULL) {
		if (b->session != NULL && b->session->entry != NULL)
			gw_account_failed(
			    b->session, b, owed, "", GW_WAS_UNKNOWN);
		gw_statement_unref(owed->before);
		gw_statement_unref(owed->sent);
		gw_replies_drop(&b->replies);
	}
	gw_replies_done(&b->replies);
}

static void tell_errands(const struct gw_backend *b)
{
	for (struct gw_backend *e = b->core->backends; e != NULL; e = e->next)
		if (e->of == b)
			e->of = NULL;
}

void gw_backend_end(struct gw_backend *b)
{
	say_goodbye(b);
	unlink_it(b);
	tell_errands(b);
	if (b->is_scout)
		gw_cluster_scouted(b->cluster, b, b->found);
	hs_timer_stop(&b->deadline);
	gw_stream_close(&b->stream);
	if (b->entry != NULL && !b->is_scout) {
		if (b->dirty && b->pool != NULL)
			b->entry->kept--;
		b->entry->backends--;
		b->entry->ve->backends--;
	}
	if (b->pool != NULL)
		gw_pool_lost(b->pool, b);
	else if (b->entry != NULL && !b->is_scout)
		gw_pools_feed(b->core, b->entry->ve);
	if (b->session != NULL && b->session->errand == b)
		b->session->errand = NULL;
	else if (b->session != NULL)
		b->session->backend = NULL;
	forget_replies(b);
	gw_statement_unref(b->feed);
	gw_prepared_done(&b->prepared);
	gw_repeat_done(b);
	gw_bytes_done(&b->parameters);
	gw_target_done(&b->target);
	gw_startup_done(&b->startup);
	gw_entry_unref(b->entry);
	gw_cluster_leave(b->cluster);
	free(b);
}

/* For the operator: which server, and why. */
static void log_trouble(const struct gw_backend *b, const char *why)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };

	hs_text_add_log(&text, why);
	hs_warn("backend.failed",
	    "session=%016llx host=%s port=%u state=%s msg=%s",
	    (unsigned long long)(b->session != NULL ? b->session->id : 0),
	    b->target.host, b->target.port, gw_backend_state_name(b->state),
	    text.data);
}

static void park(struct gw_backend *b)
{
	gw_stream_close(&b->stream);
	gw_bytes_done(&b->parameters);
	hs_timer_stop(&b->deadline);
	b->stream.readable = b->stream.writable = b->stream.hung_up = false;
	b->stream.ended = b->stream.wants_write = false;
	b->key = (struct gw_key) { 0 };
	b->state = GW_BACKEND_PARKED;
}

enum stride gw_backend_end_scout(struct gw_backend *b, enum gw_refusal found)
{
	b->found = found;
	gw_backend_end(b);
	return GONE;
}

/* It may be there, but it is not the primary, or does not answer: another one
 * may be, soon. */
static enum stride not_there(struct gw_backend *b, const char *why)
{
	struct gw_cluster *c = b->cluster;

	if (b->is_scout)
		return gw_backend_end_scout(b, GW_REFUSE_BACKEND_DOWN);
	park(b);
	gw_cluster_deny(c, b->target.host, why);
	gw_cluster_need(c);
	return GONE;
}

enum stride gw_backend_fail(
    struct gw_backend *b, enum gw_refusal refusal, const char *why)
{
	struct gw_session *session = b->session;
	struct gw_pool *pool = b->pool;

	if (b->cluster != NULL && refusal == GW_REFUSE_BACKEND_DOWN &&
	    b->state != GW_BACKEND_PARKED)
		return not_there(b, why);
	if (b->is_scout) {
		if (gw_cluster_may_complain(b->cluster))
			log_trouble(b, why);
		return gw_backend_end_scout(b, GW_REFUSE_BACKEND_DOWN);
	}
	if (refusal != GW_OK)
		log_trouble(b, why);
	if (pool != NULL)
		gw_pool_failed(pool, b, refusal);
	else {
		gw_backend_end(b);
		if (session != NULL)
			gw_session_backend_failed(session, refusal);
	}
	return GONE;
}

enum stride gw_backend_broken(struct gw_backend *b, const char *why)
{
	return gw_backend_fail(b, GW_REFUSE_BACKEND_BROKEN, why);
}

enum stride gw_backend_down(struct gw_backend *b, const char *why)
{
	return gw_backend_fail(b, GW_REFUSE_BACKEND_DOWN, why);
}

/* -- Scouts -----------------------------------------------------------------
 */

/* What one that is parked was to become, the scout is already. The places it
 * has been counted for are taken over with it. */
static void take_place(struct gw_backend *b, struct gw_backend *parked)
{
	b->is_scout = false;
	b->pool = parked->pool;
	b->session = parked->session;
	if (b->session != NULL)
		b->session->backend = b;
	unlink_it(parked);
	gw_target_done(&parked->target);
	gw_startup_done(&parked->startup);
	gw_entry_unref(parked->entry);
	gw_cluster_leave(parked->cluster);
	free(parked);
}

/* A scout has found the primary. */
enum stride gw_backend_land(struct gw_backend *b)
{
	struct gw_backend *parked = gw_cluster_twin(b->cluster, b);

	if (parked == NULL)
		return gw_backend_end_scout(b, GW_OK);
	take_place(b, parked);
	/* Nobody is to take it for idle while others hear of it. */
	b->state = GW_BACKEND_START;
	gw_cluster_scouted(b->cluster, b, GW_OK);
	b->state = GW_BACKEND_READY;
	return GOES_ON;
}

/* -- While nobody uses it -------------------------------------------------- */

/* It may speak of its parameters and give notice; all else is its end. */
static bool is_quiet(struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in;
	struct gw_frame frame = { 0 };

	gw_stream_fill(&b->stream);
	while (gw_frame_parse(GW_BACKEND, in->data + in->start,
		   gw_bytes_len(in), GW_HELLO_MAX, &frame) == GW_GOOD) {
		if (gw_bytes_len(in) < 5 + frame.body)
			break;
		if (frame.type != 'S' && frame.type != 'N' && frame.type != 'A')
			return false;
		if (frame.type == 'S' && b->cluster != NULL &&
		    gw_backend_tells_standby(
			in->data + in->start + 5, frame.body))
			return false;
		gw_bytes_drop(in, 5 + frame.body);
	}
	return !b->stream.ended && gw_bytes_room(in) > 0;
}

static enum stride idle_step(struct gw_backend *b)
{
	if (is_quiet(b))
		return WAITS;
	hs_info("backend.left", "host=%s ve=%s enterprise=%s", b->target.host,
	    b->entry->ve->name, b->entry->route.enterprise);
	gw_cluster_suspect(b->cluster, b->target.host);
	gw_backend_end(b);
	return GONE;
}

/* Nothing is open, so nothing comes. */
static enum stride parked_step(struct gw_backend *b)
{
	(void)b;
	return GONE;
}

static enum stride errand_step(struct gw_backend *b)
{
	struct gw_session *session = b->session;
	struct gw_backend *of = b->of;

	(void)gw_stream_flush(&b->stream);
	gw_stream_fill(&b->stream);
	gw_bytes_drop(&b->stream.in, gw_bytes_len(&b->stream.in));
	if (!b->stream.ended)
		return WAITS;
	gw_backend_end(b);
	/* It was held back until the cancel had arrived. */
	if (of != NULL && --of->errands == 0 && of->session == NULL)
		gw_pool_release(of->pool, of);
	if (session != NULL)
		gw_session_backend_failed(session, GW_OK);
	return GONE;
}

/* -- Running --------------------------------------------------------------- */

static void rearm(struct gw_backend *b)
{
	gw_stream_rearm(&b->stream, b->state != GW_BACKEND_DIAL);
}

static void run(struct gw_backend *b)
{
	static enum stride (*const steps[])(struct gw_backend * b) = {
		[GW_BACKEND_PARKED] = parked_step,
		[GW_BACKEND_DIAL] = gw_backend_dial_step,
		[GW_BACKEND_ASK_TLS] = gw_backend_ask_tls_step,
		[GW_BACKEND_TLS] = gw_backend_tls_step,
		[GW_BACKEND_START] = gw_backend_start_step,
		[GW_BACKEND_READY] = idle_step,
		[GW_BACKEND_ERRAND] = errand_step,
	};
	enum stride stride;

	do
		stride = steps[b->state](b);
	while (stride == GOES_ON);
	if (stride == WAITS)
		rearm(b);
}

static void on_event(void *owner, unsigned events)
{
	struct gw_backend *b = owner;

	gw_stream_ready(&b->stream, events);
	if (b->state == GW_BACKEND_READY && b->session != NULL)
		gw_session_run(b->session);
	else
		run(b);
}

void gw_backend_lost(struct gw_backend *b)
{
	b->stream.ended = true;
	if (b->state == GW_BACKEND_READY && b->session != NULL)
		gw_session_run(b->session);
	else
		run(b);
}

static void on_deadline(void *owner)
{
	struct gw_backend *b = owner;

	/* The cancel may have arrived; nobody waits any longer for it. */
	if (b->state == GW_BACKEND_ERRAND) {
		b->stream.ended = true;
		run(b);
		return;
	}
	(void)gw_backend_down(b, "no answer in time");
}

static struct gw_backend *make(
    struct gw_core *core, const struct gw_target *target)
{
	struct gw_backend *b = hs_alloc(sizeof(*b));

	b->core = core;
	b->stream.fd = -1;
	b->stream.outbox = core->outbox;
	b->stream.watch.fn = on_event;
	b->deadline.fn = on_deadline;
	b->stream.watch.owner = b->deadline.owner = b;
	b->target = gw_target_copy(target);
	b->next = core->backends;
	if (b->next != NULL)
		b->next->prev = b;
	core->backends = b;
	return b;
}

/* What fails at once is told by the timer, too: the caller is not ready. */
static void begin(struct gw_backend *b)
{
	int fd = gw_backend_dial(&b->target);
	uint64_t wait_ms = (uint64_t)b->core->config->connect_timeout_s * 1000;

	b->state = GW_BACKEND_DIAL;
	if (b->is_scout && wait_ms > SCOUT_MS)
		wait_ms = SCOUT_MS;
	hs_timer_start(b->core->loop, &b->deadline, fd < 0 ? 0 : wait_ms);
	if (fd < 0)
		return;
	if (gw_stream_open(&b->stream, b->core->loop, fd, NULL) < 0) {
		(void)close(fd);
		b->stream.fd = -1;
		hs_timer_start(b->core->loop, &b->deadline, 0);
		return;
	}
	b->stream.writable = false;
	b->stream.wants_write = true;
	rearm(b);
}

/* It becomes that role's. */
static void belong(struct gw_backend *b, struct gw_entry *entry,
    const struct gw_startup *startup)
{
	b->scope = 1;
	b->entry = gw_entry_ref(entry);
	b->core->dialled++;
	gw_startup_copy(startup, &b->startup);
}

struct gw_backend *gw_backend_new(struct gw_core *core, struct gw_entry *entry,
    const struct gw_target *target, const struct gw_startup *startup,
    struct gw_pool *pool, struct gw_session *session)
{
	struct gw_backend *b = make(core, target);

	belong(b, entry, startup);
	entry->backends++;
	entry->ve->backends++;
	b->pool = pool;
	b->session = session;
	b->cluster = gw_cluster_join(core, target);
	if (b->cluster == NULL)
		begin(b);
	else if (gw_cluster_is_sure(b->cluster))
		gw_backend_resume(b, gw_cluster_primary(b->cluster));
	else
		gw_cluster_need(b->cluster);
	return b;
}

static void aim(struct gw_backend *b, const char *host)
{
	free(b->target.host);
	b->target.host = hs_strdup(host);
	begin(b);
}

struct gw_backend *gw_backend_scout(
    const struct gw_backend *as, const char *host)
{
	struct gw_backend *b = make(as->core, &as->target);

	/* It is ours, and takes nobody's place. */
	belong(b, as->entry, &as->startup);
	b->cluster = gw_cluster_ref(as->cluster);
	b->is_scout = true;
	b->found = GW_REFUSE_BACKEND_DOWN;
	aim(b, host);
	return b;
}

void gw_backend_resume(struct gw_backend *b, const char *host)
{
	aim(b, host);
}

void gw_backend_move(
    struct gw_backend *b, struct gw_cluster *cluster, const char *host)
{
	struct gw_cluster *old = b->cluster;

	b->cluster = gw_cluster_ref(cluster);
	gw_cluster_leave(old);
	if (cluster == NULL)
		aim(b, host);
	else if (gw_cluster_is_sure(cluster))
		aim(b, gw_cluster_primary(cluster));
	else
		gw_cluster_need(cluster);
}

void gw_backend_refuse(struct gw_backend *b, enum gw_refusal refusal)
{
	(void)gw_backend_fail(b, refusal, "refused by the server");
}

bool gw_backend_fence(struct gw_backend *b)
{
	if (b->state == GW_BACKEND_PARKED ||
	    (b->state == GW_BACKEND_READY && b->is_spent && b->stream.ended))
		return false;
	if (b->state != GW_BACKEND_READY) {
		park(b);
		return true;
	}
	hs_info("backend.fenced", "host=%s ve=%s enterprise=%s", b->target.host,
	    b->entry->ve->name, b->entry->route.enterprise);
	if (b->session == NULL && b->errands == 0) {
		gw_backend_end(b);
		return true;
	}
	b->is_spent = true;
	b->stream.ended = true;
	if (b->session != NULL)
		gw_session_wake(b->session);
	return true;
}

struct gw_backend *gw_backend_cancel(
    struct gw_backend *of, struct gw_session *session)
{
	struct gw_backend *b = make(of->core, &of->target);

	b->of = of;
	b->of_key = of->key;
	b->of_serial = of->serial;
	b->session = session;
	begin(b);
	return b;
}
