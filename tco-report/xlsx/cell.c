/* cell.c - sheets and what stands in their cells. */

#include "tco-report/xlsx/book.h"
#include "tco-report/xlsx/sheets.h"

#include <string.h>

void xl_fail(struct xl *xl, const struct xl_sheet *sheet, lxw_row_t row,
    lxw_col_t col, const char *what)
{
	char at[LXW_MAX_CELL_NAME_LENGTH];

	if (xl->err->code != HS_OK)
		return;
	lxw_rowcol_to_cell(at, row, col);
	(void)hs_fail(xl->err, HS_ESYSTEM, "sheet '%s', cell %s: %s",
	    sheet->name, at, what);
}

static void check(
    struct xl_sheet *s, lxw_row_t row, lxw_col_t col, lxw_error error)
{
	if (error != LXW_NO_ERROR)
		xl_fail(s->xl, s, row, col, lxw_strerror(error));
}

/* -- Sheets --------------------------------------------------------------- */

static void set_page(struct xl_sheet *s)
{
	worksheet_set_landscape(s->sheet);
	worksheet_set_paper(s->sheet, 9); /* A4 */
	worksheet_set_margins(s->sheet, 0.5, 0.5, 0.7, 0.7);
	worksheet_fit_to_pages(s->sheet, 1, 0);
	worksheet_set_footer(s->sheet, "&L&8&F&C&8&A&R&8&P / &N");
	worksheet_gridlines(s->sheet, LXW_HIDE_ALL_GRIDLINES);
}

struct xl_sheet *xl_sheet_add(
    struct xl *xl, const char *english_name, const char *english_title)
{
	struct xl_sheet *s = hs_arena_alloc(xl->arena, sizeof(*s));

	s->xl = xl;
	s->name = xl_say(xl, english_name);
	s->sheet = workbook_add_worksheet(xl->book, s->name);
	if (s->sheet == NULL) {
		(void)hs_fail(xl->err, HS_ESYSTEM, "no sheet '%s'", s->name);
		s->sheet = workbook_add_worksheet(xl->book, NULL);
	}
	set_page(s);
	worksheet_set_row(s->sheet, 0, 26, NULL);
	xl_label(s, 0, 0, XL_TITLE, english_title);
	return s;
}

void xl_sheet_freeze(struct xl_sheet *s, lxw_row_t row, lxw_col_t col)
{
	worksheet_freeze_panes(s->sheet, row, col);
	if (row > 0)
		worksheet_repeat_rows(s->sheet, row - 1, row - 1);
}

void xl_sheet_tall(struct xl_sheet *s, lxw_row_t row)
{
	worksheet_set_row(s->sheet, row, 28, NULL);
}

void xl_sheet_widths(
    struct xl_sheet *s, lxw_col_t first, lxw_col_t last, double width)
{
	worksheet_set_column(s->sheet, first, last, width, NULL);
}

/* -- Cells ---------------------------------------------------------------- */

void xl_label(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const char *english)
{
	xl_text(s, row, col, style, xl_say(s->xl, english));
}

void xl_text(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const char *text)
{
	lxw_format *format = s->xl->format[style];

	if (text == NULL || *text == '\0')
		check(s, row, col,
		    worksheet_write_blank(s->sheet, row, col, format));
	else
		check(s, row, col,
		    worksheet_write_string(s->sheet, row, col, text, format));
}

static struct xl_cell cell(
    struct xl_sheet *s, lxw_row_t row, lxw_col_t col, const struct num *value)
{
	return (struct xl_cell) { s, row, col, NULL, value };
}

struct xl_cell xl_number(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const struct num *value)
{
	lxw_format *format = s->xl->format[style];

	if (value == NULL)
		check(s, row, col,
		    worksheet_write_blank(s->sheet, row, col, format));
	else
		check(s, row, col,
		    worksheet_write_number(
			s->sheet, row, col, num_double(value), format));
	return cell(
	    s, row, col, value == NULL ? num_int(s->xl->pool, 0) : value);
}

struct xl_cell xl_put(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, struct xl_expr expr)
{
	check(s, row, col,
	    worksheet_write_formula_num(s->sheet, row, col,
		xl_printf(s->xl, "=%s", expr.text), s->xl->format[style],
		num_double(expr.value)));
	return cell(s, row, col, expr.value);
}

struct xl_cell xl_put_as(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, struct xl_expr expr, const struct num *model)
{
	if (model != NULL && num_cmp(expr.value, model) != 0) {
		hs_auto(hs_freep) char *mine = num_text_short(expr.value);
		hs_auto(hs_freep) char *theirs = num_text_short(model);

		xl_fail(s->xl, s, row, col,
		    xl_printf(s->xl, "%s is %s; the model says %s", expr.text,
			mine, theirs));
	}
	return xl_put(s, row, col, style, expr);
}

struct xl_cell xl_put_raw(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const char *formula, const struct num *value,
    const char *none)
{
	if (value == NULL) {
		xl_put_words(s, row, col, style, formula, none);
		return cell(s, row, col, num_int(s->xl->pool, 0));
	}
	return xl_put(s, row, col, style,
	    (struct xl_expr) { .text = formula, .value = value });
}

void xl_put_words(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const char *formula, const char *words)
{
	check(s, row, col,
	    worksheet_write_formula_str(s->sheet, row, col,
		xl_printf(s->xl, "=%s", formula), s->xl->format[style], words));
}

/* "stand-alone" and "server.price" with what a name may have in it. */
static const char *plain(const struct xl *xl, const char *name)
{
	char *copy = hs_arena_strdup(xl->arena, name);

	for (char *c = copy; *c != '\0'; c++)
		if (*c == '.' || *c == '-')
			*c = '_';
	return copy;
}

void xl_name(struct xl_cell *named, const char *name)
{
	const struct xl_sheet *s = named->sheet;
	const char *formula;

	named->name = NULL;
	formula = xl_ref(NULL, *named);
	named->name = plain(s->xl, name);
	if (workbook_define_name(s->xl->book, named->name, formula) !=
	    LXW_NO_ERROR)
		xl_fail(s->xl, s, named->row, named->col, "no name for it");
}

void xl_name_result(struct xl_cell cell, const char *name)
{
	xl_name(&cell, name);
}

void xl_fade(struct xl_sheet *s, lxw_row_t first_row, lxw_col_t first_col,
    lxw_row_t last_row, lxw_col_t last_col)
{
	char year[LXW_MAX_CELL_NAME_LENGTH];
	lxw_conditional_format rule = {
		.type = LXW_CONDITIONAL_TYPE_FORMULA,
		.format = s->xl->format[XL_FADED],
	};

	lxw_rowcol_to_cell_abs(year, 2, first_col, 1, 0);
	rule.value_string =
	    (char *)(uintptr_t)xl_printf(s->xl, "=%s>finance_horizon", year);
	worksheet_conditional_format_range(
	    s->sheet, first_row, first_col, last_row, last_col, &rule);
}

void xl_chart_title(const struct xl *xl, lxw_chart *chart, const char *english)
{
	lxw_chart_font font = { .bold = LXW_TRUE, .size = 11 };

	chart_title_set_name(chart, xl_say(xl, english));
	chart_title_set_name_font(chart, &font);
}
