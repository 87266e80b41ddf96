/* relay.c - pass messages both ways, one block in flight a direction. Neither
 * side is trusted; each way has a file of its own.
 *
 * A session of a pool has a backend for a transaction at a time. Its prepared
 * statements are its own by name only; see naming.c.
 */

#include "shared-db-gateway/relay.h"

#include "base/log.h"
#include "shared-db-gateway/cluster.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

#define ROUNDS        16
#define LAST_WORDS_MS 10000

static enum gw_progress backend_gone(struct gw_session *s)
{
	const struct gw_backend *b = s->backend;
	const struct gw_lane *lane = &b->down;
	enum gw_refusal why = GW_END_BACKEND_GONE;

	if (b->cluster != NULL) {
		if (gw_repeat_take_back(s, false))
			return GW_AGAIN;
		why = gw_repeat_verdict(s);
		gw_cluster_suspect(b->cluster, b->target.host);
	}
	/* Its own FATAL is the better explanation. */
	if (lane->type == 'E' && lane->left == 0)
		return gw_session_finish(s, GW_END_BACKEND_GONE);
	hs_warn("backend.gone", "session=%016llx host=%s why=%s",
	    (unsigned long long)s->id, b->target.host, gw_refusal_name(why));
	return gw_session_refuse(s, why, "");
}

static bool is_sent(const struct gw_session *s)
{
	return s->backend == NULL || gw_stream_is_clear(&s->backend->stream);
}

static enum gw_progress after(struct gw_session *s)
{
	bool lost = s->backend != NULL && s->backend->stream.ended;
	bool is_held = s->pace.loop != NULL; /* what it sent has to wait */

	if (s->client_done && is_sent(s))
		return gw_session_end(s, "terminate");
	if (s->client.ended && (lost || (is_sent(s) && !is_held)))
		return gw_session_end(s, "client-gone");
	/* Its last words may still be taken. */
	if (s->client.ended && s->deadline.loop == NULL)
		hs_timer_start(s->core->loop, &s->deadline, LAST_WORDS_MS);
	if (lost && !is_held && gw_stream_is_clear(&s->client))
		return backend_gone(s);
	if (s->entry->removed || s->revoked)
		return gw_session_refuse(s, GW_END_ROUTE_REMOVED, "");
	if (s->backend != NULL && s->backend->dirty && s->pool != NULL &&
	    !gw_limit_may_keep(s->entry) && !gw_session_is_busy(s) &&
	    s->backend->replies.transaction == 'I')
		return gw_session_refuse(s, GW_END_KEPT, "");
	if (s->is_killed)
		return gw_session_refuse(s, GW_END_KILLED, "");
	if (s->core->stopping && !gw_session_is_busy(s) &&
	    gw_stream_is_clear(&s->client))
		return gw_session_refuse(s, GW_END_SHUTDOWN, "");
	return GW_WAIT;
}

enum gw_progress gw_relay_step(struct gw_session *s)
{
	enum gw_outcome upward = GW_STUCK, downward = GW_STUCK;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		upward = gw_relay_up(s);
		downward = gw_relay_down(s);
		if (upward == GW_BROKEN)
			return gw_session_refuse(s, GW_REFUSE_MESSAGE, "");
		if (downward == GW_BROKEN) {
			hs_err_log("backend.broken", "session=%016llx host=%s",
			    (unsigned long long)s->id, s->target.host);
			/* It is nobody's any more. */
			s->backend->stream.ended = true;
			return gw_session_refuse(s, GW_END_BACKEND_GONE, "");
		}
		if (upward == GW_STUCK && downward == GW_STUCK)
			break;
	}
	if (i == ROUNDS)
		gw_session_wake(s);
	return after(s);
}
