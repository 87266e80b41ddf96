/* report.c - a result as a doc: its head, and the order of its sections. */

#include "tco-report/report.h"

#include <string.h>

#include "base/err.h"
#include "tco-report/report_part.h"

const char *part_timing(const struct report *rep, enum tco_timing timing)
{
	return say(
	    rep, timing == TCO_DUE ? TCO_MSG_DOC_DUE : TCO_MSG_DOC_BOUGHT);
}

const char *part_param(const struct report *rep, enum tco_param_id id)
{
	return say_named(rep, "param.", tco_kinds[id].name);
}

const char *part_turning(
    const struct report *rep, const struct tco_break_even *even)
{
	const char *name = part_param(rep, even->param);

	return even->enterprise == NULL ? name
					: doc_printf(rep->doc, "%s (%s)", name,
					      even->enterprise->title);
}

const char *part_driver(
    const struct report *rep, const struct tco_driver *driver)
{
	const char *name = say_named(rep, "driver.", driver->name);

	return name != driver->name ? name : part_param(rep, driver->params[0]);
}

const char *part_param_value(
    const struct report *rep, enum tco_param_id id, const struct num *value)
{
	return say_measure(rep, value, tco_kinds[id].unit);
}

struct doc_cell *part_put(const struct report *rep, struct doc_row *row,
    size_t column, struct doc_value value)
{
	return doc_cell(rep->doc, row, column, &value);
}

void part_put_signed(const struct report *rep, struct doc_row *row,
    size_t column, struct doc_value value)
{
	struct doc_cell *cell = doc_cell(rep->doc, row, column, &value);

	if (value.value != NULL && value.value[0] == '-')
		cell->tone = DOC_BAD;
}

struct doc_row *part_row(
    const struct report *rep, struct doc_table *table, const char *name)
{
	struct doc_row *row = doc_row(rep->doc, table, DOC_ROW);

	(void)doc_words_cell(rep->doc, row, 0, name);
	return row;
}

static struct doc_words words(enum tco_lang lang)
{
	const struct report rep = { .lang = lang };

	return (struct doc_words) {
		.contents = say(&rep, TCO_MSG_DOC_CONTENTS),
		.page = say(&rep, TCO_MSG_DOC_PAGE),
		.data = say(&rep, TCO_MSG_DOC_DATA),
		.notes = say(&rep, TCO_MSG_DOC_NOTES),
		.note = say(&rep, TCO_MSG_DOC_NOTE),
		.continued = say(&rep, TCO_MSG_DOC_CONTINUED),
		.skip = say(&rep, TCO_MSG_DOC_SKIP),
		.good = say(&rep, TCO_MSG_DOC_GOOD),
		.warn = say(&rep, TCO_MSG_DOC_WARN),
		.bad = say(&rep, TCO_MSG_DOC_BAD),
		.point = say_point(lang),
		.group = say_group(lang),
	};
}

/* The doc's language as browsers know it: Chinese is in simplified letters. */
static const char *html_language(enum tco_lang lang)
{
	return lang == TCO_LANG_ZH ? "zh-Hans" : tco_lang_codes[lang];
}

/* The head needs texts made for it, which need a doc: one that is dropped. */
static struct doc *open_doc(struct report *rep,
    const struct tco_report_options *options, const char *case_title)
{
	const struct tco_param *params = rep->r->tcase->params;
	struct doc_head head = {
		.language = html_language(rep->lang),
		.title = say(rep, TCO_MSG_REPORT_TITLE),
		.author = options->author,
		.iso_date = options->date,
		.words = words(rep->lang),
	};
	hs_auto(doc_freep) struct doc *draft = doc_new(&head);

	rep->doc = draft;
	head.date = say_date(rep, options->date);
	head.subtitle = say_with(rep, TCO_MSG_REPORT_SUBTITLE, case_title,
	    say_count(rep, rep->r->horizon),
	    part_param_value(
		rep, TCO_DISCOUNT_RATE, params[TCO_DISCOUNT_RATE].value),
	    NULL);
	return doc_new(&head);
}

static void write_sections(const struct report *rep)
{
	static void (*const sections[])(const struct report *rep) = {
		report_verdict,
		report_params,
		report_cash,
		report_accounting,
		report_unit,
		report_sure,
		report_showback,
		report_soft,
		report_carbon,
		report_need,
	};

	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		sections[i](rep);
}

static bool is_date(const char *date)
{
	int32_t day;

	return date != NULL && tco_day_parse(date, &day, NULL) == 0;
}

int tco_report(const struct tco_result *result,
    const struct tco_report_options *options, struct doc **ret_doc,
    struct hs_err *err)
{
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	struct report rep = {
		.r = result,
		.currency = result->tcase->currency,
		.pool = pool,
	};

	if (!say_language(options->language, &rep.lang))
		return hs_fail(err, HS_EINVAL,
		    "no language '%s': there are en, de and zh",
		    options->language != NULL ? options->language : "");
	if (!is_date(options->date))
		return hs_fail(
		    err, HS_EINVAL, "the report's date is no YYYY-MM-DD");
	rep.doc = open_doc(&rep, options, result->tcase->title);
	write_sections(&rep);
	*ret_doc = rep.doc;
	return 0;
}
