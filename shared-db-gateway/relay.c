/* relay.c - pass frames both ways, each header checked, one block in flight a
 * direction. Neither side is trusted.
 */

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

#define ROUNDS      16
#define BACKEND_MAX 0x3fffffffu /* PostgreSQL's own limit, 1 GiB */

#define LAST_WORDS_MS 10000

/* What the client asks for; false if it may not come now. */
static bool note_frontend(struct gw_session *s, uint8_t type)
{
	switch (type) {
	case 'p':
		return false;
	case 'Q':
	case 'F':
		s->expected++;
		s->statements++;
		s->entry->statements++;
		break;
	case 'S':
		s->expected++;
		s->batch = false;
		break;
	case 'E':
		s->statements++;
		s->entry->statements++;
		s->batch = true;
		break;
	case 'P':
	case 'B':
	case 'C':
	case 'D':
		s->batch = true;
		break;
	case 'X':
		s->client_done = true;
		break;
	default:
		break;
	}
	s->last_request = type;
	return true;
}

static bool note_backend(struct gw_session *s, uint8_t type)
{
	switch (type) {
	case 'R':
	case 'K':
		return false;
	case 'Z':
		if (s->expected > 0)
			s->expected--;
		break;
	case 'G':
		/* PostgreSQL skips a Sync that comes while it copies in. */
		if (s->last_request == 'S' && s->expected > 0)
			s->expected--;
		break;
	default:
		break;
	}
	return true;
}

static bool note(struct gw_session *s, enum gw_side side, uint8_t type)
{
	return side == GW_FRONTEND ? note_frontend(s, type)
				   : note_backend(s, type);
}

/* How many of the bytes may pass; false if the stream is broken. */
static bool judge(struct gw_session *s, enum gw_side side,
    const struct gw_bytes *in, size_t *ret_good)
{
	size_t max = side == GW_BACKEND
			 ? BACKEND_MAX
			 : (size_t)s->core->config->message_max_mib << 20;
	struct gw_lane *lane = &s->lanes[side];
	const uint8_t *data = in->data + in->start;
	size_t len = gw_bytes_len(in), at = 0;

	while (at < len && !(side == GW_FRONTEND && s->client_done)) {
		struct gw_frame frame = { 0 };
		enum gw_verdict verdict;

		if (lane->left > 0) {
			size_t part =
			    lane->left < len - at ? lane->left : len - at;

			lane->left -= part;
			at += part;
			continue;
		}
		verdict =
		    gw_frame_parse(side, data + at, len - at, max, &frame);
		if (verdict == GW_MORE)
			break;
		if (verdict == GW_BAD || !note(s, side, frame.type))
			return false;
		*lane = (struct gw_lane) { frame.body, frame.type };
		at += 5;
	}
	*ret_good = at;
	return true;
}

/* Hand over the block itself; what may not pass yet is copied back. */
static void pass(struct gw_bytes *in, struct gw_bytes *out, size_t good)
{
	size_t rest = gw_bytes_len(in) - good;

	*out = *in;
	*in = (struct gw_bytes) { 0 };
	out->end -= rest;
	(void)gw_bytes_add(in, out->data + out->end, rest);
}

static void count(struct gw_session *s, enum gw_side side, size_t bytes)
{
	if (side == GW_FRONTEND) {
		s->bytes_in += bytes;
		s->entry->bytes_in += bytes;
	} else {
		s->bytes_out += bytes;
		s->entry->bytes_out += bytes;
	}
}

enum outcome { STUCK, MOVED, BROKEN };

static enum outcome pump(struct gw_session *s, enum gw_side side)
{
	struct gw_stream *from = side == GW_FRONTEND ? &s->client : &s->backend;
	struct gw_stream *to = side == GW_FRONTEND ? &s->backend : &s->client;
	size_t good = 0;

	if (!gw_stream_flush(to))
		return STUCK;
	gw_stream_fill(from);
	if (gw_bytes_len(&from->in) == 0)
		return STUCK;
	if (!judge(s, side, &from->in, &good))
		return BROKEN;
	if (good == 0)
		return STUCK;
	pass(&from->in, &to->out, good);
	count(s, side, good);
	(void)gw_stream_flush(to);
	return MOVED;
}

static enum gw_progress backend_gone(struct gw_session *s)
{
	const struct gw_lane *lane = &s->lanes[GW_BACKEND];

	/* Its own FATAL is the better explanation. */
	if (lane->type == 'E' && lane->left == 0)
		return gw_session_finish(s, GW_END_BACKEND_GONE);
	hs_warn("backend.gone", "session=%016llx host=%s",
	    (unsigned long long)s->id, s->target.host);
	return gw_session_refuse(s, GW_END_BACKEND_GONE, "");
}

static enum gw_progress after(struct gw_session *s)
{
	if (s->client_done && gw_bytes_len(&s->backend.out) == 0)
		return gw_session_end(s, "terminate");
	if (s->client.ended &&
	    (s->backend.ended || gw_bytes_len(&s->backend.out) == 0))
		return gw_session_end(s, "client-gone");
	/* Its last words may still be taken. */
	if (s->client.ended && s->deadline.loop == NULL)
		hs_timer_start(s->core->loop, &s->deadline, LAST_WORDS_MS);
	if (s->backend.ended && gw_bytes_len(&s->client.out) == 0)
		return backend_gone(s);
	if (s->entry->removed || s->revoked)
		return gw_session_refuse(s, GW_END_ROUTE_REMOVED, "");
	if (s->core->stopping && !gw_session_is_busy(s) &&
	    gw_bytes_len(&s->client.out) == 0)
		return gw_session_refuse(s, GW_END_SHUTDOWN, "");
	return GW_WAIT;
}

enum gw_progress gw_relay_step(struct gw_session *s)
{
	enum outcome up = STUCK, down = STUCK;

	for (int i = 0; i < ROUNDS; i++) {
		up = pump(s, GW_FRONTEND);
		down = pump(s, GW_BACKEND);
		if (up == BROKEN)
			return gw_session_refuse(s, GW_REFUSE_MESSAGE, "");
		if (down == BROKEN) {
			hs_err_log("backend.broken", "session=%016llx host=%s",
			    (unsigned long long)s->id, s->target.host);
			return gw_session_refuse(s, GW_END_BACKEND_GONE, "");
		}
		if (up == STUCK && down == STUCK)
			break;
	}
	if (up == MOVED || down == MOVED)
		hs_timer_start(s->core->loop, &s->again, 0);
	return after(s);
}
