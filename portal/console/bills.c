/* bills.c - the bills of one month, as a table. */

#include "portal/console/bills.h"

#include <stdlib.h>

#include "tco-report/tco.h"

long bills_number(const struct hs_rows *rows, size_t row, const char *column)
{
	const char *value = hs_rows_get(rows, row, column);

	return value != NULL ? strtol(value, NULL, 10) : 0;
}

struct h_text bills_who(
    const struct page *page, const char *ve, const char *enterprise)
{
	if (ve[0] == '\0')
		return page_text(page, MSG_BILLS_PLATFORM);
	if (enterprise[0] == '\0')
		return page_text(page, MSG_BILLS_SHARED);
	return h_text(enterprise);
}

/* Exact, as everything that ends in a bill. */
static struct h_text sum_of(struct page *page, const struct hs_rows *rows)
{
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	const struct num *sum = num_int(pool, 0);
	hs_auto(hs_freep) char *text = NULL;

	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const struct num *amount = NULL;

		if (num_parse(pool, hs_rows_get(rows, i, "amount"), &amount,
			NULL) == 0)
			sum = num_add(pool, sum, amount);
	}
	text = num_text(sum, 2);
	return page_money(page, text);
}

static struct h_url bill_url(
    struct page *page, const struct hs_rows *rows, size_t i, const char *month)
{
	struct h_url url = console_month_url(page, "/closing/bill", month);

	url = h_query(page->arena, url, "ve", hs_rows_get(rows, i, "ve"));
	return h_query(
	    page->arena, url, "enterprise", hs_rows_get(rows, i, "enterprise"));
}

const struct view_bills *bills_view(struct page *page,
    const struct hs_rows *rows, const char *month, bool *ret_unpriced)
{
	size_t count = hs_rows_count(rows);
	struct view_bills *v = PAGE_NEW(page, struct view_bills, 1);
	struct view_bills_rows *list =
	    PAGE_NEW(page, struct view_bills_rows, count);

	for (size_t i = 0; i < count; i++) {
		const char *ve = hs_rows_get(rows, i, "ve");

		list[i] = (struct view_bills_rows) {
			.ve = h_text(ve),
			.enterprise = bills_who(
			    page, ve, hs_rows_get(rows, i, "enterprise")),
			.href = month != NULL ? bill_url(page, rows, i, month)
					      : H_NO_URL,
			.lines = bills_number(rows, i, "lines"),
			.amount =
			    page_money(page, hs_rows_get(rows, i, "amount")),
		};
		if (ret_unpriced != NULL) {
			list[i].unpriced = bills_number(rows, i, "unpriced");
			*ret_unpriced = *ret_unpriced || list[i].unpriced > 0;
		}
		if (hs_rows_get(rows, i, "currency") != NULL)
			v->currency = h_text(hs_rows_get(rows, i, "currency"));
	}
	v->title = page_text(page, MSG_BILLS_TITLE);
	v->total = sum_of(page, rows);
	v->rows = list;
	v->rows_count = count;
	return v;
}
