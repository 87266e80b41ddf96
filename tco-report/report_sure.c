/* report_sure.c - how sure the result is: each figure moved alone, all at
 * once, and where the verdict turns.
 */

#include "tco-report/report_part.h"

#define SWINGS_DRAWN 12 /* bars that are worth looking at */

static void put_swing(const struct report *rep, struct doc_table *table,
    const struct tco_swing *swing)
{
	struct doc_row *row =
	    part_row(rep, table, part_driver(rep, &swing->driver));
	enum tco_param_id id = swing->driver.params[0];

	(void)doc_words_cell(rep->doc, row, 1,
	    swing->low != NULL ? doc_printf(rep->doc, "%s \xe2\x80\x93 %s",
				     say_given(rep, swing->low).text,
				     part_param_value(rep, id, swing->high))
			       : "");
	part_put_signed(rep, row, 2, say_money(rep, swing->npv_low));
	part_put_signed(rep, row, 3, say_money(rep, swing->npv_high));
	(void)part_put(rep, row, 4, say_money(rep, swing->swing));
}

static const struct tco_swing *find_tariff(const struct tco_result *r)
{
	for (size_t i = 0; i < r->tornado_count; i++)
		if (r->tornado[i].driver.params[0] == TCO_TARIFF)
			return &r->tornado[i];
	return NULL;
}

/* Who reads only one sentence of it should know what to look at. */
static void add_reading(const struct report *rep, struct doc_section *sec)
{
	const struct tco_result *r = rep->r;
	const struct tco_swing *tariff = find_tariff(r);

	if (r->tornado_count < 3 || tariff == NULL || tariff <= &r->tornado[1])
		return;
	(void)doc_paragraph(rep->doc, sec,
	    say_with(rep, TCO_MSG_SURE_READING,
		part_driver(rep, &r->tornado[0].driver),
		part_driver(rep, &r->tornado[1].driver),
		say_price(rep, tariff->swing).text, NULL));
}

static void draw_tornado(const struct report *rep, struct doc_section *sec,
    const struct doc_table *table)
{
	const struct tco_result *r = rep->r;
	struct doc_mark zero = { say(rep, TCO_MSG_SURE_ZERO), "0", DOC_BAD };
	const struct doc_chart chart = {
		.kind = DOC_TORNADO,
		.id = "tornado-chart",
		.title = say(rep, TCO_MSG_SURE_TORNADO),
		.description = say_with(rep, TCO_MSG_SURE_TORNADO_DESC,
		    say_price(rep, r->cash[TCO_DUE].npv).text,
		    part_driver(rep, &r->tornado[0].driver),
		    say_price(rep, r->tornado[0].swing).text, NULL),
		.x_title = rep->currency,
		.data = table,
		.first = 2,
		.count = 2,
		.rows = SWINGS_DRAWN,
		.base = say_money(rep, r->cash[TCO_DUE].npv).value,
		.marks = &zero,
		.mark_count = 1,
	};

	doc_chart(rep->doc, sec, &chart);
}

static void add_tornado(const struct report *rep)
{
	struct doc_section *sec = doc_section(
	    rep->doc, 2, "tornado-section", say(rep, TCO_MSG_SURE_TORNADO));
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_PARAMS_NAME), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_PARAMS_RANGE), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_SURE_LOW), DOC_MONEY, rep->currency, false },
		{ say(rep, TCO_MSG_SURE_HIGH), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_SURE_SWING), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table;

	(void)doc_paragraph(rep->doc, sec, say(rep, TCO_MSG_SURE_TORNADO_TEXT));
	add_reading(rep, sec);
	table = doc_table(rep->doc, NULL, "tornado",
	    say(rep, TCO_MSG_SURE_TORNADO), columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < rep->r->tornado_count; i++)
		put_swing(rep, table, &rep->r->tornado[i]);
	if (rep->r->tornado_count > 0)
		draw_tornado(rep, sec, table);
	doc_place_table(rep->doc, sec, table);
}

static void add_measures(const struct report *rep, struct doc_section *sec)
{
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_CASH_NPV), DOC_TEXT, NULL, true },
		{ part_timing(rep, TCO_DUE), DOC_NUMBER, NULL, false },
		{ part_timing(rep, TCO_BOUGHT), DOC_NUMBER, NULL, false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "simulation",
	    say(rep, TCO_MSG_SURE_DRAWS), columns, ARRAY_LEN(columns));

	for (size_t t = 0; t < TCO_TIMING_COUNT; t++) {
		const struct tco_simulation *s = &rep->r->simulation[t];
		const struct {
			enum tco_msg name;
			const struct num *value;
		} rows[] = {
			{ TCO_MSG_SURE_MEAN, s->mean },
			{ TCO_MSG_SURE_SD, s->sd },
			{ TCO_MSG_SURE_MIN, s->min },
			{ TCO_MSG_SURE_P10, s->p10 },
			{ TCO_MSG_SURE_P50, s->p50 },
			{ TCO_MSG_SURE_P90, s->p90 },
			{ TCO_MSG_SURE_MAX, s->max },
		};

		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			if (t == 0)
				(void)part_row(
				    rep, table, say(rep, rows[i].name));
			part_put_signed(rep, &table->rows[i], 1 + t,
			    say_price(rep, rows[i].value));
		}
		if (t == 0)
			(void)part_row(rep, table, say(rep, TCO_MSG_SURE_LOSS));
		(void)part_put(rep, &table->rows[ARRAY_LEN(rows)], 1 + t,
		    say_percent(rep, s->loss_part, 2));
	}
}

