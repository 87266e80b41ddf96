/* lines_form.c - the form of a proposal or a change: an answer to each line.
 *
 * A line N has the fields lN.q lN.d (quantity and date), lN.p (price), lN.n
 * (note) and lN.x (take it out); further parts of a split delivery have
 * lN-2.q lN-2.d and so on; an item to be added has a.ITEM. The codes of UBL's
 * line actions follow from what was changed: nobody has to choose them.
 */

#include "portal/lines_form.h"

#include <jansson.h>
#include <string.h>

/** What was typed for a line, or what stands there if nothing was. */
struct answer {
	const char *number; /* of the line */
	const char *prefix; /* "l1" */
	const char *price, *note;
	bool refused;
	struct {
		const char *prefix, *quantity, *date;
	} parts[LINES_PART_MAX];
	size_t part_count;
};

static const char *field(
    struct page *page, const char *prefix, const char *suffix)
{
	return hs_arena_printf(page->arena, "%s.%s", prefix, suffix);
}

static const char *part_prefix(
    struct page *page, const char *prefix, size_t part)
{
	return part == 0
		   ? prefix
		   : hs_arena_printf(page->arena, "%s-%zu", prefix, part + 1);
}

static bool is_posted(const struct page *page)
{
	return page->request->method == WEB_POST;
}

/* A line that was refused or deleted is not answered again. */
static bool is_live(const struct hs_rows *lines, size_t i)
{
	const char *status = hs_rows_get(lines, i, "status");

	return strcmp(status, "REJECTED") != 0 &&
	       strcmp(status, "DELETED") != 0;
}

/* The value in force, and before a confirmation the ordered one. */
static const char *value_of(const struct hs_rows *lines, size_t i,
    const char *confirmed, const char *ordered)
{
	const char *value = hs_rows_get(lines, i, confirmed);

	return value != NULL ? value : hs_rows_get(lines, i, ordered);
}

static const char *base_quantity(const struct hs_rows *lines, size_t i)
{
	return value_of(lines, i, "confirmed_quantity", "quantity");
}

static const char *base_date(const struct hs_rows *lines, size_t i)
{
	const char *date =
	    value_of(lines, i, "confirmed_date", "requested_date");

	return date != NULL ? date : "";
}

static const char *base_price(const struct hs_rows *lines, size_t i)
{
	return value_of(lines, i, "confirmed_price", "price");
}

static void answer_from_form(struct page *page, struct answer *a)
{
	const char *split = page_field(page, "split");

	a->price = page_field(page, field(page, a->prefix, "p"));
	a->note = page_field(page, field(page, a->prefix, "n"));
	a->refused = page_field(page, field(page, a->prefix, "x"))[0] != '\0';
	while (a->part_count < LINES_PART_MAX) {
		const char *prefix =
		    part_prefix(page, a->prefix, a->part_count);
		const char *quantity = web_params_get(
		    &page->request->form, field(page, prefix, "q"));

		if (quantity == NULL)
			break;
		a->parts[a->part_count].prefix = prefix;
		a->parts[a->part_count].quantity = quantity;
		a->parts[a->part_count++].date =
		    page_field(page, field(page, prefix, "d"));
	}
	if (strcmp(split, a->prefix) != 0 || a->part_count == LINES_PART_MAX)
		return;
	a->parts[a->part_count].prefix =
	    part_prefix(page, a->prefix, a->part_count);
	a->parts[a->part_count].quantity = "";
	a->parts[a->part_count++].date = "";
}

static void add_part(
    struct page *page, struct answer *a, const char *quantity, const char *date)
{
	a->parts[a->part_count].prefix =
	    part_prefix(page, a->prefix, a->part_count);
	a->parts[a->part_count].quantity =
	    i18n_input(page->arena, page->lang, quantity);
	a->parts[a->part_count++].date = date;
}

