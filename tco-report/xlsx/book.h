/* book.h - a workbook being written: sheets, styles, cells with formulas.
 *
 * A formula is built together with its value: struct xl_expr holds the text for
 * the spreadsheet and the exact number, both made by the same call, so neither
 * can say something else than the other:
 *
 *	saving = xl_put(s, row, col, XL_MONEY,
 *	    xl_sub(s, xl_of(s, dedicated), xl_of(s, platform)));
 *
 * Texts live in the workbook's arena, numbers in its pool.
 */
#ifndef HANSE_TCO_REPORT_XLSX_BOOK_H
#define HANSE_TCO_REPORT_XLSX_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xlsxwriter.h>

#include "base/err.h"
#include "base/mem.h"
#include "tco-report/exact/number.h"
#include "tco-report/model/model.h"
#include "tco-report/xlsx/xlsx.h"

enum xl_style {
	XL_TEXT,
	XL_UNIT,  /* text behind a number */
	XL_WRAP,  /* text of several lines */
	XL_TITLE, /* of a sheet */
	XL_HEADING,
	XL_NOTE,
	XL_NOTE_RIGHT,
	XL_HEAD,      /* of a column */
	XL_HEAD_LEFT, /* of a column of words */
	XL_HEAD_UNIT,
	XL_MONEY,
	XL_MONEY_SUM, /* with a line above */
	XL_LABEL_SUM,
	XL_GAIN, /* red where it is a loss */
	XL_PLAIN,
	XL_WHOLE,
	XL_NUMBER, /* two decimals */
	XL_RATE,   /* many decimals */
	XL_PERCENT,
	XL_FACTOR,
	XL_YEARS,
	XL_INPUT, /* what may be changed */
	XL_INPUT_TEXT,
	XL_FIXED_MONEY, /* a value, not a formula */
	XL_FIXED_NUMBER,
	XL_FIXED_WHOLE,
	XL_FIXED_PERCENT,
	XL_VERDICT,
	XL_BIG_MONEY,
	XL_BIG_PERCENT,
	XL_CAPTION,
	XL_LOSS,  /* laid over a cell where somebody loses */
	XL_FADED, /* laid over years beyond the horizon */
};
#define XL_STYLE_COUNT (XL_FADED + 1)

struct xl;

struct xl_sheet {
	struct xl *xl;
	lxw_worksheet *sheet;
	const char *name; /* as on its tab */
};

/** A cell that formulas may refer to. */
struct xl_cell {
	const struct xl_sheet *sheet; /* NULL: there is none */
	lxw_row_t row;
	lxw_col_t col;
	const char *name;        /* defined name, or NULL */
	const struct num *value; /* exact */
};

struct xl_expr {
	const char *text; /* without "=" */
	const struct num *value;
	int binds; /* how strongly: 1 sums, 2 products, 3 anything else */
};

struct xl {
	lxw_workbook *book;
	lxw_format *format[XL_STYLE_COUNT];
	struct hs_arena *arena;
	struct num_pool *pool;
	const struct tco_result *result;
	const struct tco_case *tcase;
	unsigned language;  /* enum tco_lang */
	struct hs_err *err; /* the first failure; code HS_OK: none */
};

/** A word or sentence in the reader's language; one the catalogue has not is a
 * bug, and the workbook is not written. */
const char *xl_say(const struct xl *xl, const char *english);
/** What the catalogue calls PREFIX.NAME; else what is given. */
const char *xl_say_named(const struct xl *xl, const char *prefix,
    const char *name, const char *otherwise);
#define XL_(english) english /* marks what the translators get */

/** The words for a parameter, a confidence, a unit. */
const char *xl_param_title(const struct xl *xl, enum tco_param_id id);
/** The same, and whose it is if it is an enterprise's own. */
const char *xl_turning_title(
    const struct xl *xl, const struct tco_break_even *b);
const char *xl_confidence(const struct xl *xl, enum tco_confidence confidence);
const char *xl_unit(const struct xl *xl, const char *unit);

