/* page_act.c - doing something with an order: at once, with a reason, or with
 * an answer to each line.
 *
 * Nothing here knows the machine: what is possible is asked of the database. If
 * somebody was faster, the form comes back with all that was typed (409).
 */

#include <string.h>

#include "base/log.h"
#include "portal/lines_form.h"
#include "portal/order.h"

/** What the database says of this action now. */
struct act {
	const char *name;
	struct order order;
	bool possible, needs_lines, needs_reason;
};

static int read_act(struct page *page, struct act *act, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;

	*act = (struct act) { .name = page->args[1] };
	if (order_action_find(act->name) == NULL)
		return hs_fail(err, HS_ENOTFOUND, "no such action");
	if (order_read(page, page->args[0], &act->order, err) < 0)
		return -1;
	if (!page_acts_as(page, act->order.my_party))
		return hs_fail(err, HS_EDENIED, "not with these roles");
	if (PAGE_QUERY(
		page, portal_sql_order_actions, &rows, err, act->order.uid) < 0)
		return hs_wrap(err, "read what is possible");
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		if (strcmp(hs_rows_get(rows, i, "action"), act->name) != 0)
			continue;
		act->possible = true;
		act->needs_lines = page_is_true(rows, i, "needs_lines");
		act->needs_reason = page_is_true(rows, i, "needs_reason");
	}
	return 0;
}

static bool is_lines_action(const struct act *act)
{
	return strcmp(act->name, "propose") == 0 ||
	       strcmp(act->name, "change") == 0;
}

/* @problem: "" for none; @stale: it is said in the summary */
static void send_reason_form(struct page *page, const struct act *act,
    int status, struct h_text problem, bool about_reason)
{
	struct html out = { .lang = page->lang };
	struct view_problems_problems one = { .message = problem };
	struct view_problems problems = {
		.title = page_text(page, MSG_FORM_PROBLEMS),
		.problems = &one,
		.problems_count = problem.s[0] != '\0',
	};
	const struct order_action *action = order_action_find(act->name);
	const struct order *order = &act->order;
	struct view_act v = {
		.heading =
		    h_text(order_action_label(page, order->state, act->name)),
		.advice = h_text(i18n_named(page->lang, "advice.", act->name)),
		.csrf = page_csrf(page),
		.revision = h_text(order->revision),
		.reason = h_text(page_field(page, "reason")),
		.reason_error = about_reason ? problem : h_text(NULL),
		.style = h_text(
		    action->style[0] != '\0' ? action->style : "primary"),
		.id = h_text(order->id),
		.partner = h_text(order->partner_name),
		.total = page_money(page, order->total_amount),
		.currency = h_text(order->currency),
		.action = order_act_url(page, order->uid, act->name),
		.back = order_url(page, order->uid),
		.needs_reason = act->needs_reason,
		.closed = !act->possible,
		.problems = &problems,
	};

	v.submit = v.heading;
	view_act(&out, &v);
	page_send_titled(page, status, v.heading.s, &out);
}

/* Somebody was faster: what was typed is kept, what is now is said. */
static int send_stale(
    struct page *page, const struct act *act, struct hs_err *err)
{
	struct h_text message =
	    act->possible ? page_text(page, MSG_FORM_STALE)
			  : page_format(page, MSG_FORM_TOO_LATE,
				order_state_name(page, act->order.state));
	struct lines_form form;

	hs_info(
	    "order.stale", "req=%s action=%s", page->request->id, act->name);
	if (!is_lines_action(act)) {
		send_reason_form(page, act, 409, message, false);
		return 0;
	}
	if (lines_form_open(page, &act->order,
		strcmp(act->name, "propose") == 0, &form, err) < 0)
		return -1;
	lines_form_problem(&form, message);
	lines_form_send(page, &form, 409, !act->possible);
	return 0;
}

int page_act(struct page *page, struct hs_err *err)
{
	struct lines_form form;
	struct act act;

	if (read_act(page, &act, err) < 0)
		return -1;
	if (!act.possible)
		return send_stale(page, &act, err);
	if (!act.needs_lines) {
		send_reason_form(page, &act, 200, h_text(NULL), false);
		return 0;
	}
	if (lines_form_open(page, &act.order, strcmp(act.name, "propose") == 0,
		&form, err) < 0)
		return -1;
	lines_form_send(page, &form, 200, false);
	return 0;
}

/* The database has refused: say so beside what was typed. */
static int refused(struct page *page, struct act *act, struct lines_form *form,
    const char *lines, struct hs_err *err)
{
	struct h_text why = order_refusal(page, lines, err);

	if (err->code == HS_ECONFLICT || err->code == HS_EDENIED) {
		if (read_act(page, act, err) < 0)
			return -1;
		return send_stale(page, act, err);
	}
	if (err->code != HS_EINVAL)
		return -1;
	if (form != NULL) {
		lines_form_problem(form, why);
		lines_form_send(page, form, 422, false);
	} else {
		send_reason_form(page, act, 422, why, true);
	}
	return 0;
}

static int do_it(struct page *page, struct act *act, struct lines_form *form,
    const char *lines, struct hs_err *err)
{
	const char *flash;

	if (order_act(page, act->name, page_field_or_null(page, "reason"),
		lines, err) < 0)
		return refused(page, act, form, lines, err);
	hs_info("order.acted", "req=%s action=%s login=%s", page->request->id,
	    act->name, page->session->login);
	flash = hs_arena_printf(page->arena, "did_%s", act->name);
	page_redirect(page, order_url(page, act->order.uid), flash);
	return 0;
}

static int post_lines(struct page *page, struct act *act, struct hs_err *err)
{
	struct lines_form form;
	const char *lines;

	if (lines_form_open(page, &act->order,
		strcmp(act->name, "propose") == 0, &form, err) < 0)
		return -1;
	if (page_field(page, "split")[0] != '\0') {
		lines_form_send(page, &form, 200, false);
		return 0;
	}
	lines = lines_form_read(page, &form);
	if (lines == NULL) {
		lines_form_send(page, &form, 422, false);
		return 0;
	}
	return do_it(page, act, &form, lines, err);
}

int page_act_post(struct page *page, struct hs_err *err)
{
	struct act act;

	if (read_act(page, &act, err) < 0)
		return -1;
	if (!act.possible)
		return send_stale(page, &act, err);
	if (act.needs_lines)
		return post_lines(page, &act, err);
	if (act.needs_reason && page_field_or_null(page, "reason") == NULL) {
		send_reason_form(page, &act, 422,
		    page_text(page, MSG_ACT_REASON_MISSING), true);
		return 0;
	}
	return do_it(page, &act, NULL, NULL, err);
}
