/* relay.c - pass messages both ways, each header checked, one block in flight a
 * direction. Neither side is trusted: what a client may send stands in wire.c,
 * what a backend owes in reply.c.
 *
 * A session of a pool has a backend for a transaction at a time. Its prepared
 * statements are its own by name only; see naming.c.
 */

#include "shared-db-gateway/relay.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/naming.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"

#define ROUNDS        16
#define BACKEND_MAX   0x3fffffffu /* PostgreSQL's own limit, 1 GiB */
#define LAST_WORDS_MS 10000
#define HEADER        5u

/* Hand over the block itself where that saves a copy; the caller has seen to
 * the room. */
static void pass(struct gw_bytes *in, struct gw_bytes *out, size_t good)
{
	size_t rest = gw_bytes_len(in) - good;

	if (good == 0)
		return;
	if (gw_bytes_len(out) > 0) {
		(void)gw_bytes_add(out, in->data + in->start, good);
		gw_bytes_drop(in, good);
		return;
	}
	*out = *in;
	*in = (struct gw_bytes) { 0 };
	out->end -= rest;
	(void)gw_bytes_add(in, out->data + out->end, rest);
}

/* How many bytes may be passed on now. */
static size_t passable(const struct gw_bytes *in, const struct gw_bytes *out)
{
	size_t len = gw_bytes_len(in), room = gw_bytes_room(out);

	return gw_bytes_len(out) == 0 || len < room ? len : room;
}

static bool is_whole(const struct gw_bytes *in, size_t at, size_t body)
{
	return gw_bytes_len(in) - at >= HEADER + body;
}

/* -- From the client ------------------------------------------------------- */

static void count_statement(struct gw_session *s)
{
	s->statements++;
	s->entry->statements++;
}

/* What the client asks for. */
static void note(struct gw_session *s, struct gw_backend *b, uint8_t type)
{
	struct gw_replies *r = &b->replies;

	switch (type) {
	case 'Q':
		gw_naming_query(
		    s, b, gw_replies_add(r, GW_ASKED_QUERY, GW_SHARE_PASS));
		b->scope++;
		count_statement(s);
		break;
	case 'F':
		(void)gw_replies_add(r, GW_ASKED_CALL, GW_SHARE_PASS);
		b->scope++;
		count_statement(s);
		break;
	case 'S':
		gw_replies_sync(r);
		b->scope++;
		b->batch = false;
		break;
	case 'E':
		(void)gw_replies_add(r, GW_ASKED_EXECUTE, GW_SHARE_PASS);
		count_statement(s);
		b->batch = true;
		break;
	case 'P':
		(void)gw_replies_add(r, GW_ASKED_PARSE, GW_SHARE_PASS);
		b->batch = true;
		break;
	case 'B':
		(void)gw_replies_add(r, GW_ASKED_BIND, GW_SHARE_PASS);
		b->batch = true;
		break;
	case 'C':
		(void)gw_replies_add(r, GW_ASKED_CLOSE, GW_SHARE_PASS);
		b->batch = true;
		break;
	case 'd':
		gw_replies_data(r);
		break;
	case 'c':
	case 'f':
		gw_replies_copied(r);
		break;
	default:
		break;
	}
}

/* Whether it asks about a statement or a portal decides what is answered. */
static bool note_describe(struct gw_backend *b, uint8_t what)
{
	if (what != 'S' && what != 'P')
		return false;
	(void)gw_replies_add(&b->replies,
	    what == 'S' ? GW_ASKED_STATEMENT : GW_ASKED_PORTAL, GW_SHARE_PASS);
	b->batch = true;
	return true;
}

/* Whether it begins a transaction: it is in none, and this is not part of one
 * that has been counted. */
static bool begins(const struct gw_backend *b, uint8_t type)
{
	return b->replies.transaction == 'I' && b->charged != b->scope &&
	       type != 'd' && type != 'c' && type != 'f';
}

