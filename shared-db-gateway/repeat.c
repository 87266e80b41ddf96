/* repeat.c - take back what was not done. */

#include "shared-db-gateway/repeat.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/cluster.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/naming.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"
#include "shared-db-gateway/verb.h"

#define HEADER    5u
#define TRIES_MAX 3u /* while all servers stay where they are */

/* -- What is sent ---------------------------------------------------------- */

void gw_repeat_done(struct gw_backend *b)
{
	gw_bytes_done(&b->repeat.kept);
	b->repeat.is_kept = false;
}

void gw_repeat_begin(struct gw_backend *b)
{
	gw_repeat_done(b);
	b->repeat = (struct gw_repeat) {
		.is_kept = b->cluster != NULL && !b->dirty,
		.sent = b->stream.sent,
	};
}

void gw_repeat_keep(struct gw_session *s, size_t len)
{
	const struct gw_bytes *in = &s->client.in;
	struct gw_repeat *r = &s->backend->repeat;

	if (r->is_kept && len > 0 &&
	    !gw_bytes_add(&r->kept, in->data + in->start, len))
		gw_repeat_done(s->backend);
}

void gw_repeat_drop(struct gw_session *s, size_t len)
{
	gw_repeat_keep(s, len);
	gw_bytes_drop(&s->client.in, len);
}

/* An Execute without a Bind is of a portal of before, which may be anything. */
void gw_repeat_asked(struct gw_session *s, uint8_t type, unsigned verbs)
{
	struct gw_repeat *r = &s->backend->repeat;

	if (type == 'E')
		verbs = r->has_bind ? 0 : GW_VERB_OTHER;
	r->has_query |= type == 'Q';
	r->has_bind |= type == 'B';
	r->verbs |= verbs;
	r->since_rest |= verbs;
}

void gw_repeat_answered(struct gw_session *s)
{
	if (s->backend->repeat.is_kept)
		gw_repeat_done(s->backend);
	s->tries = 0;
}

void gw_repeat_rest(struct gw_backend *b)
{
	b->repeat.since_rest = 0;
	b->repeat.has_bind = b->repeat.has_committed = false;
}

void gw_repeat_completed(struct gw_backend *b, const char *tag)
{
	b->repeat.has_committed = strcmp(tag, "COMMIT") == 0;
}

/* -- Proofs ---------------------------------------------------------------- */

bool gw_repeat_holds_back(const struct gw_backend *b)
{
	if (!b->repeat.is_kept || gw_bytes_len(&b->stream.in) > 0)
		return false;
	for (size_t i = 0; i < b->replies.count; i++)
		if (gw_replies_at(&b->replies, i)->share != GW_SHARE_MAKE)
			return true;
	return false;
}

/* A CommandComplete after which nothing may be committed yet. In a Query of
 * several statements the last one is committed before it is told, so there the
 * first must have begun a transaction. */
static bool is_open_after(
    const struct gw_repeat *r, struct gw_reader body, bool is_first)
{
	const char *tag = gw_get_text(&body);

	if (body.bad || strcmp(tag, "COMMIT") == 0 ||
	    strcmp(tag, "ROLLBACK") == 0)
		return false;
	return !r->has_query || !is_first || strcmp(tag, "BEGIN") == 0 ||
	       strcmp(tag, "START TRANSACTION") == 0;
}

static bool is_shutdown(const uint8_t *body, size_t len)
{
	struct gw_trouble trouble = { 0 };

	return gw_trouble_parse(body, len, &trouble) && trouble.is_fatal &&
	       strcmp(trouble.sqlstate, "57P01") == 0;
}

/* It says that it ends, or has ended without a word. */
static bool is_over(const struct gw_backend *b)
{
	const struct gw_bytes *in = &b->stream.in;
	const uint8_t *at = in->data + in->start;
	struct gw_frame frame = { 0 };

	if (gw_frame_parse(GW_BACKEND, at, gw_bytes_len(in), GW_BLOCK,
		&frame) != GW_GOOD ||
	    gw_bytes_len(in) < HEADER + frame.body)
		return b->stream.ended;
	return frame.type == 'E' && is_shutdown(at + HEADER, frame.body);
}

bool gw_repeat_is_finished(struct gw_backend *b)
{
	const struct gw_owed *owed = gw_replies_first(&b->replies);

	/* Whose backend is its own has no other to go on with. */
	if (b->pool != NULL && (b->repeat.verbs & GW_VERB_OTHER) != 0)
		return false;
	return b->repeat.has_committed && b->replies.count == 1 &&
	       owed != NULL && owed->asked == GW_ASKED_SYNC &&
	       b->down.left == 0 && b->up.left == 0 && is_over(b);
}

