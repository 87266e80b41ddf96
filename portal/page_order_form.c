/* page_order_form.c - drawing up an order: a new one, or a draft again. */

#include <jansson.h>
#include <string.h>

#include "portal/order.h"
#include "portal/web/token.h"

/** What the form is about, before anything was typed. */
struct draft {
	const char *uid; /* NULL: a new order */
	const char *id, *revision, *note, *requested_date;
	const char *seller_id, *seller_name;
	const struct hs_rows *items;
	const struct hs_rows *lines; /* of the draft; NULL for a new one */
};

/** What is wrong with what was typed. */
struct problems {
	struct view_problems_problems list[32];
	size_t count;
	int status;
};

static void add_problem(struct problems *problems, struct h_text message)
{
	if (problems->count < ARRAY_LEN(problems->list))
		problems->list[problems->count++].message = message;
}

static const char *quantity_field(struct page *page, const char *item)
{
	return hs_arena_printf(page->arena, "q.%s", item);
}

/* What the draft says about an item, NULL if it is not in it. */
static const char *draft_quantity(const struct draft *draft, const char *item)
{
	for (size_t i = 0;
	     draft->lines != NULL && i < hs_rows_count(draft->lines); i++)
		if (strcmp(hs_rows_get(draft->lines, i, "buyers_item_id"),
			item) == 0)
			return hs_rows_get(draft->lines, i, "quantity");
	return NULL;
}

static bool is_posted(const struct page *page)
{
	return page->request->method == WEB_POST;
}

static void fill_item(struct page *page, const struct draft *draft, size_t i,
    struct view_order_form_items *v)
{
	const struct hs_rows *r = draft->items;
	const char *item = hs_rows_get(r, i, "buyers_item_id");
	const char *field = quantity_field(page, item);
	const char *typed = is_posted(page)
				? page_field(page, field)
				: i18n_input(page->arena, page->lang,
				      draft_quantity(draft, item));
	const char *ignored;

	*v = (struct view_order_form_items) {
		.item = h_text(item),
		.partner_item = h_text(hs_rows_get(r, i, "sellers_item_id")),
		.description = h_text(hs_rows_get(r, i, "description")),
		.unit = page_unit(page, hs_rows_get(r, i, "unit")),
		.price = page_money(page, hs_rows_get(r, i, "price_amount")),
		.currency = h_text(hs_rows_get(r, i, "currency")),
		.pack = page_number(page, hs_rows_get(r, i, "pack_quantity")),
		.lead = page_format(page, MSG_FORM_DAYS,
		    hs_rows_get(r, i, "lead_time_days") != NULL
			? hs_rows_get(r, i, "lead_time_days")
			: "–"),
		.field = h_text(field),
		.quantity = h_text(typed),
	};
	if (typed[0] != '\0' &&
	    !i18n_parse_decimal(page->arena, page->lang, typed, &ignored))
		v->error = page_text(page, MSG_FORM_BAD_QUANTITY);
}

static void fill_texts(
    struct page *page, const struct draft *draft, struct view_order_form *v)
{
	bool posted = is_posted(page);
	const char *key = page_field(page, "key");
	bool new = draft->uid == NULL;

	v->heading =
	    new ? page_format(page, MSG_FORM_NEW_TITLE, draft->seller_name)
		: page_format(page, MSG_FORM_EDIT_TITLE, draft->id);
	v->partner = h_text(draft->seller_name);
	v->seller = h_text(draft->seller_id);
	v->csrf = page_csrf(page);
	v->key = h_text(
	    web_token_is_good(key, 16) ? key : web_token_new(page->arena, 16));
	v->revision = h_text(draft->revision);
	v->requested = h_text(posted ? page_field(page, "requested_date")
				     : draft->requested_date);
	v->note = h_text(posted ? page_field(page, "note") : draft->note);
	v->submit = page_text(page, MSG_FORM_SAVE);
	v->action = new ? h_path(page->arena, "/orders/new")
			: h_path(page->arena, "/orders/*/edit", draft->uid);
	v->back = new ? h_path(page->arena, "/orders/new")
		      : order_url(page, draft->uid);
	v->delete = new ? H_NO_URL
			: h_path(page->arena, "/orders/*/delete", draft->uid);
}

