/* page_order.c - one order: what is asked, lines, proposal, history. */

#include <string.h>

#include "portal/order.h"

/** The rows an order's page is made of. */
struct parts {
	const struct hs_rows *actions, *lines, *open, *events, *versions;
};

static int read_parts(struct page *page, const struct order *order,
    struct parts *parts, struct hs_err *err)
{
	const char *uid = order->uid;

	if (PAGE_QUERY(page, portal_sql_order_actions, &parts->actions, err,
		uid) < 0 ||
	    PAGE_QUERY(page, portal_sql_order_lines, &parts->lines, err, uid) <
		0)
		return -1;
	if (strcmp(order->state, "DRAFT") == 0)
		return 0;
	if (PAGE_QUERY(
		page, portal_sql_order_events, &parts->events, err, uid) < 0 ||
	    PAGE_QUERY(page, portal_sql_order_versions, &parts->versions, err,
		uid) < 0)
		return -1;
	if (strcmp(order->state, "PROPOSED") != 0 &&
	    strcmp(order->state, "CHANGE_PENDING") != 0)
		return 0;
	return PAGE_QUERY(
	    page, portal_sql_order_open_response, &parts->open, err, uid);
}

/* What can be done at once is a button, what needs more is a link. */
static void fill_actions(struct page *page, const struct order *order,
    const struct hs_rows *rows, struct view_order *v)
{
	size_t count = hs_rows_count(rows);
	struct view_order_buttons *buttons =
	    PAGE_NEW(page, struct view_order_buttons, count);
	struct view_order_links *links =
	    PAGE_NEW(page, struct view_order_links, count + 1);

	for (size_t i = 0; i < count; i++) {
		const char *name = hs_rows_get(rows, i, "action");
		const struct order_action *action = order_action_find(name);
		struct h_url url = order_act_url(page, order->uid, name);
		struct h_text label =
		    h_text(order_action_label(page, order->state, name));

		if (action != NULL && !action->has_page)
			buttons[v->buttons_count++] =
			    (struct view_order_buttons) { url, label,
				    h_text(action->style) };
		else
			links[v->links_count++] = (struct view_order_links) {
				url, label,
				h_text(action != NULL ? action->style : "")
			};
	}
	if (strcmp(order->state, "DRAFT") == 0)
		links[v->links_count++] = (struct view_order_links) {
			h_path(page->arena, "/orders/*/edit", order->uid),
			page_text(page, MSG_ORDER_EDIT), h_text("")
		};
	v->buttons = buttons;
	v->links = links;
}

static struct h_text turn_text(
    struct page *page, const struct order *order, bool may_act)
{
	if (order->awaits_me && may_act)
		return h_text(i18n_named(page->lang, "ask.", order->state));
	if (order->awaits_me)
		return page_text(page, MSG_TURN_COLLEAGUE);
	if (order->awaits != NULL)
		return page_format(page, MSG_TURN_OTHER, order->partner_name);
	if (order->terminal)
		return page_text(page, MSG_TURN_OVER);
	return page_text(page, MSG_TURN_NOBODY);
}

/* "quantity date;quantity date" */
static const struct view_schedule *fill_schedule(
    struct page *page, const char *text, const char *unit)
{
	struct view_schedule *v = PAGE_NEW(page, struct view_schedule, 0);
	struct view_schedule_parts *parts;
	char *copy, *rest = NULL;

	if (text == NULL)
		return NULL;
	copy = hs_arena_strdup(page->arena, text);
	parts = PAGE_NEW(page, struct view_schedule_parts, strlen(text) / 8);
	for (char *p = strtok_r(copy, ";", &rest); p != NULL;
	     p = strtok_r(NULL, ";", &rest)) {
		char *space = strchr(p, ' ');

		*space = '\0';
		parts[v->parts_count++] =
		    (struct view_schedule_parts) { page_number(page, p),
			    page_unit(page, unit), page_date(page, space + 1) };
	}
	v->parts = parts;
	return v;
}

static const char *line_tone(const char *status)
{
	if (strcmp(status, "OPEN") == 0)
		return "wait";
	if (strcmp(status, "REJECTED") == 0 || strcmp(status, "DELETED") == 0)
		return "bad";
	return "good";
}

static void fill_line(struct page *page, const struct order *order,
    const struct hs_rows *r, size_t i, struct view_order_lines *v)
{
	bool buyer = order->my_party == PARTY_BUYER;
	const char *status = hs_rows_get(r, i, "status");
	const char *unit = hs_rows_get(r, i, "unit");
	const char *buyers = hs_rows_get(r, i, "buyers_item_id");
	const char *sellers = hs_rows_get(r, i, "sellers_item_id");

	*v = (struct view_order_lines) {
		.line = h_text(hs_rows_get(r, i, "line_no")),
		.item = h_text(buyer ? buyers : sellers),
		.partner_item = h_text(buyer ? sellers : buyers),
		.description = h_text(hs_rows_get(r, i, "description")),
		.unit = page_unit(page, unit),
		.quantity = page_number(page, hs_rows_get(r, i, "quantity")),
		.price = page_money(page, hs_rows_get(r, i, "price")),
		.requested =
		    page_date(page, hs_rows_get(r, i, "requested_date")),
		.amount = page_money(page, hs_rows_get(r, i, "line_amount")),
		.status =
		    h_text(i18n_named(page->lang, "line_status.", status)),
		.tone = h_text(line_tone(status)),
		.note = h_text(hs_rows_get(r, i, "note")),
		.schedule =
		    fill_schedule(page, hs_rows_get(r, i, "schedule"), unit),
		.confirmed = h_text("–"),
		.deleted = strcmp(line_tone(status), "bad") == 0,
	};
}

