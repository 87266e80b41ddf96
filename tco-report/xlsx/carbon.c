/* carbon.c - energy and CO2e of a year, both ways of buying. */

#include "tco-report/xlsx/sheets.h"

enum column { WHAT, OWN, SHARED };

static void write_row(struct xl_sheet *s, lxw_row_t row, const char *title,
    const char *name, struct xl_expr own, struct xl_expr shared,
    const struct num *models[2])
{
	enum xl_style style = models[0] == NULL ? XL_MONEY_SUM : XL_NUMBER;

	xl_label(s, row, WHAT, XL_TEXT, title);
	xl_name_result(xl_put_as(s, row, OWN, style, own, models[0]),
	    xl_printf(s->xl, "dedicated_%s", name));
	xl_name_result(xl_put_as(s, row, SHARED, style, shared, models[1]),
	    xl_printf(s->xl, "platform_%s", name));
}

static struct xl_cell at(
    struct xl_sheet *s, lxw_row_t row, lxw_col_t col, const struct num *value)
{
	return (struct xl_cell) { s, row, col, NULL, value };
}

/* servers * embodied / life, each enterprise by its own life */
static struct xl_expr embodied(struct xl_sheet *s, struct xl_parts *parts)
{
	struct xl_expr sum = xl_int(s, 0);
	bool same = parts->own[TCO_SERVER_LIFE] == NULL;

	for (size_t i = 0; !same && i < s->xl->tcase->count; i++) {
		struct xl_expr one = xl_div(s, xl_of(s, parts->servers[i]),
		    xl_param_of(s, parts, i, TCO_SERVER_LIFE));

		sum = i == 0 ? one : xl_add(s, sum, one);
	}
	if (same)
		sum = xl_div(s, xl_sum(s, parts->servers, s->xl->tcase->count),
		    xl_param(s, parts, TCO_SERVER_LIFE));
	return xl_mul(s, sum, xl_param(s, parts, TCO_EMBODIED));
}

static void write_use(
    struct xl_sheet *s, struct xl_parts *parts, const struct tco_carbon *c)
{
	struct xl_expr intensity = xl_param(s, parts, TCO_CARBON_INTENSITY);

	write_row(s, 4, XL_("CO2e of the electricity, kg a year"), "use",
	    xl_mul(s, xl_of(s, at(s, 3, OWN, c->dedicated_kwh)), intensity),
	    xl_mul(s, xl_of(s, at(s, 3, SHARED, c->platform_kwh)), intensity),
	    (const struct num *[]) { c->dedicated_use, c->platform_use });
	if (c->dedicated_embodied != NULL)
		write_row(s, 5, XL_("CO2e of making them, kg a year of life"),
		    "embodied", embodied(s, parts),
		    xl_div(s,
			xl_mul(s, xl_of(s, parts->hosts_in[0]),
			    xl_param(s, parts, TCO_EMBODIED)),
			xl_param(s, parts, TCO_HOST_LIFE)),
		    (const struct num *[]) {
			c->dedicated_embodied, c->platform_embodied });
}

static void write_sums(struct xl_sheet *s, const struct tco_carbon *c)
{
	struct xl_cell own[2], shared[2];
	size_t count = c->dedicated_embodied != NULL ? 2 : 1;

	for (size_t i = 0; i < count; i++) {
		own[i] = at(s, 4 + (lxw_row_t)i, OWN,
		    i == 0 ? c->dedicated_use : c->dedicated_embodied);
		shared[i] = at(s, 4 + (lxw_row_t)i, SHARED,
		    i == 0 ? c->platform_use : c->platform_embodied);
	}
	xl_label(s, 6, WHAT, XL_LABEL_SUM, XL_("Together, kg CO2e a year"));
	(void)xl_put_as(
	    s, 6, OWN, XL_MONEY_SUM, xl_sum(s, own, count), c->dedicated);
	(void)xl_put_as(
	    s, 6, SHARED, XL_MONEY_SUM, xl_sum(s, shared, count), c->platform);
}

static void add_chart(struct xl_sheet *s, bool embodied_too)
{
	const char *name = s->name;
	lxw_chart *chart =
	    workbook_add_chart(s->xl->book, LXW_CHART_COLUMN_STACKED);
	lxw_chart_options options = { .x_scale = 1.2, .y_scale = 1.2 };

	for (unsigned row = 5; row <= (embodied_too ? 6 : 5); row++) {
		lxw_chart_series *series = chart_add_series(chart,
		    xl_printf(s->xl, "='%s'!$B$3:$C$3", name),
		    xl_printf(s->xl, "='%s'!$B$%u:$C$%u", name, row, row));

		chart_series_set_name(
		    series, xl_printf(s->xl, "='%s'!$A$%u", name, row));
	}
	xl_chart_title(s->xl, chart, XL_("kg CO2e a year"));
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	worksheet_insert_chart_opt(s->sheet, 8, 0, chart, &options);
}

void xl_carbon_write(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct tco_carbon *c = &s->xl->result->carbon;

	xl_sheet_widths(s, WHAT, WHAT, 44);
	xl_sheet_widths(s, OWN, SHARED, 22);
	xl_label(s, 2, WHAT, XL_HEAD_LEFT, XL_("First year"));
	xl_label(s, 2, OWN, XL_HEAD, XL_("Servers of their own"));
	xl_label(s, 2, SHARED, XL_HEAD, XL_("The platform"));
	xl_sheet_freeze(s, 3, 1);
	write_row(s, 3, XL_("Energy, kWh a year"), "kwh",
	    xl_sum_product(s, parts->servers, parts->kwh),
	    xl_of(s, parts->platform_kwh),
	    (const struct num *[]) { c->dedicated_kwh, c->platform_kwh });
	if (c->dedicated == NULL) {
		xl_label(
		    s, 4, WHAT, XL_NOTE, XL_("No carbon intensity was given."));
		return;
	}
	write_use(s, parts, c);
	write_sums(s, c);
	add_chart(s, c->dedicated_embodied != NULL);
}
