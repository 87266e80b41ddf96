/* page_orders.c - the list of orders: search, filters, sorting, pages. */

#include <stdlib.h>
#include <string.h>

#include "portal/order.h"

#define PAGE_SIZE 50
#define PAGE_LAST 200   /* further back one searches */
#define COUNT_MAX 1000L /* order_search counts no further */

/* clang-format off */
static const char *const states[] = { "", "open", "awaiting", "DRAFT", "SENT",
	"ACKNOWLEDGED", "PROPOSED", "CONFIRMED", "CHANGE_PENDING",
	"CANCEL_PENDING", "SELLER_CANCEL_PENDING", "REJECTED", "CANCELLED",
	"CLOSED", NULL };
static const char *const parties[] = { "", "buyer", "seller", NULL };
static const char *const sorts[]   = { "", "number", "partner", "date",
	"amount", NULL };
/* clang-format on */

/** What was asked for; "" is anything. */
struct filter {
	const char *query, *state, *party, *partner, *sort;
	long page; /* from 1 */
};

/* One of the list, or its first. */
static const char *choose(const char *value, const char *const *list)
{
	for (size_t i = 0; list[i] != NULL; i++)
		if (strcmp(list[i], value) == 0)
			return list[i];
	return list[0];
}

static struct filter read_filter(struct page *page)
{
	const struct web_params *query = &page->request->query;
	struct filter f = {
		.query = web_params_text(query, "q"),
		.state = choose(web_params_text(query, "state"), states),
		.party = choose(web_params_text(query, "party"), parties),
		.partner = web_params_text(query, "partner"),
		.sort = choose(web_params_text(query, "sort"), sorts),
		.page = strtol(web_params_text(query, "page"), NULL, 10),
	};

	if (strlen(f.query) > 100)
		f.query = "";
	if (!hs_is_label(f.partner, 32))
		f.partner = "";
	if (f.page < 1 || f.page > PAGE_LAST)
		f.page = 1;
	return f;
}

static const char *or_null(const char *value)
{
	return value[0] != '\0' ? value : NULL;
}

static bool is_filtered(const struct filter *f)
{
	return f->query[0] != '\0' || f->state[0] != '\0' ||
	       f->party[0] != '\0' || f->partner[0] != '\0';
}

/* Three statements: what most ask for has one whose plan can be kept. */
static int query_orders(struct page *page, const struct filter *f,
    const struct hs_rows **ret_rows, struct hs_err *err)
{
	const char *params[] = {
		or_null(f->query),
		or_null(f->state),
		or_null(f->party),
		or_null(f->partner),
		hs_arena_printf(page->arena, "%d", PAGE_SIZE),
		hs_arena_printf(page->arena, "%ld", (f->page - 1) * PAGE_SIZE),
		f->sort,
	};

	if (f->sort[0] != '\0')
		return page_query(page, portal_sql_order_list_sorted, 7, params,
		    ret_rows, err);
	if (is_filtered(f))
		return page_query(
		    page, portal_sql_order_list, 6, params, ret_rows, err);
	return page_query(
	    page, portal_sql_order_newest, 2, params + 4, ret_rows, err);
}

static void fill_row(struct page *page, const struct hs_rows *rows, size_t i,
    struct view_order_row *v)
{
	const char *state = hs_rows_get(rows, i, "state");
	const char *party = hs_rows_get(rows, i, "my_party");
	const char *requested = hs_rows_get(rows, i, "requested_date");

	*v = (struct view_order_row) {
		.href = order_url(page, hs_rows_get(rows, i, "order_uid")),
		.id = h_text(hs_rows_get(rows, i, "id")),
		.partner = h_text(hs_rows_get(rows, i, "partner_name")),
		.party = h_text(i18n_named(page->lang, "party.", party)),
		.state = h_text(order_state_name(page, state)),
		.tone = h_text(order_state_tone(state)),
		.requested = requested != NULL ? page_date(page, requested)
					       : h_text("–"),
		.total = page_money(page, hs_rows_get(rows, i, "total_amount")),
		.currency = h_text(hs_rows_get(rows, i, "currency")),
		.since = page_date(
		    page, hs_arena_strndup(page->arena,
			      hs_rows_get(rows, i, "created_at"), 10)),
		.lines = h_text(hs_rows_get(rows, i, "line_count")),
		.mine = page_is_true(rows, i, "awaits_me") &&
			page_acts_as(page, order_party(party)),
	};
}

