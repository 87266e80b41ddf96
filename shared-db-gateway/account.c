/* account.c - from messages to records of the audit. */

#include "shared-db-gateway/account.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/audit.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/kinds.h"
#include "shared-db-gateway/session.h"
#include "shared-db-gateway/shape.h"

#define MARKS_MAX 4096u

/* -- What names stand for -------------------------------------------------- */

struct gw_mark {
	uint64_t key; /* 0: a free place */
	uint64_t shape;
};

void gw_marks_done(struct gw_marks *marks)
{
	free(marks->list);
	*marks = (struct gw_marks) { 0 };
}

static uint64_t key_of(char kind, const char *name)
{
	uint64_t key = XXH3_64bits_withSeed(name, strlen(name), (uint64_t)kind);

	return key != 0 ? key : 1;
}

static struct gw_mark *place(const struct gw_marks *marks, uint64_t key)
{
	size_t i = (size_t)key & (marks->size - 1);

	while (marks->list[i].key != 0 && marks->list[i].key != key)
		i = (i + 1) & (marks->size - 1);
	return &marks->list[i];
}

/* With room for one more. Who has too many names begins anew: of the others it
 * is not known any more what they stand for. */
static void grow(struct gw_marks *marks)
{
	struct gw_marks old = *marks;

	if (marks->count * 2 < marks->size)
		return;
	marks->size = old.size == 0 ? 8 : old.size * 2;
	marks->count = 0;
	if (marks->size > MARKS_MAX * 2) {
		free(old.list);
		old = (struct gw_marks) { 0 };
		marks->size = 8;
	}
	marks->list = hs_alloc(marks->size * sizeof(*marks->list));
	for (size_t i = 0; i < old.size; i++)
		if (old.list[i].key != 0) {
			*place(marks, old.list[i].key) = old.list[i];
			marks->count++;
		}
	free(old.list);
}

static void mark(
    struct gw_marks *marks, char kind, const char *name, uint64_t shape)
{
	uint64_t key = key_of(kind, name);
	struct gw_mark *m;

	grow(marks);
	m = place(marks, key);
	marks->count += m->key == 0;
	*m = (struct gw_mark) { key, shape };
}

static uint64_t marked(
    const struct gw_marks *marks, char kind, const char *name)
{
	return marks->size > 0 ? place(marks, key_of(kind, name))->shape : 0;
}

/* -- What is asked --------------------------------------------------------- */

static uint64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The audit knows each shape's text once in a while. */
static void tell_shape(
    struct gw_core *core, struct gw_shape *shape, const char *text)
{
	unsigned generation = gw_audit_generation(core->audit);
	hs_auto(hs_freep) char *plain = NULL;

	if (core->audit == NULL || shape->told == generation)
		return;
	plain = gw_shape_text(shape, text);
	shape->told = generation;
	if (plain != NULL)
		gw_audit_put(core->audit, GW_AUDIT_SHAPE, shape->id, plain,
		    strlen(plain));
}

enum gw_look gw_account_look_text(
    struct gw_session *s, const char *name, const char *text, size_t len)
{
	struct gw_shape *shape =
	    gw_shapes_look(s->core->shapes, text, len, NULL);
	uint32_t refused = shape->kinds & s->entry->refuses;

	tell_shape(s->core, shape, text);
	s->asked =
	    (struct gw_asked_for) { .shape = shape->id, .refused = refused };
	if (refused != 0) {
		hs_info("statement.refused",
		    "session=%016llx ve=%s enterprise=%s kind=%s shape=%016llx",
		    (unsigned long long)s->id, s->entry->ve->name,
		    s->entry->route.enterprise, gw_kind_name(refused),
		    (unsigned long long)shape->id);
		return GW_LOOK_REFUSE;
	}
	if (name != NULL)
		mark(&s->marks, 'S', name, shape->id);
	return GW_LOOK_PASS;
}

static bool is_long(const struct gw_frame *frame)
{
	return 5 + frame->body > GW_BLOCK;
}

/* A Query or a Parse. One that is longer than a block is looked at when it has
 * been put together, where that is done; else it is of kind "long". */
static enum gw_look look_text(
    struct gw_session *s, const struct gw_frame *frame, struct gw_reader r)
{
	const char *name = NULL, *text;

	if (is_long(frame)) {
		uint32_t kind = gw_kind_find("long") & s->entry->refuses;

		s->asked = (struct gw_asked_for) { .refused = kind };
		return s->pool == NULL && kind != 0 ? GW_LOOK_REFUSE
						    : GW_LOOK_PASS;
	}
	if (r.left < frame->body)
		return GW_LOOK_MORE;
	if (frame->type == 'P')
		name = gw_get_text(&r);
	text = gw_get_text(&r);
	return r.bad ? GW_LOOK_PASS
		     : gw_account_look_text(s, name, text, strlen(text));
}

/* The names of a Bind, an Execute. */
static enum gw_look look_names(
    struct gw_session *s, const struct gw_frame *frame, struct gw_reader r)
{
	bool is_whole = r.left == frame->body;
	const char *portal = gw_get_text(&r), *statement = "";