/* False: not yet. */
static bool begin(struct gw_session *s, struct gw_backend *b, uint8_t type)
{
	if (begins(b, type)) {
		if (!gw_limit_may_begin(s))
			return false;
		gw_limit_begun(s, b);
	}
	if (gw_replies_first(&b->replies) == NULL)
		b->asked_ms = hs_loop_now_ms(s->core->loop);
	return true;
}

static bool has_name(uint8_t type)
{
	return type == 'P' || type == 'B' || type == 'D' || type == 'C';
}

static size_t longest(const struct gw_session *s)
{
	return (size_t)s->core->config->message_max_mib << 20;
}

/* As many whole or begun messages as may pass as they are; *ret_named when the
 * next one is to be looked into. */
static enum gw_outcome judge_up(struct gw_session *s, struct gw_backend *b,
    size_t len, size_t *ret_good, bool *ret_named)
{
	const struct gw_bytes *in = &s->client.in;
	const uint8_t *data = in->data + in->start;
	size_t at = 0;

	*ret_named = false;
	while (at < len && !s->client_done) {
		struct gw_frame frame = { 0 };
		enum gw_verdict verdict;

		if (b->up.left > 0) {
			size_t part =
			    b->up.left < len - at ? b->up.left : len - at;

			b->up.left -= part;
			at += part;
			continue;
		}
		verdict = gw_frame_parse(
		    GW_FRONTEND, data + at, len - at, longest(s), &frame);
		if (verdict == GW_MORE)
			break;
		if (verdict == GW_BAD)
			return GW_BROKEN;
		if (frame.type == 'X') {
			s->client_done = true;
			break;
		}
		if (frame.type == 'p')
			return GW_BROKEN;
		if (!begin(s, b, frame.type))
			break;
		if (s->pool != NULL && has_name(frame.type) &&
		    !b->replies.skips && !b->replies.copies_in) {
			*ret_named = true;
			break;
		}
		if ((b->replies.skips && frame.type != 'S') ||
		    (b->replies.copies_in && has_name(frame.type)))
			; /* to no effect, or that of an error */
		else if (frame.type == 'D') {
			if (len - at < HEADER + 1)
				break;
			if (!note_describe(b, data[at + HEADER]))
				return GW_BROKEN;
		} else
			note(s, b, frame.type);
		b->up = (struct gw_lane) { frame.body, frame.type };
		at += HEADER;
	}
	*ret_good = at;
	return GW_MOVED;
}

static void count_up(struct gw_session *s, size_t bytes)
{
	s->bytes_in += bytes;
	s->entry->bytes_in += bytes;
	gw_limit_passed(s, bytes);
}

/* A part of what is there, or a message with a name. */
static enum gw_outcome forward_some(struct gw_session *s, struct gw_backend *b)
{
	struct gw_bytes *in = &s->client.in, *out = &b->stream.out;
	size_t before = gw_bytes_len(in), good = 0;
	enum gw_outcome outcome;
	bool named = false;

	if (!gw_naming_feed(b))
		return GW_STUCK;
	if (s->held != NULL)
		outcome = gw_naming_hold(s, b);
	else {
		outcome = judge_up(s, b, passable(in, out), &good, &named);
		if (outcome == GW_BROKEN)
			return GW_BROKEN;
		pass(in, out, good);
		outcome = named      ? gw_naming_take(s, b)
			  : good > 0 ? GW_MOVED
				     : GW_STUCK;
	}
	count_up(s, before - gw_bytes_len(in));
	return outcome == GW_STUCK && good > 0 ? GW_MOVED : outcome;
}

/* A backend is asked for when there is a whole message to send, or as much of
 * one as a block holds: nobody keeps one waiting by a header. */
static enum gw_outcome find_backend(struct gw_session *s)
{
	const struct gw_bytes *in = &s->client.in;
	struct gw_frame frame = { 0 };
	enum gw_verdict verdict;

