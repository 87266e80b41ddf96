/* report_params.c - every figure that goes in, with unit, source, date and
 * confidence; what has no source is the reader's own.
 */

#include <string.h>

#include "base/text.h"
#include "tco-report/report_part.h"

struct counts {
	size_t all, sourced;
};

/* The table, and whether it has a column of ranges. */
struct figures {
	struct doc_table *table;
	bool ranges;
	struct counts counts;
};

static const char *confidence(
    const struct report *rep, enum tco_confidence confidence)
{
	return confidence == TCO_YOURS ? say(rep, TCO_MSG_PARAMS_YOURS)
				       : say_named(rep, "confidence.",
					     tco_confidence_name(confidence));
}

static const char *range(const struct report *rep, const struct tco_param *p)
{
	return p->low == NULL ? ""
			      : doc_printf(rep->doc, "%s \xe2\x80\x93 %s",
				    say_given(rep, p->low).text,
				    say_given(rep, p->high).text);
}

/* What is without a source is said to be the reader's, in its place. */
static void put_origin(const struct report *rep, struct doc_row *row,
    size_t column, const char *source, const char *date,
    enum tco_confidence how)
{
	struct doc_cell *cell = doc_words_cell(rep->doc, row, column,
	    source != NULL ? source : say(rep, TCO_MSG_PARAMS_YOURS));

	if (source == NULL)
		cell->tone = DOC_WARN;
	(void)part_put(rep, row, column + 1, say_day(rep, date));
	(void)doc_words_cell(rep->doc, row, column + 2, confidence(rep, how));
}

static void put_param(const struct report *rep, struct figures *figures,
    const char *name, const struct tco_param *p, enum tco_param_id id)
{
	struct doc_row *row = part_row(rep, figures->table, name);
	size_t column = 3;

	figures->counts.all++;
	figures->counts.sourced += p->source != NULL;

	(void)part_put(rep, row, 1, say_given(rep, p->value));
	(void)doc_words_cell(
	    rep->doc, row, 2, say_unit(rep, tco_kinds[id].unit));
	if (figures->ranges)
		(void)doc_words_cell(rep->doc, row, column++, range(rep, p));
	put_origin(rep, row, column, p->source, p->date, p->confidence);
}

/* The case's figure, then those that enterprises have of their own. */
static void put_all_of(
    const struct report *rep, struct figures *figures, enum tco_param_id id)
{
	const struct tco_case *tcase = rep->r->tcase;
	const struct tco_param *p = &tcase->params[id];

	if (p->value != NULL)
		put_param(rep, figures, part_param(rep, id), p, id);
	for (size_t i = 0; i < tcase->count; i++) {
		const struct tco_enterprise *e = &tcase->enterprises[i];

		if (e->own[id].value == NULL)
			continue;
		put_param(rep, figures,
		    say_with(rep, TCO_MSG_PARAMS_OWN, e->title,
			part_param(rep, id), NULL),
		    &e->own[id], id);
	}
}

static bool is_given(const struct report *rep, enum tco_param_id id)
{
	const struct tco_case *tcase = rep->r->tcase;

	if (tcase->params[id].value != NULL)
		return true;
	for (size_t i = 0; i < tcase->count; i++)
		if (tcase->enterprises[i].own[id].value != NULL)
			return true;
	return false;
}

static void put_group(
    const struct report *rep, struct figures *figures, enum tco_group group)
{
	bool begun = false;

	for (int i = 0; i < TCO_PARAM_COUNT; i++) {
		enum tco_param_id id = (enum tco_param_id)i;

		if (tco_kinds[id].group != group || !is_given(rep, id))
			continue;
		if (!begun)
			(void)doc_words_cell(rep->doc,
			    doc_row(rep->doc, figures->table, DOC_ROW_GROUP), 0,
			    say_named(rep, "group.", tco_group_name(group)));
		begun = true;
		put_all_of(rep, figures, id);
	}
}

static const char *left_out(const struct report *rep)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };

	hs_text_add(&out, "");
	for (int i = 0; i < TCO_PARAM_COUNT; i++) {
		if (is_given(rep, (enum tco_param_id)i))
			continue;
		if (out.len > 0)
			hs_text_add(
			    &out, rep->lang == TCO_LANG_ZH ? "；" : "; ");
		hs_text_add(&out, part_param(rep, (enum tco_param_id)i));
	}
	return out.len > 0 ? doc_printf(rep->doc, "%s", out.data) : NULL;
}