/** The language of a code; English for what is none of ours. */
unsigned xl_language(const char *code);

void xl_styles_make(struct xl *xl);

/** Say, once, that the workbook is wrong. */
void xl_fail(struct xl *xl, const struct xl_sheet *sheet, lxw_row_t row,
    lxw_col_t col, const char *what);

/* -- Sheets --------------------------------------------------------------- */

/** A sheet with its title in A1, and how it is printed. */
struct xl_sheet *xl_sheet_add(
    struct xl *xl, const char *english_name, const char *english_title);
/** What stays in sight, and is printed on each page: the rows above. */
void xl_sheet_freeze(struct xl_sheet *s, lxw_row_t row, lxw_col_t col);
/** A row of heads of two lines. */
void xl_sheet_tall(struct xl_sheet *s, lxw_row_t row);
void xl_sheet_widths(
    struct xl_sheet *s, lxw_col_t first, lxw_col_t last, double width);

/* -- Cells ---------------------------------------------------------------- */

/** In the reader's language. */
void xl_label(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const char *english);
/** As it is: names, sources. NULL is left out. */
void xl_text(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const char *text);
/** A number that is not a formula; NULL is an empty cell. */
struct xl_cell xl_number(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const struct num *value);
struct xl_cell xl_put(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, struct xl_expr expr);
/** The same; the model must have come to the same number, if it has one. */
struct xl_cell xl_put_as(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, struct xl_expr expr, const struct num *model);
/** A formula that is no exact arithmetic: IRR; NULL: it gives "none". */
struct xl_cell xl_put_raw(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const char *formula, const struct num *value,
    const char *none);
/** A formula that gives words. */
void xl_put_words(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum xl_style style, const char *formula, const char *words);
/** Give a cell a name that formulas of all sheets use. */
void xl_name(struct xl_cell *cell, const char *name);
/** A name for readers and other workbooks; formulas here go on as they were. */
void xl_name_result(struct xl_cell cell, const char *name);

/** The title of a chart. */
void xl_chart_title(const struct xl *xl, lxw_chart *chart, const char *english);

/* -- Formulas ------------------------------------------------------------- */

/** How a cell is written in a formula of this sheet. */
const char *xl_ref(const struct xl_sheet *s, struct xl_cell cell);
/** "C4:C9", from one cell to another. */
const char *xl_range(
    const struct xl_sheet *s, struct xl_cell first, struct xl_cell last);
/** printf into the workbook's arena. */
const char *xl_printf(const struct xl *xl, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

struct xl_expr xl_of(const struct xl_sheet *s, struct xl_cell cell);
struct xl_expr xl_int(const struct xl_sheet *s, int64_t value);
struct xl_expr xl_add(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b);
struct xl_expr xl_sub(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b);
struct xl_expr xl_mul(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b);
struct xl_expr xl_div(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b);
/** b is a whole number. */
struct xl_expr xl_pow(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b);
struct xl_expr xl_max(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b);
struct xl_expr xl_min(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b);
/** Up to the next whole number; what binary fractions add is cut off. */
struct xl_expr xl_ceil(const struct xl_sheet *s, struct xl_expr a);
struct xl_expr xl_round(
    const struct xl_sheet *s, struct xl_expr a, unsigned decimals);
/** a/100, for what is given in %. */
struct xl_expr xl_percent(const struct xl_sheet *s, struct xl_expr a);
/** 1 + a/100. */
struct xl_expr xl_growth(const struct xl_sheet *s, struct xl_expr a);
/** Sum of neighbours in a row or column; their values are added. */
struct xl_expr xl_sum(
    const struct xl_sheet *s, const struct xl_cell *cells, size_t count);
/** IF(a OP b, yes, no); OP is "<=", "<", "=", ">", ">=". */
struct xl_expr xl_if(const struct xl_sheet *s, struct xl_expr a, const char *op,
    struct xl_expr b, struct xl_expr yes, struct xl_expr no);

#endif
