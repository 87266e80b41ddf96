/* verdict.c - the first sheet: the verdict in sentences, the numbers behind it,
 * who loses, and what would change it.
 */

#include "tco-report/xlsx/sheets.h"

#include <string.h>

enum row {
	CASE = 1,
	SENTENCE = 3, /* three of them */
	NUMBERS = 7,
	CAPTIONS,
	CHARTS = 10,
	LOSERS = CHARTS + 16,
	CHANGES = LOSERS + TCO_RULE_COUNT + 3,
	COSTS = CHANGES + 6,
};
#define LAST      7  /* column */
#define NAMES_MAX 60 /* enterprises whose names a formula can hold */

/* -- Sentences ------------------------------------------------------------ */

/* "12,345" as FIXED(x,0) writes it. */
static const char *grouped(const struct xl *xl, const struct num *value)
{
	hs_auto(hs_freep) char *text = num_text(value, 0);
	char *out = hs_arena_alloc(xl->arena, strlen(text) * 2 + 1), *o = out;
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		*o++ = text[i];
		if (text[i] != '-' && i + 1 < len && (len - 1 - i) % 3 == 0)
			*o++ = ',';
	}
	return out;
}

/* A sentence with numbers in it: as a formula and as it reads now. */
struct sentence {
	const struct xl_sheet *s;
	const char *formula, *words;
};

/* The text up to the next "%s", and the number that stands there. */
static void add(struct sentence *t, const char **text, const char *formula,
    const char *words)
{
	const char *end = strstr(*text, "%s");
	const struct xl *xl = t->s->xl;
	int len = end == NULL ? (int)strlen(*text) : (int)(end - *text);

	t->formula = xl_printf(xl, "%s%s\"%.*s\"", t->formula,
	    *t->formula == '\0' ? "" : "&", len, *text);
	t->words = xl_printf(xl, "%s%.*s", t->words, len, *text);
	*text += end == NULL ? len : len + 2;
	if (end == NULL)
		return;
	t->formula = xl_printf(xl, "%s&%s", t->formula, formula);
	t->words = xl_printf(xl, "%s%s", t->words, words);
}

static void put_sentence(
    struct xl_sheet *s, lxw_row_t row, const char *formula, const char *words)
{
	worksheet_merge_range(
	    s->sheet, row, 0, row, LAST, "", s->xl->format[XL_VERDICT]);
	xl_put_words(s, row, 0, XL_VERDICT, formula, words);
	worksheet_set_row(s->sheet, row, 26, NULL);
}

static void write_answer(struct xl_sheet *s, struct xl_parts *parts)
{
	static const char *const answers[] = {
		[TCO_CHEAPER] = "cheaper",
		[TCO_WHEN_DUE] = "when_due",
		[TCO_DEARER] = "dearer",
	};
	const char *words[ARRAY_LEN(answers)];

	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		words[i] =
		    xl_say_named(s->xl, "verdict", answers[i], answers[i]);
	put_sentence(s, SENTENCE,
	    xl_printf(s->xl, "IF(%s<=0,\"%s\",IF(%s>0,\"%s\",\"%s\"))",
		xl_ref(s, parts->npv[TCO_DUE]), words[TCO_DEARER],
		xl_ref(s, parts->npv[TCO_BOUGHT]), words[TCO_CHEAPER],
		words[TCO_WHEN_DUE]),
	    words[s->xl->result->verdict.answer]);
}

static void write_costs_sentence(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct xl *xl = s->xl;
	const struct tco_result *r = xl->result;
	struct sentence t = { s, "", "" };
	const char *text = xl_say(xl,
	    XL_("In the first year, servers of their own cost %s %s and the "
		"platform %s %s, written-off purchases included."));
	const char *money = xl_printf(xl, "\"%s\"", xl->tcase->currency);

	add(&t, &text,
	    xl_printf(xl, "FIXED(%s,0)", xl_ref(s, parts->dedicated_annual)),
	    grouped(xl, r->dedicated_annual));
	add(&t, &text, money, xl->tcase->currency);
	add(&t, &text,
	    xl_printf(xl, "FIXED(%s,0)", xl_ref(s, parts->platform_annual)),
	    grouped(xl, r->platform_annual));
	add(&t, &text, money, xl->tcase->currency);
	add(&t, &text, "", "");
	put_sentence(s, SENTENCE + 1, t.formula, t.words);
}

