/* report_cash.c - what is paid and when, with servers due and just bought. */

#include "tco-report/report_part.h"

/* Years with their word, or why there is none. */
static struct doc_value payback(
    const struct report *rep, const struct tco_cash *cash)
{
	struct doc_value value = say_number(rep, cash->payback, 2);

	if (cash->payback == NULL)
		return say_words(say(rep, TCO_MSG_DOC_NEVER));
	value.text = cash->is_paid_back
			 ? say_with(rep, TCO_MSG_DOC_YEARS, value.text, NULL)
			 : say_with(rep, TCO_MSG_CASH_NOT_WITHIN, value.text,
			       say_count(rep, rep->r->horizon), NULL);
	return value;
}

static struct doc_value discounted_payback(
    const struct report *rep, const struct tco_cash *cash)
{
	struct doc_value value = say_number(rep, cash->discounted_payback, 2);

	if (cash->discounted_payback == NULL)
		return say_words(say_with(rep, TCO_MSG_CASH_NOT_WITHIN_N,
		    say_count(rep, rep->r->horizon), NULL));
	value.text = say_with(rep, TCO_MSG_DOC_YEARS, value.text, NULL);
	return value;
}

static struct doc_value rate(const struct report *rep, const struct num *part)
{
	return part != NULL ? say_percent(rep, part, 2)
			    : say_words(say(rep, TCO_MSG_DOC_NONE));
}

static void add_measures(const struct report *rep, struct doc_table *table)
{
	for (size_t t = 0; t < TCO_TIMING_COUNT; t++) {
		const struct tco_cash *cash = &rep->r->cash[t];
		const struct {
			enum tco_msg name;
			struct doc_value value;
		} rows[] = {
			{ TCO_MSG_CASH_INVESTMENT,
			    say_price(rep, cash->investment) },
			{ TCO_MSG_CASH_NPV, say_price(rep, cash->npv) },
			{ TCO_MSG_CASH_IRR, rate(rep, cash->irr) },
			{ TCO_MSG_CASH_MIRR, rate(rep, cash->mirr) },
			{ TCO_MSG_CASH_PAYBACK, payback(rep, cash) },
			{ TCO_MSG_CASH_DISCOUNTED_PAYBACK,
			    discounted_payback(rep, cash) },
		};

		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			if (t == 0)
				(void)part_row(
				    rep, table, say(rep, rows[i].name));
			part_put_signed(
			    rep, &table->rows[i], 1 + t, rows[i].value);
		}
	}
}

/* Only where the signs change more than once: else "none" says enough. */
static void explain_irr(const struct report *rep, struct doc_section *sec)
{
	for (size_t t = 0; t < TCO_TIMING_COUNT; t++)
		if (rep->r->cash[t].irr == NULL)
			(void)doc_paragraph(rep->doc, sec,
			    doc_printf(rep->doc, "%s: %s",
				part_timing(rep, (enum tco_timing)t),
				say_with(rep, TCO_MSG_CASH_NO_IRR,
				    say_count(
					rep, rep->r->cash[t].sign_changes),
				    NULL)));
}

static struct doc_value year_value(const struct report *rep, size_t year)
{
	const char *text = say_count(rep, year);

	return (struct doc_value) { .text = text, .value = text };
}

