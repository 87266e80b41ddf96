/* page_inbox.c - home: the orders in which it is my turn. */

#include <string.h>

#include "portal/order.h"

/* The array's words, in the order in which they are offered. */
static void fill_actions(struct page *page, const struct hs_rows *rows,
    size_t row, struct view_inbox_rows *v)
{
	char *words =
	    hs_arena_strdup(page->arena, hs_rows_get(rows, row, "actions"));
	const char *state = hs_rows_get(rows, row, "state");
	struct view_inbox_rows_actions *list = PAGE_NEW(
	    page, struct view_inbox_rows_actions, strlen(words) / 2 + 1);
	char *rest = NULL;

	for (char *w = strtok_r(words, " ", &rest); w != NULL;
	     w = strtok_r(NULL, " ", &rest))
		list[v->actions_count++].label =
		    h_text(order_action_label(page, state, w));
	v->actions = list;
}

static void fill_row(struct page *page, const struct hs_rows *rows, size_t i,
    struct view_inbox_rows *v)
{
	const char *state = hs_rows_get(rows, i, "state");

	*v = (struct view_inbox_rows) {
		.href = order_url(page, hs_rows_get(rows, i, "order_uid")),
		.id = h_text(hs_rows_get(rows, i, "id")),
		.partner = h_text(hs_rows_get(rows, i, "partner_name")),
		.state = h_text(order_state_name(page, state)),
		.tone = h_text(order_state_tone(state)),
		.ask = h_text(i18n_named(page->lang, "ask.", state)),
		.since = page_date(page, hs_rows_get(rows, i, "updated_at")),
		.total = page_money(page, hs_rows_get(rows, i, "total_amount")),
		.currency = h_text(hs_rows_get(rows, i, "currency")),
	};
	fill_actions(page, rows, i, v);
}

int page_inbox(struct page *page, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct html out = { .lang = page->lang };
	struct view_inbox_rows *list;
	struct view_inbox v = {
		.name = h_text(page->session->name),
		.can_buy = page_acts_as(page, PARTY_BUYER),
	};
	size_t count;

	if (PAGE_QUERY(page, portal_sql_inbox, &rows, err,
		page_acts_as(page, PARTY_BUYER) ? "t" : "f",
		page_acts_as(page, PARTY_SELLER) ? "t" : "f") < 0)
		return hs_wrap(err, "read the inbox");
	count = hs_rows_count(rows);
	list = PAGE_NEW(page, struct view_inbox_rows, count);
	for (size_t i = 0; i < count; i++)
		fill_row(page, rows, i, &list[i]);
	v.rows = list;
	v.rows_count = count;
	v.count = (long)count;
	view_inbox(&out, &v);
	page_send(page, 200, MSG_INBOX_TITLE, &out);
	return 0;
}
