/* test_tco_doc.c - a report as a value, and its writers. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "tco-report/doc/chart.h"
#include "tco-report/doc/chart_frame.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/width.h"
#include "tco-report/doc/write.h"

static struct doc *doc_make(void)
{
	const struct doc_head head = {
		.language = "de",
		.title = "A <report> & more",
		.date = "28.11.2026",
		.iso_date = "2026-11-28",
		.words = { "Inhalt", "Seite %1 von %2", "Daten", "Quellen",
		    "Anmerkung", "Fortsetzung", "Weiter", "Gut", "Achtung",
		    "Schlecht", ",", "." },
	};

	return doc_new(&head);
}

static const struct doc_column columns[] = {
	{ "Name", DOC_TEXT, NULL, true },
	{ "Kosten", DOC_MONEY, "EUR", false },
	{ "Nutzen", DOC_MONEY, "EUR", false },
};

/* A table of three rows, with everything that is awkward. */
static struct doc_table *add_table(struct doc *doc, struct doc_section *sec)
{
	struct doc_table *t = doc_table(
	    doc, sec, "costs", "Kosten <b>", columns, ARRAY_LEN(columns));
	struct doc_row *row = doc_row(doc, t, DOC_ROW);

	(void)doc_words_cell(doc, row, 0, "=SUM(A1), \"so\"");
	(void)doc_cell(doc, row, 1,
	    &(struct doc_value) {
		"−1.234,50\xc2\xa0€", "-1234.50", "-2469/2" });
	(void)doc_cell(
	    doc, row, 2, &(struct doc_value) { "2.000,00 €", "2000.00", NULL });
	row = doc_row(doc, t, DOC_ROW_GROUP);
	(void)doc_words_cell(doc, row, 0, "Gruppe");
	row = doc_row(doc, t, DOC_ROW);
	(void)doc_words_cell(doc, row, 0, "企业服务器的名称很长很长很长");
	doc_cell(
	    doc, row, 1, &(struct doc_value) { "3.000,00 €", "3000.00", NULL })
	    ->note = doc_note(doc, "Eurostat", "https://example.org/a&b");
	row = doc_row(doc, t, DOC_ROW_TOTAL);
	(void)doc_cell(
	    doc, row, 1, &(struct doc_value) { "1.765,50 €", "1765.50", NULL });
	return t;
}

static void add_chart(struct doc *doc, struct doc_section *sec,
    const struct doc_table *data, enum doc_chart_kind kind, const char *id)
{
	struct doc_mark mark = { "Null <0>", "0", DOC_BAD };
	const struct doc_chart chart = {
		.kind = kind,
		.id = id,
		.title = "Bild & Ton",
		.description = "Was man sieht",
		.x_title = "EUR",
		.data = data,
		.first = 1,
		.count = kind == DOC_HISTOGRAM ? 1 : 2,
		.base = "500",
		.marks = &mark,
		.mark_count = 1,
	};

	doc_chart(doc, sec, &chart);
}

static struct doc *doc_full(void)
{
	struct doc *doc = doc_make();
	struct doc_section *sec = doc_section(doc, 1, "eins", "Eins & zwei");
	struct doc_block *block;
	struct doc_table *table;

	doc_lead(doc, sec,
	    "Ein Satz, der so lang ist, dass er umbrochen "
	    "werden muss, und <script>alert(1)</script>.");
	doc_paragraph(doc, sec, "Absatz")->note =
	    doc_note(doc, "javascript", "javascript:alert(1)");
	block = doc_list(doc, sec, "Liste");
	for (int i = 0; i < 9; i++)
		doc_item(doc, block, doc_printf(doc, "Punkt %d", i));
	block = doc_figures(doc, sec);
	doc_figure(doc, block,
	    &(struct doc_figure) {
		"Wert", { "1,50 €", "1.50", "3/2" }, "heute", DOC_GOOD });
	doc_notice(doc, sec, DOC_BAD, "Titel", "Text");
	table = add_table(doc, sec);
	sec = doc_section(doc, 2, "zwei", "Bilder");
	add_chart(doc, sec, table, DOC_BARS, "c1");
	add_chart(doc, sec, table, DOC_STACK, "c2");
	add_chart(doc, sec, table, DOC_LINES, "c3");
	add_chart(doc, sec, table, DOC_TORNADO, "c4");
	return doc;
}

