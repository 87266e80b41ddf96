/* reply.c - what a backend owes. */

#include "shared-db-gateway/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SIZE 16u

void gw_replies_done(struct gw_replies *r)
{
	free(r->list);
	*r = (struct gw_replies) { 0 };
}

struct gw_owed *gw_replies_at(const struct gw_replies *r, size_t i)
{
	return &r->list[(r->head + i) & (r->size - 1)];
}

static void grow(struct gw_replies *r)
{
	size_t size = r->size > 0 ? 2 * r->size : FIRST_SIZE;
	struct gw_owed *list =
	    hs_realloc_array(NULL, size, sizeof(struct gw_owed));

	for (size_t i = 0; i < r->count; i++)
		list[i] = *gw_replies_at(r, i);
	free(r->list);
	r->list = list;
	r->head = 0;
	r->size = size;
}

static bool is_extended(enum gw_asked asked)
{
	return asked != GW_ASKED_SYNC && asked != GW_ASKED_QUERY &&
	       asked != GW_ASKED_CALL && asked != GW_ASKED_NOTHING;
}

struct gw_owed *gw_replies_add(
    struct gw_replies *r, enum gw_asked asked, enum gw_share share)
{
	struct gw_owed *owed;

	if (r->count == r->size)
		grow(r);
	owed = gw_replies_at(r, r->count++);
	*owed = (struct gw_owed) { .asked = (uint8_t)asked,
		.share = (uint8_t)share };
	if (is_extended(asked))
		r->in_batch = true;
	return owed;
}

struct gw_owed *gw_replies_first(struct gw_replies *r)
{
	while (r->count > 0 && gw_replies_at(r, 0)->asked == GW_ASKED_NOTHING)
		gw_replies_drop(r);
	return r->count > 0 ? gw_replies_at(r, 0) : NULL;
}

void gw_replies_drop(struct gw_replies *r)
{
	r->head = (r->head + 1) & (r->size - 1);
	r->count--;
}

/* -- What may come --------------------------------------------------------- */

/* What a message means to an answer that is being given. */
enum part {
	NO,   /* it does not belong there */
	SOME, /* more follows */
	LAST, /* the answer is complete */
};

/* clang-format off */
/* By the message that was sent; an ErrorResponse, and what may come at any
 * time, are not among them. */
static const struct {
	const char *some, *last;
} answers[] = {
	[GW_ASKED_PARSE]     = { "",         "1"   },
	[GW_ASKED_BIND]      = { "",         "2"   },
	[GW_ASKED_STATEMENT] = { "t",        "Tn"  },
	[GW_ASKED_PORTAL]    = { "",         "Tn"  },
	[GW_ASKED_EXECUTE]   = { "DdcGH",    "CIs" },
	[GW_ASKED_CLOSE]     = { "",         "3"   },
	[GW_ASKED_SYNC]      = { "",         "Z"   },
	[GW_ASKED_QUERY]     = { "TDdcGHCI", "Z"   },
	[GW_ASKED_CALL]      = { "V",        "Z"   },
	[GW_ASKED_NOTHING]   = { "",         ""    },
};
/* clang-format on */

static enum part part_of(enum gw_asked asked, uint8_t type)
{
	if (strchr(answers[asked].last, type) != NULL)
		return LAST;
	return strchr(answers[asked].some, type) != NULL ? SOME : NO;
}

static bool comes_any_time(uint8_t type)
{
	return type == 'N' || type == 'S' || type == 'A';
}

/* The first that is owed is in a batch that no Sync ends: none is owed. */
static bool is_in_open_batch(const struct gw_replies *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (gw_replies_at(r, i)->asked == GW_ASKED_SYNC)
			return false;
	return is_extended((enum gw_asked)gw_replies_at(r, 0)->asked);
}

/* It copies in now, and takes no notice of the Syncs that were sent between the
 * message that began it and the end of the data. */
