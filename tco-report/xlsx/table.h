/* table.h - a CSV of any size as a spreadsheet.
 *
 * For ledgers and bills: what hanse prints with "-o csv" is read row by row and
 * goes to the file row by row, in constant memory.
 */
#ifndef HANSE_TCO_REPORT_XLSX_TABLE_H
#define HANSE_TCO_REPORT_XLSX_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "base/text.h"

struct hs_err;

#define XL_TABLE_COLUMNS   128
#define XL_TABLE_ROW_BYTES (256 * 1024)

/** One row of a CSV (RFC 4180) after the other; start with { .in = file }. */
struct xl_table {
	FILE *in;
	unsigned line; /* of the row that was read last, from 1 */
	size_t count;  /* of its fields */
	const char *field[XL_TABLE_COLUMNS]; /* until the next row */
	struct hs_text text;
	size_t offset[XL_TABLE_COLUMNS];
	unsigned lines; /* read so far */
};

/**
 * Read the next row. An empty line is passed over.
 *
 * Returns 1, or 0 at the end.
 *
 * Errors: HS_EINVAL (quotes that do not close or stand within a field, bytes
 * that are no text), HS_ELIMIT, HS_ESYSTEM.
 */
int xl_table_next(struct xl_table *table, struct hs_err *err);
void xl_table_done(struct xl_table *table);

/**
 * Write all rows as a spreadsheet; the first names the columns, which all rows
 * must have.
 *
 * @sheet:  name of the sheet
 *
 * Errors: as xl_table_next() and xl_rows_add(); the message names the line.
 */
int xl_table_write(
    FILE *in, const char *path, const char *sheet, struct hs_err *err);

#endif
