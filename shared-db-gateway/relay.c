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
#include "shared-db-gateway/account.h"
#include "shared-db-gateway/audit.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/kinds.h"
#include "shared-db-gateway/naming.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"

#define ROUNDS        16
#define BACKEND_MAX   0x3fffffffu /* PostgreSQL's own limit, 1 GiB */
#define LAST_WORDS_MS 10000
#define HEADER        5u
#define AUDIT_MS      50

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
		b->scope++;
		count_statement(s);
		break;
	case 'S':
		gw_replies_sync(r);
		b->scope++;
		b->batch = false;
		break;
	case 'E':
		owed = gw_replies_add(r, GW_ASKED_EXECUTE, GW_SHARE_PASS);
		count_statement(s);
		b->batch = true;
		break;
	case 'P':
		owed = gw_replies_add(r, GW_ASKED_PARSE, GW_SHARE_PASS);
		b->batch = true;
		break;
	case 'B':
		owed = gw_replies_add(r, GW_ASKED_BIND, GW_SHARE_PASS);
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
	gw_bytes_drop(&s->client.in, part);
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
		outcome = judge_up(s, b, passable(in, out), &good, &next);
		if (outcome == GW_BROKEN)
			return GW_BROKEN;
		pass(in, out, good);
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
	return type == 'Z' || type == 'C' || type == 'E' || type == 'S';
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

static void take_error(struct gw_session *s, struct gw_backend *b,
    const uint8_t *body, size_t len, enum gw_refusal instead)
{
	const struct gw_owed *asked = gw_replies_first(&b->replies);
	struct gw_trouble trouble = { 0 };
	bool known =
	    HEADER + len <= GW_BLOCK && gw_trouble_parse(body, len, &trouble);

	if (s->pool != NULL && known && is_amiss(asked, trouble.sqlstate))
		b->is_spent = true;
	if (asked != NULL)
		gw_account_failed(s, b, asked,
		    instead == GW_DENY_KIND ? gw_refusal_sqlstate(instead)
					    : trouble.sqlstate,
		    instead == GW_CUT_STATEMENT ? GW_WAS_CUT : GW_WAS_FAILED);
	gw_naming_failed(b);
}

/* PostgreSQL tells a client what it calls itself, when that changes. */
static void take_parameter(
    struct gw_session *s, const uint8_t *body, size_t len)
{
	struct gw_reader r = { .at = body, .left = len };
	const char *name = gw_get_text(&r), *value = gw_get_text(&r);

	if (!r.bad && strcmp(name, "application_name") == 0)
		gw_account_named(s, value);
}

/* What has been asked for since is its next transaction. */
static void take_ready(struct gw_backend *b, uint8_t status)
{
	b->serial++;
	if (status == 'I')
		b->began_ms = gw_backend_is_busy(b) ? b->asked_ms : 0;
}

/* What of it ends a statement; of a Query each one has its own. */
static void take_end(struct gw_session *s, struct gw_backend *b,
    const struct gw_frame *frame, const uint8_t *body)
{
	const struct gw_owed *asked = gw_replies_first(&b->replies);
	struct gw_reader r = { .at = body, .left = frame->body };

	if (asked != NULL)
		gw_account_done(
		    s, b, asked, frame->type == 'C' ? gw_get_text(&r) : NULL);
}

/* What has become of the unnamed portal with an answer that is complete. */
static void note_portal(struct gw_backend *b, const struct gw_owed *ended,
    uint8_t type, uint8_t status)
{
	if (type == '2' && ended->is_unnamed)
		b->is_ghostly = false;
	else if (type == 'Z' && status != 'E')
		b->is_ghostly = false;
	else if (type == 'Z' && ended->asked == GW_ASKED_QUERY)
		b->is_ghostly = true;
}

/* What a message is to the backend's account. */
static enum gw_use take(struct gw_session *s, struct gw_backend *b,
    const struct gw_frame *frame, const uint8_t *body, enum gw_refusal instead)
{
	struct gw_owed ended = { 0 };
	bool has_ended = false;
	enum gw_use use;

	if (frame->type == 'R' || frame->type == 'K')
		return GW_USE_BROKEN;
	b->answered += HEADER + frame->body;
	if (frame->type == 'C' || frame->type == 'I' || frame->type == 's')
		take_end(s, b, frame, body);
	use = gw_replies_take(&b->replies, frame->type,
	    frame->type == 'Z' ? *body : 0, &ended, &has_ended);
	if (use == GW_USE_BROKEN)
		return use;
	if (has_ended) {
		gw_naming_done(b, &ended);
		note_portal(
		    b, &ended, frame->type, frame->type == 'Z' ? *body : 0);
		b->asked_ms = hs_loop_now_ms(s->core->loop);
		b->cut_ms = 0;
	}
	if (frame->type == 'E')
		take_error(s, b, body, frame->body, instead);
	else if (frame->type == 'C')
		take_tag(s, b, body, frame->body);
	else if (frame->type == 'Z')
		take_ready(b, *body);
	else if (frame->type == 'S' && HEADER + frame->body <= GW_BLOCK)
		take_parameter(s, body, frame->body);
	return use;
}

/* Whether an error is our doing, and better told in our words: our cancel has
 * reached what took too long, or what was sent in place of what is refused has
 * been refused. */
static enum gw_refusal is_ours(
    struct gw_backend *b, const struct gw_frame *frame, const uint8_t *body)
{
	const struct gw_owed *asked;
	struct gw_trouble trouble = { 0 };

	if (frame->type != 'E')
		return GW_OK;
	asked = gw_replies_first(&b->replies);
	if ((b->cut_ms == 0 && (asked == NULL || asked->refused == 0)) ||
	    HEADER + frame->body > GW_BLOCK ||
	    !gw_trouble_parse(body, frame->body, &trouble) || trouble.is_fatal)
		return GW_OK;
	if (asked != NULL && asked->refused != 0)
		return GW_DENY_KIND;
	return strcmp(
		   trouble.sqlstate, gw_refusal_sqlstate(GW_CUT_STATEMENT)) == 0
		   ? GW_CUT_STATEMENT
		   : GW_OK;
}

static enum gw_outcome say_instead(struct gw_session *s, struct gw_backend *b,
    size_t at, size_t size, enum gw_refusal refusal, uint32_t kinds)
{
	pass(&b->stream.in, &s->client.out, at);
	gw_bytes_drop(&b->stream.in, size);
	(void)gw_refusal_write_error(
	    refusal, gw_kind_name(kinds), &s->client.out);
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
		enum gw_refusal instead;
		uint32_t kinds = 0;

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
		    (frame.type == 'Z' || frame.type == 'C'))
			return GW_BROKEN;
		instead = is_ours(b, &frame, data + HEADER);
		if (instead != GW_OK) {
			if (gw_bytes_room(&s->client.out) < at + GW_REFUSAL_MAX)
				break;
			if (instead == GW_DENY_KIND)
				kinds = gw_replies_first(&b->replies)->refused;
		}
		use = take(s, b, &frame, data + HEADER, instead);
		if (use == GW_USE_BROKEN)
			return GW_BROKEN;
		if (instead != GW_OK && use == GW_USE_PASS) {
			*ret_good = 0;
			return say_instead(
			    s, b, at, HEADER + frame.body, instead, kinds);
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