static void test_width(void **state)
{
	const char *next;

	(void)state;
	assert_int_equal(width_of("abc"), 3);
	assert_int_equal(width_of("总成本€"), 7);
	assert_int_equal(width_of("e\xcc\x81"), 1);
	assert_int_equal(width_of("\xff"), 1);
	assert_int_equal(width_line("one two three", 8, &next), 7);
	assert_string_equal(next, "three");
	assert_int_equal(width_line("abcdefgh", 3, &next), 3);
	assert_string_equal(next, "defgh");
	assert_int_equal(width_line("总成本", 1, &next), 3);
	assert_int_equal(width_line("总成。本", 5, &next), 3);
	assert_string_equal(next, "成。本");
	assert_int_equal(width_line("a\nb", 9, &next), 1);
	assert_string_equal(next, "b");
}

/* What could steer a terminal or break XML never gets in. */
static void test_clean(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_make();
	struct doc_section *sec = doc_section(doc, 1, "x",
	    "a\033[31mb\xff\x01"
	    "c\nd");

	(void)state;
	assert_string_equal(sec->title, "a\xef\xbf\xbd[31mb\xef\xbf\xbd"
					"\xef\xbf\xbd"
					"c\nd");
}

static void test_notes(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_make();

	(void)state;
	for (int round = 0; round < 2; round++)
		for (unsigned i = 1; i < 40; i++)
			assert_int_equal(
			    doc_note(doc, doc_printf(doc, "n%u", i), NULL), i);
}

static void test_csv(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_make();
	hs_auto(hs_text_done) struct hs_text out = { 0 };

	(void)state;
	doc_write_csv(add_table(doc, NULL), &out);
	assert_string_equal(out.data,
	    "Name,Kosten (EUR),Nutzen (EUR)\r\n"
	    "\"'=SUM(A1), \"\"so\"\"\",-1234.50,2000.00\r\n"
	    "Gruppe,,\r\n"
	    "企业服务器的名称很长很长很长,3000.00,\r\n"
	    ",1765.50,\r\n");
}

static void test_csv_folder(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_full();
	hs_auto(hs_freep) char *data = NULL;
	char dir[] = "/tmp/test-tco-doc.XXXXXX", path[64];
	struct hs_err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(doc_write_csv_folder(doc, dir, &err), 0);
	(void)snprintf(path, sizeof(path), "%s/costs.csv", dir);
	assert_int_equal(hs_file_read(path, 4096, &data, NULL, &err), 0);
	assert_non_null(strstr(data, "-1234.50"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(doc_write_csv_folder(doc, "/dev/null/x", &err), -1);
	assert_int_equal(err.code, HS_ESYSTEM);
}

static void test_json(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_full();
	hs_auto(hs_text_done) struct hs_text out = { 0 };

	(void)state;
	doc_write_json(doc, &out);
	assert_non_null(strstr(out.data, "\"exact\": \"-2469/2\""));
	assert_non_null(strstr(out.data, "\"value\": \"-1234.50\""));
	assert_non_null(strstr(out.data, "\"text\": \"−1.234,50\xc2\xa0€\""));
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word)) != NULL) {
		text += strlen(word);
		n++;
	}
	return n;
}

static void test_html(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_full();
	hs_auto(hs_text_done) struct hs_text out = { 0 };

	(void)state;
	doc_write_html(doc, &out);
	assert_null(strstr(out.data, "<script"));
	assert_null(strstr(out.data, "Kosten <b>"));
	assert_null(strstr(out.data, "href=\"javascript"));
	assert_non_null(
	    strstr(out.data, "href=\"https://example.org/a&amp;b\""));
	assert_non_null(strstr(out.data, "lang=\"de\""));
	/* Four charts, wide and for a phone; each with title and words. */
	assert_int_equal(count(out.data, "<svg "), 8);
	assert_int_equal(count(out.data, "<desc id="), 8);
	assert_int_equal(count(out.data, "</table>"), 1);
	assert_int_equal(count(out.data, "1.765,50 €"), 1);
	/* Where a row has no name, nothing says it had one. */
	assert_null(strstr(out.data, "<th scope=\"row\"></th>"));
}

/* No line is wider than the terminal, and no figure is broken. */
static void test_terminal(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_full();

	(void)state;
	for (unsigned width = 24; width < 130; width++) {
		hs_auto(hs_text_done) struct hs_text out = { 0 };

		doc_write_terminal(
		    doc, &(struct doc_terminal) { width, false }, &out);
		assert_null(strchr(out.data, '\033'));
		assert_non_null(strstr(out.data, "−1.234,50\xc2\xa0€"));
		for (char *line = strtok(out.data, "\n"); line != NULL;
		     line = strtok(NULL, "\n"))
			assert_in_range(width_of(line), 0, width);
	}
}

static void test_colour(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_full();
	hs_auto(hs_text_done) struct hs_text out = { 0 };

	(void)state;
	doc_write_terminal(doc, &(struct doc_terminal) { 80, true }, &out);
	assert_int_equal(
	    count(out.data, "\033[0m"), count(out.data, "\033[") / 2);
	assert_true(count(out.data, "\033[0m") > 5);
}

