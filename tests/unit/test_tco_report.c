/* test_tco_report.c - the report of the worked example, and of what is not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "tco-report/doc/doc.h"
#include "tco-report/report.h"
#include "tco-report/say.h"
#include "tco-report/tco.h"

#define EXAMPLE "etc/tco/example/case.yaml"

static struct tco_case *tcase;
static struct tco_result *result;

static void run(const struct tco_setting *settings, size_t count)
{
	const struct tco_options options = { .seed = 1, .draws = 2000 };
	struct hs_err err = { 0 };

	if (tco_case_load(EXAMPLE, NULL, settings, count, &tcase, NULL, &err) <
		0 ||
	    tco_model_run(tcase, &options, &result, &err) < 0)
		fail_msg("%s", err.msg);
}

static void drop(void)
{
	tco_result_free(result);
	tco_case_free(tcase);
	result = NULL;
	tcase = NULL;
}

static struct doc *report(const char *language)
{
	const struct tco_report_options options = { language, "2026-11-28",
		"us" };
	struct hs_err err = { 0 };
	struct doc *doc = NULL;

	if (tco_report(result, &options, &doc, &err) < 0)
		fail_msg("%s", err.msg);
	return doc;
}

static const struct doc_cell *cell(
    const struct doc *doc, const char *table, size_t row, size_t column)
{
	const struct doc_table *t = doc_find_table(doc, table);

	assert_non_null(t);
	assert_in_range(row, 0, t->row_count - 1);
	return &t->rows[row].cells[column];
}

static const struct doc_block *block(
    const struct doc_section *sec, enum doc_block_kind kind)
{
	const struct doc_block *b = sec->blocks;

	while (b != NULL && b->kind != kind)
		b = b->next;
	assert_non_null(b);
	return b;
}

static void test_first_page(void **state)
{
	hs_auto(doc_freep) struct doc *doc = NULL;
	const struct doc_block *figures, *list;
	const char *lead;

	(void)state;
	run(NULL, 0);
	doc = report("en");
	lead = block(doc->sections, DOC_LEAD)->text;
	assert_non_null(
	    strstr(lead, "if they were just bought, it is dearer."));
	assert_non_null(strstr(lead, "€7,330.72 less a year (15.81%)"));
	assert_non_null(strstr(lead, "Enterprise A would pay more than alone"));
	figures = block(doc->sections, DOC_FIGURES);
	assert_int_equal(figures->count, 4);
	assert_string_equal(figures->figures[1].value.text, "€28,262.15");
	assert_string_equal(figures->figures[2].value.text, "−€36,737.85");
	assert_string_equal(figures->figures[2].value.value, "-36737.85");
	assert_int_equal(figures->figures[2].tone, DOC_BAD);
	list = block(doc->sections, DOC_LIST);
	assert_string_equal(list->items[0],
	    "in proportion to use: Enterprise A (€1,445.89 more)");
	assert_string_equal(list->items[3],
	    "nobody loses: the operator bears it, everybody saves the same "
	    "part");
	drop();
}

/* Every figure goes out with its source, or as the reader's own. */
static void test_sources(void **state)
{
	hs_auto(doc_freep) struct doc *doc = NULL;
	const struct doc_table *t;
	size_t shown = 0, given = 0;

	(void)state;
	run(NULL, 0);
	doc = report("en");
	t = doc_find_table(doc, "parameters");
	for (size_t i = 0; i < t->row_count; i++) {
		const struct doc_cell *cells = t->rows[i].cells;

		if (t->rows[i].kind != DOC_ROW)
			continue;
		shown++;
		assert_non_null(cells[1].value.value);
		assert_true(cells[3].value.text[0] != '\0');
		assert_true(cells[5].value.text[0] != '\0');
		assert_int_equal(
		    strcmp(cells[3].value.text, "your figure") == 0,
		    cells[3].tone == DOC_WARN);
	}
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++)
		given += tcase->params[i].value != NULL;
	assert_int_equal(shown, given);
	drop();
}

/* Three languages, one set of numbers, no word of another one. */
static void test_languages(void **state)
{
	hs_auto(doc_freep) struct doc *en = NULL, *de = NULL, *zh = NULL;
	const struct doc_table *b, *c;

	(void)state;
	run(NULL, 0);
	en = report("en");
	de = report("de-AT");
	zh = report("zh_CN.UTF-8");
	assert_string_equal(zh->head.language, "zh-Hans");
	assert_string_equal(de->head.date, "28.11.2026");
	assert_string_equal(zh->head.date, "2026年11月28日");
	assert_string_equal(
	    cell(de, "measures", 1, 2)->value.text, "−36.737,85\xc2\xa0€");
	assert_string_equal(
	    cell(de, "measures", 2, 1)->value.text, "165,35\xc2\xa0%");
	assert_string_equal(
	    cell(zh, "measures", 1, 2)->value.text, "−€36,737.85");
	b = de->tables;
	c = zh->tables;
	for (const struct doc_table *a = en->tables; a != NULL;
	     a = a->next, b = b->next, c = c->next) {
		assert_string_equal(a->id, b->id);
		assert_string_equal(a->id, c->id);
		assert_int_equal(a->row_count, b->row_count);
		for (size_t r = 0; r < a->row_count; r++)
			for (size_t i = 0; a->rows[r].kind != DOC_ROW_GROUP &&
					   i < a->column_count;
			     i++) {
				const char *v = a->rows[r].cells[i].value.value;

				if (v == NULL)
					continue;
				assert_string_equal(
				    v, b->rows[r].cells[i].value.value);
				assert_string_equal(
				    v, c->rows[r].cells[i].value.value);
			}
	}
	drop();
}

