/* doc-try.c - a report of everything a doc may hold, by any writer.
 *
 *   doc-try FORMAT LANGUAGE ROWS [WIDTH] >FILE
 *
 * FORMAT: terminal, colour, html, json, pdf, or csv=TABLE. ROWS is how long
 * the long table is; with pdf it is also timed, on stderr.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/text.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/write.h"

static bool chinese;

/* A figure of so many cents, in one of two ways. */
static struct doc_value money(struct doc *doc, long cents)
{
	long whole = labs(cents) / 100, part = labs(cents) % 100;
	const char *sign = cents < 0 ? "−" : "", *text;

	if (whole >= 1000)
		text = doc_printf(doc, "%s%ld,%03ld.%02ld €", sign,
		    whole / 1000, whole % 1000, part);
	else
		text = doc_printf(doc, "%s%ld.%02ld €", sign, whole, part);
	return (struct doc_value) {
		.text = text,
		.value = doc_printf(
		    doc, "%s%ld.%02ld", cents < 0 ? "-" : "", whole, part),
	};
}

static struct doc_value count(struct doc *doc, long number)
{
	const char *text = doc_printf(doc, "%ld", number);

	return (struct doc_value) { .text = text, .value = text };
}

static void add_money(
    struct doc *doc, struct doc_row *row, size_t column, long cents)
{
	struct doc_value value = money(doc, cents);
	struct doc_cell *cell = doc_cell(doc, row, column, &value);

	if (cents < 0)
		cell->tone = DOC_BAD;
}

static void add_front(struct doc *doc)
{
	struct doc_section *sec =
	    doc_section(doc, 1, "verdict", chinese ? "结论" : "The verdict");
	struct doc_block *figures, *list;
	static const struct {
		const char *label, *hint;
		long cents;
		enum doc_tone tone;
	} rows[] = {
		{ "Saved a year", "of 46,353.60 €", 733072, DOC_GOOD },
		{ "Worth today, servers due", "5 years at 8 %", 2826215,
		    DOC_GOOD },
		{ "Worth today, just bought", "5 years at 8 %", -3673785,
		    DOC_BAD },
		{ "Median of 100,000 draws", "P10 15,013 € · P90 42,001 €",
		    2832500, DOC_PLAIN },
	};

	doc_lead(doc, sec,
	    chinese ? "如果服务器本来就该更换，平台比每家企业各自的机房便宜。刚"
		      "刚购置的服务器则不然。"
		    : "The platform is cheaper than a server room for each "
		      "enterprise if the servers are due to be replaced. It is "
		      "not if they were just bought. One of three enterprises "
		      "pays more than alone <unless> prices change & soon.");
	figures = doc_figures(doc, sec);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		doc_figure(doc, figures,
		    &(struct doc_figure) {
			.label = rows[i].label,
			.hint = rows[i].hint,
			.tone = rows[i].tone,
			.value = money(doc, rows[i].cents),
		    });
	doc_notice(doc, sec, DOC_BAD, "Adler Motors loses",
	    "1,445.89 € a year if idle capacity is shared by consumption.");
	doc_notice(doc, sec, DOC_PLAIN, "Not in these numbers",
	    "Soft savings are reported apart.");
	list = doc_list(doc, sec, "What would change the verdict");
	doc_item(doc, list, "a server price below 4,869 € instead of 6,000 €");
	doc_item(doc, list, "more than 51 domains an administrator");
}

static void add_long_table(struct doc *doc, long rows)
{
	static const struct doc_column columns[] = {
		{ "Parameter", DOC_TEXT, NULL, true },
		{ "Value", DOC_MONEY, "EUR", false },
		{ "Count", DOC_NUMBER, NULL, false },
		{ "Date", DOC_DATE, NULL, false },
		{ "Source", DOC_TEXT, NULL, false },
	};
	struct doc_section *sec = doc_section(doc, 1, "parameters",
	    chinese ? "参数及来源" : "Parameters and sources");
	struct doc_table *table = doc_table(doc, sec, "parameters",
	    "What goes in", columns, ARRAY_LEN(columns));
	unsigned note = doc_note(doc, "Eurostat, electricity prices",
	    "https://ec.europa.eu/eurostat/");

	for (long i = 0; i < rows; i++) {
		struct doc_row *row;
		struct doc_value number = count(doc, i * 37);

		if (i % 20 == 0)
			(void)doc_words_cell(doc,
			    doc_row(doc, table, DOC_ROW_GROUP), 0,
			    doc_printf(doc, "Group %ld", i / 20 + 1));
		row = doc_row(doc, table, DOC_ROW);
		(void)doc_words_cell(doc, row, 0,
		    doc_printf(doc,
			chinese ? "电价第%ld项" : "Electricity of server %ld",
			i));
		add_money(doc, row, 1, i * 12345 - 20000);
		(void)doc_cell(doc, row, 2, &number);
		(void)doc_cell(doc, row, 3,
		    &(struct doc_value) {
			.text = "28 Nov 2026", .value = "2026-11-28" });
		doc_words_cell(doc, row, 4,
		    i % 3 != 0 ? "your figure"
			       : "Eurostat, non-household, second half of 2023")
		    ->note = i % 3 == 0 ? note : 0;
	}
	add_money(doc, doc_row(doc, table, DOC_ROW_TOTAL), 1, 1234567);
}