static void fill_lines(struct page *page, const struct order *order,
    const struct hs_rows *rows, struct view_order *v)
{
	size_t count = hs_rows_count(rows);
	struct view_order_lines *list =
	    PAGE_NEW(page, struct view_order_lines, count);

	for (size_t i = 0; i < count; i++)
		fill_line(page, order, rows, i, &list[i]);
	v->lines = list;
	v->lines_count = count;
	v->line_count = (long)count;
}

static const char *compare_tone(const char *code)
{
	if (strcmp(code, "2") == 0 || strcmp(code, "7") == 0)
		return "bad";
	return strcmp(code, "4") == 0 || strcmp(code, "5") == 0 ? "good"
								: "wait";
}

static void fill_compare_line(struct page *page, const struct order *order,
    const struct hs_rows *r, size_t i, struct view_compare_lines *v)
{
	const char *code = hs_rows_get(r, i, "action_code");
	const char *part = hs_rows_get(r, i, "part");
	bool buyer = order->my_party == PARTY_BUYER;

	*v = (struct view_compare_lines) {
		.line = h_text(strcmp(part, "1") == 0
				   ? hs_rows_get(r, i, "line_no")
				   : hs_arena_printf(page->arena, "%s.%s",
					 hs_rows_get(r, i, "line_no"), part)),
		.item = h_text(hs_rows_get(
		    r, i, buyer ? "buyers_item_id" : "sellers_item_id")),
		.description = h_text(hs_rows_get(r, i, "description")),
		.change = h_text(i18n_named(page->lang, "line_action.", code)),
		.tone = h_text(compare_tone(code)),
		.note = h_text(hs_rows_get(r, i, "note")),
		.unit = page_unit(page, hs_rows_get(r, i, "unit")),
		.before_quantity =
		    page_number(page, hs_rows_get(r, i, "before_quantity")),
		.before_price =
		    page_money(page, hs_rows_get(r, i, "before_price")),
		.before_date =
		    page_date(page, hs_rows_get(r, i, "before_date")),
		.after_quantity =
		    page_number(page, hs_rows_get(r, i, "quantity")),
		.after_price = page_money(page, hs_rows_get(r, i, "price")),
		.after_date = page_date(page, hs_rows_get(r, i, "date")),
		.quantity_changed = page_is_true(r, i, "quantity_changed"),
		.price_changed = page_is_true(r, i, "price_changed"),
		.date_changed = page_is_true(r, i, "date_changed"),
	};
}

static const char *party_name(
    struct page *page, const struct order *order, const char *enterprise)
{
	return strcmp(enterprise, order->partner_id) == 0 ? order->partner_name
							  : page->site->brand;
}

static const char *who(struct page *page, const struct order *order,
    const struct hs_rows *r, size_t i)
{
	const char *person = hs_rows_get(r, i, "person");

	return hs_arena_printf(page->arena, "%s%s%s",
	    person != NULL ? person : "", person != NULL ? ", " : "",
	    party_name(page, order, hs_rows_get(r, i, "enterprise_id")));
}

static void fill_compare(struct page *page, const struct order *order,
    const struct hs_rows *r, struct view_order *v)
{
	struct view_compare *compare = PAGE_NEW(page, struct view_compare, 0);
	struct view_compare_lines *lines;
	size_t count = r != NULL ? hs_rows_count(r) : 0;
	bool change;

	if (count == 0)
		return;
	lines = PAGE_NEW(page, struct view_compare_lines, count);
	for (size_t i = 0; i < count; i++)
		fill_compare_line(page, order, r, i, &lines[i]);
	change = strcmp(hs_rows_get(r, 0, "message"), "OrderChange") == 0;
	*compare = (struct view_compare) {
		.heading = page_text(
		    page, change ? MSG_COMPARE_CHANGE : MSG_COMPARE_PROPOSAL),
		.caption = page_text(page, MSG_COMPARE_CAPTION),
		.note = h_text(hs_rows_get(r, 0, "response_note")),
		.by = page_format(page, MSG_COMPARE_BY, who(page, order, r, 0),
		    page_date(page, hs_rows_get(r, 0, "at")).s),
		.lines = lines,
		.lines_count = count,
	};
	v->compare = compare;
}

