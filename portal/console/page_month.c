/* page_month.c - one closed month: its bills, its files, and whether it still
 * is what it was.
 */

#include <string.h>

#include "portal/console/bills.h"
#include "portal/console/console.h"
#include "portal/console/month_focus.h"
#include "portal/site/bill.h"

/* clang-format off */
static const struct {
	const char *name; /* in the path */
	const char *label;
} formats[] = {
	{ "csv",   "CSV"   },
	{ "json",  "JSON"  },
	{ "focus", "FOCUS" },
	{ "text",  "Text"  },
};
/* clang-format on */

int console_month_asked(
    struct page *page, const char **ret_month, struct hs_err *err)
{
	*ret_month = page_month_asked(
	    page, web_params_get(&page->request->query, "month"));
	return *ret_month != NULL ? 0
				  : hs_fail(err, HS_ENOTFOUND, "no such month");
}

/* The closed month the query asks for. Errors: HS_ENOTFOUND. */
static int find_month(struct page *page, const struct hs_rows **ret_rows,
    size_t *ret_row, const char **ret_month, struct hs_err *err)
{
	if (console_month_asked(page, ret_month, err) < 0 ||
	    page_query(page, console_sql_bill_closed, 0, NULL, ret_rows, err) <
		0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(*ret_rows); i++)
		if (strcmp(hs_rows_get(*ret_rows, i, "month"), *ret_month) ==
		    0) {
			*ret_row = i;
			return 0;
		}
	return hs_fail(err, HS_ENOTFOUND, "this month is not closed");
}

static void fill_files(
    struct page *page, const char *month, struct view_month *v)
{
	struct view_month_files *list =
	    PAGE_NEW(page, struct view_month_files, ARRAY_LEN(formats));

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		list[i] = (struct view_month_files) {
			.href = console_month_url(page,
			    hs_arena_printf(page->arena, "/closing/file/%s",
				formats[i].name),
			    month),
			.label = h_text(formats[i].label),
		};
	v->files = list;
	v->files_count = ARRAY_LEN(formats);
}

/* Asked for, because it works the whole month out again. */
static int fill_check(struct page *page, const char *month,
    struct view_month *v, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;

	v->check = h_query(page->arena,
	    console_month_url(page, "/closing/month", month), "check", "yes");
	if (web_params_get(&page->request->query, "check") == NULL)
		return 0;
	if (PAGE_QUERY(page, console_sql_bill_verify, &rows, err, month) < 0)
		return -1;
	v->checked = true;
	v->kept = page_is_true(rows, 0, "is_kept");
	v->reproduced = page_is_true(rows, 0, "is_reproduced");
	return 0;
}

int page_month_view(struct page *page, struct hs_err *err)
{
	const struct hs_rows *closed = NULL, *bills = NULL;
	struct html out = { .lang = page->lang };
	struct view_month v = { 0 };
	const char *month;
	bool all = false;
	size_t row = 0;

	if (find_month(page, &closed, &row, &month, err) < 0)
		return -1;
	if (PAGE_QUERY(page, console_sql_bill_month, &bills, err, month) < 0 ||
	    fill_check(page, month, &v, err) < 0)
		return hs_wrap(err, "read a month");
	v.month = page_month(page, month);
	v.amount = page_money(page, hs_rows_get(closed, row, "amount"));
	v.currency = h_text(hs_rows_get(closed, row, "currency"));
	v.closed = page_date(page, hs_rows_get(closed, row, "closed_at"));
	v.digest = h_text(hs_rows_get(closed, row, "sha256"));
	v.published = bills_published(page, closed, row, &all);
	v.published_tone = h_text(all ? "good" : "wait");
	v.empty = hs_rows_count(bills) == 0;
	v.bills = bills_view(page, bills, month, NULL);
	fill_files(page, month, &v);
	view_month(&out, &v);
	page_send_titled(page, 200, v.month.s, &out);
	return 0;
}