/* A confirmed split, "quantity date;quantity date", is shown as it is. */
static void answer_from_schedule(
    struct page *page, const char *schedule, struct answer *a)
{
	char *copy = hs_arena_strdup(page->arena, schedule), *rest = NULL;

	for (char *p = strtok_r(copy, ";", &rest);
	     p != NULL && a->part_count < LINES_PART_MAX;
	     p = strtok_r(NULL, ";", &rest)) {
		char *space = strchr(p, ' ');

		*space = '\0';
		add_part(page, a, p, space + 1);
	}
}

static void answer_from_order(struct page *page, const struct lines_form *form,
    size_t i, struct answer *a)
{
	const char *schedule = hs_rows_get(form->lines, i, "schedule");

	a->price =
	    i18n_input(page->arena, page->lang, base_price(form->lines, i));
	a->note = "";
	if (form->proposes && schedule != NULL)
		answer_from_schedule(page, schedule, a);
	else
		add_part(page, a, base_quantity(form->lines, i),
		    base_date(form->lines, i));
}

static struct answer read_answer(
    struct page *page, const struct lines_form *form, size_t i)
{
	struct answer a = { 0 };

	a.number = hs_rows_get(form->lines, i, "line_no");
	a.prefix = hs_arena_printf(page->arena, "l%s", a.number);
	if (is_posted(page))
		answer_from_form(page, &a);
	/* A line that came into being after the form was made. */
	if (a.part_count == 0)
		answer_from_order(page, form, i, &a);
	return a;
}

int lines_form_open(struct page *page, const struct order *order, bool proposes,
    struct lines_form *ret_form, struct hs_err *err)
{
	*ret_form =
	    (struct lines_form) { .order = order, .proposes = proposes };
	if (PAGE_QUERY(page, portal_sql_order_lines, &ret_form->lines, err,
		order->uid) < 0)
		return hs_wrap(err, "read the lines");
	if (PAGE_QUERY(page, portal_sql_item_list, &ret_form->items, err,
		order->buyer_id, order->seller_id) < 0)
		return hs_wrap(err, "read the items");
	return 0;
}

void lines_form_problem(struct lines_form *form, struct h_text message)
{
	if (form->problem_count < LINES_PROBLEM_MAX)
		form->problems[form->problem_count++].message = message;
}

/* Reading. */

static bool read_number(struct page *page, struct lines_form *form,
    const char *line, const char *typed, const char **ret_number)
{
	if (i18n_parse_decimal(page->arena, page->lang, typed, ret_number))
		return true;
	lines_form_problem(
	    form, page_format(page, MSG_FORM_BAD_NUMBER, line, typed));
	return false;
}

static void set_text(json_t *entry, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		(void)json_object_set_new(entry, key, json_string(text));
}

static json_t *new_entry(const struct answer *a, const char *action)
{
	return json_pack("{s:s,s:s}", "line", a->number, "action", action);
}

/* A line with one part is left as it is if no value differs. */
static bool is_unchanged(const struct lines_form *form, size_t i,
    const struct answer *a, const char *quantity, const char *price)
{
	const char *schedule = hs_rows_get(form->lines, i, "schedule");

	return a->part_count == 1 &&
	       (schedule == NULL || strchr(schedule, ';') == NULL) &&
	       order_same_number(quantity, base_quantity(form->lines, i)) &&
	       order_same_number(price, base_price(form->lines, i)) &&
	       strcmp(a->parts[0].date, base_date(form->lines, i)) == 0;
}