static struct doc_table *bins(const struct report *rep,
    const struct tco_simulation *s, const char *id, const char *title)
{
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_SURE_BIN_FROM), DOC_MONEY, rep->currency,
		    true },
		{ say(rep, TCO_MSG_SURE_BIN_COUNT), DOC_NUMBER, NULL, false },
	};
	struct doc_table *table =
	    doc_table(rep->doc, NULL, id, title, columns, ARRAY_LEN(columns));
	double width = (s->to - s->from) / TCO_BINS;

	for (size_t i = 0; i <= TCO_BINS; i++) {
		struct doc_row *row = doc_row(rep->doc, table, DOC_ROW);
		const struct num *edge =
		    num_from_double(rep->pool, s->from + width * (double)i, 2);

		(void)part_put(rep, row, 0, say_money(rep, edge));
		if (i < TCO_BINS)
			(void)part_put(rep, row, 1,
			    say_number(rep, num_int(rep->pool, s->bin[i]), 0));
	}
	return table;
}

static struct doc_mark mark(const struct report *rep, const char *name,
    const struct num *at, enum doc_tone tone)
{
	return (struct doc_mark) {
		.label = doc_printf(
		    rep->doc, "%s %s", name, say_price(rep, at).text),
		.value = say_money(rep, at).value,
		.tone = tone,
	};
}

static void add_histogram(
    const struct report *rep, struct doc_section *sec, enum tco_timing timing)
{
	static const char *const ids[] = { "draws-due", "draws-bought" };
	const struct tco_simulation *s = &rep->r->simulation[timing];
	const char *title = say_with(
	    rep, TCO_MSG_SURE_HISTOGRAM, part_timing(rep, timing), NULL);
	struct doc_mark marks[] = {
		mark(rep, "P10", s->p10, DOC_PLAIN),
		mark(rep, "P50", s->p50, DOC_PLAIN),
		mark(rep, "P90", s->p90, DOC_PLAIN),
		{ say(rep, TCO_MSG_SURE_ZERO), "0", DOC_BAD },
	};
	const struct doc_chart chart = {
		.kind = DOC_HISTOGRAM,
		.id = doc_printf(rep->doc, "%s-chart", ids[timing]),
		.title = title,
		.description = say_with(rep, TCO_MSG_SURE_HISTOGRAM_DESC,
		    say_price(rep, s->p50).text,
		    say_percent(rep, s->loss_part, 2).text, NULL),
		.x_title = rep->currency,
		.data = bins(rep, s, ids[timing], title),
		.first = 1,
		.count = 1,
		.marks = marks,
		.mark_count = ARRAY_LEN(marks),
	};

	doc_chart(rep->doc, sec, &chart);
}

static void add_draws(const struct report *rep)
{
	struct doc_section *sec = doc_section(
	    rep->doc, 2, "draws-section", say(rep, TCO_MSG_SURE_DRAWS));

	(void)doc_paragraph(rep->doc, sec,
	    say_with(rep, TCO_MSG_SURE_DRAWS_TEXT,
		say_count(rep, rep->r->draws),
		doc_printf(rep->doc, "%llu", (unsigned long long)rep->r->seed),
		NULL));
	add_measures(rep, sec);
	add_histogram(rep, sec, TCO_DUE);
	add_histogram(rep, sec, TCO_BOUGHT);
}

static struct doc_value turning(
    const struct report *rep, enum tco_param_id id, const struct num *at)
{
	return say_number(rep, at, tco_kinds[id].is_whole ? 0 : 2);
}

static void put_break_even(const struct report *rep, struct doc_table *table,
    const struct tco_break_even *even)
{
	struct doc_row *row = part_row(rep, table, part_turning(rep, even));

	(void)doc_words_cell(
	    rep->doc, row, 1, say_unit(rep, tco_kinds[even->param].unit));
	(void)part_put(rep, row, 2, say_given(rep, even->value));
	for (size_t t = 0; t < TCO_TIMING_COUNT; t++) {
		(void)part_put(rep, row, 3 + 2 * t,
		    turning(rep, even->param, even->at[t]));
		(void)part_put(rep, row, 4 + 2 * t,
		    say_percent(rep, even->distance[t], 1));
	}
}

static void add_break_even(const struct report *rep)
{
	struct doc_section *sec = doc_section(rep->doc, 2, "break-even-section",
	    say(rep, TCO_MSG_SURE_BREAK_EVEN));
	const char *distance = say(rep, TCO_MSG_SURE_DISTANCE);
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_PARAMS_NAME), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_PARAMS_UNIT), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_SURE_NOW), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_SURE_AT_DUE), DOC_NUMBER, NULL, false },
		{ distance, DOC_PERCENT, NULL, false },
		{ say(rep, TCO_MSG_SURE_AT_BOUGHT), DOC_NUMBER, NULL, false },
		{ distance, DOC_PERCENT, NULL, false },
	};
	struct doc_table *table;

	(void)doc_paragraph(
	    rep->doc, sec, say(rep, TCO_MSG_SURE_BREAK_EVEN_TEXT));
	table = doc_table(rep->doc, sec, "break-even",
	    say(rep, TCO_MSG_SURE_BREAK_EVEN), columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < rep->r->break_even_count; i++)
		put_break_even(rep, table, &rep->r->break_even[i]);
}

void report_sure(const struct report *rep)
{
	(void)doc_section(
	    rep->doc, 1, "certainty", say(rep, TCO_MSG_SURE_TITLE));
	add_tornado(rep);
	add_draws(rep);
	add_break_even(rep);
}
