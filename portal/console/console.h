/* console.h - what the pages of hanse-console share, beyond what every site
 * has.
 */
#ifndef HANSE_PORTAL_CONSOLE_CONSOLE_H
#define HANSE_PORTAL_CONSOLE_CONSOLE_H

#include "gen/console_pages.h"
#include "gen/console_sql.h"
#include "portal/site/site.h"

/** The program's own part of struct site. */
struct console {
	const char *report; /* file of the case that is reported */
};

/** routes.c: the tables of the site. */
extern const struct site console_site;

/** A month's page or file: PATH?month=2026-10. */
struct h_url console_month_url(
    struct page *page, const char *path, const char *month);

/** The month the query asks for, its first day. Errors: HS_ENOTFOUND. */
int console_month_asked(
    struct page *page, const char **ret_month, struct hs_err *err);

/* Pages: one function each. */

int page_reports(struct page *page, struct hs_err *err);
int page_report(struct page *page, struct hs_err *err);
int page_prices(struct page *page, struct hs_err *err);
int page_prices_post(struct page *page, struct hs_err *err);
int page_scenario(struct page *page, struct hs_err *err);
int page_scenario_post(struct page *page, struct hs_err *err);
int page_scenario_answer_post(struct page *page, struct hs_err *err);
int page_closing(struct page *page, struct hs_err *err);
int page_closing_preview(struct page *page, struct hs_err *err);
int page_closing_post(struct page *page, struct hs_err *err);
int page_month_view(struct page *page, struct hs_err *err);
int page_month_bill(struct page *page, struct hs_err *err);
int page_month_file(struct page *page, struct hs_err *err);

#endif