static void add_part_entry(struct page *page, struct lines_form *form,
    const struct answer *a, size_t part, const char *price, json_t *out)
{
	const char *quantity = NULL;
	json_t *entry;

	if (a->part_count > 1 && a->parts[part].quantity[0] == '\0' &&
	    a->parts[part].date[0] == '\0')
		return;
	if (!read_number(
		page, form, a->number, a->parts[part].quantity, &quantity))
		return;
	if (!i18n_is_date(a->parts[part].date)) {
		lines_form_problem(
		    form, page_format(page, MSG_FORM_BAD_DATE_OF, a->number));
		return;
	}
	entry = new_entry(a, "3");
	set_text(entry, "quantity", quantity);
	set_text(entry, form->proposes ? "promised_date" : "requested_date",
	    a->parts[part].date);
	set_text(entry, "price", price);
	set_text(entry, "note", a->note);
	(void)json_array_append_new(out, entry);
}

static void read_line(
    struct page *page, struct lines_form *form, size_t i, json_t *out)
{
	struct answer a = read_answer(page, form, i);
	const char *quantity = NULL, *price = NULL;
	json_t *entry;

	if (a.refused) {
		entry = new_entry(&a, form->proposes ? "7" : "2");
		set_text(entry, "note", a.note);
		(void)json_array_append_new(out, entry);
		return;
	}
	if (!read_number(page, form, a.number, a.price, &price))
		return;
	if (a.part_count == 1 &&
	    !read_number(page, form, a.number, a.parts[0].quantity, &quantity))
		return;
	if (quantity == NULL || !is_unchanged(form, i, &a, quantity, price)) {
		for (size_t part = 0; part < a.part_count; part++)
			add_part_entry(page, form, &a, part, price, out);
	} else if (form->proposes) {
		entry = new_entry(&a, "5");
		set_text(entry, "note", a.note);
		(void)json_array_append_new(out, entry);
	}
}

static const char *item_field(struct page *page, const char *item)
{
	return hs_arena_printf(page->arena, "a.%s", item);
}

static void read_item(
    struct page *page, struct lines_form *form, size_t i, json_t *out)
{
	const char *item = hs_rows_get(form->items, i, "buyers_item_id");
	const char *typed = page_field_or_null(page, item_field(page, item));
	const char *quantity;

	if (typed == NULL || !read_number(page, form, item, typed, &quantity) ||
	    order_same_number(quantity, "0"))
		return;
	(void)json_array_append_new(
	    out, json_pack("{s:s,s:s,s:s}", "action", "1", "item", item,
		     "quantity", quantity));
}

const char *lines_form_read(struct page *page, struct lines_form *form)
{
	json_t *out = json_array();
	const char *text = NULL;
	char *dump;

	for (size_t i = 0; i < hs_rows_count(form->lines); i++)
		if (is_live(form->lines, i))
			read_line(page, form, i, out);
	for (size_t i = 0; i < hs_rows_count(form->items); i++)
		read_item(page, form, i, out);
	if (json_array_size(out) == 0 && form->problem_count == 0)
		lines_form_problem(
		    form, page_text(page, MSG_FORM_NOTHING_CHANGED));
	if (form->problem_count == 0) {
		dump = json_dumps(out, JSON_COMPACT);
		text = hs_arena_strdup(page->arena, dump);
		hs_freep(&dump);
	}
	json_decref(out);
	return text;
}

/* Showing. */

static void fill_line(struct page *page, const struct lines_form *form,
    size_t i, struct view_lines_form_lines *v)
{
	const struct hs_rows *r = form->lines;
	struct answer a = read_answer(page, form, i);
	bool buyer = form->order->my_party == PARTY_BUYER;
	struct h_text unit = page_unit(page, hs_rows_get(r, i, "unit"));
	struct view_lines_form_lines_parts *parts =
	    PAGE_NEW(page, struct view_lines_form_lines_parts, a.part_count);

	for (size_t k = 0; k < a.part_count; k++)
		parts[k] = (struct view_lines_form_lines_parts) {
			.prefix = h_text(a.parts[k].prefix),
			.quantity = h_text(a.parts[k].quantity),
			.date = h_text(a.parts[k].date),
			.first = k == 0,
		};
	*v = (struct view_lines_form_lines) {
		.number = h_text(a.number),
		.item = h_text(hs_rows_get(
		    r, i, buyer ? "buyers_item_id" : "sellers_item_id")),
		.description = h_text(hs_rows_get(r, i, "description")),
		.unit = unit,
		.ordered = page_format(page, MSG_FORM_ORDERED,
		    page_number(page, base_quantity(r, i)).s, unit.s,
		    page_money(page, base_price(r, i)).s,
		    page_date(page, base_date(r, i)).s),
		.prefix = h_text(a.prefix),
		.price = h_text(a.price),
		.note = h_text(a.note),
		.refused = a.refused,
		.split_value = h_text(a.prefix),
		.parts = parts,
		.parts_count = a.part_count,
	};
}