static struct doc_table *add_years(struct doc *doc, struct doc_section *sec)
{
	static const struct doc_column columns[] = {
		{ "Year", DOC_NUMBER, NULL, true },
		{ "Servers due", DOC_MONEY, NULL, false },
		{ "Just bought", DOC_MONEY, NULL, false },
	};
	struct doc_table *table = doc_table(
	    doc, sec, "cash", "Cumulative cash", columns, ARRAY_LEN(columns));

	for (long year = 0; year <= 5; year++) {
		struct doc_row *row = doc_row(doc, table, DOC_ROW);
		struct doc_value number = count(doc, year);

		(void)doc_cell(doc, row, 0, &number);
		add_money(doc, row, 1, year * 833072 - 500000);
		add_money(doc, row, 2, year * 833072 - 7000000);
	}
	return table;
}

static struct doc_table *add_swings(struct doc *doc)
{
	static const struct doc_column columns[] = {
		{ "Parameter", DOC_TEXT, NULL, true },
		{ "20 % less", DOC_MONEY, NULL, false },
		{ "20 % more", DOC_MONEY, NULL, false },
	};
	static const struct {
		const char *name;
		long low, high;
	} rows[] = {
		{ "platform.capex, a name that is rather long", 4505340,
		    1147090 },
		{ "server price", 1526215, 4126215 },
		{ "servers an administrator", 3900000, 1600000 },
		{ "electricity", 2776000, -277600 },
	};
	struct doc_table *table = doc_table(doc, NULL, "tornado",
	    "What moves the result", columns, ARRAY_LEN(columns));

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct doc_row *row = doc_row(doc, table, DOC_ROW);

		(void)doc_words_cell(doc, row, 0, rows[i].name);
		add_money(doc, row, 1, rows[i].low);
		add_money(doc, row, 2, rows[i].high);
	}
	return table;
}

static struct doc_table *add_bins(struct doc *doc)
{
	static const struct doc_column columns[] = {
		{ "From", DOC_MONEY, NULL, true },
		{ "Draws", DOC_NUMBER, NULL, false },
	};
	struct doc_table *table = doc_table(doc, NULL, "draws",
	    "How often which result", columns, ARRAY_LEN(columns));

	for (long i = 0; i <= 40; i++) {
		struct doc_row *row = doc_row(doc, table, DOC_ROW);
		struct doc_value draws = count(doc, i * (40 - i) * (40 - i));

		add_money(doc, row, 0, i * 200000 - 1000000);
		if (i < 40)
			(void)doc_cell(doc, row, 1, &draws);
	}
	return table;
}

static struct doc_table *add_costs(struct doc *doc, struct doc_section *sec)
{
	static const char *const names[] = { "Hardware", "People", "Energy",
		"Support", "Space", "Backup" };
	static const long cents[][6] = {
		{ 1300000, 2000000, 315360, 600000, 300000, 120000 },
		{ 1400000, 1350000, 252288, 600000, 180000, 120000 },
	};
	struct doc_column columns[7] = { { "Who", DOC_TEXT, NULL, true } };
	struct doc_table *table;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		columns[i + 1] =
		    (struct doc_column) { names[i], DOC_MONEY, NULL, false };
	table = doc_table(
	    doc, sec, "costs", "Costs of a year", columns, ARRAY_LEN(columns));
	for (size_t r = 0; r < 2; r++) {
		struct doc_row *row = doc_row(doc, table, DOC_ROW);

		(void)doc_words_cell(
		    doc, row, 0, r == 0 ? "On their own" : "Platform");
		for (size_t i = 0; i < 6; i++)
			add_money(doc, row, i + 1, cents[r][i]);
	}
	return table;
}

