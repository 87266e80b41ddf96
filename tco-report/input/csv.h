/* csv.h - comma-separated values (RFC 4180), read strictly; private to input/.
 *
 * The first line must be the columns that are expected. Quoted fields may hold
 * commas and quotes, no line ends. A decimal comma shows as a field too many,
 * and is said so.
 */
#ifndef HANSE_TCO_REPORT_INPUT_CSV_H
#define HANSE_TCO_REPORT_INPUT_CSV_H

#include <stdbool.h>
#include <stddef.h>

struct hs_err;
struct hs_faults;

#define CSV_MAX     (64U * 1024 * 1024) /* bytes of a file */
#define CSV_COLUMNS 8

struct csv {
	const char *const *columns;
	size_t count;
	struct hs_faults *faults;
	char *text, *rest; /* of the file; what is not read yet */
	unsigned line;     /* of the row that was read last */
	char *field[CSV_COLUMNS];
};

/**
 * Read the file, or text, and its first line.
 *
 * @columns:  names, kept
 * @faults:   kept; rows that are refused are added to it
 *
 * Errors: HS_EINVAL (see faults), HS_ENOTFOUND, HS_ELIMIT, HS_ESYSTEM.
 */
int csv_open(const char *name, const char *text, const char *const *columns,
    size_t count, struct hs_faults *faults, struct csv *ret_csv,
    struct hs_err *err);

/** The next row into field[]; rows at fault are passed over. False: no more. */
bool csv_next(struct csv *csv);

/** A fault of a column in the row that was read last. */
void csv_fault(const struct csv *csv, size_t column, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void csv_done(struct csv *csv);

#endif