/* The three lists of choices have the same shape under different names. */
#define FILL_CHOICES(page, v, field, prefix, list, chosen)                     \
	do {                                                                   \
		struct view_orders_##field *o_ =                               \
		    PAGE_NEW(page, struct view_orders_##field, 16);            \
		size_t n_ = 0;                                                 \
		for (; (list)[n_] != NULL; n_++)                               \
			o_[n_] = (struct view_orders_##field) {                \
				.value = h_text((list)[n_]),                   \
				.label =                                       \
				    h_text(i18n_named((page)->lang, prefix,    \
					(list)[n_][0] != '\0' ? (list)[n_]     \
							      : "any")),       \
				.selected = strcmp((list)[n_], (chosen)) == 0, \
			};                                                     \
		(v)->field = o_;                                               \
		(v)->field##_count = n_;                                       \
	} while (0)

static int fill_partners(struct page *page, const char *chosen,
    struct view_orders *v, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct view_orders_partners *list;
	size_t count;

	if (page_query(page, portal_sql_partner_names, 0, NULL, &rows, err) < 0)
		return hs_wrap(err, "list the partners");
	count = hs_rows_count(rows);
	list = PAGE_NEW(page, struct view_orders_partners, count + 1);
	list[0].label = page_text(page, MSG_CHOICE_ANY);
	for (size_t i = 0; i < count; i++) {
		const char *id = hs_rows_get(rows, i, "enterprise_id");

		list[i + 1] = (struct view_orders_partners) {
			.value = h_text(id),
			.label = h_text(hs_rows_get(rows, i, "legal_name")),
			.selected = strcmp(id, chosen) == 0,
		};
	}
	v->partners = list;
	v->partners_count = count + 1;
	return 0;
}

static struct h_url page_url(
    struct page *page, const struct filter *f, long number)
{
	struct hs_arena *arena = page->arena;
	struct h_url url = h_path(arena, "/orders");

	url = h_query(arena, url, "q", f->query);
	url = h_query(arena, url, "state", f->state);
	url = h_query(arena, url, "party", f->party);
	url = h_query(arena, url, "partner", f->partner);
	url = h_query(arena, url, "sort", f->sort);
	if (number > 1)
		url = h_query(
		    arena, url, "page", hs_arena_printf(arena, "%ld", number));
	return url;
}

/* Beyond COUNT_MAX nobody counts: then a full page has a next one. */
static void fill_pager(struct page *page, const struct filter *f, long total,
    size_t rows, struct view_orders *v)
{
	bool many = total > COUNT_MAX;
	long last = (total + PAGE_SIZE - 1) / PAGE_SIZE;
	bool more = many ? rows == PAGE_SIZE : f->page < last;
	const char *number = hs_arena_printf(page->arena, "%ld", f->page);

	v->previous = f->page > 1 ? page_url(page, f, f->page - 1) : H_NO_URL;
	v->next = more && f->page < PAGE_LAST ? page_url(page, f, f->page + 1)
					      : H_NO_URL;
	if (many)
		v->page_text = page_format(page, MSG_ORDERS_PAGE, number);
	else if (last > 1)
		v->page_text = page_format(page, MSG_ORDERS_PAGE_OF, number,
		    hs_arena_printf(page->arena, "%ld", last));
}

static void fill_list(struct page *page, const struct hs_rows *rows,
    const struct filter *f, struct view_orders *v)
{
	size_t count = hs_rows_count(rows);
	struct view_order_row *list =
	    PAGE_NEW(page, struct view_order_row, count);
	long total = 0;

	for (size_t i = 0; i < count; i++)
		fill_row(page, rows, i, &list[i]);
	if (count > 0)
		total = strtol(hs_rows_get(rows, 0, "total_count"), NULL, 10);
	v->rows = list;
	v->rows_count = count;
	v->count_text = page_format(page,
	    total > COUNT_MAX ? MSG_ORDERS_MANY : MSG_ORDERS_COUNT,
	    page_number(page, hs_arena_printf(page->arena, "%ld",
				  total > COUNT_MAX ? COUNT_MAX : total))
		.s);
	fill_pager(page, f, total, count, v);
}

int page_orders(struct page *page, struct hs_err *err)
{
	struct filter f = read_filter(page);
	const struct hs_rows *rows = NULL;
	struct html out = { .lang = page->lang };
	struct view_orders v = {
		.query = h_text(f.query),
		.can_buy = page_acts_as(page, PARTY_BUYER),
		.filtered = is_filtered(&f),
	};

	if (query_orders(page, &f, &rows, err) < 0)
		return hs_wrap(err, "list the orders");
	if (fill_partners(page, f.partner, &v, err) < 0)
		return -1;
	FILL_CHOICES(page, &v, states, "state.", states, f.state);
	FILL_CHOICES(page, &v, parties, "party.", parties, f.party);
	FILL_CHOICES(page, &v, sorts, "sort.", sorts, f.sort);
	fill_list(page, rows, &f, &v);
	view_orders(&out, &v);
	page_send(page, 200, MSG_ORDERS_TITLE, &out);
	return 0;
}