	if (s->is_waiting)
		return GW_STUCK;
	verdict = gw_frame_parse(GW_FRONTEND, in->data + in->start,
	    gw_bytes_len(in), longest(s), &frame);
	if (verdict != GW_GOOD)
		return verdict == GW_BAD ? GW_BROKEN : GW_STUCK;
	if (frame.type == 'X') {
		s->client_done = true;
		return GW_STUCK;
	}
	if ((!is_whole(in, 0, frame.body) && gw_bytes_room(in) > 0) ||
	    !gw_limit_may_begin(s))
		return GW_STUCK;
	if (!gw_pool_acquire(s->pool, s)) {
		if (s->deadline.loop == NULL)
			hs_timer_start(s->core->loop, &s->deadline,
			    (uint64_t)s->core->config->wait_timeout_s * 1000);
		return GW_STUCK;
	}
	return GW_MOVED;
}

static enum gw_outcome up(struct gw_session *s)
{
	enum gw_outcome outcome, all = GW_STUCK;
	bool is_full;

	if (s->backend != NULL && !gw_stream_flush(&s->backend->stream))
		return GW_STUCK;
	gw_stream_fill(&s->client);
	if (gw_bytes_len(&s->client.in) == 0 && s->held == NULL &&
	    (s->backend == NULL || s->backend->feed == NULL))
		return GW_STUCK;
	if (gw_limit_is_full(s))
		return GW_STUCK;
	if (s->backend == NULL) {
		outcome = find_backend(s);
		if (outcome != GW_MOVED)
			return outcome;
	}
	if (s->deadline.loop != NULL && !s->client.ended)
		hs_timer_stop(&s->deadline);
	/* What is sent makes room for what had none. */
	do {
		while ((outcome = forward_some(s, s->backend)) == GW_MOVED)
			all = GW_MOVED;
		if (outcome == GW_BROKEN)
			return GW_BROKEN;
		is_full = gw_bytes_len(&s->backend->stream.out) > 0;
	} while (gw_stream_flush(&s->backend->stream) && is_full);
	return all;
}

/* -- From the backend ------------------------------------------------------ */

/* Those whose content says what becomes of the backend are waited for. */
static bool is_read(uint8_t type)
{
	return type == 'Z' || type == 'C' || type == 'E';
}

static void keep(struct gw_session *s, struct gw_backend *b)
{
	if (s->pool != NULL && !b->dirty)
		s->entry->kept++;
	b->dirty = true;
}

/* In front of the ReadyForQuery; false: there is no room. */
static bool tell_kept(struct gw_session *s, struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in;

	if (!b->untold || b->down.left > 0 || gw_bytes_len(in) == 0 ||
	    in->data[in->start] != 'Z')
		return true;
	if (gw_bytes_room(&s->client.out) < GW_REFUSAL_MAX)
		return false;
	(void)gw_notice_write(GW_TELL_KEPT, &s->client.out);
	b->untold = false;
	return true;
}

static void take_tag(
    struct gw_session *s, struct gw_backend *b, const uint8_t *body, size_t len)
{
	struct gw_reader r = { .at = body, .left = len };
	const char *tag = gw_get_text(&r);

	if (s->pool != NULL && !gw_naming_is_clean(tag) && !b->dirty) {
		hs_info("session.kept", "session=%016llx ve=%s enterprise=%s",
		    (unsigned long long)s->id, s->entry->ve->name,
		    s->entry->route.enterprise);
		keep(s, b);
		b->untold = true;
	}
}

/* A statement that has become another one, or is not there though we gave it
 * to the backend: what we think it has prepared is wrong. */
static bool is_amiss(const struct gw_owed *asked, const char *sqlstate)
{
	if (strcmp(sqlstate, "0A000") == 0)
		return true;
	return strcmp(sqlstate, "26000") == 0 && asked != NULL &&
	       !asked->is_nothing &&
	       (asked->asked == GW_ASKED_BIND ||
		   asked->asked == GW_ASKED_STATEMENT);
}

static void take_error(
    struct gw_session *s, struct gw_backend *b, const uint8_t *body, size_t len)
{
	struct gw_trouble trouble = { 0 };

