/* simulation.c - Monte Carlo: values of one seed, which no formula draws. */

#include "tco-report/xlsx/sheets.h"

enum column { WHAT, DUE, BOUGHT };
#define BINS 16 /* row of the histogram's head */

static struct xl_cell write_row(struct xl_sheet *s, lxw_row_t row,
    const char *title, enum xl_style style, const struct num *due,
    const struct num *bought)
{
	xl_label(s, row, WHAT, XL_TEXT, title);
	(void)xl_number(s, row, BOUGHT, style, bought);
	return xl_number(s, row, DUE, style, due);
}

static void write_figures(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct tco_simulation *d = &s->xl->result->simulation[TCO_DUE];
	const struct tco_simulation *b = &s->xl->result->simulation[TCO_BOUGHT];

	(void)write_row(s, 5, XL_("Mean"), XL_FIXED_MONEY, d->mean, b->mean);
	(void)write_row(
	    s, 6, XL_("Standard deviation"), XL_FIXED_MONEY, d->sd, b->sd);
	(void)write_row(s, 7, XL_("Lowest"), XL_FIXED_MONEY, d->min, b->min);
	(void)write_row(
	    s, 8, XL_("One in ten is below"), XL_FIXED_MONEY, d->p10, b->p10);
	(void)write_row(
	    s, 9, XL_("Half are below"), XL_FIXED_MONEY, d->p50, b->p50);
	(void)write_row(s, 10, XL_("Nine in ten are below"), XL_FIXED_MONEY,
	    d->p90, b->p90);
	(void)write_row(s, 11, XL_("Highest"), XL_FIXED_MONEY, d->max, b->max);
	parts->loss = write_row(s, 12, XL_("Chance of a loss"),
	    XL_FIXED_PERCENT, d->loss_part, b->loss_part);
	xl_name(&parts->loss, "loss_chance");
}

static void write_bins(struct xl_sheet *s, const struct tco_simulation *d)
{
	struct num_pool *pool = s->xl->pool;
	double width = (d->to - d->from) / TCO_BINS;

	xl_label(s, BINS, WHAT, XL_HEAD_LEFT,
	    XL_("Net present value from, servers due"));
	xl_label(s, BINS, DUE, XL_HEAD, XL_("Draws"));
	for (unsigned i = 0; i < TCO_BINS; i++) {
		const struct num *from =
		    num_from_double(pool, d->from + width * i, 2);

		(void)xl_number(s, BINS + 1 + i, WHAT, XL_FIXED_MONEY, from);
		(void)xl_number(s, BINS + 1 + i, DUE, XL_FIXED_WHOLE,
		    num_int(pool, d->bin[i]));
	}
}

static void add_chart(struct xl_sheet *s)
{
	lxw_chart *chart = workbook_add_chart(s->xl->book, LXW_CHART_COLUMN);
	lxw_chart_options options = {
		.x_offset = 20, .x_scale = 1.5, .y_scale = 1.5
	};
	lxw_chart_series *series = chart_add_series(chart,
	    xl_printf(s->xl, "='%s'!$A$%d:$A$%d", s->name, BINS + 2,
		BINS + 1 + TCO_BINS),
	    xl_printf(s->xl, "='%s'!$B$%d:$B$%d", s->name, BINS + 2,
		BINS + 1 + TCO_BINS));

	chart_series_set_name(series, xl_say(s->xl, XL_("Draws")));
	xl_chart_title(s->xl, chart, XL_("Net present value, servers due"));
	chart_axis_set_num_format(chart->x_axis, "#,##0");
	chart_axis_set_interval_unit(chart->x_axis, 5);
	chart_set_series_gap(chart, 10);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
	worksheet_insert_chart_opt(s->sheet, 3, 3, chart, &options);
}

void xl_simulation_write(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct tco_result *result = s->xl->result;

	xl_label(s, 1, WHAT, XL_NOTE,
	    XL_("Values, not formulas: they are of the figures as they were "
		"when this workbook was written."));
	xl_sheet_widths(s, WHAT, WHAT, 40);
	xl_sheet_widths(s, DUE, BOUGHT, 20);
	xl_label(s, 2, WHAT, XL_TEXT, XL_("Draws"));
	(void)xl_number(
	    s, 2, DUE, XL_FIXED_WHOLE, num_int(s->xl->pool, result->draws));
	xl_label(s, 3, WHAT, XL_TEXT, XL_("Seed"));
	xl_text(s, 3, DUE, XL_NOTE_RIGHT,
	    xl_printf(s->xl, "%llu", (unsigned long long)result->seed));
	xl_sheet_tall(s, 4);
	xl_label(s, 4, WHAT, XL_HEAD_LEFT, XL_("Net present value"));
	xl_label(s, 4, DUE, XL_HEAD, xl_timing_title(TCO_DUE));
	xl_label(s, 4, BOUGHT, XL_HEAD, xl_timing_title(TCO_BOUGHT));
	write_figures(s, parts);
	write_bins(s, &result->simulation[TCO_DUE]);
	add_chart(s);
}
