/* pdf.c - how long a PDF takes: the report of a case, its parameters' table
 * as long as it must be for so many pages.
 *
 *   tco_pdf [CASE [PAGES [TIMES]]]; the best of TIMES counts
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/text.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/write.h"
#include "tco-report/report.h"
#include "tco-report/tco.h"

static double now_ms(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void die(const struct hs_err *err)
{
	(void)fprintf(stderr, "%s\n", err->msg);
	exit(1);
}

/* "/Type /Page" and no letter behind: a page object of cairo's. */
static unsigned count_pages(const struct hs_text *pdf)
{
	static const char sign[] = "/Type /Page";
	unsigned count = 0;
	const char *at = pdf->data, *end = pdf->data + pdf->len;

	while ((at = memmem(at, (size_t)(end - at), sign, strlen(sign)))) {
		at += strlen(sign);
		count += *at != 's';
	}
	return count;
}

/* The report's own longest table, once more below itself. */
static void lengthen(struct doc *doc, size_t rows)
{
	struct doc_table *table = doc->tables;
	size_t first = table->row_count;

	for (size_t i = 0; i < rows; i++) {
		const struct doc_row *from = &table->rows[i % first];
		size_t count =
		    from->kind == DOC_ROW_GROUP ? 1 : table->column_count;
		struct doc_row *to = doc_row(doc, table, from->kind);

		for (size_t c = 0; c < count; c++)
			(void)doc_cell(
			    doc, to, c, &table->rows[i % first].cells[c].value);
	}
}

/* By the clock on the wall, and of the processor: on a busy machine the first
 * says more of the others than of us. */
struct took {
	double wall, cpu;
};

static struct took time_once(const struct doc *doc, unsigned *ret_pages)
{
	hs_auto(hs_text_done) struct hs_text pdf = { 0 };
	struct hs_err err = { 0 };
	double wall = now_ms(CLOCK_MONOTONIC);
	double cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID);

	if (doc_write_pdf(doc, &pdf, &err) < 0)
		die(&err);
	wall = now_ms(CLOCK_MONOTONIC) - wall;
	cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	*ret_pages = count_pages(&pdf);
	return (struct took) { wall, cpu };
}

int main(int argc, char **argv)
{
	const char *file = argc > 1 ? argv[1] : "etc/tco/example/case.yaml";
	unsigned want = argc > 2 ? (unsigned)atoi(argv[2]) : 24, pages = 0;
	unsigned times = argc > 3 ? (unsigned)atoi(argv[3]) : 5;
	const struct tco_report_options options = { "en", "2026-11-28", NULL };
	const struct tco_options few = { .seed = 1, .draws = 1000 };
	hs_auto(tco_case_freep) struct tco_case *tcase = NULL;
	hs_auto(tco_result_freep) struct tco_result *result = NULL;
	hs_auto(doc_freep) struct doc *doc = NULL;
	struct hs_err err = { 0 };
	struct took best;

	if (tco_case_load(file, NULL, NULL, 0, &tcase, NULL, &err) < 0 ||
	    tco_model_run(tcase, &few, &result, &err) < 0 ||
	    tco_report(result, &options, &doc, &err) < 0)
		die(&err);
	for (best = time_once(doc, &pages); pages < want;)
		best = (lengthen(doc, 20), time_once(doc, &pages));
	for (unsigned i = 0; i < times; i++) {
		struct took took = time_once(doc, &pages);

		best.wall = took.wall < best.wall ? took.wall : best.wall;
		best.cpu = took.cpu < best.cpu ? took.cpu : best.cpu;
	}
	(void)printf(
	    "pages=%u best_ms=%.1f cpu_ms=%.1f\n", pages, best.wall, best.cpu);
	return 0;
}