	if (s->pool != NULL && HEADER + len <= GW_BLOCK &&
	    gw_trouble_parse(body, len, &trouble) &&
	    is_amiss(gw_replies_first(&b->replies), trouble.sqlstate))
		b->is_spent = true;
	gw_naming_failed(b);
}

/* What has been asked for since is its next transaction. */
static void take_ready(struct gw_backend *b, uint8_t status)
{
	b->serial++;
	if (status == 'I')
		b->began_ms = gw_backend_is_busy(b) ? b->asked_ms : 0;
}

/* What a message is to the backend's account. */
static enum gw_use take(struct gw_session *s, struct gw_backend *b,
    const struct gw_frame *frame, const uint8_t *body)
{
	struct gw_owed ended = { 0 };
	bool has_ended = false;
	enum gw_use use;

	if (frame->type == 'R' || frame->type == 'K')
		return GW_USE_BROKEN;
	use = gw_replies_take(&b->replies, frame->type,
	    frame->type == 'Z' ? *body : 0, &ended, &has_ended);
	if (use == GW_USE_BROKEN)
		return use;
	if (has_ended) {
		gw_naming_done(b, &ended);
		b->asked_ms = hs_loop_now_ms(s->core->loop);
		b->cut_ms = 0;
	}
	if (frame->type == 'E')
		take_error(s, b, body, frame->body);
	else if (frame->type == 'C')
		take_tag(s, b, body, frame->body);
	else if (frame->type == 'Z')
		take_ready(b, *body);
	return use;
}

/* Whether it says that our cancel has reached what took too long. */
static bool is_cut(const struct gw_backend *b, const struct gw_frame *frame,
    const uint8_t *body)
{
	struct gw_trouble trouble = { 0 };

	return frame->type == 'E' && b->cut_ms > 0 &&
	       HEADER + frame->body <= GW_BLOCK &&
	       gw_trouble_parse(body, frame->body, &trouble) &&
	       strcmp(trouble.sqlstate,
		   gw_refusal_sqlstate(GW_CUT_STATEMENT)) == 0;
}

/* Why, in our words. */
static enum gw_outcome say_cut(
    struct gw_session *s, struct gw_backend *b, size_t at, size_t size)
{
	pass(&b->stream.in, &s->client.out, at);
	gw_bytes_drop(&b->stream.in, size);
	(void)gw_refusal_write_error(GW_CUT_STATEMENT, &s->client.out);
	return GW_MOVED;
}

/* Pass what may pass; *ret_good is what is still to be passed. */
static enum gw_outcome judge_down(
    struct gw_session *s, struct gw_backend *b, size_t len, size_t *ret_good)
{
	struct gw_bytes *in = &b->stream.in;
	size_t at = 0;

	while (at < len) {
		const uint8_t *data = in->data + in->start + at;
		struct gw_frame frame = { 0 };
		enum gw_verdict verdict;
		enum gw_use use;
		bool cut;

		if (b->down.left > 0) {
			size_t part =
			    b->down.left < len - at ? b->down.left : len - at;

			b->down.left -= part;
			at += part;
			continue;
		}
		if (gw_naming_owes(b) ||
		    (b->untold && data[0] == 'Z' && at > 0))
			break;
		verdict = gw_frame_parse(
		    GW_BACKEND, data, len - at, BACKEND_MAX, &frame);
		if (verdict == GW_BAD)
			return GW_BROKEN;
		if (verdict == GW_MORE ||
		    (is_read(frame.type) && HEADER + frame.body <= GW_BLOCK &&
			len - at < HEADER + frame.body))
			break;
		if (is_read(frame.type) && HEADER + frame.body > GW_BLOCK &&
		    frame.type != 'E')
			return GW_BROKEN;
		cut = is_cut(b, &frame, data + HEADER);
		if (cut && gw_bytes_room(&s->client.out) < at + GW_REFUSAL_MAX)
			break;
		use = take(s, b, &frame, data + HEADER);
		if (use == GW_USE_BROKEN)
			return GW_BROKEN;
		if (cut && use == GW_USE_PASS) {
			*ret_good = 0;
			return say_cut(s, b, at, HEADER + frame.body);
		}
		if (use == GW_USE_HIDE) {
			/* It has no body, but for an error's. */
			pass(in, &s->client.out, at);
			gw_bytes_drop(in, HEADER + frame.body);
			*ret_good = 0;
			return GW_MOVED;
		}
		b->down = (struct gw_lane) { frame.body, frame.type };
		at += HEADER;
	}
	*ret_good = at;
	return at > 0 ? GW_MOVED : GW_STUCK;
}

