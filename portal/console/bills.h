/* bills.h - the bills of one month, as a table. */
#ifndef HANSE_PORTAL_CONSOLE_BILLS_H
#define HANSE_PORTAL_CONSOLE_BILLS_H

#include "portal/console/console.h"

/**
 * Rows with the columns ve, enterprise, currency, amount, lines and, of a
 * preview, unpriced.
 *
 * @month:         its first day, so that each bill can be opened; NULL: these
 *                 are none yet
 * @ret_unpriced:  whether something has no price; NULL: rows do not say
 */
const struct view_bills *bills_view(struct page *page,
    const struct hs_rows *rows, const char *month, bool *ret_unpriced);

/** Whose bill it is, for people: "" are the platform's and the VE's own. */
struct h_text bills_who(
    const struct page *page, const char *ve, const char *enterprise);

/** "2 of 3": how many virtual enterprises have their bills of that row. */
struct h_text bills_published(
    struct page *page, const struct hs_rows *rows, size_t i, bool *ret_all);

/** A column that is a whole number. */
long bills_number(const struct hs_rows *rows, size_t row, const char *column);

#endif
