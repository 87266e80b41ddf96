/* page_prices.c - the price book: what is valid when, what was changed, and a
 * form for one more price. Whether a price is possible the database says.
 */

#include <string.h>

#include "portal/console/console.h"

/* What was typed, and what is wrong with it. */
struct form {
	const char *meter, *unit, *state, *amount, *currency;
	const char *from, *until, *source;
	bool succeeds;
	const char *bad; /* the field; NULL: nothing is wrong */
	enum msg problem;
	const char *detail; /* the database's own sentence */
};

/* clang-format off */
static const char *const states[] = { "", "running", "suspended", "stopped" };

/* What the database names in DETAIL, and what to say about it. */
static const struct {
	const char *detail, *field;
	enum msg problem;
} refusals[] = {
	{ "from",     "from",     MSG_PRICES_BAD_OVERLAP  },
	{ "to",       "until",    MSG_PRICES_BAD_ORDER    },
	{ "currency", "currency", MSG_PRICES_BAD_CURRENCY },
	{ "meter",    "what",     MSG_PRICES_BAD_WHAT     },
	{ "unit",     "what",     MSG_PRICES_BAD_WHAT     },
	{ "state",    "state",    MSG_PRICES_BAD_STATE    },
	{ "amount",   "amount",   MSG_PRICES_BAD_AMOUNT   },
};
/* clang-format on */

static struct h_text state_label(const struct page *page, const char *state)
{
	return state[0] == '\0'
		   ? page_text(page, MSG_BILL_ANY_STATE)
		   : h_text(i18n_named(page->lang, "state_of.", state));
}

static struct h_text unit_label(const struct page *page, const char *unit)
{
	return h_text(i18n_named(page->lang, "meter_unit.", unit));
}

static struct h_text valid_label(
    const struct page *page, const struct hs_rows *rows, size_t i)
{
	const char *to = hs_rows_get(rows, i, "valid_to");
	struct h_text from =
	    page_date(page, hs_rows_get(rows, i, "valid_from"));

	return to == NULL ? page_format(page, MSG_BILL_FROM, from.s)
			  : page_format(page, MSG_BILL_UNTIL, from.s,
				page_date(page, to).s);
}

/* Reads the list of meters and units: one optgroup a meter. */
static int fill_meters(struct page *page, const struct form *form,
    struct view_prices *v, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct view_prices_meters *meters;
	struct view_prices_meters_units *units;
	const char *last = "";

	if (page_query(page, console_sql_price_units, 0, NULL, &rows, err) < 0)
		return -1;
	meters = PAGE_NEW(page, struct view_prices_meters, hs_rows_count(rows));
	units = PAGE_NEW(
	    page, struct view_prices_meters_units, hs_rows_count(rows));
	v->meters = meters;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const char *meter = hs_rows_get(rows, i, "meter");
		const char *unit = hs_rows_get(rows, i, "unit");

		if (strcmp(meter, last) != 0)
			meters[v->meters_count++] =
			    (struct view_prices_meters) {
				    .label = h_text(i18n_named(
					page->lang, "meter.", meter)),
				    .units = &units[i],
			    };
		last = meter;
		meters[v->meters_count - 1].units_count++;
		units[i] = (struct view_prices_meters_units) {
			.value = h_text(
			    hs_arena_printf(page->arena, "%s/%s", meter, unit)),
			.label = page_format(page, MSG_PRICES_PER,
			    i18n_named(page->lang, "meter.", meter),
			    unit_label(page, unit).s),
			.selected = strcmp(meter, form->meter) == 0 &&
				    strcmp(unit, form->unit) == 0,
		};
	}
	return 0;
}

static void fill_states(
    struct page *page, const struct form *form, struct view_prices *v)
{
	struct view_prices_states *list =
	    PAGE_NEW(page, struct view_prices_states, ARRAY_LEN(states));

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		list[i] = (struct view_prices_states) {
			.value = h_text(states[i]),
			.label = state_label(page, states[i]),
			.selected = strcmp(states[i], form->state) == 0,
		};
	v->states = list;
	v->states_count = ARRAY_LEN(states);
}

