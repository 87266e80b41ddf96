/* naming_answer.c - prepared statements of sessions that share backends: what
 * becomes of names and statements by what is answered, or is not.
 */

#include "shared-db-gateway/account.h"
#include "shared-db-gateway/audit_file.h"
#include "shared-db-gateway/naming.h"
#include "shared-db-gateway/session.h"

#define HEADER 5u

bool gw_naming_owes(struct gw_backend *b)
{
	const struct gw_owed *owed = gw_replies_first(&b->replies);

	return owed != NULL && owed->share == GW_SHARE_MAKE;
}

bool gw_naming_answer(struct gw_session *s, struct gw_backend *b)
{
	while (gw_naming_owes(b)) {
		const struct gw_owed owed = *gw_replies_first(&b->replies);
		const uint8_t raw[HEADER] = {
			owed.asked == GW_ASKED_PARSE ? '1' : '3', 0, 0, 0, 4
		};

		if (!gw_bytes_add(&s->client.out, raw, sizeof(raw)))
			return false;
		gw_replies_drop(&b->replies);
		gw_naming_done(b, &owed);
	}
	return true;
}

void gw_naming_done(struct gw_backend *b, const struct gw_owed *owed)
{
	if (owed->slot != NULL)
		owed->slot->pending--;
	if (owed->sent != NULL && owed->asked == GW_ASKED_PARSE)
		gw_prepared_confirm(&b->prepared, owed->sent);
	gw_statement_unref(owed->before);
	gw_statement_unref(owed->sent);
}

/* The next change of the name, if one has been asked for since. */
static struct gw_owed *later(
    const struct gw_replies *r, const struct gw_slot *slot)
{
	for (size_t i = 0; i < r->count; i++) {
		struct gw_owed *owed = gw_replies_at(r, i);

		if (owed->slot == slot)
			return owed;
	}
	return NULL;
}

/* It means what it meant before, or the next change is of that. Where the
 * change itself failed, the statement without a name is gone. */
static void take_back(
    struct gw_backend *b, struct gw_owed *owed, bool has_failed)
{
	struct gw_owed *next;
	struct gw_statement **at;

	if (owed->slot == NULL)
		return;
	owed->slot->pending--;
	next = later(&b->replies, owed->slot);
	at = next != NULL ? &next->before : &owed->slot->statement;
	gw_statement_unref(*at);
	*at = has_failed ? NULL : owed->before;
	if (has_failed)
		gw_statement_unref(owed->before);
}

/* What was not closed is still there; what was not prepared is not, unless its
 * Close was skipped before it. */
static void not_sent(
    struct gw_backend *b, const struct gw_owed *owed, bool has_failed)
{
	if (owed->asked == GW_ASKED_CLOSE)
		gw_prepared_add(&b->prepared, owed->sent, 0);
	else if (has_failed || !owed->again)
		gw_prepared_remove(&b->prepared, owed->sent);
	gw_statement_unref(owed->sent);
}

void gw_naming_failed(struct gw_backend *b)
{
	struct gw_owed owed;
	bool is_first = true;

	while (gw_replies_skip(&b->replies, is_first, &owed)) {
		if (!is_first && b->session != NULL)
			gw_account_failed(
			    b->session, b, &owed, "", GW_WAS_SKIPPED);
		if (owed.sent != NULL)
			not_sent(b, &owed, is_first);
		take_back(b, &owed, is_first && owed.asked == GW_ASKED_PARSE);
		is_first = false;
	}
}

void gw_naming_undone(struct gw_backend *b)
{
	const struct gw_owed *first;
	bool is_first = true;

	while ((first = gw_replies_first(&b->replies)) != NULL) {
		struct gw_owed owed = *first;

		gw_replies_drop(&b->replies);
		if (b->session != NULL)
			gw_account_failed(b->session, b, &owed,
			    is_first ? "57P01" : "",
			    is_first ? GW_WAS_FAILED : GW_WAS_SKIPPED);
		gw_statement_unref(owed.sent);
		take_back(b, &owed, false);
		is_first = false;
	}
}
