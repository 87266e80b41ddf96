/* report_showback.c - who pays what under each rule, who loses by it, and the
 * price at which nobody does.
 */

#include "base/text.h"
#include "tco-report/report_part.h"

#define BARS_DRAWN   12 /* enterprises */
#define LOSERS_NAMED 20 /* in one cell; the table of gains marks them all */

static const char *rule_name(const struct report *rep, enum tco_rule rule)
{
	return say_named(rep, "rule.", tco_rule_name(rule));
}

static const char *resource_name(const struct report *rep, int resource)
{
	return say_named(rep, "resource.", tco_resources[resource].name);
}

static bool is_driven(const struct report *rep, int resource)
{
	return rep->r->showback.pool[resource].weight != NULL;
}

static const char *of_unit(const struct report *rep, int resource)
{
	return say_unit(rep, tco_resources[resource].unit);
}

static void put_pool(
    const struct report *rep, struct doc_table *table, int resource)
{
	const struct tco_pool *pool = &rep->r->showback.pool[resource];
	struct doc_row *row =
	    part_row(rep, table, resource_name(rep, resource));
	const struct num *part =
	    num_div(rep->pool, pool->weight, num_int(rep->pool, 100));

	(void)doc_words_cell(rep->doc, row, 1, of_unit(rep, resource));
	(void)part_put(rep, row, 2, say_percent(rep, part, 1));
	(void)part_put(rep, row, 3, say_number(rep, pool->cost, 3));
	(void)part_put(rep, row, 4, say_number(rep, pool->capacity, 0));
	(void)part_put(rep, row, 5, say_number(rep, pool->charged, 0));
	(void)part_put(rep, row, 6, say_given(rep, pool->rate));
	(void)part_put(rep, row, 7, say_number(rep, pool->idle, 2));
}

static void add_rates(const struct report *rep, struct doc_section *sec)
{
	const struct tco_showback *s = &rep->r->showback;
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_PARAMS_RESOURCE), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_PARAMS_UNIT), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_SHOWBACK_WEIGHT), DOC_PERCENT, NULL, false },
		{ say(rep, TCO_MSG_SHOWBACK_COST), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_SHOWBACK_CAPACITY), DOC_NUMBER, NULL,
		    false },
		{ say(rep, TCO_MSG_SHOWBACK_CHARGED), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_SHOWBACK_RATE), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_SHOWBACK_IDLE), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "rates",
	    say(rep, TCO_MSG_SHOWBACK_RATES), columns, ARRAY_LEN(columns));
	struct doc_row *row;

	for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
		if (is_driven(rep, i))
			put_pool(rep, table, i);
	row = doc_row(rep->doc, table, DOC_ROW_TOTAL);
	(void)doc_words_cell(rep->doc, row, 0, say(rep, TCO_MSG_DOC_TOTAL));
	(void)part_put(rep, row, 3, say_number(rep, s->total, 2));
	(void)part_put(rep, row, 7, say_number(rep, s->idle, 2));
	for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
		if (s->pool[i].is_oversold)
			doc_notice(rep->doc, sec, DOC_WARN,
			    resource_name(rep, i),
			    say_with(rep, TCO_MSG_SHOWBACK_OVERSOLD,
				resource_name(rep, i), NULL));
}

static void add_direct(const struct report *rep, struct doc_section *sec)
{
	const struct tco_showback *s = &rep->r->showback;
	struct doc_column columns[TCO_RESOURCE_COUNT + 2] = {
		{ say(rep, TCO_MSG_DOC_ENTERPRISE), DOC_TEXT, NULL, true },
	};
	struct doc_table *table;
	size_t count = 1;

	for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
		if (is_driven(rep, i))
			columns[count++] =
			    (struct doc_column) { resource_name(rep, i),
				    DOC_MONEY, rep->currency, false };
	columns[count++] = (struct doc_column) { say(rep, TCO_MSG_SHOWBACK_SUM),
		DOC_MONEY, rep->currency, false };
	table = doc_table(rep->doc, sec, "direct",
	    say(rep, TCO_MSG_SHOWBACK_DIRECT), columns, count);
	for (size_t b = 0; b < s->count; b++) {
		struct doc_row *row =
		    part_row(rep, table, s->bill[b].enterprise->title);

		count = 1;
		for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
			if (is_driven(rep, i))
				(void)part_put(rep, row, count++,
				    say_money(rep, s->bill[b].cost[i]));
		(void)part_put(
		    rep, row, count, say_money(rep, s->bill[b].direct));
	}
}

/* Columns of a table with one for each rule, behind so many others. */
static size_t rule_columns(
    const struct report *rep, struct doc_column *columns, size_t count)
{
	for (int rule = 0; rule < TCO_RULE_COUNT; rule++)
		columns[count++] =
		    (struct doc_column) { rule_name(rep, (enum tco_rule)rule),
			    DOC_MONEY, rep->currency, false };
	return count;
}