static void add_charts(struct doc *doc)
{
	struct doc_section *sec =
	    doc_section(doc, 1, "charts", chinese ? "图表" : "Charts");
	struct doc_mark marks[] = { { "P10 15,013 €", "15013", DOC_PLAIN },
		{ "P50 28,325 €", "28325", DOC_GOOD }, { "0", "0", DOC_BAD } };
	struct doc_chart chart = {
		.kind = DOC_LINES,
		.id = "cash-chart",
		.title = "Cumulative cash over the years",
		.description = "Two lines; only the first is above zero.",
		.y_title = "EUR",
		.x_title = "Year",
		.data = add_years(doc, sec),
		.first = 1,
		.count = 2,
	};

	(void)doc_paragraph(doc, sec,
	    chinese ? "金额以欧元计。第一条线在零线之上。"
		    : "Amounts are in euro.");
	doc_chart(doc, sec, &chart);
	chart = (struct doc_chart) {
		.kind = DOC_TORNADO,
		.id = "tornado-chart",
		.title = "What moves the result",
		.base = "28262.15",
		.description = "Bars from 28,262.15 €.",
		.x_title = "EUR",
		.data = add_swings(doc),
		.first = 1,
		.count = 2,
	};
	doc_chart(doc, sec, &chart);
	sec = doc_section(doc, 2, "draws-section", "Draws");
	chart = (struct doc_chart) {
		.kind = DOC_HISTOGRAM,
		.id = "draws-chart",
		.title = "How often which result",
		.description = "One hill.",
		.x_title = "EUR",
		.data = add_bins(doc),
		.first = 1,
		.count = 1,
		.marks = marks,
		.mark_count = ARRAY_LEN(marks),
	};
	doc_chart(doc, sec, &chart);
	chart = (struct doc_chart) {
		.kind = DOC_STACK,
		.id = "costs-chart",
		.title = "Costs of a year, by what they are for",
		.description = "Two bars, the platform's is shorter.",
		.x_title = "EUR",
		.data = add_costs(doc, sec),
		.first = 1,
		.count = 6,
	};
	doc_chart(doc, sec, &chart);
	chart.kind = DOC_BARS;
	chart.id = "bars-chart";
	chart.count = 3;
	doc_chart(doc, sec, &chart);
}

static struct doc *make(const char *language, long rows)
{
	struct doc_head head = {
		.language = language,
		.title = chinese ? "平台与自有机房：总拥有成本"
				 : "Platform or a server room each",
		.subtitle = "Total cost over 5 years", .author = "hanse",
		.date = chinese ? "2026年11月28日" : "28 November 2026",
		.iso_date = "2026-11-28",
		.words = {
			.contents = chinese ? "目录" : "Contents",
			.page = chinese ? "第 %1 页，共 %2 页" : "Page %1 of %2",
			.data = chinese ? "图表数据" : "Data of the chart",
			.notes = chinese ? "注释" : "Notes",
			.note = chinese ? "注" : "Note",
			.continued = chinese ? "续" : "continued",
			.skip = chinese ? "跳到正文" : "Skip to the text",
			.good = "Good", .warn = "Attention", .bad = "Loss",
			.point = ".", .group = ",",
		},
	};
	struct doc *doc = doc_new(&head);

	add_front(doc);
	add_long_table(doc, rows);
	add_charts(doc);
	return doc;
}

static int write_pdf(const struct doc *doc, struct hs_text *out)
{
	struct timespec from, to;
	struct hs_err err = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	if (doc_write_pdf(doc, out, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.msg);
		return -1;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	(void)fprintf(stderr, "pdf_ms=%.1f\n",
	    (double)(to.tv_sec - from.tv_sec) * 1e3 +
		(double)(to.tv_nsec - from.tv_nsec) / 1e6);
	return 0;
}

static int write_as(const struct doc *doc, const char *format, unsigned width,
    struct hs_text *out)
{
	struct doc_terminal terminal = { width, strcmp(format, "colour") == 0 };

	if (strcmp(format, "terminal") == 0 || terminal.colour)
		doc_write_terminal(doc, &terminal, out);
	else if (strcmp(format, "html") == 0)
		doc_write_html(doc, out);
	else if (strcmp(format, "json") == 0)
		doc_write_json(doc, out);
	else if (strncmp(format, "csv=", 4) == 0 &&
		 doc_find_table(doc, format + 4) != NULL)
		doc_write_csv(doc_find_table(doc, format + 4), out);
	else if (strcmp(format, "pdf") == 0)
		return write_pdf(doc, out);
	else
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	hs_auto(doc_freep) struct doc *doc = NULL;

	if (argc < 4) {
		(void)fputs(
		    "usage: doc-try FORMAT LANGUAGE ROWS [WIDTH]\n", stderr);
		return 2;
	}
	chinese = strncmp(argv[2], "zh", 2) == 0;
	doc = make(argv[2], strtol(argv[3], NULL, 10));
	if (write_as(doc, argv[1],
		argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 80, &out) < 0)
		return 1;
	return fwrite(out.data, 1, out.len, stdout) == out.len ? 0 : 1;
}
