/* report_accounting.c - cost of a year with depreciation, by what it is for,
 * and year by year; and what one domain or order comes to.
 */

#include "tco-report/report_part.h"

static const char *line_name(const struct report *rep, enum tco_line line)
{
	return say_named(rep, "line.", tco_line_name(line));
}

static void put_three(const struct report *rep, struct doc_row *row,
    const struct num *dedicated, const struct num *platform)
{
	(void)part_put(rep, row, 1, say_money(rep, dedicated));
	(void)part_put(rep, row, 2, say_money(rep, platform));
	part_put_signed(rep, row, 3,
	    say_money(rep, num_sub(rep->pool, dedicated, platform)));
}

static bool is_there(const struct tco_year *year, int line)
{
	return num_sign(year->dedicated[line]) != 0 ||
	       num_sign(year->platform[line]) != 0;
}

static void add_lines(const struct report *rep, struct doc_section *sec)
{
	const struct tco_year *year = &rep->r->year[0];
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_ACCOUNTING_ITEM), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_DOC_DEDICATED), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_DOC_PLATFORM), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_DOC_DIFFERENCE), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "annual-cost",
	    say(rep, TCO_MSG_ACCOUNTING_TABLE), columns, ARRAY_LEN(columns));
	struct doc_row *row;

	for (int line = 0; line < TCO_LINE_COUNT; line++)
		if (is_there(year, line))
			put_three(rep,
			    part_row(rep, table,
				line_name(rep, (enum tco_line)line)),
			    year->dedicated[line], year->platform[line]);
	row = doc_row(rep->doc, table, DOC_ROW_TOTAL);
	(void)doc_words_cell(rep->doc, row, 0, say(rep, TCO_MSG_DOC_TOTAL));
	put_three(rep, row, year->dedicated_annual, year->platform_annual);
}

/* The same turned round: a bar for each way, a part for each line. */
static struct doc_table *bars_data(const struct report *rep)
{
	const struct tco_year *year = &rep->r->year[0];
	struct doc_column columns[TCO_LINE_COUNT + 1] = {
		{ say(rep, TCO_MSG_ACCOUNTING_ITEM), DOC_TEXT, NULL, true },
	};
	const struct num *const *ways[] = { year->dedicated, year->platform };
	struct doc_table *table;
	size_t count = 1;

	for (int line = 0; line < TCO_LINE_COUNT; line++)
		if (is_there(year, line))
			columns[count++] = (struct doc_column) {
				.title = line_name(rep, (enum tco_line)line),
				.kind = DOC_MONEY,
				.unit = rep->currency,
			};
	table = doc_table(rep->doc, NULL, "annual-cost-by-line",
	    say(rep, TCO_MSG_ACCOUNTING_CHART), columns, count);
	for (size_t way = 0; way < ARRAY_LEN(ways); way++) {
		struct doc_row *row = part_row(rep, table,
		    say(rep, way == 0 ? TCO_MSG_DOC_DEDICATED
				      : TCO_MSG_DOC_PLATFORM));

		count = 1;
		for (int line = 0; line < TCO_LINE_COUNT; line++)
			if (is_there(year, line))
				(void)part_put(rep, row, count++,
				    say_money(rep, ways[way][line]));
	}
	return table;
}

static void add_bars(const struct report *rep, struct doc_section *sec)
{
	const struct doc_table *data = bars_data(rep);
	const struct doc_chart chart = {
		.kind = DOC_STACK,
		.id = "annual-cost-chart",
		.title = say(rep, TCO_MSG_ACCOUNTING_CHART),
		.description = say_with(rep, TCO_MSG_ACCOUNTING_CHART_TEXT,
		    say_price(rep, rep->r->dedicated_annual).text,
		    say_price(rep, rep->r->platform_annual).text, NULL),
		.x_title = rep->currency,
		.data = data,
		.first = 1,
		.count = (unsigned)data->column_count - 1,
	};

	if (chart.count > 0)
		doc_chart(rep->doc, sec, &chart);
}