static void write_losers_sentence(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct xl *xl = s->xl;
	const struct tco_showback *b = &xl->result->showback;
	const struct num *losers, *all = num_int(xl->pool, (int64_t)b->count);
	struct sentence t = { s, "", "" };
	const char *text = xl_say(xl,
	    XL_("%s of %s enterprises would pay more than alone, if what is "
		"idle is shared in proportion to use."));

	if (b->bill == NULL) {
		const char *none = xl_say(xl,
		    XL_("Who loses cannot be said: the case has no usage."));

		put_sentence(
		    s, SENTENCE + 2, xl_printf(xl, "\"%s\"", none), none);
		return;
	}
	losers = num_int(xl->pool, (int64_t)b->losers[TCO_IDLE_PROPORTIONAL]);
	add(&t, &text,
	    xl_printf(xl, "FIXED(%s,0)",
		xl_ref(s, parts->losers[TCO_IDLE_PROPORTIONAL])),
	    grouped(xl, losers));
	add(&t, &text, xl_printf(xl, "\"%zu\"", b->count), grouped(xl, all));
	add(&t, &text, "", "");
	put_sentence(s, SENTENCE + 2, t.formula, t.words);
}

/* -- Four numbers --------------------------------------------------------- */

static void big(
    struct xl_sheet *s, lxw_col_t col, enum xl_style style, const char *caption)
{
	worksheet_merge_range(
	    s->sheet, NUMBERS, col, NUMBERS, col + 1, "", s->xl->format[style]);
	worksheet_merge_range(s->sheet, CAPTIONS, col, CAPTIONS, col + 1, "",
	    s->xl->format[XL_CAPTION]);
	xl_text(s, CAPTIONS, col, XL_CAPTION,
	    style == XL_BIG_PERCENT
		? xl_say(s->xl, caption)
		: xl_printf(s->xl, "%s, %s", xl_say(s->xl, caption),
		      s->xl->tcase->currency));
}

static void write_numbers(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct tco_verdict *v = &s->xl->result->verdict;

	worksheet_set_row(s->sheet, NUMBERS, 30, NULL);
	worksheet_set_row(s->sheet, CAPTIONS, 26, NULL);
	big(s, 0, XL_BIG_MONEY, XL_("cheaper in the first year"));
	(void)xl_put_as(s, NUMBERS, 0, XL_BIG_MONEY,
	    xl_sub(s, xl_of(s, parts->dedicated_annual),
		xl_of(s, parts->platform_annual)),
	    v->saving);
	big(s, 2, XL_BIG_MONEY, XL_("net present value, servers due"));
	(void)xl_put_as(s, NUMBERS, 2, XL_BIG_MONEY,
	    xl_of(s, parts->npv[TCO_DUE]), v->npv[TCO_DUE]);
	big(s, 4, XL_BIG_MONEY, XL_("net present value, servers just bought"));
	(void)xl_put_as(s, NUMBERS, 4, XL_BIG_MONEY,
	    xl_of(s, parts->npv[TCO_BOUGHT]), v->npv[TCO_BOUGHT]);
	big(s, 6, XL_BIG_PERCENT,
	    XL_("chance of a loss, servers due (Monte Carlo; a value)"));
	(void)xl_put_as(
	    s, NUMBERS, 6, XL_BIG_PERCENT, xl_of(s, parts->loss), v->loss_part);
}

/* -- Who loses ------------------------------------------------------------ */

static size_t worst_of(const struct tco_showback *b, enum tco_rule rule)
{
	size_t worst = 0;

	for (size_t i = 1; i < b->count; i++)
		if (b->bill[i].gain[rule] < b->bill[worst].gain[rule])
			worst = i;
	return worst;
}

/* Of very many enterprises the one who loses most. */
static void write_worst(struct xl_sheet *s, struct xl_parts *parts,
    lxw_row_t row, enum tco_rule rule)
{
	const struct xl *xl = s->xl;
	const struct tco_showback *b = &xl->result->showback;
	const struct tco_bill *worst = &b->bill[worst_of(b, rule)];
	const char *gains = xl_column(s, parts->gain[rule]);
	struct xl_cell names[2] = { parts->gain[rule][0],
		parts->gain[rule][b->count - 1] };

	names[0].col = names[1].col = 0;
	xl_put_words(s, row, 4, XL_UNIT,
	    xl_printf(xl, "IF(MIN(%s)<0,INDEX(%s,MATCH(MIN(%s),%s,0)),\"\")",
		gains, xl_range(s, names[0], names[1]), gains, gains),
	    worst->gain[rule] < 0 ? worst->enterprise->title : "");
}