static void named(const char *prefix, const char *name)
{
	hs_auto(hs_freep) char *key = hs_printf("%s%s", prefix, name);

	for (size_t i = 0; i < TCO_MSG_COUNT; i++)
		if (strcmp(tco_msg_keys[i], key) == 0)
			return;
	fail_msg("no catalogue has '%s'", key);
}

/* Every parameter, group, rule, line and resource has a name: what one
 * language has, all have (po-compiler sees to it). */
static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < TCO_PARAM_COUNT; i++)
		named("param.", tco_kinds[i].name);
	for (int i = 0; i < TCO_GROUP_COUNT; i++)
		named("group.", tco_group_name((enum tco_group)i));
	for (int i = 0; i < TCO_YOURS; i++)
		named(
		    "confidence.", tco_confidence_name((enum tco_confidence)i));
	for (int i = 0; i < TCO_RULE_COUNT; i++)
		named("rule.", tco_rule_name((enum tco_rule)i));
	for (int i = 0; i < TCO_LINE_COUNT; i++)
		named("line.", tco_line_name((enum tco_line)i));
	for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
		named("resource.", tco_resources[i].name);
}

static void test_exact(void **state)
{
	hs_auto(doc_freep) struct doc *doc = NULL;
	const struct doc_cell *npv;

	(void)state;
	run(NULL, 0);
	doc = report("en");
	npv = cell(doc, "measures", 1, 1);
	assert_string_equal(npv->value.value, "28262.15");
	assert_non_null(strchr(npv->value.exact, '/'));
	/* What is exact as it stands has nothing behind it. */
	assert_null(cell(doc, "measures", 0, 1)->value.exact);
	drop();
}

static void test_no_loser_price(void **state)
{
	hs_auto(doc_freep) struct doc *doc = NULL;

	(void)state;
	run(NULL, 0);
	doc = report("en");
	assert_string_equal(cell(doc, "bills", 0, 3)->value.value, "19987.33");
	assert_int_equal(cell(doc, "bills", 0, 3)->tone, DOC_BAD);
	assert_string_equal(cell(doc, "gains", 0, 2)->value.value, "-1445.89");
	assert_string_equal(
	    cell(doc, "no-loser", 1, 2)->value.text, "Enterprise A");
	assert_string_equal(cell(doc, "no-loser", 0, 2)->value.text, "Nobody");
	drop();
}

/* The other two answers, and losers whom no rule helps. */
static void test_answers(void **state)
{
	const struct tco_setting dear[] = { { "platform.host_price",
	    "90000" } };
	const struct tco_setting cheap[] = { { "platform.host_price", "10" },
		{ "server.price", "90000" }, { "server.support", "90000" } };
	hs_auto(doc_freep) struct doc *one = NULL, *two = NULL;
	const char *lead;

	(void)state;
	run(dear, ARRAY_LEN(dear));
	one = report("en");
	lead = block(one->sections, DOC_LEAD)->text;
	assert_non_null(strstr(lead, "is dearer than servers"));
	assert_non_null(strstr(lead, "more a year"));
	assert_non_null(strstr(lead, "no way of sharing changes that"));
	assert_int_equal(
	    block(one->sections, DOC_FIGURES)->figures[0].tone, DOC_BAD);
	drop();
	run(cheap, ARRAY_LEN(cheap));
	two = report("en");
	lead = block(two->sections, DOC_LEAD)->text;
	assert_non_null(strstr(lead, "whether those are due"));
	assert_non_null(strstr(lead, "No enterprise would pay more"));
	drop();
}

static void test_measure(void **state)
{
	hs_auto(doc_freep) struct doc *doc = NULL;
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	struct report rep = { .r = NULL, .pool = pool, .currency = "EUR" };
	const struct num *n = num_ratio(pool, -1234567, 100);

	(void)state;
	run(NULL, 0);
	doc = report("en");
	rep.doc = doc;
	rep.lang = TCO_LANG_DE;
	assert_string_equal(say_measure(&rep, n, "CUR/host/month"),
	    "−12.345,67\xc2\xa0€/Host/Monat");
	assert_string_equal(
	    say_measure(&rep, n, "%/year"), "−12.345,67\xc2\xa0%");
	rep.lang = TCO_LANG_EN;
	assert_string_equal(say_measure(&rep, n, "1"), "−12,345.67");
	assert_string_equal(say_measure(&rep, n, "CUR/kWh"), "−€12,345.67/kWh");
	rep.currency = "CHF";
	assert_string_equal(say_price(&rep, n).text, "−12,345.67\xc2\xa0"
						     "CHF");
	drop();
}

static void test_refused(void **state)
{
	const struct tco_report_options options[] = {
		{ "fr", "2026-11-28", NULL },
		{ NULL, "2026-11-28", NULL },
		{ "deu", "2026-11-28", NULL },
		{ "en", "2026-02-30", NULL },
		{ "en", "today", NULL },
		{ "en", NULL, NULL },
	};

	(void)state;
	run(NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		struct hs_err err = { 0 };
		struct doc *doc = NULL;

		assert_int_equal(
		    tco_report(result, &options[i], &doc, &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
	}
	drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_page),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_no_loser_price),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_measure),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
