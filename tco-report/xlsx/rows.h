/* rows.h - many rows as a spreadsheet: usage, bills, a ledger.
 *
 * Rows go to the file as they come; memory does not grow with them. A sheet
 * that is full (1,048,576 rows) is followed by another.
 */
#ifndef HANSE_TCO_REPORT_XLSX_ROWS_H
#define HANSE_TCO_REPORT_XLSX_ROWS_H

#include <stddef.h>

#include "base/mem.h"

struct hs_err;
struct xl_rows;

enum xl_kind {
	XL_ROWS_TEXT,
	XL_ROWS_NUMBER, /* decimal text */
	XL_ROWS_MONEY,  /* decimal text, shown with cents */
	XL_ROWS_ANY,    /* a number where it is one that a cell can hold */
};

struct xl_column {
	const char *title;
	enum xl_kind kind;
	double width; /* characters */
};

/**
 * Begin a file.
 *
 * @columns:  kept until xl_rows_close()
 *
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int xl_rows_open(const char *path, const char *sheet,
    const struct xl_column *columns, size_t count, struct xl_rows **ret_rows,
    struct hs_err *err);

/**
 * Add a row.
 *
 * @values:  a text for each column; NULL is an empty cell
 *
 * Errors: HS_EINVAL (a number that is none), HS_ELIMIT, HS_ESYSTEM.
 */
int xl_rows_add(
    struct xl_rows *rows, const char *const *values, struct hs_err *err);

/** Finish the file and free rows, whatever comes of it. Errors: HS_ESYSTEM. */
int xl_rows_close(struct xl_rows *rows, struct hs_err *err);

#endif
