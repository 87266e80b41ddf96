/* relay_down.c - from the backend to its client: what it says must be what it
 * owes, which stands in reply.c, and what it means for the session and for
 * itself is noted.
 */

#include "shared-db-gateway/relay.h"

#include <string.h>

#include "base/log.h"
#include "shared-db-gateway/account.h"
#include "shared-db-gateway/audit_file.h"
#include "shared-db-gateway/cluster.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/kinds.h"
#include "shared-db-gateway/naming.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"

#define BACKEND_MAX 0x3fffffffu /* PostgreSQL's own limit, 1 GiB */
#define HEADER      5u

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

	gw_repeat_completed(b, tag);
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

/* An error that PostgreSQL finds in a Query before it has made a portal for the
 * statement, if the transaction was aborted before. */
static bool is_early(const char *sqlstate)
{
	return strcmp(sqlstate, "25P02") == 0 || /* aborted */
	       strcmp(sqlstate, "42601") == 0 || /* syntax */
	       strcmp(sqlstate, "22021") == 0;   /* encoding */
}

static bool is_query(const struct gw_owed *asked)
{
	return asked != NULL && asked->asked == GW_ASKED_QUERY;
}

static void take_error(struct gw_session *s, struct gw_backend *b,
    const uint8_t *body, size_t len, enum gw_refusal instead)
{
	const struct gw_owed *asked = gw_replies_first(&b->replies);
	struct gw_trouble trouble = { 0 };
	bool known =
	    HEADER + len <= GW_BLOCK && gw_trouble_parse(body, len, &trouble);

	b->has_portal |=
	    is_query(asked) && (b->replies.transaction != 'E' || !known ||
				   !is_early(trouble.sqlstate));
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
	if (s->backend->cluster != NULL && gw_backend_tells_standby(body, len))
		s->backend->is_spent = true;
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
	else if (type == 'Z' && ended->asked == GW_ASKED_QUERY && b->has_portal)
		b->is_ghostly = true;
	if (type == 'Z')
		b->has_portal = false;
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
	b->has_portal |=
	    frame->type == 'C' && is_query(gw_replies_first(&b->replies));
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
	else if (frame->type == 'Z') {
		take_ready(b, *body);
		if (!gw_backend_is_busy(b))
			gw_repeat_rest(b);
	} else if (frame->type == 'S' && HEADER + frame->body <= GW_BLOCK)
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
	gw_bytes_pass(&b->stream.in, &s->client.out, at);
	gw_bytes_drop(&b->stream.in, size);
	(void)gw_refusal_write_error(
	    refusal, gw_kind_name(kinds), &s->client.out);
	return GW_MOVED;
}

/* An error while it owes nothing is the end of it. */
static bool says_goodbye(struct gw_backend *b)
{
	const struct gw_bytes *in = &b->stream.in;

	return gw_bytes_len(in) > 0 && in->data[in->start] == 'E';
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
		    (b->untold && data[0] == 'Z' && at > 0) ||
		    (data[0] == 'E' &&
			((s->pool != NULL && gw_backend_is_at_rest(b)) ||
			    (at > 0 && b->repeat.has_committed))))
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
			gw_bytes_pass(in, &s->client.out, at);
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

/* The backend has gone with a Sync that it owed: no more is lost of it. */
static enum gw_outcome answer_sync(struct gw_session *s, struct gw_backend *b)
{
	struct gw_writer w = gw_put_begin(&s->client.out, 'Z');

	gw_put_u8(&w, 'I');
	if (!gw_put_end(&w))
		return GW_STUCK;
	gw_replies_drop(&b->replies);
	take_ready(b, 'I');
	b->replies.transaction = 'I';
	b->stream.ended = true;
	gw_repeat_rest(b);
	return GW_MOVED;
}

static enum gw_outcome back_some(struct gw_session *s, struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in, *out = &s->client.out;
	size_t before = gw_bytes_len(in), good = 0, had = gw_bytes_len(out);
	enum gw_outcome outcome;

	if (gw_repeat_holds_back(b))
		return GW_STUCK;
	if (gw_repeat_is_finished(b))
		return answer_sync(s, b);
	if (b->down.left == 0 && (!gw_naming_answer(s, b) || !tell_kept(s, b)))
		return GW_STUCK; /* no room for it */
	outcome = judge_down(s, b, gw_bytes_passable(in, out), &good);
	if (outcome == GW_BROKEN)
		return GW_BROKEN;
	gw_bytes_pass(in, out, good);
	count_down(s, before - gw_bytes_len(in));
	if (gw_bytes_len(out) > had)
		gw_repeat_answered(s);
	return outcome;
}

/* It has done all that was asked. That it goes is nothing to the session. */
static void give_back(struct gw_session *s, struct gw_backend *b)
{
	bool is_going = b->stream.ended || says_goodbye(b);

	gw_names_trim(&s->names);
	gw_repeat_done(b);
	if (is_going)
		gw_cluster_suspect(b->cluster, b->target.host);
	if (is_going || b->is_spent)
		gw_backend_end(b);
	else
		gw_pool_release(s->pool, b);
}

enum gw_outcome gw_relay_down(struct gw_session *s)
{
	struct gw_backend *b = s->backend;
	enum gw_outcome outcome, all = GW_STUCK;

	if (!gw_stream_flush(&s->client) || b == NULL)
		return GW_STUCK;
	gw_stream_fill(&b->stream);
	if (gw_repeat_is_cut(b) && gw_repeat_take_back(s, true))
		return GW_MOVED;
	if (gw_limit_is_full(s))
		return GW_STUCK;
	while ((outcome = back_some(s, b)) == GW_MOVED)
		all = GW_MOVED;
	if (outcome == GW_BROKEN)
		return GW_BROKEN;
	(void)gw_stream_flush(&s->client);
	if (s->pool != NULL && s->held == NULL && gw_backend_is_at_rest(b))
		give_back(s, b);
	return all;
}