static void send_form(struct page *page, const struct draft *draft,
    const struct problems *problems)
{
	struct html out = { .lang = page->lang };
	size_t count = hs_rows_count(draft->items);
	struct view_order_form_items *items =
	    PAGE_NEW(page, struct view_order_form_items, count);
	struct view_problems summary = {
		.title = page_text(page, MSG_FORM_PROBLEMS),
	};
	struct view_order_form v = { .items = items, .items_count = count };

	for (size_t i = 0; i < count; i++)
		fill_item(page, draft, i, &items[i]);
	fill_texts(page, draft, &v);
	if (problems != NULL) {
		summary.problems = problems->list;
		summary.problems_count = problems->count;
		if (v.requested.s[0] != '\0' && !i18n_is_date(v.requested.s))
			v.requested_error = page_text(page, MSG_FORM_BAD_DATE);
	}
	v.problems = &summary;
	view_order_form(&out, &v);
	page_send_titled(
	    page, problems != NULL ? problems->status : 200, v.heading.s, &out);
}

/* The lines as the database wants them; NULL if nothing was ordered. */
static const char *read_lines(
    struct page *page, const struct draft *draft, struct problems *problems)
{
	json_t *lines = json_array();
	const char *text = NULL;
	char *dump;

	for (size_t i = 0; i < hs_rows_count(draft->items); i++) {
		const char *item =
		    hs_rows_get(draft->items, i, "buyers_item_id");
		const char *typed =
		    page_field_or_null(page, quantity_field(page, item));
		const char *quantity;

		if (typed == NULL)
			continue;
		if (!i18n_parse_decimal(
			page->arena, page->lang, typed, &quantity))
			add_problem(problems,
			    page_format(
				page, MSG_FORM_BAD_QUANTITY_OF, item, typed));
		else if (!order_same_number(quantity, "0"))
			(void)json_array_append_new(
			    lines, json_pack("{s:s,s:s}", "item", item,
				       "quantity", quantity));
	}
	if (json_array_size(lines) > 0) {
		dump = json_dumps(lines, JSON_COMPACT);
		text = hs_arena_strdup(page->arena, dump);
		hs_freep(&dump);
	} else if (problems->count == 0) {
		add_problem(
		    problems, page_text(page, MSG_FORM_NOTHING_ORDERED));
	}
	json_decref(lines);
	return text;
}

static const char *read_date(struct page *page, struct problems *problems)
{
	const char *date = page_field_or_null(page, "requested_date");

	if (date != NULL && !i18n_is_date(date))
		add_problem(problems, page_text(page, MSG_FORM_BAD_DATE));
	return date;
}

/* What the database refuses goes back to the form, with what was typed. */
static int refused(struct page *page, const struct draft *draft,
    struct problems *problems, const char *lines, const struct hs_err *err)
{
	if (err->code != HS_EINVAL && err->code != HS_ECONFLICT)
		return -1;
	problems->status = err->code == HS_EINVAL ? 422 : 409;
	add_problem(problems, err->code == HS_EINVAL
				  ? order_refusal(page, lines, err)
				  : page_text(page, MSG_FORM_STALE));
	send_form(page, draft, problems);
	return 0;
}

static int choose_seller(struct page *page, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct html out = { .lang = page->lang };
	struct view_partners v = { 0 };
	struct view_partners_partners *list;

	if (PAGE_QUERY(page, portal_sql_partner_list, &rows, err, "seller") < 0)
		return hs_wrap(err, "list the sellers");
	list =
	    PAGE_NEW(page, struct view_partners_partners, hs_rows_count(rows));
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		if (!page_is_true(rows, i, "active"))
			continue;
		list[v.partners_count++] = (struct view_partners_partners) {
			.href = h_query(page->arena,
			    h_path(page->arena, "/orders/new"), "seller",
			    hs_rows_get(rows, i, "enterprise_id")),
			.name = h_text(hs_rows_get(rows, i, "legal_name")),
			.role = page_text(page, MSG_PARTY_SELLS),
			.items = page_format(page, MSG_PARTNERS_ITEMS,
			    hs_rows_get(rows, i, "item_count")),
			.open = page_format(page, MSG_PARTNERS_OPEN,
			    hs_rows_get(rows, i, "open_orders")),
		};
	}
	v.partners = list;
	view_partners(&out, &v);
	page_send(page, 200, MSG_PARTNERS_TITLE, &out);
	return 0;
}