static void test_scale(void **state)
{
	static const double ranges[][2] = { { 0, 1 }, { -7.5, 12 },
		{ 0, 123456 }, { -90000, -3 }, { 0, 0 }, { 0.001, 0.0045 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		for (unsigned steps = 2; steps < 9; steps++) {
			struct scale s =
			    scale_make(ranges[i][0], ranges[i][1], steps);

			s.from = 10;
			s.to = 110;
			assert_true(s.low <= ranges[i][0]);
			assert_true(s.high >= ranges[i][1]);
			assert_true((s.high - s.low) / s.step < steps + 2.5);
			assert_true(scale_at(&s, ranges[i][0]) >= 9.999);
			assert_true(scale_at(&s, ranges[i][1]) <= 110.001);
		}
}

static void test_tick(void **state)
{
	const struct doc_words words = { .point = ",", .group = "." };
	const struct frame f = { NULL, &words, NULL, 0, 0 };
	char text[64];

	(void)state;
	frame_tick(&f, -1234567, 1000, text, sizeof(text));
	assert_string_equal(text, "−1.234.567");
	frame_tick(&f, 0.25, 0.05, text, sizeof(text));
	assert_string_equal(text, "0,25");
	frame_tick(&f, -0.0, 0.5, text, sizeof(text));
	assert_string_equal(text, "0,0");
	assert_true(chart_number("-12.50") < -12.4999);
	assert_true(chart_number("-12.50") > -12.5001);
}

static void test_histogram(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_make();
	struct doc_section *sec = doc_section(doc, 1, "h", "H");
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	struct doc_table *t = doc_table(doc, NULL, "bins", "Bins", columns, 2);

	(void)state;
	for (int i = 0; i <= 4; i++) {
		struct doc_row *row = doc_row(doc, t, DOC_ROW);
		const char *text = doc_printf(doc, "%d", i * 100 - 200);

		(void)doc_cell(
		    doc, row, 0, &(struct doc_value) { text, text, NULL });
		if (i < 4)
			(void)doc_cell(doc, row, 1,
			    &(struct doc_value) { "7", "7", NULL });
	}
	add_chart(doc, sec, t, DOC_HISTOGRAM, "h1");
	svg_chart(sec->blocks->chart, &doc->head.words, 600, "desk", &out);
	assert_int_equal(count(out.data, "<rect class=\"f s1\""), 4);
	assert_non_null(strstr(out.data, "Null &lt;0&gt;"));
}

/* The same doc, the same bytes; every letter is a page's. */
static void test_pdf(void **state)
{
	hs_auto(hs_text_done) struct hs_text one = { 0 }, two = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++) {
		hs_auto(doc_freep) struct doc *doc = doc_full();

		assert_int_equal(
		    doc_write_pdf(doc, round == 0 ? &one : &two, &err), 0);
	}
	assert_memory_equal(one.data, "%PDF-1.", 7);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	assert_non_null(memmem(one.data, one.len, "/StructTreeRoot", 15));
}

/* A cell that is higher than a page, a word wider than one, a title as well:
 * the file is still one, and not endless. */
static void test_pdf_too_much(void **state)
{
	hs_auto(doc_freep) struct doc *doc = doc_make();
	hs_auto(hs_text_done) struct hs_text pdf = { 0 }, long_text = { 0 },
					     long_word = { 0 };
	struct doc_section *sec = doc_section(doc, 1, "x", "X");
	struct doc_table *t = doc_table(doc, sec, "t", "T", columns, 2);
	struct hs_err err = { 0 };

	(void)state;
	for (int i = 0; i < 4000; i++) {
		hs_text_add(&long_text, "Wort für Wort ");
		hs_text_add(&long_word, "企W");
	}
	for (int i = 0; i < 3; i++) {
		struct doc_row *row = doc_row(doc, t, DOC_ROW);

		(void)doc_words_cell(
		    doc, row, 0, i == 1 ? long_word.data : long_text.data);
		(void)doc_words_cell(doc, row, 1, long_word.data);
	}
	(void)doc_paragraph(doc, sec, long_text.data);
	(void)doc_section(doc, 2, "y", long_word.data);
	assert_int_equal(doc_write_pdf(doc, &pdf, &err), 0);
	assert_in_range(pdf.len, 10000, 2000000);
}

static int end_fonts(void **state)
{
	(void)state;
	FcFini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_csv_folder),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_tick),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_pdf),
		cmocka_unit_test(test_pdf_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, end_fonts);
}
