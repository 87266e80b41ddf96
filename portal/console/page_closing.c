/* page_closing.c - months: which is next, how it would be, close it. */

#include <string.h>

#include "portal/console/bills.h"
#include "portal/console/console.h"
#include "portal/site/bill.h"

struct h_url console_month_url(
    struct page *page, const char *path, const char *month)
{
	return h_query(page->arena, h_path(page->arena, path), "month",
	    hs_arena_strndup(page->arena, month, strlen("2026-10")));
}

/* "2 of 3": how many virtual enterprises have their bills. */
struct h_text bills_published(
    struct page *page, const struct hs_rows *rows, size_t i, bool *ret_all)
{
	const char *published = hs_rows_get(rows, i, "published");
	const char *ves = hs_rows_get(rows, i, "ves");

	*ret_all = strcmp(published, ves) == 0;
	return page_format(page, MSG_CLOSING_PUBLISHED_OF, published, ves);
}

static int fill_due(
    struct page *page, struct view_closing *v, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;

	if (page_query(page, console_sql_bill_due, 0, NULL, &rows, err) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return 0;
	v->due = true;
	v->over = page_is_true(rows, 0, "is_over");
	v->month = page_month(page, hs_rows_get(rows, 0, "month"));
	v->ends = page_date(page, hs_rows_get(rows, 0, "ends"));
	return 0;
}

static int fill_closed(
    struct page *page, struct view_closing *v, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct view_closing_months *list;
	size_t count;

	if (page_query(page, console_sql_bill_closed, 0, NULL, &rows, err) < 0)
		return -1;
	count = hs_rows_count(rows);
	list = PAGE_NEW(page, struct view_closing_months, count);
	for (size_t i = 0; i < count; i++) {
		const char *month = hs_rows_get(rows, i, "month");
		bool all;

		list[i] = (struct view_closing_months) {
			.href =
			    console_month_url(page, "/closing/month", month),
			.month = page_month(page, month),
			.closed =
			    page_date(page, hs_rows_get(rows, i, "closed_at")),
			.amount =
			    page_money(page, hs_rows_get(rows, i, "amount")),
			.currency = h_text(hs_rows_get(rows, i, "currency")),
			.lines = bills_number(rows, i, "lines"),
			.published = bills_published(page, rows, i, &all),
			.tone = h_text(all ? "good" : "wait"),
		};
	}
	v->months = list;
	v->months_count = count;
	return 0;
}

int page_closing(struct page *page, struct hs_err *err)
{
	struct html out = { .lang = page->lang };
	struct view_closing v = { 0 };

	if (fill_due(page, &v, err) < 0 || fill_closed(page, &v, err) < 0)
		return hs_wrap(err, "list the months");
	view_closing(&out, &v);
	page_send(page, 200, MSG_CLOSING_TITLE, &out);
	return 0;
}

int page_closing_preview(struct page *page, struct hs_err *err)
{
	const struct hs_rows *due = NULL, *rows = NULL;
	struct html out = { .lang = page->lang };
	struct view_preview v = { .csrf = page_csrf(page) };
	const char *month;

	if (page_query(page, console_sql_bill_due, 0, NULL, &due, err) < 0)
		return hs_wrap(err, "ask which month is next");
	if (hs_rows_count(due) == 0 || !page_is_true(due, 0, "is_over"))
		return hs_fail(err, HS_ECONFLICT, "no month is over");
	month = hs_rows_get(due, 0, "month");
	if (PAGE_QUERY(page, console_sql_bill_preview, &rows, err, month) < 0)
		return hs_wrap(err, "preview a month");
	v.month = page_month(page, month);
	v.month_value =
	    h_text(hs_arena_strndup(page->arena, month, strlen("2026-10")));
	v.empty = hs_rows_count(rows) == 0;
	v.bills = bills_view(page, rows, NULL, &v.unpriced);
	view_preview(&out, &v);
	page_send(page, 200, MSG_CLOSING_PREVIEW, &out);
	return 0;
}

int page_closing_post(struct page *page, struct hs_err *err)
{
	const char *month =
	    page_month_asked(page, page_field_or_null(page, "month"));

	if (month == NULL)
		return hs_fail(err, HS_EINVAL, "no such month");
	if (PAGE_QUERY(page, console_sql_bill_close, NULL, err,
		page->session->login, month) < 0)
		return hs_wrap(err, "close a month");
	page_redirect(page, console_month_url(page, "/closing/month", month),
	    "month_closed");
	return 0;
}