	if (frame->type == 'B')
		statement = gw_get_text(&r);
	if (r.bad)
		return is_whole || is_long(frame) ? GW_LOOK_PASS : GW_LOOK_MORE;
	if (frame->type == 'B')
		mark(&s->marks, 'P', portal, marked(&s->marks, 'S', statement));
	s->asked =
	    (struct gw_asked_for) { .shape = marked(&s->marks, 'P', portal) };
	return GW_LOOK_PASS;
}

enum gw_look gw_account_look(struct gw_session *s, const struct gw_frame *frame,
    const uint8_t *body, size_t len)
{
	struct gw_reader r = { .at = body,
		.left = len < frame->body ? len : frame->body };

	s->asked = (struct gw_asked_for) { 0 };
	switch (frame->type) {
	case 'Q':
	case 'P':
		return look_text(s, frame, r);
	case 'B':
	case 'E':
		return s->core->audit != NULL ? look_names(s, frame, r)
					      : GW_LOOK_PASS;
	default:
		return GW_LOOK_PASS;
	}
}

void gw_account_sent(struct gw_session *s, struct gw_owed *owed)
{
	owed->shape = s->asked.shape;
	owed->refused = s->asked.refused;
	if (s->core->audit != NULL)
		owed->asked_us = now_us();
}

/* -- What has become of it ------------------------------------------------- */

static json_t *who(const struct gw_session *s)
{
	const char *app = s->application_name;

	return json_pack("{s:s, s:s, s:s*, s:s, s:s, s:s, s:s*, s:s}", "ve",
	    s->entry->ve->name, "enterprise", s->entry->route.enterprise,
	    "person", s->person, "user", s->entry->route.user, "database",
	    hs_is_text(s->target.database) ? s->target.database : "?", "peer",
	    s->peer, "certificate", s->certificate, "application",
	    hs_is_text(app) ? app : "");
}

/* The audit knows each session once in a while. */
static void tell_session(struct gw_session *s)
{
	struct gw_audit *audit = s->core->audit;
	char *text;
	json_t *json;

	if (s->told == gw_audit_generation(audit))
		return;
	s->told = gw_audit_generation(audit);
	json = who(s);
	text = json_dumps(json, JSON_COMPACT);
	if (text != NULL)
		gw_audit_put(
		    audit, GW_AUDIT_SESSION, s->id, text, strlen(text));
	free(text);
	json_decref(json);
}

void gw_account_named(struct gw_session *s, const char *application_name)
{
	struct gw_audit *audit = s->core->audit;

	if (strcmp(s->application_name, application_name) == 0)
		return;
	free(s->application_name);
	s->application_name = hs_strdup(application_name);
	if (audit != NULL && s->told == gw_audit_generation(audit) &&
	    hs_is_text(application_name))
		gw_audit_put(audit, GW_AUDIT_NAME, s->id, application_name,
		    strlen(application_name));
}

static bool is_statement(const struct gw_owed *owed)
{
	return owed->asked == GW_ASKED_QUERY ||
	       owed->asked == GW_ASKED_EXECUTE || owed->asked == GW_ASKED_CALL;
}

/* The number at the end of a tag: rows. */
static uint64_t rows_of(const char *tag)
{
	const char *space = strrchr(tag, ' ');

	return space != NULL ? strtoull(space + 1, NULL, 10) : 0;
}

static void put(struct gw_session *s, struct gw_backend *b,
    const struct gw_owed *owed, struct gw_audit_statement *st)
{
	uint64_t end_us = now_us();

	st->session = s->id;
	st->shape = owed->shape;
	st->time_us = owed->asked_us;
	/* What was sent while another was done began when that was over. */
	if (st->time_us < b->done_us)
		st->time_us = b->done_us;
	st->duration_us =
	    end_us > st->time_us ? (uint32_t)(end_us - st->time_us) : 0;
	st->bytes = b->answered;
	b->answered = 0;
	b->done_us = end_us;
	tell_session(s);
	gw_audit_put_statement(s->core->audit, st);
}

void gw_account_done(struct gw_session *s, struct gw_backend *b,
    const struct gw_owed *owed, const char *tag)
{
	struct gw_audit_statement st = { .verdict = GW_WAS_DONE };

	if (tag != NULL) {
		st.rows = rows_of(tag);
		s->entry->rows += st.rows;
		/* Up to its numbers: "INSERT 0 5" is an INSERT. */
		for (size_t i = 0;
		     i < sizeof(st.tag) && tag[i] != '\0' &&
		     !(tag[i] == ' ' && tag[i + 1] >= '0' && tag[i + 1] <= '9');
		     i++)
			st.tag[i] = tag[i];
	}
	if (s->core->audit != NULL && is_statement(owed))
		put(s, b, owed, &st);
}

void gw_account_failed(struct gw_session *s, struct gw_backend *b,
    const struct gw_owed *owed, const char *sqlstate, unsigned verdict)
{
	struct gw_audit_statement st = { .verdict = (uint8_t)verdict };

	if (s->core->audit == NULL ||
	    (!is_statement(owed) && verdict != GW_WAS_FAILED &&
		verdict != GW_WAS_REFUSED))
		return;
	if (owed->refused != 0)
		st.verdict = GW_WAS_REFUSED;
	memcpy(st.sqlstate, sqlstate, strnlen(sqlstate, sizeof(st.sqlstate)));
	put(s, b, owed, &st);
}
