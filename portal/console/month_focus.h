/* month_focus.h - a closed month as a FOCUS file. */
#ifndef HANSE_PORTAL_CONSOLE_MONTH_FOCUS_H
#define HANSE_PORTAL_CONSOLE_MONTH_FOCUS_H

#include "portal/console/console.h"

/**
 * Write the month's lines as charges: price times quantity, exactly, and for
 * each bill what that leaves to its cents as a row of its own. What had no
 * price is no charge; what belongs to a month closed before is a correction.
 *
 * @month:     its first day
 * @lines:     rows of bill_lines.sql, by bill
 * @ret_text:  ended by the caller, also when this fails
 *
 * Errors: HS_EINVAL (a rule of FOCUS is broken: our bug), HS_ESYSTEM.
 */
int month_focus(struct page *page, const char *month,
    const struct hs_rows *lines, struct hs_text *ret_text, struct hs_err *err);

#endif