static void begin_copy(struct gw_replies *r)
{
	struct gw_owed owed = *gw_replies_at(r, 0);

	r->has_data = owed.data_after;
	while (r->count > 1 && gw_replies_at(r, 1)->asked == GW_ASKED_SYNC) {
		r->is_unclear |= gw_replies_at(r, 1)->data_before;
		r->has_data |= gw_replies_at(r, 1)->data_after;
		gw_replies_drop(r);
		*gw_replies_at(r, 0) = owed;
	}
	if (is_in_open_batch(r))
		r->in_batch = true;
	r->copies_in =
	    r->count == 1 || gw_replies_at(r, 1)->asked != GW_ASKED_NOTHING;
}

static void end_copy(struct gw_replies *r)
{
	r->copies_in = r->has_data = r->is_unclear = false;
}

enum gw_use gw_replies_take(struct gw_replies *r, uint8_t type, uint8_t status,
    struct gw_owed *ret_ended, bool *ret_has_ended)
{
	struct gw_owed *owed = gw_replies_first(r);
	enum part part;
	bool hide;

	*ret_has_ended = false;
	if (type == 'E')
		return r->is_unclear ? GW_USE_BROKEN : GW_USE_PASS;
	if (comes_any_time(type))
		return GW_USE_PASS;
	if (owed == NULL || owed->share == GW_SHARE_MAKE)
		return GW_USE_BROKEN;
	part = part_of((enum gw_asked)owed->asked, type);
	if (part == NO)
		return GW_USE_BROKEN;
	hide = owed->share == GW_SHARE_HIDE;
	if (type == 'G')
		begin_copy(r);
	else if (type == 'C')
		end_copy(r);
	else if (type == 'Z')
		r->transaction = (char)status;
	if (part == LAST) {
		*ret_ended = *gw_replies_first(r);
		*ret_has_ended = true;
		gw_replies_drop(r);
	}
	return hide ? GW_USE_HIDE : GW_USE_PASS;
}

/* -- Errors, Syncs, copies ------------------------------------------------- */

bool gw_replies_skip(
    struct gw_replies *r, bool is_first, struct gw_owed *ret_owed)
{
	const struct gw_owed *owed = gw_replies_first(r);

	end_copy(r);
	if (owed == NULL && !is_first)
		r->skips = true;
	if (owed == NULL || owed->asked == GW_ASKED_SYNC ||
	    (is_first && part_of((enum gw_asked)owed->asked, 'Z') == LAST))
		return false;
	*ret_owed = *owed;
	gw_replies_drop(r);
	return true;
}

static struct gw_owed *last(const struct gw_replies *r)
{
	return r->count > 0 ? gw_replies_at(r, r->count - 1) : NULL;
}

void gw_replies_sync(struct gw_replies *r)
{
	const struct gw_owed *before = last(r);
	bool data =
	    before != NULL && (before->data_before || before->data_after);

	r->skips = false;
	if (r->copies_in)
		r->is_unclear |= r->has_data;
	else {
		gw_replies_add(r, GW_ASKED_SYNC, GW_SHARE_PASS)->data_before =
		    data;
		r->in_batch = false;
	}
}

void gw_replies_data(struct gw_replies *r)
{
	struct gw_owed *before = last(r);

	if (r->copies_in)
		r->has_data = true;
	else if (before != NULL)
		before->data_after = true;
}

void gw_replies_copied(struct gw_replies *r)
{
	if (!r->copies_in && r->count > 0)
		(void)gw_replies_add(r, GW_ASKED_NOTHING, GW_SHARE_PASS);
	r->copies_in = false;
}

bool gw_replies_awaits_ready(const struct gw_replies *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (part_of((enum gw_asked)gw_replies_at(r, i)->asked, 'Z') ==
		    LAST)
			return true;
	return false;
}

bool gw_replies_is_settled(const struct gw_replies *r)
{
	return !gw_replies_awaits_ready(r) && r->transaction != 'E';
}

bool gw_replies_is_free(struct gw_replies *r)
{
	return gw_replies_first(r) == NULL && !r->copies_in && !r->skips &&
	       !r->in_batch && r->transaction == 'I';
}