/* What has come, which the client has seen nothing of, up to the FATAL. */
bool gw_repeat_is_cut(const struct gw_backend *b)
{
	const struct gw_bytes *in = &b->stream.in;
	size_t at = 0, len = gw_bytes_len(in);
	bool is_first = true;

	if (!b->repeat.is_kept || b->down.left > 0 ||
	    (b->repeat.verbs & GW_VERB_OTHER) != 0)
		return false;
	while (at < len) {
		const uint8_t *data = in->data + in->start + at;
		struct gw_reader body = { .at = data + HEADER };
		struct gw_frame frame = { 0 };

		if (gw_frame_parse(GW_BACKEND, data, len - at, GW_BLOCK,
			&frame) != GW_GOOD ||
		    len - at < HEADER + frame.body)
			return false;
		body.left = frame.body;
		if (frame.type == 'E')
			return is_shutdown(body.at, body.left);
		if (strchr("123tTnDsIC", frame.type) == NULL ||
		    (frame.type == 'C' &&
			!is_open_after(&b->repeat, body, is_first)))
			return false;
		is_first &= frame.type != 'C';
		at += HEADER + frame.body;
	}
	return false;
}

/* -- Taking back ----------------------------------------------------------- */

static bool is_sent(const struct gw_backend *b)
{
	return b->stream.sent != b->repeat.sent;
}

static bool is_proven(const struct gw_session *s, bool is_cut)
{
	const struct gw_backend *b = s->backend;

	return b->repeat.is_kept && !b->dirty && b->errands == 0 &&
	       b->cut_ms == 0 && !s->client_done && (is_cut || !is_sent(b)) &&
	       gw_bytes_len(&s->client.in) + gw_bytes_len(&b->repeat.kept) <=
		   GW_BLOCK;
}

/* An operator who ends a backend again and again means what it does. */
static bool may_try(struct gw_session *s)
{
	uint64_t troubles = gw_cluster_troubles(s->backend->cluster);

	if (!is_sent(s->backend))
		return true;
	if (s->tries == 0 || s->troubles != troubles) {
		s->tries = 0;
		s->troubles = troubles;
	}
	return s->tries++ < TRIES_MAX;
}

static void put_back(struct gw_session *s)
{
	struct gw_bytes *in = &s->client.in, *kept = &s->backend->repeat.kept;

	(void)gw_bytes_add(kept, in->data + in->start, gw_bytes_len(in));
	gw_bytes_done(in);
	*in = *kept;
	*kept = (struct gw_bytes) { 0 };
	hs_freep(&s->held);
	s->discard = 0;
}

bool gw_repeat_take_back(struct gw_session *s, bool is_cut)
{
	struct gw_backend *b = s->backend;

	if (!is_proven(s, is_cut) || !may_try(s))
		return false;
	hs_info("session.repeated", "session=%016llx host=%s bytes=%zu sent=%d",
	    (unsigned long long)s->id, b->target.host,
	    gw_bytes_len(&b->repeat.kept), is_sent(b));
	gw_cluster_suspect(b->cluster, b->target.host);
	gw_naming_undone(b);
	put_back(s);
	gw_stream_forget(&b->stream);
	gw_backend_end(b);
	return true;
}

/* Whether what was asked, and is not answered, can have been committed. */
static bool may_have_committed(const struct gw_session *s)
{
	const struct gw_replies *r = &s->backend->replies;
	bool is_asked = false;

	for (size_t i = 0; i < r->count && !is_asked; i++)
		switch ((enum gw_asked)gw_replies_at(r, i)->asked) {
		case GW_ASKED_EXECUTE:
		case GW_ASKED_SYNC:
		case GW_ASKED_QUERY:
		case GW_ASKED_CALL:
			is_asked = true;
			break;
		case GW_ASKED_PARSE:
		case GW_ASKED_BIND:
		case GW_ASKED_STATEMENT:
		case GW_ASKED_PORTAL:
		case GW_ASKED_CLOSE:
		case GW_ASKED_NOTHING:
			break;
		}
	if (!is_asked || !is_sent(s->backend))
		return false;
	/* In a transaction of the client's own only its end commits; where
	 * texts are not looked at, any of them may be that. */
	return r->transaction == 'I' || s->pool == NULL ||
	       (r->transaction == 'T' &&
		   (s->backend->repeat.since_rest & ~GW_VERB_PLAIN) != 0);
}

enum gw_refusal gw_repeat_verdict(const struct gw_session *s)
{
	return may_have_committed(s) ? GW_END_UNKNOWN : GW_END_LOST;
}