/* A price is of now, of later, or of before. */
static void fill_standing(struct page *page, const struct hs_rows *rows,
    size_t i, struct view_prices_prices *v)
{
	bool is_now = page_is_true(rows, i, "is_now");

	v->tone = h_text(is_now ? "good" : "calm");
	v->standing = page_text(page, is_now ? MSG_PRICES_NOW
				      : page_is_true(rows, i, "is_later")
					  ? MSG_PRICES_LATER
					  : MSG_PRICES_BEFORE);
}

static int fill_prices(
    struct page *page, struct view_prices *v, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct view_prices_prices *list;
	size_t count;

	if (page_query(page, console_sql_price_list, 0, NULL, &rows, err) < 0)
		return -1;
	count = hs_rows_count(rows);
	list = PAGE_NEW(page, struct view_prices_prices, count);
	for (size_t i = 0; i < count; i++) {
		list[i] = (struct view_prices_prices) {
			.what = h_text(i18n_named(page->lang, "meter.",
			    hs_rows_get(rows, i, "meter"))),
			.state =
			    state_label(page, hs_rows_get(rows, i, "state")),
			.amount =
			    page_number(page, hs_rows_get(rows, i, "amount")),
			.currency = h_text(hs_rows_get(rows, i, "currency")),
			.unit = unit_label(page, hs_rows_get(rows, i, "unit")),
			.valid = valid_label(page, rows, i),
			.source = h_text(hs_rows_get(rows, i, "source")),
		};
		fill_standing(page, rows, i, &list[i]);
		v->currency = list[i].currency;
	}
	v->prices = list;
	v->prices_count = count;
	return 0;
}

static int fill_changes(
    struct page *page, struct view_prices *v, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct view_prices_changes *list;
	size_t count;

	if (page_query(page, console_sql_price_changes, 0, NULL, &rows, err) <
	    0)
		return -1;
	count = hs_rows_count(rows);
	list = PAGE_NEW(page, struct view_prices_changes, count);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct view_prices_changes) {
			.at = page_date(page, hs_rows_get(rows, i, "at")),
			.done = h_text(i18n_named(page->lang, "price_done.",
			    hs_rows_get(rows, i, "what"))),
			.what = h_text(i18n_named(page->lang, "meter.",
			    hs_rows_get(rows, i, "meter"))),
			.state =
			    state_label(page, hs_rows_get(rows, i, "state")),
			.amount =
			    page_number(page, hs_rows_get(rows, i, "amount")),
			.currency = h_text(hs_rows_get(rows, i, "currency")),
			.unit = unit_label(page, hs_rows_get(rows, i, "unit")),
			.valid = valid_label(page, rows, i),
			.source = h_text(hs_rows_get(rows, i, "source")),
		};
	v->changes = list;
	v->changes_count = count;
	return 0;
}

static bool is_bad(const struct form *form, const char *field)
{
	return form->bad != NULL && strcmp(form->bad, field) == 0;
}

static void fill_form(
    struct page *page, const struct form *form, struct view_prices *v)
{
	v->csrf = page_csrf(page);
	v->amount = h_text(form->amount);
	if (form->currency[0] != '\0')
		v->currency = h_text(form->currency);
	v->from = h_text(form->from);
	v->until = h_text(form->until);
	v->source = h_text(form->source);
	v->succeeds = form->succeeds;
	v->bad_from = is_bad(form, "from");
	v->bad_until = is_bad(form, "until");
	v->bad_amount = is_bad(form, "amount");
	v->bad_currency = is_bad(form, "currency");
	v->bad_what = is_bad(form, "what");
	v->bad_state = is_bad(form, "state");
	v->bad_source = is_bad(form, "source");
	if (form->bad != NULL) {
		v->problem = page_text(page, form->problem);
		v->detail = h_text(form->detail);
	}
	fill_states(page, form, v);
}

static int send_prices(
    struct page *page, int status, const struct form *form, struct hs_err *err)
{
	struct html out = { .lang = page->lang };
	struct view_prices v = { 0 };

