/* naming.c - prepared statements of sessions that share backends: what is sent,
 * by which names. What is answered is naming_answer.c's.
 */

#include "shared-db-gateway/naming.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/account.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"
#include "shared-db-gateway/verb.h"

#define HEADER       5u
#define PREPARED_MAX 200u        /* of one backend */
#define TEXTS_MAX    5000u       /* of one enterprise's pool */
#define HELD_MAX     (16u << 20) /* bytes of one text */

/* -- What leaves nothing behind -------------------------------------------- */

/* The first words of command tags. Source: src/include/tcop/cmdtaglist.h of
 * PostgreSQL 15. What is not here keeps its backend to itself. */
bool gw_naming_is_clean(const char *tag)
{
	/* clang-format off */
	static const char *const clean[] = {
		"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK",
		"SAVEPOINT", "RELEASE", "FETCH", "MOVE", "CLOSE CURSOR", "COPY", "EXPLAIN", "SHOW", "LOCK TABLE",
		"SET CONSTRAINTS", "CALL", "DO", "TRUNCATE TABLE", "NOTIFY",
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_LEN(clean); i++) {
		size_t len = strlen(clean[i]);

		if (strncmp(tag, clean[i], len) == 0 &&
		    (tag[len] == '\0' || tag[len] == ' '))
			return true;
	}
	return false;
}

/* -- What is sent ---------------------------------------------------------- */

static struct gw_owed *owe(
    struct gw_backend *b, enum gw_asked asked, enum gw_share share)
{
	struct gw_owed *owed = gw_replies_add(&b->replies, asked, share);

	if (share != GW_SHARE_HIDE && b->session != NULL)
		gw_account_sent(b->session, owed);
	return owed;
}

