/* date.h - days of the calendar, as prices and periods are given in them. */
#ifndef HANSE_TCO_REPORT_INPUT_DATE_H
#define HANSE_TCO_REPORT_INPUT_DATE_H

#include <stdbool.h>
#include <stdint.h>

struct hs_err;

/** A day as the days since 1970-01-01; such days compare as numbers. */
#define TCO_DAY_NEVER INT32_MAX /* later than any day */
#define TCO_DAY_TEXT  11        /* bytes of "2026-11-28" and its NUL */

/** Read "2026-11-28", a day of the calendar from 1970 to 9999. Errors:
 * HS_EINVAL. */
int tco_day_parse(const char *text, int32_t *ret_day, struct hs_err *err);

/** Write one; TCO_DAY_NEVER is "". */
void tco_day_text(int32_t day, char ret_text[TCO_DAY_TEXT]);

/** The same day of the month so many months later; the last one of the month
 * if it has no such day. */
int32_t tco_day_add_months(int32_t day, unsigned months);

/** The day's first second, UTC, since 1970. */
int64_t tco_day_start_s(int32_t day);

#endif