	if (fill_prices(page, &v, err) < 0 || fill_changes(page, &v, err) < 0 ||
	    fill_meters(page, form, &v, err) < 0)
		return hs_wrap(err, "read the price book");
	fill_form(page, form, &v);
	view_prices(&out, &v);
	page_send(page, status, MSG_PRICES_TITLE, &out);
	return 0;
}

int page_prices(struct page *page, struct hs_err *err)
{
	static const struct form empty = {
		.meter = "",
		.unit = "",
		.state = "",
		.amount = "",
		.currency = "",
		.from = "",
		.until = "",
		.source = "",
		.succeeds = true,
	};

	return send_prices(page, 200, &empty, err);
}

static void refuse(struct form *form, const char *field, enum msg problem)
{
	if (form->bad != NULL)
		return;
	form->bad = field;
	form->problem = problem;
}

static void read_form(struct page *page, struct form *form)
{
	const char *what = page_field(page, "what");
	const char *slash = strchr(what, '/');
	const char *source = page_field_or_null(page, "source");

	*form = (struct form) {
		.meter = slash == NULL ? ""
				       : hs_arena_strndup(page->arena, what,
					     (size_t)(slash - what)),
		.unit = slash == NULL ? "" : slash + 1,
		.state = page_field(page, "state"),
		.amount = page_field(page, "amount"),
		.currency = page_field(page, "currency"),
		.from = page_field(page, "from"),
		.until = page_field(page, "until"),
		.source = source != NULL ? source : "",
		.succeeds = strcmp(page_field(page, "succeeds"), "yes") == 0,
	};
}

/* What can be judged without the database, in the reader's language. */
static void judge(struct page *page, struct form *form, const char **ret_amount)
{
	*ret_amount = NULL;
	if (!i18n_parse_decimal(
		page->arena, page->lang, form->amount, ret_amount))
		refuse(form, "amount", MSG_PRICES_BAD_AMOUNT);
	if (strlen(form->currency) != 3 ||
	    strspn(form->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		refuse(form, "currency", MSG_PRICES_BAD_CURRENCY);
	if (!i18n_is_date(form->from))
		refuse(form, "from", MSG_PRICES_BAD_DATE);
	if (form->until[0] != '\0' && !i18n_is_date(form->until))
		refuse(form, "until", MSG_PRICES_BAD_DATE);
	if (form->source[0] == '\0')
		refuse(form, "source", MSG_PRICES_BAD_SOURCE);
}

/* True if the failure is a refusal that belongs to a field. */
static bool is_refusal(
    struct page *page, struct form *form, const struct hs_err *err)
{
	struct hs_db *db = page->worker->db;
	const char *state = hs_db_sqlstate(db);

	if (strcmp(state, "HN002") == 0) {
		refuse(form, "from", MSG_PRICES_BAD_CLOSED);
	} else if (strcmp(state, "HN003") == 0) {
		for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
			if (strcmp(hs_db_detail(db), refusals[i].detail) == 0)
				refuse(form, refusals[i].field,
				    refusals[i].problem);
	}
	if (form->bad == NULL)
		return false;
	form->detail = hs_arena_strdup(page->arena, err->msg);
	return true;
}

int page_prices_post(struct page *page, struct hs_err *err)
{
	struct form form;
	const char *amount;

	read_form(page, &form);
	judge(page, &form, &amount);
	if (form.bad != NULL)
		return send_prices(page, 422, &form, err);
	if (PAGE_QUERY(page, console_sql_price_add, NULL, err,
		page->session->login, form.meter, form.state, form.from,
		form.until[0] != '\0' ? form.until : NULL, amount,
		form.currency, form.unit, form.source,
		form.succeeds ? "t" : "f") < 0) {
		if (!is_refusal(page, &form, err))
			return hs_wrap(err, "add a price");
		return send_prices(page, 422, &form, err);
	}
	page_redirect(page, h_path(page->arena, "/prices"), "price_added");
	return 0;
}
