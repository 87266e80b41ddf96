/* sensitivity.c - the tornado: one figure at a time, to both ends.
 *
 * What a driver moves in the NPV is either proportional to it (prices), or to
 * its inverse (servers per administrator), or the discounting itself. Each of
 * those is a formula over present values of lines that the workbook has. Where
 * that does not come to the model's number (ranges of an enterprise's own), and
 * for every driver beyond the main ones, the model's value stands.
 */

#include "tco-report/xlsx/present.h"
#include "tco-report/xlsx/sheets.h"

enum column {
	DRIVER,
	VALUE,
	LOW,
	HIGH,
	NPV_LOW,
	NPV_HIGH,
	LESS, /* NPV_LOW - NPV */
	MORE,
	SWING,
};

#define TORNADO 24 /* row; above it is the chart */

/* clang-format off */
/* How the NPV moves with a parameter. */
enum shape { LINEAR, INVERSE, DISCOUNT };
static const struct effect {
	enum tco_param_id param;
	enum shape shape;
	enum xl_present present;
} effects[] = {
	{ TCO_HOST_PRICE,        LINEAR,   HOSTS },
	{ TCO_SHARED_CAPEX,      LINEAR,   SHARED },
	{ TCO_SERVER_PRICE,      LINEAR,   SERVERS },
	{ TCO_PORT_PRICE,        LINEAR,   SERVERS },
	{ TCO_SERVERS_PER_ADMIN, INVERSE,  MACHINES },
	{ TCO_DOMAINS_PER_ADMIN, INVERSE,  DOMAINS },
	{ TCO_FTE_COST,          LINEAR,   PEOPLE },
	{ TCO_MIGRATION,         LINEAR,   MIGRATION },
	{ TCO_PROJECT,           LINEAR,   PROJECT },
	{ TCO_TARIFF,            LINEAR,   ENERGY },
	{ TCO_PUE,               LINEAR,   ENERGY },
	{ TCO_DISCOUNT_RATE,     DISCOUNT, HOSTS },
};
/* clang-format on */

struct tornado {
	struct xl_sheet *s;
	struct xl_parts *parts;
	struct xl_cell present[XL_PRESENT_COUNT];
};

static const struct effect *find_effect(enum tco_param_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		if (effects[i].param == id)
			return &effects[i];
	return NULL;
}

/* -- The tornado ---------------------------------------------------------- */

/* A parameter at an end of its range. */
static struct xl_expr end_of(
    const struct tornado *o, enum tco_param_id id, bool high)
{
	struct xl_sheet *s = o->s;
	const struct tco_param *param = &s->xl->tcase->params[id];
	struct xl_expr value = xl_param(s, o->parts, id), off, end, bound;
	const struct num *limit = value.value;
	const char *text = high ? tco_kinds[id].max : tco_kinds[id].min;

	if (param->low != NULL) {
		hs_auto(hs_freep) char *given =
		    num_text_short(high ? param->high : param->low);

		return (struct xl_expr) { xl_printf(s->xl, "%s", given),
			high ? param->high : param->low, 1 };
	}
	off = xl_percent(s, xl_param(s, o->parts, TCO_UNCERTAINTY));
	end = xl_mul(s, value,
	    high ? xl_add(s, xl_int(s, 1), off) : xl_sub(s, xl_int(s, 1), off));
	(void)num_parse(s->xl->pool, text, &limit, NULL);
	bound = (struct xl_expr) { text, limit, 1 };
	return high ? xl_min(s, bound, end) : xl_max(s, bound, end);
}

/* By how much a parameter at that end moves the NPV. */
static struct xl_expr moved(
    const struct tornado *o, const struct effect *e, struct xl_expr end)
{
	struct xl_sheet *s = o->s;
	struct xl_expr value = xl_param(s, o->parts, e->param);
	struct xl_expr one = xl_int(s, 1), part;

	if (num_sign(value.value) == 0 || num_sign(end.value) == 0)
		return xl_int(s, 0);
	part = e->shape == LINEAR ? xl_sub(s, xl_div(s, end, value), one)
				  : xl_sub(s, xl_div(s, value, end), one);
	return xl_mul(s, xl_of(s, o->present[e->present]), part);
}

