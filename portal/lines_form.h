/* lines_form.h - the form of a proposal or a change: an answer to each line. */
#ifndef HANSE_PORTAL_LINES_FORM_H
#define HANSE_PORTAL_LINES_FORM_H

#include "portal/order.h"

#define LINES_PART_MAX    12 /* parts of a split delivery */
#define LINES_PROBLEM_MAX 32

struct lines_form {
	const struct order *order;
	bool proposes; /* a seller's proposal; otherwise a buyer's change */
	const struct hs_rows *lines; /* order_lines.sql */
	const struct hs_rows *items; /* item_list.sql */
	struct view_problems_problems problems[LINES_PROBLEM_MAX];
	size_t problem_count;
};

int lines_form_open(struct page *page, const struct order *order, bool proposes,
    struct lines_form *ret_form, struct hs_err *err);

void lines_form_problem(struct lines_form *form, struct h_text message);

/**
 * What was typed, as the database wants it. NULL with problems if something is
 * wrong, or nothing would change.
 */
const char *lines_form_read(struct page *page, struct lines_form *form);

/**
 * Show it, with what was typed or else with what the order says.
 * @closed:  the action is not possible any more: only to look at
 */
void lines_form_send(
    struct page *page, struct lines_form *form, int status, bool closed);

#endif