static void put_operator(const struct report *rep, struct doc_table *table)
{
	const struct tco_showback *s = &rep->r->showback;
	struct doc_row *row =
	    part_row(rep, table, say(rep, TCO_MSG_SHOWBACK_OPERATOR));

	for (size_t rule = 0; rule < TCO_RULE_COUNT; rule++)
		(void)part_put(rep, row, 2 + rule,
		    say_cents(rep, s->operator_cents[rule]));
	row = doc_row(rep->doc, table, DOC_ROW_TOTAL);
	(void)doc_words_cell(rep->doc, row, 0, say(rep, TCO_MSG_DOC_TOTAL));
	for (size_t rule = 0; rule < TCO_RULE_COUNT; rule++)
		(void)part_put(
		    rep, row, 2 + rule, say_cents(rep, s->total_cents));
}

static struct doc_table *add_bills(
    const struct report *rep, struct doc_section *sec)
{
	const struct tco_showback *s = &rep->r->showback;
	struct doc_column columns[TCO_RULE_COUNT + 3] = {
		{ say(rep, TCO_MSG_DOC_ENTERPRISE), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_SHOWBACK_ALONE), DOC_MONEY, rep->currency,
		    false },
	};
	size_t count = rule_columns(rep, columns, 2);
	struct doc_table *table;

	if (s->has_prices)
		columns[count++] =
		    (struct doc_column) { say(rep, TCO_MSG_SHOWBACK_LISTED),
			    DOC_MONEY, rep->currency, false };
	table = doc_table(rep->doc, sec, "bills",
	    say(rep, TCO_MSG_SHOWBACK_BILLS), columns, count);
	for (size_t b = 0; b < s->count; b++) {
		const struct tco_bill *bill = &s->bill[b];
		struct doc_row *row =
		    part_row(rep, table, bill->enterprise->title);

		(void)part_put(
		    rep, row, 1, say_cents(rep, bill->standalone_cents));
		for (size_t rule = 0; rule < TCO_RULE_COUNT; rule++)
			part_put(rep, row, 2 + rule,
			    say_cents(rep, bill->cents[rule]))
			    ->tone = bill->gain[rule] < 0 ? DOC_BAD : DOC_PLAIN;
		if (s->has_prices)
			(void)part_put(rep, row, 2 + TCO_RULE_COUNT,
			    say_cents(rep, bill->listed));
	}
	put_operator(rep, table);
	return table;
}

/* A chart of some is no chart of all, and says so. */
static const char *chart_text(const struct report *rep)
{
	size_t count = rep->r->showback.count;
	const char *text = say(rep, TCO_MSG_SHOWBACK_CHART_TEXT);

	if (count <= BARS_DRAWN)
		return text;
	return doc_printf(rep->doc, "%s %s", text,
	    say_with(rep, TCO_MSG_SHOWBACK_CHART_PART,
		say_count(rep, BARS_DRAWN), say_count(rep, count), NULL));
}

static void draw_bills(const struct report *rep, struct doc_section *sec)
{
	static const enum tco_rule drawn[] = { TCO_IDLE_PROPORTIONAL,
		TCO_EQUAL_PERCENT };
	const struct tco_showback *s = &rep->r->showback;
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_DOC_ENTERPRISE), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_SHOWBACK_ALONE), DOC_MONEY, rep->currency,
		    false },
		{ rule_name(rep, drawn[0]), DOC_MONEY, rep->currency, false },
		{ rule_name(rep, drawn[1]), DOC_MONEY, rep->currency, false },
	};
	const char *title = say(rep, TCO_MSG_SHOWBACK_CHART);
	struct doc_table *table = doc_table(
	    rep->doc, NULL, "bills-drawn", title, columns, ARRAY_LEN(columns));
	const struct doc_chart chart = {
		.kind = DOC_BARS,
		.id = "bills-chart",
		.title = title,
		.description = chart_text(rep),
		.x_title = rep->currency,
		.data = table,
		.first = 1,
		.count = 3,
		.rows = BARS_DRAWN,
	};

	for (size_t b = 0; b < s->count; b++) {
		const struct tco_bill *bill = &s->bill[b];
		struct doc_row *row =
		    part_row(rep, table, bill->enterprise->title);

		(void)part_put(
		    rep, row, 1, say_cents(rep, bill->standalone_cents));
		for (size_t i = 0; i < ARRAY_LEN(drawn); i++)
			(void)part_put(rep, row, 2 + i,
			    say_cents(rep, bill->cents[drawn[i]]));
	}
	doc_chart(rep->doc, sec, &chart);
}

