/* accounting.c - each year's costs by line, both ways of buying. */

#include "tco-report/xlsx/sheets.h"

#define YEAR(y) ((lxw_col_t)(y))

enum row {
	HEAD = 2,
	DEDICATED, /* a heading, then every line but TCO_MIGRATED */
	DEDICATED_SUM = DEDICATED + TCO_LINE_COUNT,
	PLATFORM = DEDICATED_SUM + 2,
	PLATFORM_SUM = PLATFORM + TCO_LINE_COUNT + 1,
	DIFFERENCE = PLATFORM_SUM + 2,
	DEDICATED_CASH,
	PLATFORM_CASH,
	SAVING,
	APART = SAVING + 2,
};

static lxw_row_t row_of(lxw_row_t heading, enum tco_line line)
{
	if (heading == DEDICATED && line > TCO_MIGRATED)
		return heading + (lxw_row_t)line;
	return heading + 1 + (lxw_row_t)line;
}

static void write_names(struct xl_sheet *s)
{
	xl_label(s, HEAD, 0, XL_HEAD_LEFT, XL_("Year"));
	xl_label(s, DEDICATED, 0, XL_HEADING, XL_("Servers of their own"));
	xl_label(s, PLATFORM, 0, XL_HEADING, XL_("The platform"));
	for (enum tco_line l = 0; l < TCO_LINE_COUNT; l++) {
		if (l != TCO_MIGRATED)
			xl_text(s, row_of(DEDICATED, l), 0, XL_TEXT,
			    xl_line_title(s->xl, l));
		xl_text(s, row_of(PLATFORM, l), 0, XL_TEXT,
		    xl_line_title(s->xl, l));
	}
	xl_label(s, DEDICATED_SUM, 0, XL_LABEL_SUM, XL_("Cost of the year"));
	xl_label(s, PLATFORM_SUM, 0, XL_LABEL_SUM, XL_("Cost of the year"));
	xl_label(
	    s, DIFFERENCE, 0, XL_LABEL_SUM, XL_("The platform is cheaper by"));
	xl_label(s, DEDICATED_CASH, 0, XL_TEXT,
	    XL_("Cash cost, servers of their own"));
	xl_label(s, PLATFORM_CASH, 0, XL_TEXT, XL_("Cash cost, the platform"));
	xl_label(s, SAVING, 0, XL_LABEL_SUM, XL_("Cash saving of the year"));
}

/* Depreciation of all fleets, or servers times a line of one server. */
static struct xl_expr dedicated(
    struct xl_sheet *s, struct xl_parts *parts, enum tco_line line, unsigned y)
{
	struct xl_expr sum = xl_int(s, 0);

	if (line != TCO_DEPRECIATION)
		return xl_in_year(s, parts,
		    xl_sum_product(
			s, parts->servers_in[y - 1], parts->line[line]),
		    line, xl_of(s, parts->time[y]));
	for (size_t k = 0; k < parts->fleet_count; k++) {
		struct xl_expr one = xl_of(s, parts->fleet[k].hardware.worn[y]);

		sum = k == 0 ? one : xl_add(s, sum, one);
	}
	return sum;
}

static struct xl_cell write_dedicated(struct xl_sheet *s,
    struct xl_parts *parts, unsigned y, const struct tco_year *m)
{
	struct xl_cell all[TCO_LINE_COUNT];
	size_t count = 0;

	for (enum tco_line l = 0; l < TCO_LINE_COUNT; l++) {
		if (l == TCO_MIGRATED)
			continue;
		all[count++] = parts->dedicated[l][y - 1] =
		    xl_put_as(s, row_of(DEDICATED, l), YEAR(y), XL_MONEY,
			dedicated(s, parts, l, y),
			m == NULL ? NULL : m->dedicated[l]);
	}
	parts->dedicated_opex[y - 1] = xl_put_as(s, DEDICATED_CASH, YEAR(y),
	    XL_MONEY, xl_sum(s, all + 1, count - 1),
	    m == NULL ? NULL : m->dedicated_opex);
	return xl_put_as(s, DEDICATED_SUM, YEAR(y), XL_MONEY_SUM,
	    xl_sum(s, all, count), m == NULL ? NULL : m->dedicated_annual);
}

static struct xl_cell write_platform(struct xl_sheet *s, struct xl_parts *parts,
    unsigned y, const struct tco_year *m)
{
	struct xl_cell all[TCO_LINE_COUNT];

	for (enum tco_line l = 0; l < TCO_LINE_COUNT; l++)
		all[l] = xl_put_as(s, row_of(PLATFORM, l), YEAR(y), XL_MONEY,
		    xl_of(s, parts->platform[l][y - 1]),
		    m == NULL ? NULL : m->platform[l]);
	(void)xl_put(s, PLATFORM_CASH, YEAR(y), XL_MONEY,
	    xl_of(s, parts->platform_opex[y - 1]));
	return xl_put_as(s, PLATFORM_SUM, YEAR(y), XL_MONEY_SUM,
	    xl_sum(s, all, TCO_LINE_COUNT),
	    m == NULL ? NULL : m->platform_annual);
}

static void write_year(struct xl_sheet *s, struct xl_parts *parts, unsigned y)
{
	const struct tco_result *result = s->xl->result;
	const struct tco_year *m =
	    y <= result->horizon ? &result->year[y - 1] : NULL;
	struct xl_cell own, shared;

	(void)xl_number(s, HEAD, YEAR(y), XL_HEAD, num_int(s->xl->pool, y));
	own = write_dedicated(s, parts, y, m);
	shared = write_platform(s, parts, y, m);
	(void)xl_put(s, DIFFERENCE, YEAR(y), XL_MONEY_SUM,
	    xl_sub(s, xl_of(s, own), xl_of(s, shared)));
	parts->saving[y - 1] = xl_put_as(s, SAVING, YEAR(y), XL_MONEY_SUM,
	    xl_sub(s, xl_of(s, parts->dedicated_opex[y - 1]),
		xl_of(s, parts->platform_opex[y - 1])),
	    m == NULL ? NULL : m->saving);
	xl_name_result(
	    parts->saving[y - 1], xl_printf(s->xl, "saving_year_%u", y));
}

void xl_accounting_write(struct xl_sheet *s, struct xl_parts *parts)
{
	xl_label(s, 1, 0, XL_NOTE,
	    XL_("Purchases are written off in a straight line over their "
		"lives; migration is spread over the years compared."));
	xl_sheet_widths(s, 0, 0, 40);
	xl_sheet_widths(s, 1, YEAR(TCO_HORIZON_MAX), 14);
	xl_sheet_freeze(s, HEAD + 1, 1);
	write_names(s);
	for (unsigned y = 1; y <= TCO_HORIZON_MAX; y++)
		write_year(s, parts, y);
	xl_fade(s, HEAD, 1, SAVING, YEAR(TCO_HORIZON_MAX));
	xl_apart_write(s, parts, APART);
}
