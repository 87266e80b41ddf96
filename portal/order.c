/* order.c - an order as its pages read and name it. */

#include "portal/order.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct {
	const char *state, *tone;
} tones[] = {
	{ "DRAFT",                 "calm" },
	{ "SENT",                  "wait" },
	{ "ACKNOWLEDGED",          "wait" },
	{ "PROPOSED",              "wait" },
	{ "CONFIRMED",             "good" },
	{ "CHANGE_PENDING",        "wait" },
	{ "CANCEL_PENDING",        "wait" },
	{ "SELLER_CANCEL_PENDING", "wait" },
	{ "REJECTED",              "bad"  },
	{ "CANCELLED",             "bad"  },
	{ "CLOSED",                "calm" },
};

static const struct order_action actions[] = {
	{ "send",            "primary", false },
	{ "acknowledge",     "",        false },
	{ "accept",          "primary", false },
	{ "propose",         "",        true  },
	{ "reject",          "danger",  true  },
	{ "accept_proposal", "primary", false },
	{ "refuse",          "danger",  true  },
	{ "change",          "",        true  },
	{ "cancel",          "danger",  true  },
	{ "withdraw",        "danger",  true  },
	{ "confirm",         "primary", true  },
	{ "close",           "",        true  },
};
/* clang-format on */

enum party order_party(const char *name)
{
	return strcmp(name, "buyer") == 0 ? PARTY_BUYER : PARTY_SELLER;
}

bool page_acts_as(const struct page *page, enum party party)
{
	return page->session != NULL &&
	       session_has_role(page->session->roles,
		   party == PARTY_BUYER ? "buyer" : "seller");
}

struct h_text page_unit(const struct page *page, const char *code)
{
	return h_text(i18n_named(page->lang, "unit.", code));
}

int order_read(struct page *page, const char *uid, struct order *ret_order,
    struct hs_err *err)
{
	const struct hs_rows *r = NULL;

	if (PAGE_QUERY(page, portal_sql_order_get, &r, err, uid) < 0)
		return hs_wrap(err, "read the order");
	if (hs_rows_count(r) == 0)
		return hs_fail(err, HS_ENOTFOUND, "no such order");
	*ret_order = (struct order) {
		.uid = uid,
		.id = hs_rows_get(r, 0, "id"),
		.state = hs_rows_get(r, 0, "state"),
		.buyer_id = hs_rows_get(r, 0, "buyer_id"),
		.seller_id = hs_rows_get(r, 0, "seller_id"),
		.partner_id = hs_rows_get(r, 0, "partner_id"),
		.partner_name = hs_rows_get(r, 0, "partner_name"),
		.issue_date = hs_rows_get(r, 0, "issue_date"),
		.requested_date = hs_rows_get(r, 0, "requested_date"),
		.currency = hs_rows_get(r, 0, "currency"),
		.total_amount = hs_rows_get(r, 0, "total_amount"),
		.sequence_number = hs_rows_get(r, 0, "sequence_number"),
		.version_in_force = hs_rows_get(r, 0, "version_in_force"),
		.revision = hs_rows_get(r, 0, "revision"),
		.note = hs_rows_get(r, 0, "note"),
		.sales_order_id = hs_rows_get(r, 0, "sales_order_id"),
		.awaits = hs_rows_get(r, 0, "awaits"),
		.created_at = hs_rows_get(r, 0, "created_at"),
		.my_party = order_party(hs_rows_get(r, 0, "my_party")),
		.awaits_me = page_is_true(r, 0, "awaits_me"),
		.terminal = page_is_true(r, 0, "terminal"),
	};
	return 0;
}

const char *order_state_name(const struct page *page, const char *state)
{
	return i18n_named(page->lang, "state.", state);
}

const char *order_state_tone(const char *state)
{
	for (size_t i = 0; i < ARRAY_LEN(tones); i++)
		if (strcmp(tones[i].state, state) == 0)
			return tones[i].tone;
	return "calm";
}

const char *order_action_label(
    const struct page *page, const char *state, const char *action)
{
	const char *name = hs_arena_printf(page->arena, "%s.%s", state, action);
	const char *text = i18n_named(page->lang, "action.", name);

	return text != name ? text : i18n_named(page->lang, "action.", action);
}

const struct order_action *order_action_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

struct h_url order_url(const struct page *page, const char *uid)
{
	return h_path(page->arena, "/orders/*", uid);
}

struct h_url order_act_url(
    const struct page *page, const char *uid, const char *action)
{
	return h_path(page->arena, "/orders/*/act/*", uid, action);
}

/* Digits without what does not count: zeros in front and at the end. */
static void trim_number(const char **from, size_t *len)
{
	const char *s = *from;
	size_t n;

	s += strspn(s, "0");
	n = strlen(s);
	if (strchr(s, '.') != NULL) {
		while (n > 0 && s[n - 1] == '0')
			n--;
		if (n > 0 && s[n - 1] == '.')
			n--;
	}
	*from = s;
	*len = n;
}

bool order_same_number(const char *a, const char *b)
{
	size_t a_len, b_len;

	trim_number(&a, &a_len);
	trim_number(&b, &b_len);
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* The DETAIL is "lines[2].quantity": the second entry of what was sent. */
struct h_text order_refusal(
    struct page *page, const char *lines, const struct hs_err *err)
{
	const char *message = hs_arena_strdup(page->arena, err->msg);
	const char *name = NULL;
	json_t *sent, *entry;
	unsigned number = 0;

	if (lines == NULL || page->worker->db == NULL ||
	    sscanf(hs_db_detail(page->worker->db), "lines[%u]", &number) != 1)
		return h_text(message);
	sent = json_loads(lines, 0, NULL);
	entry = json_array_get(sent, number - 1);
	name = json_string_value(json_object_get(entry, "item"));
	if (name != NULL)
		name = hs_arena_strdup(page->arena, name);
	else if (json_object_get(entry, "line") != NULL)
		name = hs_arena_printf(page->arena, "%s %s",
		    i18n_text(page->lang, MSG_LINE_LINE),
		    json_string_value(json_object_get(entry, "line")));
	json_decref(sent);
	return name == NULL
		   ? h_text(message)
		   : page_format(page, MSG_FORM_REFUSED_LINE, name, message);
}

int order_act(struct page *page, const char *action, const char *reason,
    const char *lines, struct hs_err *err)
{
	return PAGE_QUERY(page, portal_sql_order_act, NULL, err, page->args[0],
	    action, page->session->login, page_field_or_null(page, "revision"),
	    reason, lines, page_field_or_null(page, "sales_order_id"));
}