/* All who lose by a rule, as a formula and as they are now. */
static void write_names(struct xl_sheet *s, struct xl_parts *parts,
    lxw_row_t row, enum tco_rule rule)
{
	const struct xl *xl = s->xl;
	const struct tco_showback *b = &xl->result->showback;
	const char *formula = "\"\"", *words = "";

	for (size_t i = 0; i < b->count; i++) {
		struct xl_cell name = parts->gain[rule][i];

		name.col = 0;
		formula =
		    xl_printf(xl, "%s&IF(ROUND(%s-%s,6)>0,\", \"&%s,\"\")",
			formula, xl_ref(s, parts->exact[rule][i]),
			xl_ref(s, parts->standalone[i]), xl_ref(s, name));
		if (b->bill[i].is_loser[rule])
			words = xl_printf(xl, "%s%s%s", words,
			    *words == '\0' ? "" : ", ",
			    b->bill[i].enterprise->title);
	}
	xl_put_words(s, row, 4, XL_UNIT,
	    xl_printf(xl, "MID(%s,3,9999)", formula), words);
}

static void write_rule(struct xl_sheet *s, struct xl_parts *parts,
    lxw_row_t row, enum tco_rule rule)
{
	const struct xl *xl = s->xl;
	const struct tco_showback *b = &xl->result->showback;
	int64_t most = b->bill[worst_of(b, rule)].gain[rule];

	xl_text(s, row, 0, XL_TEXT, xl_rule_title(xl, rule));
	(void)xl_put(s, row, 2, XL_WHOLE, xl_of(s, parts->losers[rule]));
	(void)xl_put(s, row, 3, XL_GAIN,
	    (struct xl_expr) { xl_printf(xl, "MIN(0,MIN(%s))",
				   xl_column(s, parts->gain[rule])),
		num_of_cents(xl->pool, most < 0 ? most : 0), 3 });
	(b->count > NAMES_MAX ? write_worst : write_names)(s, parts, row, rule);
	(void)xl_put(s, row, 7, XL_MONEY, xl_of(s, parts->borne[rule]));
}

static enum xl_style head_style(lxw_col_t col)
{
	if (col == 4)
		return XL_HEAD_UNIT;
	return col == 2 || col == 3 || col == 7 ? XL_HEAD : XL_HEAD_LEFT;
}

