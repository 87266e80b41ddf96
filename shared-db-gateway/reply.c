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

static struct gw_owed *at(const struct gw_replies *r, size_t i)
{
	return &r->list[(r->head + i) & (r->size - 1)];
}

static void grow(struct gw_replies *r)
{
	size_t size = r->size > 0 ? 2 * r->size : FIRST_SIZE;
	struct gw_owed *list =
	    hs_realloc_array(NULL, size, sizeof(struct gw_owed));

	for (size_t i = 0; i < r->count; i++)
		list[i] = *at(r, i);
	free(r->list);
	r->list = list;
	r->head = 0;
	r->size = size;
}

struct gw_owed *gw_replies_add(
    struct gw_replies *r, enum gw_asked asked, enum gw_share share)
{
	struct gw_owed *owed;

	if (r->count == r->size)
		grow(r);
	owed = at(r, r->count++);
	*owed = (struct gw_owed) { .asked = (uint8_t)asked,
		.share = (uint8_t)share };
	return owed;
}

struct gw_owed *gw_replies_first(const struct gw_replies *r)
{
	return r->count > 0 ? at(r, 0) : NULL;
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

/* It copies in now, and skips the Syncs that were sent already. */
static void begin_copy(struct gw_replies *r)
{
	struct gw_owed owed = *at(r, 0);

	r->copies_in = true;
	if (owed.asked != GW_ASKED_EXECUTE)
		return;
	while (r->count > 1 && at(r, 1)->asked == GW_ASKED_SYNC) {
		/* The head moves over it. */
		gw_replies_drop(r);
		*at(r, 0) = owed;
	}
}

/* A ReadyForQuery for a Sync that was sent while it copied in, and counted for
 * nothing: the copy had failed by then. */
static bool is_late(const struct gw_replies *r, uint8_t type)
{
	return type == 'Z' && r->is_unsettled && r->count == 0;
}

enum gw_use gw_replies_take(struct gw_replies *r, uint8_t type, uint8_t status,
    struct gw_owed *ret_ended, bool *ret_has_ended)
{
	struct gw_owed *owed = gw_replies_first(r);
	enum part part;
	bool hide;

	*ret_has_ended = false;
	if (comes_any_time(type) || type == 'E')
		return GW_USE_PASS;
	if (is_late(r, type)) {
		r->transaction = (char)status;
		return GW_USE_PASS;
	}
	if (owed == NULL || owed->share == GW_SHARE_MAKE)
		return GW_USE_BROKEN;
	part = part_of((enum gw_asked)owed->asked, type);
	if (part == NO)
		return GW_USE_BROKEN;
	hide = owed->share == GW_SHARE_HIDE;
	if (type == 'G')
		begin_copy(r);
	if (type == 'Z')
		r->transaction = (char)status;
	if (part == LAST) {
		*ret_ended = *gw_replies_first(r);
		*ret_has_ended = true;
		gw_replies_drop(r);
	}
	return hide ? GW_USE_HIDE : GW_USE_PASS;
}

/* -- Errors, Syncs, copies ------------------------------------------------- */

bool gw_replies_skip(struct gw_replies *r, struct gw_owed *ret_owed)
{
	const struct gw_owed *owed = gw_replies_first(r);

	if (r->copies_in) {
		r->copies_in = false;
		r->is_unsettled |= owed != NULL &&
				   owed->asked == GW_ASKED_EXECUTE;
	}
	if (owed == NULL || part_of((enum gw_asked)owed->asked, 'Z') == LAST)
		return false;
	*ret_owed = *owed;
	gw_replies_drop(r);
	return true;
}

bool gw_replies_sync(struct gw_replies *r)
{
	if (r->copies_in)
		return false;
	(void)gw_replies_add(r, GW_ASKED_SYNC, GW_SHARE_PASS);
	return true;
}

void gw_replies_copied(struct gw_replies *r)
{
	r->copies_in = false;
}

bool gw_replies_is_free(const struct gw_replies *r)
{
	return r->count == 0 && !r->copies_in && r->transaction == 'I';
}
