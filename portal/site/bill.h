/* bill.h - the lines of a bill, as people read them and as a table to take
 * away: the same for the enterprise that owes it and for who closes the month.
 *
 * The rows have the columns meter, state, late, quantity, unit, price,
 * valid_from, valid_to, amount.
 */
#ifndef HANSE_PORTAL_SITE_BILL_H
#define HANSE_PORTAL_SITE_BILL_H

#include "portal/site/site.h"

/** Lives as long as the request; @title and @total as people read them. */
const struct view_bill_lines *bill_view(struct page *page,
    const struct hs_rows *rows, struct h_text title, struct h_text total,
    const char *currency);

/**
 * Answer with the rows as a CSV file (RFC 4180, a point as decimal sign).
 *
 * @columns:  the rows' columns, which are its heads
 * @name:     of the file; characters of a word
 */
void bill_send_csv(struct page *page, const struct hs_rows *rows,
    const char *const *columns, size_t count, const char *name);

/** "October 2026" of "2026-10-01". */
struct h_text page_month(const struct page *page, const char *iso);

/** A query's month "2026-10" as its first day; NULL if it is none. */
const char *page_month_asked(const struct page *page, const char *text);

#endif