static void count_down(struct gw_session *s, size_t bytes)
{
	s->bytes_out += bytes;
	s->entry->bytes_out += bytes;
	gw_limit_passed(s, bytes);
}

static enum gw_outcome back_some(struct gw_session *s, struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in, *out = &s->client.out;
	size_t before = gw_bytes_len(in), good = 0;
	enum gw_outcome outcome;

	if (b->down.left == 0 && (!gw_naming_answer(s, b) || !tell_kept(s, b)))
		return GW_STUCK; /* no room for it */
	outcome = judge_down(s, b, passable(in, out), &good);
	if (outcome == GW_BROKEN)
		return GW_BROKEN;
	pass(in, out, good);
	count_down(s, before - gw_bytes_len(in));
	return outcome;
}

static enum gw_outcome down(struct gw_session *s)
{
	struct gw_backend *b = s->backend;
	enum gw_outcome outcome, all = GW_STUCK;

	if (!gw_stream_flush(&s->client) || b == NULL)
		return GW_STUCK;
	gw_stream_fill(&b->stream);
	if (gw_limit_is_full(s))
		return GW_STUCK;
	while ((outcome = back_some(s, b)) == GW_MOVED)
		all = GW_MOVED;
	if (outcome == GW_BROKEN)
		return GW_BROKEN;
	(void)gw_stream_flush(&s->client);
	if (s->pool != NULL && s->held == NULL && gw_backend_is_free(b)) {
		gw_names_trim(&s->names);
		if (b->is_spent)
			gw_backend_end(b);
		else
			gw_pool_release(s->pool, b);
	}
	return all;
}

/* -- Ends ------------------------------------------------------------------ */

static enum gw_progress backend_gone(struct gw_session *s)
{
	const struct gw_lane *lane = &s->backend->down;

	/* Its own FATAL is the better explanation. */
	if (lane->type == 'E' && lane->left == 0)
		return gw_session_finish(s, GW_END_BACKEND_GONE);
	hs_warn("backend.gone", "session=%016llx host=%s",
	    (unsigned long long)s->id, s->target.host);
	return gw_session_refuse(s, GW_END_BACKEND_GONE, "");
}

static bool is_sent(const struct gw_session *s)
{
	return s->backend == NULL || gw_bytes_len(&s->backend->stream.out) == 0;
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
	if (lost && gw_bytes_len(&s->client.out) == 0 && !is_held)
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
	    gw_bytes_len(&s->client.out) == 0)
		return gw_session_refuse(s, GW_END_SHUTDOWN, "");
	return GW_WAIT;
}

enum gw_progress gw_relay_step(struct gw_session *s)
{
	enum gw_outcome upward = GW_STUCK, downward = GW_STUCK;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		upward = up(s);
		downward = down(s);
		if (upward == GW_BROKEN)
			return gw_session_refuse(s, GW_REFUSE_MESSAGE, "");
		if (downward == GW_BROKEN) {
			hs_err_log("backend.broken", "session=%016llx host=%s",
			    (unsigned long long)s->id, s->target.host);
			return gw_session_refuse(s, GW_END_BACKEND_GONE, "");
		}
		if (upward == GW_STUCK && downward == GW_STUCK)
			break;
	}
	if (i == ROUNDS)
		gw_session_wake(s);
	return after(s);
}