/* A server's price and its port's are of one sum: each moves its part. */
static struct xl_expr scaled(
    const struct tornado *o, const struct effect *e, struct xl_expr end)
{
	struct xl_sheet *s = o->s;
	struct xl_expr whole;

	if (e->present != SERVERS)
		return moved(o, e, end);
	whole = xl_add(s, xl_param(s, o->parts, TCO_SERVER_PRICE),
	    xl_param(s, o->parts, TCO_PORT_PRICE));
	if (num_sign(whole.value) == 0)
		return xl_int(s, 0);
	return xl_mul(s, xl_of(s, o->present[SERVERS]),
	    xl_div(s, xl_sub(s, end, xl_param(s, o->parts, e->param)), whole));
}

/* The flows at another rate. */
static struct xl_expr rediscounted(const struct tornado *o, struct xl_expr rate)
{
	struct xl_sheet *s = o->s;
	struct num_pool *pool = s->xl->pool;
	struct xl_expr part = xl_percent(s, rate);
	const struct xl_cell *flow = o->parts->flow;
	const struct num *value = flow[0].value;
	const struct num *one = num_add(pool, num_int(pool, 1), part.value);

	for (unsigned t = 1; t < TCO_YEARS; t++)
		value = num_add(pool, value,
		    num_div(pool, flow[t].value, num_pow(pool, one, t)));
	return (struct xl_expr) {
		xl_printf(s->xl, "%s+NPV(%s,%s)", xl_ref(s, flow[0]), part.text,
		    xl_range(s, flow[1], flow[TCO_YEARS - 1])),
		value, 1
	};
}

/* The NPV with a driver at one end; false: no formula says it. */
static bool npv_at(const struct tornado *o, const struct tco_driver *driver,
    bool high, struct xl_expr *ret_npv)
{
	struct xl_sheet *s = o->s;
	struct xl_expr npv = xl_of(s, o->parts->npv[TCO_DUE]);

	for (size_t i = 0; i < driver->count; i++) {
		const struct effect *e = find_effect(driver->params[i]);

		if (e == NULL)
			return false;
		if (s->xl->tcase->params[e->param].value == NULL)
			continue;
		if (e->shape == DISCOUNT)
			npv = rediscounted(o, end_of(o, e->param, high));
		else
			npv = xl_add(
			    s, npv, scaled(o, e, end_of(o, e->param, high)));
	}
	*ret_npv = npv;
	return true;
}

/* False: it is the model's value that stands there. */
static bool write_npv(const struct tornado *o, lxw_row_t row,
    const struct tco_swing *swing, bool high, struct xl_cell *ret_cell)
{
	const struct num *model = high ? swing->npv_high : swing->npv_low;
	lxw_col_t col = high ? NPV_HIGH : NPV_LOW;
	struct xl_expr npv;

	if (npv_at(o, &swing->driver, high, &npv) &&
	    num_cmp(npv.value, model) == 0) {
		*ret_cell = xl_put(o->s, row, col, XL_MONEY, npv);
		return true;
	}
	*ret_cell = xl_number(o->s, row, col, XL_FIXED_MONEY, model);
	return false;
}

static void write_ends(
    const struct tornado *o, lxw_row_t row, const struct tco_swing *swing)
{
	struct xl_sheet *s = o->s;
	enum tco_param_id id = swing->driver.params[0];

	if (swing->value == NULL || o->parts->param[id].sheet == NULL)
		return;
	(void)xl_put_as(
	    s, row, VALUE, XL_NUMBER, xl_param(s, o->parts, id), swing->value);
	(void)xl_put(s, row, LOW, XL_PLAIN, end_of(o, id, false));
	(void)xl_put(s, row, HIGH, XL_PLAIN, end_of(o, id, true));
}

/* What a bar of the chart shows: how far the NPV moves. */
static void write_change(const struct tornado *o, lxw_row_t row, lxw_col_t col,
    struct xl_cell end, bool is_live)
{
	struct xl_sheet *s = o->s;
	struct xl_expr change =
	    xl_sub(s, xl_of(s, end), xl_of(s, o->parts->npv[TCO_DUE]));

	if (is_live)
		(void)xl_put(s, row, col, XL_MONEY, change);
	else
		(void)xl_number(s, row, col, XL_FIXED_MONEY, change.value);
}