static void put_year(const struct report *rep, struct doc_table *table,
    const struct tco_year *year)
{
	struct doc_row *row = doc_row(rep->doc, table, DOC_ROW);
	const char *number = say_count(rep, year->year);

	(void)part_put(rep, row, 0,
	    (struct doc_value) { .text = number, .value = number });
	(void)part_put(rep, row, 1, say_number(rep, year->servers, 0));
	(void)part_put(rep, row, 2, say_number(rep, year->hosts, 0));
	(void)part_put(rep, row, 3, say_money(rep, year->dedicated_annual));
	(void)part_put(rep, row, 4, say_money(rep, year->platform_annual));
	part_put_signed(rep, row, 5,
	    say_money(rep, num_sub(rep->pool, year->dedicated_annual,
			       year->platform_annual)));
	part_put_signed(rep, row, 6, say_money(rep, year->saving));
}

static void add_years(const struct report *rep, struct doc_section *sec)
{
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_DOC_YEAR), DOC_NUMBER, NULL, true },
		{ say(rep, TCO_MSG_ACCOUNTING_SERVERS), DOC_NUMBER, NULL,
		    false },
		{ say(rep, TCO_MSG_ACCOUNTING_HOSTS), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_DOC_DEDICATED), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_DOC_PLATFORM), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_DOC_DIFFERENCE), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_ACCOUNTING_SAVING), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "years",
	    say(rep, TCO_MSG_ACCOUNTING_YEARS), columns, ARRAY_LEN(columns));

	for (size_t i = 0; i < rep->r->horizon; i++)
		put_year(rep, table, &rep->r->year[i]);
}

void report_accounting(const struct report *rep)
{
	struct doc_section *sec = doc_section(
	    rep->doc, 1, "accounting", say(rep, TCO_MSG_ACCOUNTING_TITLE));

	(void)doc_paragraph(rep->doc, sec,
	    say_with(rep, TCO_MSG_ACCOUNTING_TEXT,
		say_count(rep, rep->r->horizon), NULL));
	add_lines(rep, sec);
	add_bars(rep, sec);
	add_years(rep, sec);
}

static void add_units(const struct report *rep, struct doc_section *sec)
{
	const struct tco_unit *unit = &rep->r->unit;
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_UNITCOST_WHAT), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_DOC_DEDICATED), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_DOC_PLATFORM), DOC_MONEY, rep->currency,
		    false },
		{ say(rep, TCO_MSG_DOC_DIFFERENCE), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "unit-cost",
	    say(rep, TCO_MSG_UNITCOST_TABLE), columns, ARRAY_LEN(columns));

	put_three(rep, part_row(rep, table, say(rep, TCO_MSG_UNITCOST_DOMAIN)),
	    unit->dedicated_domain, unit->platform_domain);
	if (unit->dedicated_order != NULL)
		put_three(rep,
		    part_row(rep, table, say(rep, TCO_MSG_UNITCOST_ORDER)),
		    unit->dedicated_order, unit->platform_order);
}

static void add_alone(const struct report *rep, struct doc_section *sec)
{
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_DOC_ENTERPRISE), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_ACCOUNTING_SERVERS), DOC_NUMBER, NULL,
		    false },
		{ say(rep, TCO_MSG_UNITCOST_KWH), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_UNITCOST_PER_SERVER), DOC_MONEY,
		    rep->currency, false },
		{ say(rep, TCO_MSG_UNITCOST_ALONE), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "stand-alone",
	    say(rep, TCO_MSG_UNITCOST_EACH), columns, ARRAY_LEN(columns));
	struct doc_row *row;

	for (size_t i = 0; i < rep->r->count; i++) {
		const struct tco_dedicated *d = &rep->r->dedicated[i];

		row = part_row(rep, table, d->enterprise->title);
		(void)part_put(rep, row, 1, say_number(rep, d->servers, 0));
		(void)part_put(rep, row, 2, say_number(rep, d->kwh, 1));
		(void)part_put(rep, row, 3, say_money(rep, d->opex));
		(void)part_put(rep, row, 4, say_money(rep, d->annual));
	}
	row = doc_row(rep->doc, table, DOC_ROW_TOTAL);
	(void)doc_words_cell(rep->doc, row, 0, say(rep, TCO_MSG_DOC_TOTAL));
	(void)part_put(
	    rep, row, 1, say_number(rep, rep->r->year[0].servers, 0));
	(void)part_put(rep, row, 4, say_money(rep, rep->r->dedicated_annual));
}

void report_unit(const struct report *rep)
{
	struct doc_section *sec =
	    doc_section(rep->doc, 1, "unit", say(rep, TCO_MSG_UNITCOST_TITLE));

	add_units(rep, sec);
	add_alone(rep, sec);
}