static void write_losers(struct xl_sheet *s, struct xl_parts *parts)
{
	static const struct {
		lxw_col_t col;
		const char *title;
	} heads[] = { { 0, XL_("Rule for what is idle") }, { 1, "" },
		{ 2, XL_("Losers") }, { 3, XL_("Largest loss") },
		{ 4, XL_("whose") }, { 5, "" }, { 6, "" },
		{ 7, XL_("The operator bears") } };

	xl_label(s, LOSERS, 0, XL_HEADING, XL_("Who loses"));
	xl_sheet_tall(s, LOSERS + 1);
	if (parts->gain[0] == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		xl_label(s, LOSERS + 1, heads[i].col, head_style(heads[i].col),
		    heads[i].title);
	for (enum tco_rule r = 0; r < TCO_RULE_COUNT; r++)
		write_rule(s, parts, LOSERS + 2 + (lxw_row_t)r, r);
}

/* -- Costs and charts ----------------------------------------------------- */

static void add_costs_chart(struct xl_sheet *s)
{
	const struct xl *xl = s->xl;
	lxw_chart *chart =
	    workbook_add_chart(xl->book, LXW_CHART_COLUMN_STACKED);
	lxw_chart_options options = {
		.x_offset = 10, .y_offset = 5, .x_scale = 0.98, .y_scale = 1.0
	};

	for (unsigned i = 0; i < TCO_LINE_COUNT; i++) {
		unsigned row = COSTS + 3 + i;
		lxw_chart_series *series = chart_add_series(chart,
		    xl_printf(
			xl, "='%s'!$C$%d:$D$%d", s->name, COSTS + 2, COSTS + 2),
		    xl_printf(xl, "='%s'!$C$%u:$D$%u", s->name, row, row));

		chart_series_set_name(
		    series, xl_printf(xl, "='%s'!$A$%u", s->name, row));
	}
	xl_chart_title(s->xl, chart, XL_("Costs of the first year"));
	chart_axis_set_num_format(chart->y_axis, "#,##0");
	chart_legend_set_position(chart, LXW_CHART_LEGEND_RIGHT);
	chart_set_series_gap(chart, 60);
	worksheet_insert_chart_opt(s->sheet, CHARTS, 0, chart, &options);
}

static void add_cash_chart(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct xl *xl = s->xl;
	lxw_chart *chart = workbook_add_chart(xl->book, LXW_CHART_LINE);
	lxw_chart_options options = {
		.x_offset = 10, .y_offset = 5, .x_scale = 0.98, .y_scale = 1.0
	};
	char last = (char)('B' + (int)xl->result->horizon);

	for (enum tco_timing k = 0; k < TCO_TIMING_COUNT; k++) {
		unsigned row = parts->sum_row[k] + 1;
		lxw_chart_series *series = chart_add_series(chart,
		    xl_printf(
			xl, "='%s'!$B$3:$%c$3", parts->cash_sheet->name, last),
		    xl_printf(xl, "='%s'!$B$%u:$%c$%u", parts->cash_sheet->name,
			row, last, row));

		chart_series_set_name(series, xl_say(xl, xl_timing_title(k)));
	}
	xl_chart_title(s->xl, chart, XL_("Discounted cash, so far, by year"));
	chart_axis_set_num_format(chart->y_axis, "#,##0");
	chart_axis_set_label_position(
	    chart->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	worksheet_insert_chart_opt(s->sheet, CHARTS, 4, chart, &options);
}

static void write_costs(struct xl_sheet *s, struct xl_parts *parts)
{
	struct xl_cell own[TCO_LINE_COUNT], shared[TCO_LINE_COUNT];
	const struct tco_year *y = &s->xl->result->year[0];
	lxw_row_t row = COSTS + 2;

	xl_label(s, COSTS, 0, XL_HEADING, XL_("Costs of the first year"));
	xl_label(s, COSTS + 1, 0, XL_HEAD_LEFT, XL_("Line"));
	xl_text(s, COSTS + 1, 1, XL_HEAD_LEFT, NULL);
	xl_label(s, COSTS + 1, 2, XL_HEAD, XL_("Servers of their own"));
	xl_label(s, COSTS + 1, 3, XL_HEAD, XL_("The platform"));
	for (enum tco_line l = 0; l < TCO_LINE_COUNT; l++, row++) {
		xl_text(s, row, 0, XL_TEXT, xl_line_title(s->xl, l));
		if (l == TCO_MIGRATED)
			own[l] =
			    xl_number(s, row, 2, XL_MONEY, y->dedicated[l]);
		else
			own[l] = xl_put_as(s, row, 2, XL_MONEY,
			    xl_of(s, parts->dedicated[l][0]), y->dedicated[l]);
		shared[l] = xl_put_as(s, row, 3, XL_MONEY,
		    xl_of(s, parts->platform[l][0]), y->platform[l]);
	}
	xl_label(s, row, 0, XL_LABEL_SUM, XL_("Together"));
	xl_text(s, row, 1, XL_LABEL_SUM, NULL);
	(void)xl_put_as(s, row, 2, XL_MONEY_SUM, xl_sum(s, own, TCO_LINE_COUNT),
	    y->dedicated_annual);
	(void)xl_put_as(s, row, 3, XL_MONEY_SUM,
	    xl_sum(s, shared, TCO_LINE_COUNT), y->platform_annual);
}

/* -- What would change it ------------------------------------------------- */

static void write_change(
    struct xl_sheet *s, lxw_row_t row, const struct tco_break_even *b)
{
	xl_text(s, row, 0, XL_TEXT, xl_turning_title(s->xl, b));
	(void)xl_number(s, row, 3, XL_FIXED_NUMBER, b->value);
	(void)xl_number(s, row, 4, XL_FIXED_NUMBER, b->at[TCO_DUE]);
	(void)xl_number(s, row, 5, XL_FIXED_PERCENT, b->distance[TCO_DUE]);
}

static void write_changes(struct xl_sheet *s)
{
	const struct tco_result *result = s->xl->result;
	const struct tco_verdict *v = &result->verdict;

	xl_label(s, CHANGES, 0, XL_HEADING,
	    XL_("What would change the verdict (values, not formulas)"));
	for (lxw_col_t c = 0; c < 3; c++)
		xl_label(s, CHANGES + 1, c, XL_HEAD_LEFT,
		    c == 0 ? XL_("Parameter") : "");
	xl_label(s, CHANGES + 1, 3, XL_HEAD, XL_("now"));
	xl_label(s, CHANGES + 1, 4, XL_HEAD, XL_("turns at"));
	xl_label(s, CHANGES + 1, 5, XL_HEAD, XL_("away"));
	for (size_t i = 0; i < v->change_count; i++)
		write_change(s, CHANGES + 2 + (lxw_row_t)i,
		    &result->break_even[v->change[i]]);
}

void xl_verdict_write(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct tco_case *tcase = s->xl->tcase;

	xl_sheet_widths(s, 0, LAST, 17);
	worksheet_fit_to_pages(s->sheet, 1, 1);
	worksheet_set_portrait(s->sheet);
	xl_text(s, CASE, 0, XL_NOTE,
	    xl_printf(s->xl, "%s, %s", tcase->title, tcase->currency));
	write_answer(s, parts);
	write_costs_sentence(s, parts);
	write_losers_sentence(s, parts);
	write_numbers(s, parts);
	write_losers(s, parts);
	write_costs(s, parts);
	write_changes(s);
	add_costs_chart(s);
	add_cash_chart(s, parts);
}