static void add_chart(const struct report *rep, struct doc_section *sec)
{
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_DOC_YEAR), DOC_NUMBER, NULL, true },
		{ part_timing(rep, TCO_DUE), DOC_MONEY, rep->currency, false },
		{ part_timing(rep, TCO_BOUGHT), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table = doc_table(rep->doc, NULL, "cumulative-cash",
	    say(rep, TCO_MSG_CASH_CHART), columns, ARRAY_LEN(columns));
	const struct tco_cash *cash = rep->r->cash;
	size_t last = rep->r->horizon;
	const struct doc_chart chart = {
		.kind = DOC_LINES,
		.id = "cash-chart",
		.title = say(rep, TCO_MSG_CASH_CHART),
		.description = say_with(rep, TCO_MSG_CASH_CHART_TEXT,
		    say_count(rep, last),
		    say_price(rep, cash[TCO_DUE].flow[last].cumulative).text,
		    say_price(rep, cash[TCO_BOUGHT].flow[last].cumulative).text,
		    NULL),
		.x_title = say(rep, TCO_MSG_DOC_YEAR),
		.y_title = rep->currency,
		.data = table,
		.first = 1,
		.count = TCO_TIMING_COUNT,
	};

	for (size_t year = 0; year <= last; year++) {
		struct doc_row *row = doc_row(rep->doc, table, DOC_ROW);

		(void)part_put(rep, row, 0, year_value(rep, year));
		for (size_t t = 0; t < TCO_TIMING_COUNT; t++)
			part_put_signed(rep, row, 1 + t,
			    say_money(rep, cash[t].flow[year].cumulative));
	}
	doc_chart(rep->doc, sec, &chart);
}

static void add_flows(const struct report *rep, enum tco_timing timing)
{
	static const char *const ids[] = { "cash-due", "cash-bought" };
	static const enum tco_msg titles[] = { TCO_MSG_CASH_AVOIDED,
		TCO_MSG_CASH_CAPEX, TCO_MSG_CASH_MIGRATION, TCO_MSG_CASH_SAVING,
		TCO_MSG_CASH_RESIDUAL, TCO_MSG_CASH_NET,
		TCO_MSG_CASH_CUMULATIVE, TCO_MSG_CASH_DISCOUNTED,
		TCO_MSG_CASH_DISCOUNTED_SUM };
	const char *name = part_timing(rep, timing);
	struct doc_section *sec = doc_section(
	    rep->doc, 2, doc_printf(rep->doc, "%s-section", ids[timing]), name);
	struct doc_column columns[ARRAY_LEN(titles) + 1] = {
		{ say(rep, TCO_MSG_DOC_YEAR), DOC_NUMBER, NULL, true },
	};
	struct doc_table *table;

	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		columns[i + 1] =
		    (struct doc_column) { .title = say(rep, titles[i]),
			    .kind = DOC_MONEY };
	table = doc_table(rep->doc, sec, ids[timing],
	    say_with(rep, TCO_MSG_CASH_FLOWS, rep->currency, name, NULL),
	    columns, ARRAY_LEN(columns));
	for (size_t year = 0; year <= rep->r->horizon; year++) {
		const struct tco_flow *f = &rep->r->cash[timing].flow[year];
		const struct num *const list[] = { f->avoided, f->investment,
			f->migration, f->saving, f->residual, f->net,
			f->cumulative, f->discounted,
			f->discounted_cumulative };
		struct doc_row *row = doc_row(rep->doc, table, DOC_ROW);

		(void)part_put(rep, row, 0, year_value(rep, year));
		for (size_t i = 0; i < ARRAY_LEN(list); i++)
			part_put_signed(
			    rep, row, 1 + i, say_money(rep, list[i]));
	}
}

void report_cash(const struct report *rep)
{
	struct doc_section *sec =
	    doc_section(rep->doc, 1, "cash", say(rep, TCO_MSG_CASH_TITLE));
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_CASH_MEASURE), DOC_TEXT, NULL, true },
		{ part_timing(rep, TCO_DUE), DOC_NUMBER, NULL, false },
		{ part_timing(rep, TCO_BOUGHT), DOC_NUMBER, NULL, false },
	};

	(void)doc_paragraph(rep->doc, sec, say(rep, TCO_MSG_CASH_TEXT));
	add_measures(
	    rep, doc_table(rep->doc, sec, "measures",
		     say(rep, TCO_MSG_CASH_KEY), columns, ARRAY_LEN(columns)));
	explain_irr(rep, sec);
	add_chart(rep, sec);
	add_flows(rep, TCO_DUE);
	add_flows(rep, TCO_BOUGHT);
}
