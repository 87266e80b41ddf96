/* portal.h - what the pages of hanse-portal share, beyond what every site
 * has: orders have two parties.
 */
#ifndef HANSE_PORTAL_PORTAL_H
#define HANSE_PORTAL_PORTAL_H

#include "gen/portal_pages.h"
#include "gen/portal_sql.h"
#include "portal/site/site.h"

enum party {
	PARTY_BUYER = 1,
	PARTY_SELLER = 2,
};

/** Whether the person may act as that party. */
bool page_acts_as(const struct page *page, enum party party);

/** The name of a unit code, e.g. "H87" -> "pcs". */
struct h_text page_unit(const struct page *page, const char *code);

/** routes.c: the tables of the site. */
extern const struct site portal_site;

/* Pages: one function each. */

int page_inbox(struct page *page, struct hs_err *err);
int page_orders(struct page *page, struct hs_err *err);
int page_order(struct page *page, struct hs_err *err);
int page_order_new(struct page *page, struct hs_err *err);
int page_order_new_post(struct page *page, struct hs_err *err);
int page_order_edit(struct page *page, struct hs_err *err);
int page_order_edit_post(struct page *page, struct hs_err *err);
int page_order_delete_post(struct page *page, struct hs_err *err);
int page_act(struct page *page, struct hs_err *err);
int page_act_post(struct page *page, struct hs_err *err);
int page_members(struct page *page, struct hs_err *err);
int page_bill(struct page *page, struct hs_err *err);
int page_bill_csv(struct page *page, struct hs_err *err);

#endif
