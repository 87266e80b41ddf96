/* column.h - what FOCUS says of one column, and of the columns of one row. */
#ifndef HANSE_TCO_REPORT_FOCUS_COLUMN_H
#define HANSE_TCO_REPORT_FOCUS_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct focus_charge;
struct hs_err;

enum focus_kind {
	FOCUS_STRING,
	FOCUS_DECIMAL,
	FOCUS_PRICE, /* a decimal that is not negative */
	FOCUS_MOMENT,
	FOCUS_CURRENCY,
	FOCUS_UNIT,
	FOCUS_KEY_VALUE, /* an object of JSON, flat */
	FOCUS_OBJECT,    /* any object of JSON */
	FOCUS_CATEGORY,  /* from here on: one of a list */
	FOCUS_CLASS,
	FOCUS_FREQUENCY,
	FOCUS_PRICING,
	FOCUS_SERVICE,
};
#define FOCUS_KIND_COUNT (FOCUS_SERVICE + 1)

#define FOCUS_NOWHERE SIZE_MAX

struct focus_column {
	const char *name;
	enum focus_kind kind;
	bool required; /* never null */
	size_t offset; /* in struct focus_charge, or FOCUS_NOWHERE */
};

/** A value alone; NULL is null. Errors: HS_EINVAL. */
int focus_column_check(
    const struct focus_column *column, const char *text, struct hs_err *err);

/** The values of a row beside each other. Errors: HS_EINVAL. */
int focus_charge_check(const struct focus_charge *charge, struct hs_err *err);

#endif