static void fill_items(
    struct page *page, const struct lines_form *form, struct view_lines_form *v)
{
	const struct hs_rows *r = form->items;
	size_t count = hs_rows_count(r);
	bool buyer = form->order->my_party == PARTY_BUYER;
	struct view_lines_form_items *items =
	    PAGE_NEW(page, struct view_lines_form_items, count);

	for (size_t i = 0; i < count; i++) {
		const char *name =
		    item_field(page, hs_rows_get(r, i, "buyers_item_id"));

		items[i] = (struct view_lines_form_items) {
			.item = h_text(hs_rows_get(r, i,
			    buyer ? "buyers_item_id" : "sellers_item_id")),
			.description = h_text(hs_rows_get(r, i, "description")),
			.unit = page_unit(page, hs_rows_get(r, i, "unit")),
			.price =
			    page_money(page, hs_rows_get(r, i, "price_amount")),
			.field = h_text(name),
			.quantity = h_text(page_field(page, name)),
		};
	}
	v->items = items;
	v->items_count = count;
}

static void fill_texts(
    struct page *page, const struct lines_form *form, struct view_lines_form *v)
{
	const struct order *order = form->order;
	const char *action = form->proposes ? "propose" : "change";

	v->heading = h_text(order_action_label(page, order->state, action));
	v->submit = page_text(page,
	    form->proposes ? MSG_FORM_SEND_PROPOSAL : MSG_FORM_SEND_CHANGE);
	v->advice = page_text(page,
	    form->proposes ? MSG_FORM_PROPOSE_HELP : MSG_FORM_CHANGE_HELP);
	v->date_label = page_text(
	    page, form->proposes ? MSG_LINE_PROMISED : MSG_LINE_REQUESTED);
	v->refuse_label = page_text(page,
	    form->proposes ? MSG_FORM_NOT_SUPPLIED : MSG_FORM_DELETE_LINE);
	v->reason_label =
	    page_format(page, MSG_FORM_MESSAGE_TO, order->partner_name);
	v->csrf = page_csrf(page);
	v->revision = h_text(order->revision);
	v->reason = h_text(page_field(page, "reason"));
	v->id = h_text(order->id);
	v->currency = h_text(order->currency);
	v->action = order_act_url(page, order->uid, action);
	v->back = order_url(page, order->uid);
	v->can_split = form->proposes;
}

void lines_form_send(
    struct page *page, struct lines_form *form, int status, bool closed)
{
	struct html out = { .lang = page->lang };
	struct view_lines_form_lines *lines = PAGE_NEW(
	    page, struct view_lines_form_lines, hs_rows_count(form->lines));
	struct view_problems problems = {
		.title = page_text(page, MSG_FORM_PROBLEMS),
		.problems = form->problems,
		.problems_count = form->problem_count,
	};
	struct view_lines_form v = { .problems = &problems, .closed = closed };

	for (size_t i = 0; i < hs_rows_count(form->lines); i++)
		if (is_live(form->lines, i))
			fill_line(page, form, i, &lines[v.lines_count++]);
	v.lines = lines;
	fill_items(page, form, &v);
	fill_texts(page, form, &v);
	view_lines_form(&out, &v);
	page_send_titled(page, status, v.heading.s, &out);
}
