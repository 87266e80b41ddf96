/* report_params.c - every figure that goes in, with unit, source, date and
 * confidence; what has no source is the reader's own.
 */

#include <string.h>

#include "base/text.h"
#include "tco-report/report_part.h"

struct counts {
	size_t all, sourced;
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

static void put_param(const struct report *rep, struct doc_table *table,
    const char *name, const struct tco_param *p, enum tco_param_id id)
{
	struct doc_row *row = part_row(rep, table, name);

	(void)part_put(rep, row, 1, say_given(rep, p->value));
	(void)doc_words_cell(
	    rep->doc, row, 2, say_unit(rep, tco_kinds[id].unit));
	(void)doc_words_cell(rep->doc, row, 3, range(rep, p));
	put_origin(rep, row, 4, p->source, p->date, p->confidence);
}

/* The case's figure, then those that enterprises have of their own. */
static void put_all_of(const struct report *rep, struct doc_table *table,
    enum tco_param_id id, struct counts *counts)
{
	const struct tco_case *tcase = rep->r->tcase;
	const struct tco_param *p = &tcase->params[id];

	if (p->value != NULL) {
		put_param(rep, table, part_param(rep, id), p, id);
		counts->all++;
		counts->sourced += p->source != NULL;
	}
	for (size_t i = 0; i < tcase->count; i++) {
		const struct tco_enterprise *e = &tcase->enterprises[i];

		if (e->own[id].value == NULL)
			continue;
		put_param(rep, table,
		    say_with(rep, TCO_MSG_PARAMS_OWN, e->title,
			part_param(rep, id), NULL),
		    &e->own[id], id);
		counts->all++;
		counts->sourced += e->own[id].source != NULL;
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

static void put_group(const struct report *rep, struct doc_table *table,
    enum tco_group group, struct counts *counts)
{
	bool begun = false;

	for (int i = 0; i < TCO_PARAM_COUNT; i++) {
		enum tco_param_id id = (enum tco_param_id)i;

		if (tco_kinds[id].group != group || !is_given(rep, id))
			continue;
		if (!begun)
			(void)doc_words_cell(rep->doc,
			    doc_row(rep->doc, table, DOC_ROW_GROUP), 0,
			    say_named(rep, "group.", tco_group_name(group)));
		begun = true;
		put_all_of(rep, table, id, counts);
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

void report_params(const struct report *rep)
{
	struct doc_section *sec =
	    doc_section(rep->doc, 1, "sources", say(rep, TCO_MSG_PARAMS_TITLE));
	struct doc_block *text = doc_paragraph(rep->doc, sec, "");
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_PARAMS_NAME), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_PARAMS_VALUE), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_UNIT), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_RANGE), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_SOURCE), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_DATE), DOC_DATE, NULL, false },
		{ say(rep, TCO_MSG_PARAMS_CONFIDENCE), DOC_TEXT, NULL, false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "parameters",
	    say(rep, TCO_MSG_PARAMS_TABLE), columns, ARRAY_LEN(columns));
	struct counts counts = { 0 };
	const char *missing = left_out(rep);

	sec->new_page = true;
	for (int group = 0; group < TCO_GROUP_COUNT; group++)
		put_group(rep, table, (enum tco_group)group, &counts);
	text->text = say_with(rep, TCO_MSG_PARAMS_TEXT,
	    say_count(rep, counts.all), say_count(rep, counts.sourced),
	    say_count(rep, counts.all - counts.sourced), NULL);
	add_prices(rep, sec);
	if (missing != NULL)
		(void)doc_paragraph(rep->doc, sec,
		    say_with(rep, TCO_MSG_PARAMS_LEFT_OUT, missing, NULL));
}