static void put_header(struct gw_bytes *out, uint8_t type, size_t body)
{
	const uint32_t size = (uint32_t)body + 4;
	const uint8_t raw[HEADER] = { type, (uint8_t)(size >> 24),
		(uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size };

	(void)gw_bytes_add(out, raw, sizeof(raw));
}

bool gw_naming_feed(struct gw_backend *b)
{
	size_t room, left;

	if (b->feed == NULL)
		return true;
	room = gw_bytes_room(&b->stream.out);
	left = b->feed->len - b->fed;
	if (left > room)
		left = room;
	(void)gw_bytes_add(&b->stream.out, b->feed->body + b->fed, left);
	b->fed += left;
	if (b->fed < b->feed->len)
		return false;
	gw_statement_unref(hs_steal(&b->feed));
	return true;
}

/* A Parse under the name of a statement; its text follows as there is room. */
static void send_parse(struct gw_backend *b, const struct gw_statement *named,
    struct gw_statement *st)
{
	char name[GW_STATEMENT_NAME];
	size_t len;

	gw_statement_name(named, name);
	len = strlen(name) + 1;
	put_header(&b->stream.out, 'P', len + st->len);
	(void)gw_bytes_add(&b->stream.out, name, len);
	b->feed = gw_statement_ref(st);
	b->fed = 0;
	(void)gw_naming_feed(b);
}

static void send_close(struct gw_backend *b, struct gw_statement *st)
{
	char name[GW_STATEMENT_NAME];
	size_t len;

	gw_statement_name(st, name);
	len = strlen(name) + 1;
	put_header(&b->stream.out, 'C', 1 + len);
	(void)gw_bytes_add(&b->stream.out, "S", 1);
	(void)gw_bytes_add(&b->stream.out, name, len);
	owe(b, GW_ASKED_CLOSE, GW_SHARE_HIDE)->sent = gw_statement_ref(st);
}

/* The statement used longest ago makes way. */
static void make_way(struct gw_backend *b)
{
	struct gw_statement *st;

	if (b->prepared.count < PREPARED_MAX)
		return;
	st = gw_prepared_oldest(&b->prepared);
	if (st != NULL)
		send_close(b, st);
	gw_statement_unref(st);
}

/* Prepare it, for the client or for what the client asks next. */
static void prepare(
    struct gw_backend *b, struct gw_statement *st, struct gw_owed *owed)
{
	owed->sent = gw_statement_ref(st);
	gw_prepared_add(&b->prepared, st, b->scope);
	send_parse(b, st, st);
}

/* Room for two headers with names of ours: a Close and a Parse. */
static bool has_room(const struct gw_backend *b)
{
	return gw_bytes_room(&b->stream.out) >=
	       2 * (HEADER + GW_STATEMENT_NAME + 1);
}

enum provision {
	IS_THERE,
	ON_ITS_WAY, /* what is to be done with it is looked at again */
	NOT_NOW,    /* no room, or an answer is to be waited for */
};

/* What a name means may hang on an answer of an earlier scope. */
static bool is_sure(const struct gw_backend *b, const struct gw_slot *slot)
{
	return slot == NULL || slot->pending == 0 || slot->scope == b->scope;
}

/* It means something else now, unless this is skipped. */
static void change(struct gw_backend *b, struct gw_slot *slot,
    struct gw_statement *st, struct gw_owed *owed)
{
	owed->slot = slot;
	owed->before = slot->statement;
	slot->statement = st;
	slot->pending++;
	slot->scope = b->scope;
}

/* See that the backend has it. */
static enum provision provide(struct gw_backend *b, struct gw_statement *st)
{
	enum gw_has has = gw_prepared_has(&b->prepared, st, b->scope);

	if (has == GW_HAS || has == GW_HAS_IF_ANY)
		return IS_THERE;
	if (has == GW_HAS_PERHAPS || !has_room(b))
		return NOT_NOW;
	make_way(b);
	prepare(b, st, owe(b, GW_ASKED_PARSE, GW_SHARE_HIDE));
	return ON_ITS_WAY;
}

/* -- Parse ----------------------------------------------------------------- */

/* A name that is taken: the backend says so itself, in its own words, or what
 * else is wrong with the text. */
static enum gw_outcome parse_again(struct gw_session *s, struct gw_backend *b,
    struct gw_statement *taken, const struct gw_reader *text)
{
	struct gw_statement *st;

	/* The answer to that, which is ours, brings us here again. */
	if (provide(b, taken) != IS_THERE)
		return GW_STUCK;
	(void)owe(b, GW_ASKED_PARSE, GW_SHARE_PASS);
	st = gw_texts_take(s->pool->texts, text->at, text->left);
	send_parse(b, taken, st);
	gw_statement_unref(st);
	return GW_MOVED;
}

static enum gw_outcome parse_new(struct gw_session *s, struct gw_backend *b,
    struct gw_slot *slot, const struct gw_reader *text)
{
	struct gw_texts *texts = s->pool->texts;
	struct gw_statement *st;
	struct gw_owed *owed;
	enum gw_has has;

	if (gw_texts_count(texts) >= TEXTS_MAX)
		return GW_BROKEN;
	st = gw_texts_take(texts, text->at, text->left);
	has = gw_prepared_has(&b->prepared, st, b->scope);
	if (has == GW_HAS_PERHAPS) {
		gw_statement_unref(st);
		return GW_STUCK;
	}
	/* PostgreSQL prepares nothing in a transaction that is aborted: where
	 * it may be so, it is asked. */
	if (has == GW_HAS_IF_ANY ||
	    (has == GW_HAS && gw_replies_is_settled(&b->replies))) {
		change(b, slot, st, owe(b, GW_ASKED_PARSE, GW_SHARE_MAKE));
		return GW_MOVED;
	}
	if (has == GW_HAS)
		send_close(b, st);
	else
		make_way(b);
	owed = owe(b, GW_ASKED_PARSE, GW_SHARE_PASS);
	owed->again = has == GW_HAS;
	change(b, slot, st, owed);
	prepare(b, st, owed);
	return GW_MOVED;
}

/* A whole body; GW_STUCK: not now, GW_MOVED: it is done with. */
static enum gw_outcome take_parse(
    struct gw_session *s, struct gw_backend *b, const uint8_t *body, size_t len)
{
	struct gw_reader r = { .at = body, .left = len };
	const char *name = gw_get_text(&r);
	struct gw_slot *slot;

	if (r.bad)
		return GW_BROKEN;
	if (!has_room(b))
		return GW_STUCK;
	slot = gw_names_slot(&s->names, name);
	if (*name != '\0' && !is_sure(b, slot))
		return GW_STUCK;
	if (*name != '\0' && slot->statement != NULL)
		return parse_again(s, b, slot->statement, &r);
	return parse_new(s, b, slot, &r);
}

bool gw_naming_substitute(
    struct gw_session *s, struct gw_backend *b, uint8_t type, const char *name)
{
	static const uint8_t no_types[2] = { 0, 0 };
	struct gw_bytes *out = &b->stream.out;
	/* The backends of a pool have names of ours alone, and do without the
	 * one that is none. */
	const char *called = s->pool != NULL ? "" : name;
	size_t name_len = strlen(called) + 1, text_len = sizeof(GW_SUBSTITUTE);
	struct gw_slot *slot;

	if (gw_bytes_room(out) < HEADER + name_len + text_len + 2)
		return false;
	if (type == 'Q') {
		put_header(out, 'Q', text_len);
		(void)gw_bytes_add(out, GW_SUBSTITUTE, text_len);
		gw_relay_note(s, b, 'Q');
		return true;
	}
	put_header(out, 'P', name_len + text_len + sizeof(no_types));
	(void)gw_bytes_add(out, called, name_len);
	(void)gw_bytes_add(out, GW_SUBSTITUTE, text_len);
	(void)gw_bytes_add(out, no_types, sizeof(no_types));
	gw_relay_note(s, b, 'P');
	slot = *name == '\0' ? gw_names_look(&s->names, name) : NULL;
	if (s->pool != NULL && slot != NULL)
		change(b, slot, NULL,
		    gw_replies_at(&b->replies, b->replies.count - 1));
	return true;
}

/* A Query that was put together; what it comes to is sent as there is room. */
static enum gw_outcome take_query(
    struct gw_session *s, struct gw_backend *b, const uint8_t *body, size_t len)
{
	if (!has_room(b))
		return GW_STUCK;
	put_header(&b->stream.out, 'Q', len);
	b->feed = gw_texts_take(s->pool->texts, body, len);
	b->fed = 0;
	gw_repeat_asked(s, 'Q', GW_VERB_OTHER);
	gw_relay_note(s, b, 'Q');
	(void)gw_naming_feed(b);
	return GW_MOVED;
}

static enum gw_outcome take_held(struct gw_session *s, struct gw_backend *b)
{
	const struct gw_held *h = s->held;
	struct gw_reader r = { .at = h->body, .left = h->len };
	const char *name = h->type == 'P' ? gw_get_text(&r) : NULL;
	const char *text = gw_get_text(&r);

	if (b->replies.skips)
		return GW_MOVED; /* it would be skipped */
	if (r.bad)
		return GW_BROKEN;
	if ((s->core->audit != NULL || s->entry->refuses != 0) &&
	    gw_account_look_text(s, name, text, strlen(text)) == GW_LOOK_REFUSE)
		return gw_naming_substitute(
			   s, b, h->type, name != NULL ? name : "")
			   ? GW_MOVED
			   : GW_STUCK;
	return h->type == 'P' ? take_parse(s, b, h->body, h->len)
			      : take_query(s, b, h->body, h->len);
}

enum gw_outcome gw_naming_hold(struct gw_session *s, struct gw_backend *b)
{
	struct gw_held *h = s->held;
	struct gw_bytes *in = &s->client.in;
	size_t part = gw_bytes_len(in);
	enum gw_outcome outcome;

	if (part > h->len - h->have)
		part = h->len - h->have;
	if (part > 0) {
		memcpy(h->body + h->have, in->data + in->start, part);
		gw_repeat_drop(s, part);
		h->have += part;
	}
	if (h->have < h->len)
		return part > 0 ? GW_MOVED : GW_STUCK;
	outcome = take_held(s, b);
	if (outcome != GW_STUCK)
		hs_freep(&s->held);
	return outcome;
}

enum gw_outcome gw_naming_begin_hold(struct gw_session *s, struct gw_backend *b)
{
	const struct gw_bytes *in = &s->client.in;
	struct gw_frame frame = { 0 };

	if (gw_frame_parse(GW_FRONTEND, in->data + in->start, gw_bytes_len(in),
		HELD_MAX, &frame) != GW_GOOD)
		return GW_BROKEN;
	gw_repeat_drop(s, HEADER);
	s->held = hs_realloc(NULL, sizeof(*s->held) + frame.body);
	s->held->len = frame.body;
	s->held->have = 0;
	s->held->type = frame.type;
	return gw_naming_hold(s, b);
}

/* -- Bind, Describe, Close ------------------------------------------------- */

/* The front of a message with the name put in; the rest passes as it is. */
static enum gw_outcome send_front(struct gw_session *s, struct gw_backend *b,
    const struct gw_frame *frame, const char *first, size_t first_len,
    const char *name, size_t taken)
{
	struct gw_bytes *out = &b->stream.out;
	size_t name_len = strlen(name) + 1;
	size_t rest = frame->body - taken;

	if (gw_bytes_room(out) < HEADER + first_len + name_len)
		return gw_bytes_len(out) == 0 ? GW_BROKEN : GW_STUCK;
	put_header(out, frame->type, first_len + name_len + rest);
	(void)gw_bytes_add(out, first, first_len);
	(void)gw_bytes_add(out, name, name_len);
	gw_repeat_drop(s, HEADER + taken);
	b->up = (struct gw_lane) { rest, frame->type };
	return GW_MOVED;
}

/* What the backend calls what the client calls so. One that is nothing has a
 * name that no backend knows. */
static enum provision translate(struct gw_session *s, struct gw_backend *b,
    const char *name, char ret_name[GW_STATEMENT_NAME], const char **ret_text)
{
	const struct gw_slot *slot = gw_names_look(&s->names, name);

	*ret_text = ret_name;
	ret_name[0] = '\0';
	if (!is_sure(b, slot))
		return NOT_NOW;
	if (slot != NULL && slot->statement != NULL) {
		gw_statement_name(slot->statement, ret_name);
		return provide(b, slot->statement);
	}
	*ret_text =
	    strncmp(name, GW_STATEMENT_PREFIX, strlen(GW_STATEMENT_PREFIX)) == 0
		? "no such statement"
		: name;
	return IS_THERE;
}

static unsigned verbs_of(const struct gw_session *s, const char *name)
{
	const struct gw_slot *slot = gw_names_look(&s->names, name);

	return slot != NULL && slot->statement != NULL ? slot->statement->verbs
						       : 0;
}

static enum gw_outcome not_yet(enum provision provision)
{
	return provision == ON_ITS_WAY ? GW_MOVED : GW_STUCK;
}

static enum gw_outcome take_bind(struct gw_session *s, struct gw_backend *b,
    const struct gw_frame *frame, struct gw_reader r)
{
	const char *portal = gw_get_text(&r), *name = gw_get_text(&r), *text;
	char ours[GW_STATEMENT_NAME];
	size_t portal_len = strlen(portal) + 1;
	size_t taken = portal_len + strlen(name) + 1;
	unsigned verbs;
	bool is_unnamed = *portal == '\0'; /* it is gone when it is sent */
	enum provision provision;
	enum gw_outcome outcome;

	if (r.bad)
		return GW_BROKEN;
	provision = translate(s, b, name, ours, &text);
	if (provision != IS_THERE)
		return not_yet(provision);
	verbs = verbs_of(s, name);
	outcome = send_front(s, b, frame, portal, portal_len, text, taken);
	if (outcome != GW_MOVED)
		return outcome;
	owe(b, GW_ASKED_BIND, GW_SHARE_PASS)->is_nothing = ours[0] == '\0';
	if (is_unnamed)
		gw_relay_note_unnamed(b);
	gw_repeat_asked(s, 'B', verbs);
	return GW_MOVED;
}

static enum gw_outcome take_describe(struct gw_session *s, struct gw_backend *b,
    const struct gw_frame *frame, struct gw_reader r)
{
	char what = (char)gw_get_u8(&r);
	const char *name = gw_get_text(&r), *text = name;
	char ours[GW_STATEMENT_NAME] = "";
	enum provision provision = IS_THERE;
	enum gw_outcome outcome;

	if (r.bad || r.left > 0 || (what != 'S' && what != 'P'))
		return GW_BROKEN;
	if (what == 'S')
		provision = translate(s, b, name, ours, &text);
	if (provision != IS_THERE)
		return not_yet(provision);
	outcome = send_front(s, b, frame, &what, 1, text, frame->body);
	if (outcome == GW_MOVED)
		owe(b, what == 'S' ? GW_ASKED_STATEMENT : GW_ASKED_PORTAL,
		    GW_SHARE_PASS)
		    ->is_nothing = ours[0] == '\0';
	return outcome;
}

/* The backend keeps a statement: the next one who prepares it has it. */
static bool close_name(
    struct gw_session *s, struct gw_backend *b, const char *name)
{
	struct gw_slot *slot = gw_names_look(&s->names, name);
	struct gw_owed *owed;

	if (!is_sure(b, slot))
		return false;
	owed = owe(b, GW_ASKED_CLOSE, GW_SHARE_MAKE);
	if (slot != NULL)
		change(b, slot, NULL, owed);
	return true;
}

static enum gw_outcome take_close(struct gw_session *s, struct gw_backend *b,
    const struct gw_frame *frame, struct gw_reader r)
{
	char what = (char)gw_get_u8(&r);
	const char *name = gw_get_text(&r);
	enum gw_outcome outcome;

	if (r.bad || r.left > 0 || (what != 'S' && what != 'P'))
		return GW_BROKEN;
	if (what == 'S') {
		if (!close_name(s, b, name))
			return GW_STUCK;
		gw_repeat_drop(s, HEADER + frame->body);
		return GW_MOVED;
	}
	outcome = send_front(s, b, frame, &what, 1, name, frame->body);
	if (outcome == GW_MOVED)
		(void)owe(b, GW_ASKED_CLOSE, GW_SHARE_PASS);
	return outcome;
}

/* -- Any of them ----------------------------------------------------------- */

/* As much of the body as is there; of a Bind its two names are enough. */
static bool is_here(const struct gw_frame *frame, const struct gw_reader *r)
{
	struct gw_reader names = *r;

	if (r->left == frame->body)
		return true;
	if (frame->type != 'B')
		return false;
	(void)gw_get_text(&names);
	(void)gw_get_text(&names);
	return !names.bad;
}

enum gw_outcome gw_naming_take(struct gw_session *s, struct gw_backend *b)
{
	struct gw_bytes *in = &s->client.in;
	const uint8_t *at = in->data + in->start;
	struct gw_reader r = { .at = at + HEADER };
	struct gw_frame frame = { 0 };
	size_t len = gw_bytes_len(in);
	enum gw_outcome outcome;

	if (gw_frame_parse(GW_FRONTEND, at, len,
		(size_t)s->core->config->message_max_mib << 20,
		&frame) != GW_GOOD)
		return GW_STUCK;
	r.left = len - HEADER < frame.body ? len - HEADER : frame.body;
	if (!is_here(&frame, &r)) {
		if (HEADER + frame.body <= GW_BLOCK)
			return GW_STUCK;
		if (frame.type == 'P')
			return gw_naming_begin_hold(s, b);
		return gw_bytes_room(in) == 0 ? GW_BROKEN : GW_STUCK;
	}
	switch (frame.type) {
	case 'P':
		outcome = take_parse(s, b, r.at, r.left);
		if (outcome == GW_MOVED)
			gw_repeat_drop(s, HEADER + frame.body);
		return outcome;
	case 'B':
		return take_bind(s, b, &frame, r);
	case 'D':
		return take_describe(s, b, &frame, r);
	default:
		return take_close(s, b, &frame, r);
	}
}

void gw_naming_query(
    struct gw_session *s, struct gw_backend *b, struct gw_owed *owed)
{
	struct gw_slot *slot = gw_names_look(&s->names, "");

	if (slot != NULL)
		change(b, slot, NULL, owed);
}