static void write_swing(
    const struct tornado *o, lxw_row_t row, const struct tco_swing *swing)
{
	struct xl_sheet *s = o->s;
	struct xl_cell low, high;
	struct xl_expr difference;
	bool is_live;

	xl_text(s, row, DRIVER, XL_TEXT,
	    xl_say_named(s->xl, "driver", swing->driver.name,
		xl_param_title(s->xl, swing->driver.params[0])));
	write_ends(o, row, swing);
	is_live = write_npv(o, row, swing, false, &low);
	is_live = write_npv(o, row, swing, true, &high) && is_live;
	write_change(o, row, LESS, low, is_live);
	write_change(o, row, MORE, high, is_live);
	if (!is_live) {
		(void)xl_number(s, row, SWING, XL_FIXED_MONEY, swing->swing);
		return;
	}
	difference = xl_sub(s, xl_of(s, high), xl_of(s, low));
	difference.text = xl_printf(s->xl, "ABS(%s)", difference.text);
	difference.value = swing->swing;
	(void)xl_put(s, row, SWING, XL_MONEY, difference);
}

static void add_chart(const struct tornado *o, lxw_row_t first, size_t count)
{
	const struct xl *xl = o->s->xl;
	lxw_chart *chart = workbook_add_chart(xl->book, LXW_CHART_BAR);
	lxw_chart_options options = {
		.x_offset = 20, .x_scale = 1.5, .y_scale = 1.5
	};
	const char *name = o->s->name;
	unsigned from = first + 1, to = first + (unsigned)count;

	for (char col = 'G'; col <= 'H'; col++) {
		lxw_chart_series *series = chart_add_series(chart,
		    xl_printf(xl, "='%s'!$A$%u:$A$%u", name, from, to),
		    xl_printf(
			xl, "='%s'!$%c$%u:$%c$%u", name, col, from, col, to));

		chart_series_set_name(
		    series, xl_printf(xl, "='%s'!$%c$%u", name, col, first));
	}
	chart_set_series_overlap(chart, 100);
	chart_set_series_gap(chart, 30);
	chart_axis_set_reverse(chart->y_axis);
	chart_axis_set_label_position(
	    chart->y_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
	chart_axis_set_num_format(chart->x_axis, "#,##0");
	xl_chart_title(xl, chart, XL_("How far the net present value moves"));
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	worksheet_insert_chart_opt(o->s->sheet, 2, 0, chart, &options);
}

static lxw_row_t write_tornado(const struct tornado *o, lxw_row_t row)
{
	static const char *const heads[] = { XL_("Driver"), XL_("Value"),
		XL_("Low"), XL_("High"), XL_("NPV at low"), XL_("NPV at high"),
		XL_("Change at low"), XL_("Change at high"), XL_("Swing") };
	const struct tco_result *result = o->s->xl->result;
	size_t shown = result->tornado_count < 12 ? result->tornado_count : 12;

	xl_label(o->s, row++, 0, XL_HEADING,
	    XL_("Tornado: one figure at a time, servers due"));
	xl_sheet_tall(o->s, row);
	for (lxw_col_t c = 0; c < ARRAY_LEN(heads); c++)
		xl_label(
		    o->s, row, c, c == 0 ? XL_HEAD_LEFT : XL_HEAD, heads[c]);
	row++;
	for (size_t i = 0; i < result->tornado_count; i++)
		write_swing(o, row + (lxw_row_t)i, &result->tornado[i]);
	if (shown > 0)
		add_chart(o, row, shown);
	return row + (lxw_row_t)result->tornado_count + 1;
}

void xl_sensitivity_write(struct xl_sheet *s, struct xl_parts *parts)
{
	struct tornado o = { .s = s, .parts = parts };
	lxw_row_t row;

	xl_label(s, 1, 0, XL_NOTE,
	    XL_("Grey figures are values of the model; the others are "
		"formulas. All others stay as they are."));
	xl_sheet_widths(s, 0, 0, 46);
	xl_sheet_widths(s, 1, SWING, 15);
	xl_sheet_freeze(s, 2, 1);
	/* The present values stand below, but are needed above. */
	row = TORNADO + 3 + (lxw_row_t)s->xl->result->tornado_count;
	xl_present_write(s, parts, row, o.present);
	(void)write_tornado(&o, TORNADO);
	xl_break_even_write(s, row + XL_PRESENT_COUNT + 2);
}
