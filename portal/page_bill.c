/* page_bill.c - what the enterprise owes, month by month, for its
 * administrators.
 */

#include <string.h>

#include "portal/portal.h"
#include "portal/site/bill.h"

/* The row of the month asked for; the newest without one. Errors:
 * HS_ENOTFOUND. */
static int find_month(struct page *page, const struct hs_rows *bills,
    size_t *ret_row, struct hs_err *err)
{
	const char *asked = web_params_get(&page->request->query, "month");
	const char *month = page_month_asked(page, asked);

	*ret_row = 0;
	if (asked == NULL)
		return 0;
	for (size_t i = 0; month != NULL && i < hs_rows_count(bills); i++)
		if (strcmp(hs_rows_get(bills, i, "month"), month) == 0) {
			*ret_row = i;
			return 0;
		}
	return hs_fail(err, HS_ENOTFOUND, "no bill of this month");
}

static struct h_url month_url(
    struct page *page, const char *path, const char *month)
{
	return h_query(page->arena, h_path(page->arena, path), "month",
	    hs_arena_strndup(page->arena, month, strlen("2026-10")));
}

static void fill_months(struct page *page, const struct hs_rows *bills,
    size_t current, struct view_bill *v)
{
	size_t count = hs_rows_count(bills);
	struct view_bill_months *list =
	    PAGE_NEW(page, struct view_bill_months, count);

	for (size_t i = 0; i < count; i++) {
		const char *month = hs_rows_get(bills, i, "month");

		list[i] = (struct view_bill_months) {
			.href = month_url(page, "/bill", month),
			.label = page_month(page, month),
			.amount =
			    page_money(page, hs_rows_get(bills, i, "amount")),
			.currency = h_text(hs_rows_get(bills, i, "currency")),
			.current = i == current,
		};
	}
	v->months = list;
	v->months_count = count;
}

static int fill_month(struct page *page, const struct hs_rows *bills,
    size_t row, struct view_bill *v, struct hs_err *err)
{
	const char *month = hs_rows_get(bills, row, "month");
	const char *currency = hs_rows_get(bills, row, "currency");
	const struct hs_rows *lines = NULL;

	if (PAGE_QUERY(page, portal_sql_bill_lines, &lines, err, month) < 0)
		return -1;
	v->month = page_month(page, month);
	v->amount = page_money(page, hs_rows_get(bills, row, "amount"));
	v->currency = h_text(currency);
	v->closed = page_date(page, hs_rows_get(bills, row, "closed_at"));
	v->digest = h_text(hs_rows_get(bills, row, "sha256"));
	v->csv = month_url(page, "/bill/csv", month);
	v->lines = bill_view(
	    page, lines, page_text(page, MSG_BILL_LINES), v->amount, currency);
	return 0;
}

int page_bill(struct page *page, struct hs_err *err)
{
	const struct hs_rows *bills = NULL;
	struct html out = { .lang = page->lang };
	struct view_bill v = {
		.intro = page_format(page, MSG_BILL_INTRO, page->site->brand),
	};
	size_t row;

	if (page_query(page, portal_sql_bill_list, 0, NULL, &bills, err) < 0)
		return hs_wrap(err, "list the bills");
	if (find_month(page, bills, &row, err) < 0)
		return -1;
	fill_months(page, bills, row, &v);
	if (v.months_count > 0 && fill_month(page, bills, row, &v, err) < 0)
		return hs_wrap(err, "read a bill");
	view_bill(&out, &v);
	page_send(page, 200, MSG_BILL_TITLE, &out);
	return 0;
}

int page_bill_csv(struct page *page, struct hs_err *err)
{
	static const char *const columns[] = { "line_no", "meter", "state",
		"late", "quantity", "unit", "price", "valid_from", "valid_to",
		"amount" };
	const struct hs_rows *bills = NULL, *lines = NULL;
	const char *month;
	size_t row;

	if (page_query(page, portal_sql_bill_list, 0, NULL, &bills, err) < 0)
		return hs_wrap(err, "list the bills");
	if (find_month(page, bills, &row, err) < 0)
		return -1;
	if (hs_rows_count(bills) == 0)
		return hs_fail(err, HS_ENOTFOUND, "no bill yet");
	month = hs_rows_get(bills, row, "month");
	if (PAGE_QUERY(page, portal_sql_bill_lines, &lines, err, month) < 0)
		return hs_wrap(err, "read a bill");
	bill_send_csv(page, lines, columns, ARRAY_LEN(columns),
	    hs_arena_printf(page->arena, "bill-%.7s.csv", month));
	return 0;
}
