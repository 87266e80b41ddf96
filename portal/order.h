/* order.h - an order as its pages read and name it. */
#ifndef HANSE_PORTAL_ORDER_H
#define HANSE_PORTAL_ORDER_H

#include "portal/portal.h"

/** The header of an order; texts live as long as the request. */
struct order {
	const char *uid, *id, *state;
	const char *buyer_id, *seller_id, *partner_id, *partner_name;
	const char *issue_date, *requested_date, *currency, *total_amount;
	const char *sequence_number, *version_in_force, *revision, *note;
	const char *sales_order_id, *awaits, *created_at;
	enum party my_party;
	bool awaits_me, terminal;
};

/** How an action looks and where its form is. */
struct order_action {
	const char *name;
	const char *style; /* class of its button */
	bool has_page;     /* a page of its own, for lines, a reason, care */
};

/** Errors: HS_ENOTFOUND (not there or not ours: the same). */
int order_read(struct page *page, const char *uid, struct order *ret_order,
    struct hs_err *err);

const char *order_state_name(const struct page *page, const char *state);
/** Class of its badge: "good", "wait", "bad", "calm". */
const char *order_state_tone(const char *state);
/** As one calls it in that state, e.g. accept: "Accept the change". */
const char *order_action_label(
    const struct page *page, const char *state, const char *action);
const struct order_action *order_action_find(const char *name);

struct h_url order_url(const struct page *page, const char *uid);
struct h_url order_act_url(
    const struct page *page, const char *uid, const char *action);

enum party order_party(const char *name);

/** Whether two decimals are the same number. */
bool order_same_number(const char *a, const char *b);

/**
 * What the database said when it refused content, with the line or item it
 * meant in front.
 *
 * @lines:  the JSON that was sent; NULL for none
 */
struct h_text order_refusal(
    struct page *page, const char *lines, const struct hs_err *err);

/** Do it. Errors as the database's, see hs_db_sqlstate(). */
int order_act(struct page *page, const char *action, const char *reason,
    const char *lines, struct hs_err *err);

#endif