static void add_gains(const struct report *rep, struct doc_section *sec)
{
	const struct tco_showback *s = &rep->r->showback;
	struct doc_column columns[TCO_RULE_COUNT + 1] = {
		{ say(rep, TCO_MSG_DOC_ENTERPRISE), DOC_TEXT, NULL, true },
	};
	struct doc_table *table;
	size_t count = rule_columns(rep, columns, 1);

	(void)doc_paragraph(
	    rep->doc, sec, say(rep, TCO_MSG_SHOWBACK_GAINS_TEXT));
	table = doc_table(rep->doc, sec, "gains",
	    say(rep, TCO_MSG_SHOWBACK_GAINS), columns, count);
	for (size_t b = 0; b < s->count; b++) {
		struct doc_row *row =
		    part_row(rep, table, s->bill[b].enterprise->title);

		for (size_t rule = 0; rule < TCO_RULE_COUNT; rule++)
			part_put_signed(rep, row, 1 + rule,
			    say_cents(rep, s->bill[b].gain[rule]));
	}
}

static const char *losers(const struct report *rep, enum tco_rule rule)
{
	const struct tco_showback *s = &rep->r->showback;
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	size_t named = 0;

	if (s->losers[rule] == 0)
		return say(rep, TCO_MSG_VERDICT_NOBODY);
	for (size_t b = 0; b < s->count; b++) {
		if (s->bill[b].gain[rule] >= 0)
			continue;
		if (named++ == LOSERS_NAMED)
			return say_with(rep, TCO_MSG_DOC_AND_MORE, out.data,
			    say_count(rep, s->losers[rule] - LOSERS_NAMED),
			    NULL);
		if (out.len > 0)
			hs_text_add(&out, say(rep, TCO_MSG_DOC_COMMA));
		hs_text_add(&out, s->bill[b].enterprise->title);
	}
	return doc_printf(rep->doc, "%s", out.data);
}

static void add_levels(const struct report *rep, struct doc_section *sec)
{
	const struct tco_showback *s = &rep->r->showback;
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_SHOWBACK_RULE), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_SHOWBACK_LOSERS), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_SHOWBACK_NAMES), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_SHOWBACK_PRICE_LEVEL), DOC_PERCENT, NULL,
		    false },
		{ say(rep, TCO_MSG_SHOWBACK_BORNE), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "no-loser",
	    say(rep, TCO_MSG_SHOWBACK_LEVEL), columns, ARRAY_LEN(columns));

	for (int i = 0; i < TCO_RULE_COUNT; i++) {
		enum tco_rule rule = (enum tco_rule)i;
		struct doc_row *row =
		    part_row(rep, table, rule_name(rep, rule));
		const char *count = say_count(rep, s->losers[rule]);

		(void)part_put(rep, row, 1,
		    (struct doc_value) { .text = count, .value = count });
		doc_words_cell(rep->doc, row, 2, losers(rep, rule))->tone =
		    s->losers[rule] > 0 ? DOC_BAD : DOC_PLAIN;
		(void)part_put(
		    rep, row, 3, say_percent(rep, s->level[rule], 2));
		(void)part_put(
		    rep, row, 4, say_cents(rep, s->level_cents[rule]));
	}
	if (s->subsidy_cents > 0)
		doc_notice(rep->doc, sec, DOC_BAD,
		    say(rep, TCO_MSG_SHOWBACK_LEVEL),
		    say_with(rep, TCO_MSG_SHOWBACK_SUBSIDY,
			say_price(
			    rep, num_of_cents(rep->pool, s->subsidy_cents))
			    .text,
			NULL));
}

static void add_all(const struct report *rep, struct doc_section *sec)
{
	const struct tco_showback *s = &rep->r->showback;
	struct doc_section *sub;

	(void)doc_paragraph(rep->doc, sec,
	    say_with(rep, TCO_MSG_SHOWBACK_TEXT, say_price(rep, s->total).text,
		say_count(rep, rep->r->tcase->months),
		say_price(rep, s->idle).text,
		say_percent(rep, s->idle_part, 2).text, NULL));
	sub = doc_section(
	    rep->doc, 2, "bills-section", say(rep, TCO_MSG_SHOWBACK_BILLS));
	(void)doc_paragraph(
	    rep->doc, sub, say(rep, TCO_MSG_SHOWBACK_BILLS_TEXT));
	(void)add_bills(rep, sub);
	draw_bills(rep, sub);
	sub = doc_section(
	    rep->doc, 2, "losers-section", say(rep, TCO_MSG_SHOWBACK_GAINS));
	add_gains(rep, sub);
	add_levels(rep, sub);
	sub = doc_section(
	    rep->doc, 2, "rates-section", say(rep, TCO_MSG_SHOWBACK_RATES));
	add_rates(rep, sub);
	add_direct(rep, sub);
}

void report_showback(const struct report *rep)
{
	struct doc_section *sec = doc_section(
	    rep->doc, 1, "showback", say(rep, TCO_MSG_SHOWBACK_TITLE));

	if (rep->r->showback.bill == NULL)
		(void)doc_paragraph(
		    rep->doc, sec, say(rep, TCO_MSG_SHOWBACK_NONE));
	else
		add_all(rep, sec);
}