/* Only who sells to me can be ordered from. */
static int read_seller(struct page *page, const char *seller,
    struct draft *draft, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;

	if (PAGE_QUERY(page, portal_sql_partner_list, &rows, err, "seller") < 0)
		return hs_wrap(err, "list the sellers");
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		if (strcmp(hs_rows_get(rows, i, "enterprise_id"), seller) != 0)
			continue;
		draft->seller_id = seller;
		draft->seller_name = hs_rows_get(rows, i, "legal_name");
		return PAGE_QUERY(page, portal_sql_item_list, &draft->items,
		    err, NULL, seller);
	}
	return hs_fail(err, HS_ENOTFOUND, "no such seller");
}

static int read_draft(
    struct page *page, struct draft *draft, struct hs_err *err)
{
	struct order order;

	if (order_read(page, page->args[0], &order, err) < 0)
		return -1;
	if (order.my_party != PARTY_BUYER || strcmp(order.state, "DRAFT") != 0)
		return hs_fail(err, HS_ECONFLICT, "no draft");
	*draft = (struct draft) {
		.uid = order.uid,
		.id = order.id,
		.revision = order.revision,
		.note = order.note,
		.requested_date = order.requested_date,
		.seller_id = order.seller_id,
		.seller_name = order.partner_name,
	};
	if (PAGE_QUERY(page, portal_sql_item_list, &draft->items, err, NULL,
		order.seller_id) < 0 ||
	    PAGE_QUERY(page, portal_sql_order_lines, &draft->lines, err,
		order.uid) < 0)
		return hs_wrap(err, "read the draft");
	return 0;
}

int page_order_new(struct page *page, struct hs_err *err)
{
	const char *seller = web_params_text(&page->request->query, "seller");
	struct draft draft = { 0 };

	if (seller[0] == '\0')
		return choose_seller(page, err);
	if (read_seller(page, seller, &draft, err) < 0)
		return -1;
	send_form(page, &draft, NULL);
	return 0;
}

int page_order_new_post(struct page *page, struct hs_err *err)
{
	struct problems problems = { .status = 422 };
	const struct hs_rows *rows = NULL;
	struct draft draft = { 0 };
	const char *lines, *date;

	if (read_seller(page, page_field(page, "seller"), &draft, err) < 0)
		return -1;
	lines = read_lines(page, &draft, &problems);
	date = read_date(page, &problems);
	if (problems.count > 0) {
		send_form(page, &draft, &problems);
		return 0;
	}
	if (PAGE_QUERY(page, portal_sql_order_create, &rows, err,
		page->session->login, draft.seller_id, lines,
		page_field_or_null(page, "note"), date,
		page_field_or_null(page, "key")) < 0)
		return refused(page, &draft, &problems, lines, err);
	page_redirect(page, order_url(page, hs_rows_get(rows, 0, "order_uid")),
	    "created");
	return 0;
}

int page_order_edit(struct page *page, struct hs_err *err)
{
	struct draft draft = { 0 };

	if (read_draft(page, &draft, err) < 0)
		return -1;
	send_form(page, &draft, NULL);
	return 0;
}

int page_order_edit_post(struct page *page, struct hs_err *err)
{
	struct problems problems = { .status = 422 };
	struct draft draft = { 0 };
	const char *lines, *date;

	if (read_draft(page, &draft, err) < 0)
		return -1;
	lines = read_lines(page, &draft, &problems);
	date = read_date(page, &problems);
	if (problems.count > 0) {
		send_form(page, &draft, &problems);
		return 0;
	}
	if (PAGE_QUERY(page, portal_sql_order_update, NULL, err, draft.uid,
		page->session->login, lines, page_field_or_null(page, "note"),
		date, page_field_or_null(page, "revision")) < 0)
		return refused(page, &draft, &problems, lines, err);
	page_redirect(page, order_url(page, draft.uid), "saved");
	return 0;
}

int page_order_delete_post(struct page *page, struct hs_err *err)
{
	if (PAGE_QUERY(page, portal_sql_order_delete_draft, NULL, err,
		page->args[0], page->session->login,
		page_field_or_null(page, "revision")) < 0)
		return hs_wrap(err, "delete the draft");
	page_redirect(page, h_path(page->arena, "/orders"), "deleted");
	return 0;
}