int page_month_bill(struct page *page, struct hs_err *err)
{
	const struct hs_rows *rows = NULL, *bills = NULL;
	const char *ve = web_params_text(&page->request->query, "ve");
	const char *enterprise =
	    web_params_text(&page->request->query, "enterprise");
	struct html out = { .lang = page->lang };
	struct view_month_bill v = { 0 };
	const char *month;
	size_t i = 0;

	if (console_month_asked(page, &month, err) < 0)
		return -1;
	if (PAGE_QUERY(page, console_sql_bill_month, &bills, err, month) < 0 ||
	    PAGE_QUERY(page, console_sql_bill_lines, &rows, err, month, ve,
		enterprise) < 0)
		return hs_wrap(err, "read a bill");
	while (
	    i < hs_rows_count(bills) &&
	    (strcmp(hs_rows_get(bills, i, "ve"), ve) != 0 ||
		strcmp(hs_rows_get(bills, i, "enterprise"), enterprise) != 0))
		i++;
	if (i == hs_rows_count(bills))
		return hs_fail(err, HS_ENOTFOUND, "no such bill");
	v.month = page_month(page, month);
	v.back = console_month_url(page, "/closing/month", month);
	v.who = bills_who(page, ve, enterprise);
	v.lines = bill_view(page, rows, page_text(page, MSG_BILL_LINES),
	    page_money(page, hs_rows_get(bills, i, "amount")),
	    hs_rows_get(bills, i, "currency"));
	view_month_bill(&out, &v);
	page_send_titled(page, 200, v.who.s, &out);
	return 0;
}

/* clang-format off */
static const char *const columns[] = { "line_no", "ve", "enterprise", "meter",
	"state", "late", "quantity", "unit", "price", "currency", "valid_from",
	"valid_to", "amount" };
/* clang-format on */

/* Values are text, so that no reader makes binary fractions of money. */
static void send_json(struct page *page, const struct hs_rows *closed,
    size_t row, const struct hs_rows *lines, const char *name)
{
	static const char *const heads[] = { "month", "closed_at", "currency",
		"amount", "sha256" };
	struct hs_text out = { 0 };

	hs_text_add(&out, "{");
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		const char *value = hs_rows_get(closed, row, heads[i]);

		hs_text_addf(&out, "\"%s\": ", heads[i]);
		if (value != NULL)
			hs_text_add_json(&out, value);
		else
			hs_text_add(&out, "null");
		hs_text_add(&out, ", ");
	}
	hs_text_add(&out, "\"lines\": [");
	for (size_t i = 0; i < hs_rows_count(lines); i++) {
		hs_text_add(&out, i > 0 ? ",\n{" : "\n{");
		for (size_t c = 0; c < ARRAY_LEN(columns); c++) {
			const char *value = hs_rows_get(lines, i, columns[c]);

			hs_text_addf(
			    &out, "%s\"%s\": ", c > 0 ? ", " : "", columns[c]);
			if (value != NULL)
				hs_text_add_json(&out, value);
			else
				hs_text_add(&out, "null");
		}
		hs_text_add(&out, "}");
	}
	hs_text_add(&out, "]}\n");
	web_respond_file(page->response, "application/json", name, &out);
}

static int send_text(
    struct page *page, const char *month, const char *name, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct hs_text out = { 0 };

	if (PAGE_QUERY(page, console_sql_bill_text, &rows, err, month) < 0)
		return hs_wrap(err, "read a month");
	hs_text_add(&out, hs_rows_get(rows, 0, "text"));
	web_respond_file(
	    page->response, "text/plain; charset=utf-8", name, &out);
	return 0;
}

static int send_focus(struct page *page, const struct hs_rows *lines,
    const char *month, struct hs_err *err)
{
	struct hs_err focus_err = { 0 };
	struct hs_text out = { 0 };

	/* A rule that we break is a bug of ours, and nothing that was asked. */
	if (month_focus(page, month, lines, &out, &focus_err) < 0) {
		hs_text_done(&out);
		return hs_fail(
		    err, HS_ESYSTEM, "write FOCUS: %s", focus_err.msg);
	}
	web_respond_file(page->response, "text/csv; charset=utf-8",
	    hs_arena_printf(page->arena, "bills-%.7s-focus.csv", month), &out);
	return 0;
}

int page_month_file(struct page *page, struct hs_err *err)
{
	const char *format = page->args[0];
	const struct hs_rows *closed = NULL, *lines = NULL;
	const char *month, *name;
	size_t row = 0;

	if (find_month(page, &closed, &row, &month, err) < 0)
		return -1;
	name = hs_arena_printf(page->arena, "bills-%.7s.%s", month,
	    strcmp(format, "text") == 0 ? "txt" : format);
	if (strcmp(format, "text") == 0)
		return send_text(page, month, name, err);
	if (PAGE_QUERY(page, console_sql_bill_lines, &lines, err, month, NULL,
		NULL) < 0)
		return hs_wrap(err, "read a month");
	if (strcmp(format, "csv") == 0)
		bill_send_csv(page, lines, columns, ARRAY_LEN(columns), name);
	else if (strcmp(format, "json") == 0)
		send_json(page, closed, row, lines, name);
	else if (strcmp(format, "focus") == 0)
		return send_focus(page, lines, month, err);
	else
		return hs_fail(err, HS_ENOTFOUND, "no such format");
	return 0;
}