static void fill_events(struct page *page, const struct order *order,
    const struct hs_rows *r, struct view_order *v)
{
	size_t count = hs_rows_count(r);
	struct view_order_events *list =
	    PAGE_NEW(page, struct view_order_events, count);

	for (size_t i = 0; i < count; i++) {
		const char *action = hs_rows_get(r, i, "action");
		const char *from = hs_rows_get(r, i, "from_state");
		const char *name = hs_arena_printf(
		    page->arena, "%s.%s", from != NULL ? from : "", action);
		const char *what = i18n_named(page->lang, "event.", name);
		const char *to = hs_rows_get(r, i, "to_state");

		if (what == name)
			what = i18n_named(page->lang, "event.", action);
		list[i] = (struct view_order_events) {
			.what = h_text(what),
			.who = h_text(who(page, order, r, i)),
			.at = page_date(page, hs_rows_get(r, i, "at")),
			.reason = h_text(hs_rows_get(r, i, "reason")),
			.to = h_text(order_state_name(page, to)),
			.tone = h_text(order_state_tone(to)),
		};
	}
	v->events = list;
	v->events_count = count;
}

static const char *version_tone(const char *status)
{
	if (strcmp(status, "IN_FORCE") == 0)
		return "good";
	if (strcmp(status, "PENDING") == 0)
		return "wait";
	return strcmp(status, "REJECTED") == 0 ? "bad" : "calm";
}

static void fill_versions(
    struct page *page, const struct hs_rows *r, struct view_order *v)
{
	size_t count = hs_rows_count(r);
	struct view_order_versions *list =
	    PAGE_NEW(page, struct view_order_versions, count);

	for (size_t i = 0; i < count; i++) {
		const char *status = hs_rows_get(r, i, "status");

		list[i] = (struct view_order_versions) {
			.number = h_text(hs_rows_get(r, i, "sequence_number")),
			.message = h_text(i18n_named(page->lang, "message.",
			    hs_rows_get(r, i, "message"))),
			.status = h_text(
			    i18n_named(page->lang, "version_status.", status)),
			.tone = h_text(version_tone(status)),
			.at = page_date(page, hs_rows_get(r, i, "at")),
			.total =
			    page_money(page, hs_rows_get(r, i, "total_amount")),
			.lines = h_text(hs_rows_get(r, i, "line_count")),
			.hash = h_text(hs_arena_strndup(page->arena,
			    hs_rows_get(r, i, "document_hash"), 12)),
		};
	}
	v->versions = list;
	v->versions_count = count;
	if (count > 0)
		v->chain = page_text(page, hs_rows_get(r, 0, "chain") == NULL
					       ? MSG_ORDER_CHAIN_GOOD
					       : MSG_ORDER_CHAIN_BAD);
}

static void fill_head(
    struct page *page, const struct order *order, struct view_order *v)
{
	bool draft = strcmp(order->state, "DRAFT") == 0;
	bool seller = order->my_party == PARTY_SELLER;

	*v = (struct view_order) {
		.id = h_text(order->id),
		.uid = h_text(order->uid),
		.here = order_url(page, order->uid),
		.state = h_text(order_state_name(page, order->state)),
		.tone = h_text(order_state_tone(order->state)),
		.partner = h_text(order->partner_name),
		.party = page_text(
		    page, seller ? MSG_ORDER_YOU_SELL : MSG_ORDER_YOU_BUY),
		.issued = page_date(page, order->issue_date),
		.requested = page_date(page, order->requested_date),
		.total = page_money(page, order->total_amount),
		.currency = h_text(order->currency),
		.sales_order_id = h_text(order->sales_order_id),
		.version = order->version_in_force == NULL
			       ? page_text(page, MSG_ORDER_NOT_CONFIRMED)
			       : h_text(order->version_in_force),
		.revision = h_text(order->revision),
		.note = h_text(order->note),
		.csrf = page_csrf(page),
		.is_draft = draft,
		.ask_sales_order_id =
		    seller && (strcmp(order->state, "SENT") == 0 ||
				  strcmp(order->state, "ACKNOWLEDGED") == 0),
	};
}

int page_order(struct page *page, struct hs_err *err)
{
	struct html out = { .lang = page->lang };
	struct parts parts = { 0 };
	struct order order;
	struct view_order v;
	bool may_act;

	if (order_read(page, page->args[0], &order, err) < 0)
		return -1;
	if (read_parts(page, &order, &parts, err) < 0)
		return hs_wrap(err, "read the order");
	may_act = page_acts_as(page, order.my_party);
	fill_head(page, &order, &v);
	v.turn = turn_text(page, &order, may_act);
	if (may_act)
		fill_actions(page, &order, parts.actions, &v);
	fill_lines(page, &order, parts.lines, &v);
	fill_compare(page, &order, parts.open, &v);
	if (parts.events != NULL) {
		fill_events(page, &order, parts.events, &v);
		fill_versions(page, parts.versions, &v);
	}
	view_order(&out, &v);
	page_send_titled(
	    page, 200, page_format(page, MSG_ORDER_TITLE, order.id).s, &out);
	return 0;
}
