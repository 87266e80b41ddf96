/* bill.c - the lines of a bill, as people read them and as a table to take
 * away.
 */

#include "portal/site/bill.h"

#include <string.h>

/* A counted meter has no states, and a reserved one may have one price for
 * all of them. */
static struct h_text state_name(const struct page *page, const char *state)
{
	return state[0] == '\0'
		   ? h_text(NULL)
		   : h_text(i18n_named(page->lang, "state_of.", state));
}

static struct h_text valid_text(
    const struct page *page, const char *from, const char *to)
{
	if (from == NULL)
		return h_text(NULL);
	if (to == NULL)
		return page_format(
		    page, MSG_BILL_FROM, page_date(page, from).s);
	return page_format(page, MSG_BILL_UNTIL, page_date(page, from).s,
	    page_date(page, to).s);
}

const struct view_bill_lines *bill_view(struct page *page,
    const struct hs_rows *rows, struct h_text title, struct h_text total,
    const char *currency)
{
	size_t count = hs_rows_count(rows);
	struct view_bill_lines *v = PAGE_NEW(page, struct view_bill_lines, 1);
	struct view_bill_lines_rows *list =
	    PAGE_NEW(page, struct view_bill_lines_rows, count);

	for (size_t i = 0; i < count; i++)
		list[i] = (struct view_bill_lines_rows) {
			.what = h_text(i18n_named(page->lang, "meter.",
			    hs_rows_get(rows, i, "meter"))),
			.state =
			    state_name(page, hs_rows_get(rows, i, "state")),
			.late = page_is_true(rows, i, "late"),
			.quantity =
			    page_number(page, hs_rows_get(rows, i, "quantity")),
			.unit = h_text(i18n_named(page->lang, "meter_unit.",
			    hs_rows_get(rows, i, "unit"))),
			.price =
			    page_number(page, hs_rows_get(rows, i, "price")),
			.valid =
			    valid_text(page, hs_rows_get(rows, i, "valid_from"),
				hs_rows_get(rows, i, "valid_to")),
			.amount =
			    page_money(page, hs_rows_get(rows, i, "amount")),
		};
	*v = (struct view_bill_lines) {
		.title = title,
		.total = total,
		.currency = h_text(currency),
		.rows = list,
		.rows_count = count,
	};
	return v;
}

static void add_field(struct hs_text *out, const char *value)
{
	if (value == NULL || strpbrk(value, ",\"\r\n") == NULL) {
		hs_text_add(out, value != NULL ? value : "");
		return;
	}
	hs_text_add_char(out, '"');
	for (; *value != '\0'; value++) {
		if (*value == '"')
			hs_text_add_char(out, '"');
		hs_text_add_char(out, *value);
	}
	hs_text_add_char(out, '"');
}

void bill_send_csv(struct page *page, const struct hs_rows *rows,
    const char *const *columns, size_t count, const char *name)
{
	struct hs_text out = { 0 };

	for (size_t c = 0; c < count; c++) {
		hs_text_add(&out, c > 0 ? "," : "");
		add_field(&out, columns[c]);
	}
	hs_text_add(&out, "\r\n");
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		for (size_t c = 0; c < count; c++) {
			hs_text_add(&out, c > 0 ? "," : "");
			add_field(&out, hs_rows_get(rows, i, columns[c]));
		}
		hs_text_add(&out, "\r\n");
	}
	web_respond_file(page->response, "text/csv; charset=utf-8", name, &out);
}

struct h_text page_month(const struct page *page, const char *iso)
{
	const char *number = hs_arena_strndup(page->arena, iso + 5, 2);
	const char *year = hs_arena_strndup(page->arena, iso, 4);

	return page_format(page, MSG_MONTH_NAME,
	    i18n_named(page->lang, "month.", number), year);
}

const char *page_month_asked(const struct page *page, const char *text)
{
	const char *first;

	if (text == NULL || strlen(text) != strlen("2026-10"))
		return NULL;
	first = hs_arena_printf(page->arena, "%s-01", text);
	return i18n_is_date(first) ? first : NULL;
}
