/* relay_up.c - from the client to its backend: each header checked, names
 * translated, what is refused replaced. What a client may send stands in
 * wire.c.
 */

#include "shared-db-gateway/relay.h"

#include "shared-db-gateway/account.h"
#include "shared-db-gateway/audit.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/naming.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"
#include "shared-db-gateway/verb.h"

#define HEADER   5u
#define AUDIT_MS 50

static bool is_whole(const struct gw_bytes *in, size_t at, size_t body)
{
	return gw_bytes_len(in) - at >= HEADER + body;
}

static void count_statement(struct gw_session *s)
{
	s->statements++;
	s->entry->statements++;
}

/* What the client asks for. */
void gw_relay_note(struct gw_session *s, struct gw_backend *b, uint8_t type)
{
	struct gw_replies *r = &b->replies;
	struct gw_owed *owed = NULL;

	switch (type) {
	case 'Q':
		owed = gw_replies_add(r, GW_ASKED_QUERY, GW_SHARE_PASS);
		gw_naming_query(s, b, owed);
		b->scope++;
		count_statement(s);
		break;
	case 'F':
		owed = gw_replies_add(r, GW_ASKED_CALL, GW_SHARE_PASS);
		gw_repeat_asked(s, 'F', GW_VERB_OTHER);
		b->scope++;
		count_statement(s);
		break;
	case 'S':
		gw_replies_sync(r);
		b->scope++;
		break;
	case 'E':
		owed = gw_replies_add(r, GW_ASKED_EXECUTE, GW_SHARE_PASS);
		gw_repeat_asked(s, 'E', 0);
		count_statement(s);
		break;
	case 'P':
		owed = gw_replies_add(r, GW_ASKED_PARSE, GW_SHARE_PASS);
		break;
	case 'B':
		owed = gw_replies_add(r, GW_ASKED_BIND, GW_SHARE_PASS);
		break;
	case 'C':
		(void)gw_replies_add(r, GW_ASKED_CLOSE, GW_SHARE_PASS);
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
	if (owed != NULL)
		gw_account_sent(s, owed);
}

/* The Bind that is owed last is one of the unnamed portal. */
void gw_relay_note_unnamed(struct gw_backend *b)
{
	struct gw_owed *owed = gw_replies_at(&b->replies, b->replies.count - 1);

	owed->is_unnamed = true;
	b->portal_scope = b->scope;
}

/* A Query that fails in a transaction leaves the unnamed portal, whose memory
 * is gone: PostgreSQL 15 that is told to execute it may crash. Safe is what has
 * been bound since, or just now (or else it is skipped), and anything in a
 * transaction that has not failed. */
static bool is_ghost(const struct gw_backend *b, uint8_t first_of_name)
{
	return first_of_name == '\0' && b->portal_scope != b->scope &&
	       !b->replies.copies_in &&
	       (b->is_ghostly || gw_replies_awaits_ready(&b->replies));
}

/* Whether it asks about a statement or a portal decides what is answered. */
static bool note_describe(struct gw_backend *b, uint8_t what)
{
	if (what != 'S' && what != 'P')
		return false;
	(void)gw_replies_add(&b->replies,
	    what == 'S' ? GW_ASKED_STATEMENT : GW_ASKED_PORTAL, GW_SHARE_PASS);
	return true;
}

/* Whether it begins a transaction: it is in none, and this is not part of one
 * that has been counted. */
static bool begins(const struct gw_backend *b, uint8_t type)
{
	return b->replies.transaction == 'I' && b->charged != b->scope &&
	       type != 'd' && type != 'c' && type != 'f';
}

/* False: not yet. What cannot be put down in the audit waits until it can. */
static bool begin(struct gw_session *s, struct gw_backend *b, uint8_t type)
{
	if (!gw_audit_is_ready(s->core->audit)) {
		gw_limit_wait(s, AUDIT_MS);
		return false;
	}
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

/* Its body begins with the name of a portal. */
static bool is_portal(uint8_t type)
{
	return type == 'B' || type == 'E';
}

static size_t longest(const struct gw_session *s)
{
	return (size_t)s->core->config->message_max_mib << 20;
}

/* What is to be done with a message that does not pass as it is. */
enum next {
	NONE,
	NAMED,   /* it has a name that is to be translated */
	REFUSED, /* another goes in its place */
	HELD,    /* it is to be put together first */
	GHOST,   /* it executes what is not there any more */
};

static bool is_long(const struct gw_frame *frame)
{
	return HEADER + frame->body > GW_BLOCK;
}

/* A message that counts; false: it is not all there. */
static bool look(struct gw_session *s, struct gw_backend *b,
    const struct gw_frame *frame, size_t at, enum next *ret_next)
{
	const struct gw_bytes *in = &s->client.in;
	enum gw_look found;

	if (s->core->audit == NULL && s->entry->refuses == 0)
		return true;
	found = gw_account_look(s, frame, in->data + in->start + at + HEADER,
	    gw_bytes_len(in) - at - HEADER);
	if (found == GW_LOOK_REFUSE)
		*ret_next = REFUSED;
	else if (s->pool != NULL && frame->type == 'Q' && is_long(frame) &&
		 !b->replies.copies_in)
		*ret_next = HELD;
	return found != GW_LOOK_MORE;
}

/* What the statements of a Query are, as far as it is all there. */
static void look_at_verbs(
    struct gw_session *s, const struct gw_frame *frame, size_t at)
{
	const struct gw_bytes *in = &s->client.in;
	unsigned verbs = GW_VERB_OTHER;

	if (s->pool == NULL || s->pool->cluster == NULL || frame->type != 'Q')
		return;
	if (is_whole(in, at, frame->body) && frame->body > 0)
		verbs =
		    gw_verbs((const char *)in->data + in->start + at + HEADER,
			frame->body - 1);
	gw_repeat_asked(s, 'Q', verbs);
}

/* As many whole or begun messages as may pass as they are; *ret_next says what
 * becomes of the one behind them. */
static enum gw_outcome judge_up(struct gw_session *s, struct gw_backend *b,
    size_t len, size_t *ret_good, enum next *ret_next)
{
	const struct gw_bytes *in = &s->client.in;
	const uint8_t *data = in->data + in->start;
	size_t at = 0;

	*ret_next = NONE;
	while (at < len && !s->client_done) {
		struct gw_frame frame = { 0 };
		enum gw_verdict verdict;
		bool is_idle;

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
		/* What comes before it is passed on first: what is accounted
		 * for and what was sent must be the same. */
		if (verdict == GW_BAD || frame.type == 'p') {
			if (at > 0)
				break;
			return GW_BROKEN;
		}
		if (frame.type == 'X') {
			s->client_done = true;
			break;
		}
		if (!begin(s, b, frame.type))
			break;
		/* To no effect, or that of an error. */
		is_idle = (b->replies.skips && frame.type != 'S') ||
			  (b->replies.copies_in && has_name(frame.type));
		if (!is_idle && !look(s, b, &frame, at, ret_next))
			break;
		if (*ret_next == NONE && !is_idle && s->pool != NULL &&
		    has_name(frame.type))
			*ret_next = NAMED;
		if (*ret_next != NONE)
			break;
		if (frame.type == 'D' && !is_idle) {
			if (len - at < HEADER + 1)
				break;
			if (!note_describe(b, data[at + HEADER])) {
				if (at > 0)
					break;
				return GW_BROKEN;
			}
		} else if (!is_idle) {
			if (is_portal(frame.type) && len - at < HEADER + 1)
				break;
			if (frame.type == 'E' &&
			    is_ghost(b, data[at + HEADER])) {
				*ret_next = GHOST;
				break;
			}
			look_at_verbs(s, &frame, at);
			gw_relay_note(s, b, frame.type);
			if (frame.type == 'B' && data[at + HEADER] == '\0')
				gw_relay_note_unnamed(b);
		}
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

/* The rest of a message that was refused. */
static enum gw_outcome discard(struct gw_session *s)
{
	size_t part = gw_bytes_len(&s->client.in);

	if (part > s->discard)
		part = s->discard;
	if (part == 0)
		return GW_STUCK;
	gw_repeat_drop(s, part);
	s->discard -= part;
	return GW_MOVED;
}

/* The Query or Parse at the front is refused: PostgreSQL gets what it will not
 * take, so that all that follows from an error is its own doing, and the client
 * gets our words for it. */
static enum gw_outcome substitute(struct gw_session *s, struct gw_backend *b)
{
	struct gw_bytes *in = &s->client.in;
	struct gw_frame frame = { 0 };
	struct gw_reader r;

	if (gw_frame_parse(GW_FRONTEND, in->data + in->start, gw_bytes_len(in),
		longest(s), &frame) != GW_GOOD)
		return GW_STUCK;
	r = (struct gw_reader) { .at = in->data + in->start + HEADER,
		.left = gw_bytes_len(in) - HEADER };
	if (!gw_naming_substitute(
		s, b, frame.type, frame.type == 'P' ? gw_get_text(&r) : ""))
		return GW_STUCK;
	s->discard = HEADER + frame.body;
	return discard(s);
}

/* The Execute at the front is of a portal that may be a ghost: when what came
 * before its batch has been answered it is known whether it is one, and another
 * that is not there goes in its place. */
static enum gw_outcome exorcise(struct gw_session *s, struct gw_backend *b)
{
	static const char other[] = "no such portal";
	static const uint8_t all_rows[4] = { 0 };
	struct gw_bytes *out = &b->stream.out;
	struct gw_frame frame = { 0 };
	struct gw_writer w;

	if (gw_replies_awaits_ready(&b->replies) ||
	    gw_frame_parse(GW_FRONTEND, s->client.in.data + s->client.in.start,
		gw_bytes_len(&s->client.in), longest(s), &frame) != GW_GOOD)
		return GW_STUCK;
	w = gw_put_begin(out, 'E');
	gw_put_text(&w, other);
	gw_put_raw(&w, all_rows, sizeof(all_rows));
	if (!gw_put_end(&w))
		return GW_STUCK;
	gw_relay_note(s, b, 'E');
	s->discard = HEADER + frame.body;
	return discard(s);
}

/* A part of what is there, or a message with a name. */
static enum gw_outcome forward_some(struct gw_session *s, struct gw_backend *b)
{
	struct gw_bytes *in = &s->client.in, *out = &b->stream.out;
	size_t before = gw_bytes_len(in), good = 0;
	enum gw_outcome outcome;
	enum next next = NONE;

	if (!gw_naming_feed(b))
		return GW_STUCK;
	if (s->discard > 0)
		outcome = discard(s);
	else if (s->held != NULL)
		outcome = gw_naming_hold(s, b);
	else {
		outcome =
		    judge_up(s, b, gw_bytes_passable(in, out), &good, &next);
		if (outcome == GW_BROKEN)
			return GW_BROKEN;
		gw_repeat_keep(s, good);
		gw_bytes_pass(in, out, good);
		/* What is not at the front is looked at again when it is. */
		outcome = next == NAMED     ? gw_naming_take(s, b)
			  : good > 0        ? GW_MOVED
			  : next == REFUSED ? substitute(s, b)
			  : next == GHOST   ? exorcise(s, b)
			  : next == HELD    ? gw_naming_begin_hold(s, b)
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

/* One that was given to it, but has gone meanwhile; so far nothing was sent. */
static bool is_stale(struct gw_session *s)
{
	struct gw_stream *stream = &s->backend->stream;
	const struct gw_repeat *repeat = &s->backend->repeat;

	if (!repeat->is_kept || gw_bytes_len(&repeat->kept) > 0)
		return false;
	stream->readable = true;
	gw_stream_fill(stream);
	return (stream->ended || gw_repeat_is_cut(s->backend)) &&
	       gw_repeat_take_back(s, false);
}

enum gw_outcome gw_relay_up(struct gw_session *s)
{
	enum gw_outcome outcome, all = GW_STUCK;
	bool is_full;

	if (s->backend != NULL && !gw_stream_is_clear(&s->backend->stream))
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
	if (is_stale(s))
		return GW_MOVED;
	if (s->deadline.loop != NULL && !s->client.ended)
		hs_timer_stop(&s->deadline);
	/* What is sent makes room for what had none. */
	do {
		while ((outcome = forward_some(s, s->backend)) == GW_MOVED)
			all = GW_MOVED;
		if (outcome == GW_BROKEN)
			return GW_BROKEN;
		is_full = gw_bytes_len(&s->backend->stream.out) > 0;
		gw_stream_post(&s->backend->stream);
	} while (is_full && gw_bytes_len(&s->backend->stream.out) == 0);
	return all;
}
