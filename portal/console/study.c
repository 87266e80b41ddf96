/* study.c - the case that is reported, read and worked out. */

#include "portal/console/study.h"

#include <string.h>
#include <time.h>

#include "tco-report/report.h"

static const char *today(struct page *page)
{
	char date[sizeof("2026-11-28")];
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	return hs_arena_strdup(page->arena, date);
}

int study_open(struct page *page, const struct tco_setting *settings,
    size_t count, struct study *ret_study, struct hs_err *err)
{
	const struct console *console = page->site->app;
	const struct tco_report_options options = {
		.language = lang_codes[page->lang],
		.date = today(page),
		.author = page->site->brand,
	};

	*ret_study = (struct study) { 0 };
	if (tco_case_load(console->report, NULL, settings, count,
		&ret_study->tcase, &ret_study->faults, err) < 0 ||
	    tco_model_run(ret_study->tcase, NULL, &ret_study->result, err) < 0)
		return -1;
	return tco_report(ret_study->result, &options, &ret_study->doc, err);
}

void study_done(struct study *study)
{
	doc_free(study->doc);
	if (study->result != NULL)
		tco_result_free(study->result);
	if (study->tcase != NULL)
		tco_case_free(study->tcase);
	hs_faults_done(&study->faults);
	*study = (struct study) { 0 };
}

const struct doc_section *study_section(
    const struct study *study, const char *id)
{
	const struct doc_section *section = study->doc->sections;

	while (section != NULL && strcmp(section->id, id) != 0)
		section = section->next;
	return section;
}

const struct doc_block *study_figures(const struct doc_section *section)
{
	const struct doc_block *block =
	    section != NULL ? section->blocks : NULL;

	while (block != NULL && block->kind != DOC_FIGURES)
		block = block->next;
	return block;
}
