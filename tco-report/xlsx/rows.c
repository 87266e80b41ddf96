/* rows.c - many rows as a spreadsheet, one after the other. */

#include "tco-report/xlsx/rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <xlsxwriter.h>

#include "base/err.h"

#define CELL_DIGITS 15 /* of a number, that a cell keeps */

struct xl_rows {
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *head, *money;
	const char *name;
	const struct xl_column *columns;
	size_t count;
	unsigned sheets;
	lxw_row_t row; /* the next one */
};

static int add_sheet(struct xl_rows *rows, struct hs_err *err)
{
	hs_auto(hs_freep) char *name =
	    rows->sheets == 0
		? hs_strdup(rows->name)
		: hs_printf("%s %u", rows->name, rows->sheets + 1);
	lxw_worksheet *sheet = workbook_add_worksheet(rows->book, name);
	lxw_col_t last = (lxw_col_t)(rows->count - 1);

	if (sheet == NULL)
		return hs_fail(
		    err, HS_EINVAL, "no sheet can be named '%s'", name);
	rows->sheet = sheet;
	rows->sheets++;
	rows->row = 1;
	worksheet_freeze_panes(sheet, 1, 0);
	worksheet_repeat_rows(sheet, 0, 0);
	worksheet_set_landscape(sheet);
	worksheet_set_paper(sheet, 9); /* A4 */
	worksheet_fit_to_pages(sheet, 1, 0);
	worksheet_set_footer(sheet, "&L&8&A&R&8&P / &N");
	for (lxw_col_t c = 0; c <= last; c++) {
		worksheet_set_column(sheet, c, c, rows->columns[c].width, NULL);
		worksheet_write_string(
		    sheet, 0, c, rows->columns[c].title, rows->head);
	}
	return 0;
}

/* The filter's range is known when the sheet is full. */
static void end_sheet(struct xl_rows *rows)
{
	if (rows->row > 1)
		worksheet_autofilter(rows->sheet, 0, 0, rows->row - 1,
		    (lxw_col_t)(rows->count - 1));
}

int xl_rows_open(const char *path, const char *sheet,
    const struct xl_column *columns, size_t count, struct xl_rows **ret_rows,
    struct hs_err *err)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	struct xl_rows *rows = hs_alloc(sizeof(*rows));

	*rows = (struct xl_rows) {
		.name = sheet, .columns = columns, .count = count
	};
	rows->book = workbook_new_opt(path, &options);
	if (rows->book == NULL) {
		hs_freep(&rows);
		return hs_fail(err, HS_ESYSTEM, "no workbook '%s'", path);
	}
	rows->head = workbook_add_format(rows->book);
	format_set_bold(rows->head);
	rows->money = workbook_add_format(rows->book);
	format_set_num_format(rows->money, "#,##0.00");
	if (add_sheet(rows, err) < 0) {
		(void)xl_rows_close(rows, NULL);
		return -1;
	}
	*ret_rows = rows;
	return 0;
}

static int write_number(
    struct xl_rows *rows, lxw_col_t col, const char *text, struct hs_err *err)
{
	bool is_money = rows->columns[col].kind == XL_ROWS_MONEY;
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0')
		return hs_fail(err, HS_EINVAL, "%s: '%s' is no number",
		    rows->columns[col].title, text);
	if (worksheet_write_number(rows->sheet, rows->row, col, value,
		is_money ? rows->money : NULL) != LXW_NO_ERROR)
		return hs_fail(err, HS_ESYSTEM, "a cell cannot be written");
	return 0;
}

static int write_text(
    struct xl_rows *rows, lxw_col_t col, const char *text, struct hs_err *err)
{
	lxw_error error =
	    worksheet_write_string(rows->sheet, rows->row, col, text, NULL);

	if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED)
		return hs_fail(err, HS_ELIMIT, "%s: the text is too long",
		    rows->columns[col].title);
	if (error != LXW_NO_ERROR)
		return hs_fail(err, HS_ESYSTEM, "a cell cannot be written");
	return 0;
}

/* "12.50", of no more digits than a cell keeps; "007" is a text. */
static bool is_number(const char *text)
{
	const char *s = text + (*text == '-' ? 1 : 0);
	size_t whole = strspn(s, "0123456789"), part = 0;

	if (whole == 0 || (*s == '0' && whole > 1))
		return false;
	if (s[whole] == '.')
		part = strspn(s + whole + 1, "0123456789");
	return s[whole + (part > 0 ? part + 1 : 0)] == '\0' &&
	       whole + part <= CELL_DIGITS;
}

static bool is_text(enum xl_kind kind, const char *value)
{
	return kind == XL_ROWS_TEXT ||
	       (kind == XL_ROWS_ANY && !is_number(value));
}

int xl_rows_add(
    struct xl_rows *rows, const char *const *values, struct hs_err *err)
{
	if (rows->row == LXW_ROW_MAX) {
		end_sheet(rows);
		if (add_sheet(rows, err) < 0)
			return -1;
	}
	for (lxw_col_t c = 0; c < (lxw_col_t)rows->count; c++) {
		enum xl_kind kind = rows->columns[c].kind;

		if (values[c] == NULL)
			continue;
		if ((is_text(kind, values[c]) ? write_text : write_number)(
			rows, c, values[c], err) < 0)
			return -1;
	}
	rows->row++;
	return 0;
}

int xl_rows_close(struct xl_rows *rows, struct hs_err *err)
{
	lxw_error error;

	if (rows->sheet != NULL)
		end_sheet(rows);
	error = workbook_close(rows->book);
	hs_freep(&rows);
	if (error != LXW_NO_ERROR)
		return hs_fail(err, HS_ESYSTEM,
		    "the workbook cannot be written: %s", lxw_strerror(error));
	return 0;
}