static void put_price(const struct report *rep, struct doc_table *table,
    const struct tco_price *price)
{
	const char *name = tco_resources[price->resource].name;
	struct doc_row *row =
	    part_row(rep, table, say_named(rep, "resource.", name));
	char from[TCO_DAY_TEXT], to[TCO_DAY_TEXT];

	tco_day_text(price->from, from);
	tco_day_text(price->to, to);
	(void)part_put(rep, row, 1, say_given(rep, price->price));
	(void)doc_words_cell(rep->doc, row, 2,
	    say_unit(rep, doc_printf(rep->doc, "CUR/%s",
			      tco_resources[price->resource].unit)));
	(void)part_put(rep, row, 3, say_day(rep, from));
	(void)part_put(rep, row, 4,
	    price->to == TCO_DAY_NEVER
		? say_words(say(rep, TCO_MSG_PARAMS_OPEN))
		: say_day(rep, to));
	put_origin(rep, row, 5, price->source, price->date, price->confidence);
}

static void add_prices(const struct report *rep, struct doc_section *sec)
{
	const struct tco_price_book *book = rep->r->tcase->prices;
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_PARAMS_RESOURCE), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_PARAMS_PRICE), DOC_MONEY, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_UNIT), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_FROM), DOC_DATE, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_TO), DOC_DATE, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_SOURCE), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_DATE), DOC_DATE, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_CONFIDENCE), DOC_TEXT, NULL, false },
	};
	struct doc_table *table;

	if (book == NULL || book->count == 0)
		return;
	table = doc_table(rep->doc, sec, "prices",
	    say(rep, TCO_MSG_PARAMS_PRICES), columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < book->count; i++)
		put_price(rep, table, &book->list[i]);
}

static bool has_ranges(const struct tco_case *tcase)
{
	for (size_t id = 0; id < TCO_PARAM_COUNT; id++) {
		if (tcase->params[id].low != NULL)
			return true;
		for (size_t i = 0; i < tcase->count; i++)
			if (tcase->enterprises[i].own[id].low != NULL)
				return true;
	}
	return false;
}

static struct figures figures_table(
    const struct report *rep, struct doc_section *sec)
{
	struct figures figures = { .ranges = has_ranges(rep->r->tcase) };
	struct doc_column columns[7] = {
		{ say(rep, TCO_MSG_PARAMS_NAME), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_PARAMS_VALUE), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_UNIT), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_RANGE), DOC_TEXT, NULL, false },
	};
	size_t count = figures.ranges ? 4 : 3;

	columns[count++] =
	    (struct doc_column) { say(rep, TCO_MSG_PARAMS_SOURCE), DOC_TEXT,
		    NULL, false };
	columns[count++] = (struct doc_column) { say(rep, TCO_MSG_PARAMS_DATE),
		DOC_DATE, NULL, false };
	columns[count++] =
	    (struct doc_column) { say(rep, TCO_MSG_PARAMS_CONFIDENCE), DOC_TEXT,
		    NULL, false };
	figures.table = doc_table(rep->doc, sec, "parameters",
	    say(rep, TCO_MSG_PARAMS_TABLE), columns, count);
	return figures;
}

void report_params(const struct report *rep)
{
	struct doc_section *sec =
	    doc_section(rep->doc, 1, "sources", say(rep, TCO_MSG_PARAMS_TITLE));
	struct doc_block *text = doc_paragraph(rep->doc, sec, "");
	struct figures figures = figures_table(rep, sec);
	const char *missing = left_out(rep);

	sec->new_page = true;
	for (int group = 0; group < TCO_GROUP_COUNT; group++)
		put_group(rep, &figures, (enum tco_group)group);
	text->text = say_with(rep, TCO_MSG_PARAMS_TEXT,
	    say_count(rep, figures.counts.all),
	    say_count(rep, figures.counts.sourced),
	    say_count(rep, figures.counts.all - figures.counts.sourced), NULL);
	add_prices(rep, sec);
	if (missing != NULL)
		(void)doc_paragraph(rep->doc, sec,
		    say_with(rep, TCO_MSG_PARAMS_LEFT_OUT, missing, NULL));
}
