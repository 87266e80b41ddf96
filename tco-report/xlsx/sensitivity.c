/* sensitivity.c - the tornado, and where the verdict turns.
 *
 * What a driver moves in the NPV is either proportional to it (prices), or to
 * its inverse (servers per administrator), or the discounting itself. Each of
 * those is a formula over present values of lines that the workbook has. Where
 * that does not come to the model's number (ranges of an enterprise's own), and
 * for every driver beyond the main ones, the model's value stands.
 */

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

/* Present values, of the servers-due case, that drivers scale. */
enum present {
	HOSTS, /* hosts: bought, worth, and their part of the support */
	SHARED,
	SERVERS,
	PEOPLE,   /* dedicated minus platform */
	MACHINES, /* people who care for machines, both */
	DOMAINS,  /* people who care for domains */
	ENERGY,
	MIGRATION,
	PROJECT,
};
#define PRESENT_COUNT (PROJECT + 1)

/* clang-format off */
static const char *const present_titles[PRESENT_COUNT] = {
	[HOSTS]     = XL_("Hosts, with their support"),
	[SHARED]    = XL_("Bought once, with its support"),
	[SERVERS]   = XL_("Servers of their own"),
	[PEOPLE]    = XL_("People, own minus platform"),
	[MACHINES]  = XL_("People for machines, own minus platform"),
	[DOMAINS]   = XL_("People for domains"),
	[ENERGY]    = XL_("Energy, own minus platform"),
	[MIGRATION] = XL_("Migration of domains"),
	[PROJECT]   = XL_("Project"),
};

/* How the NPV moves with a parameter. */
enum shape { LINEAR, INVERSE, DISCOUNT };
static const struct effect {
	enum tco_param_id param;
	enum shape shape;
	enum present present;
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
	struct xl_cell present[PRESENT_COUNT];
};

static const struct effect *find_effect(enum tco_param_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		if (effects[i].param == id)
			return &effects[i];
	return NULL;
}

/* -- Present values ------------------------------------------------------- */

/* Sum of row * factor over times first to 10. */
static struct xl_expr present_of(
    const struct tornado *o, const struct xl_cell *cells, unsigned first)
{
	struct xl_sheet *s = o->s;
	struct num_pool *pool = s->xl->pool;
	const struct num *value = num_int(pool, 0);
	size_t count = first == 0 ? TCO_HORIZON_MAX : TCO_HORIZON_MAX;

	for (size_t i = 0; i < count; i++)
		value = num_add(pool, value,
		    num_mul(pool, cells[i].value,
			o->parts->factor[first + i].value));
	return (struct xl_expr) { xl_printf(s->xl, "SUMPRODUCT(%s,%s)",
				      xl_range(s, cells[0], cells[count - 1]),
				      xl_range(s, o->parts->factor[first],
					  o->parts->factor[first + count - 1])),
		value, 3 };
}

/* What is bought costs; what is left is worth something. */
static struct xl_expr bought(
    const struct tornado *o, const struct xl_hardware *h)
{
	return xl_sub(
	    o->s, present_of(o, h->worth + 1, 1), present_of(o, h->cost, 0));
}

/* The support is a part of the hardware's price, so it moves with it. */
static struct xl_expr supported(
    const struct tornado *o, const struct xl_hardware *h, bool hosts)
{
	struct xl_sheet *s = o->s;
	struct xl_parts *p = o->parts;
	struct num_pool *pool = s->xl->pool;
	struct xl_expr shared = xl_param(s, p, TCO_SHARED_CAPEX);
	struct xl_expr price = xl_param(s, p, TCO_HOST_PRICE);
	const struct num *value = num_int(pool, 0);
	const char *support = xl_range(s, p->platform[TCO_SUPPORT][0],
	    p->platform[TCO_SUPPORT][TCO_HORIZON_MAX - 1]);
	const char *count =
	    xl_range(s, p->hosts_in[0], p->hosts_in[TCO_HORIZON_MAX - 1]);
	const char *factor = xl_range(s, p->factor[1], p->factor[10]);

	for (size_t i = 0; i < TCO_HORIZON_MAX; i++) {
		const struct num *racks =
		    num_mul(pool, p->hosts_in[i].value, price.value);
		const struct num *all = num_add(pool, racks, shared.value);
		const struct num *mine = hosts ? racks : shared.value;

		if (num_sign(all) == 0)
			continue;
		value = num_add(pool, value,
		    num_mul(pool,
			num_mul(pool, p->platform[TCO_SUPPORT][i].value,
			    p->factor[i + 1].value),
			num_div(pool, mine, all)));
	}
	return xl_sub(s, bought(o, h),
	    (struct xl_expr) {
		hosts ? xl_printf(s->xl, "SUMPRODUCT(%s*%s*%s*%s/(%s*%s+%s))",
			    support, factor, count, price.text, count,
			    price.text, shared.text)
		      : xl_printf(s->xl, "SUMPRODUCT(%s*%s*%s/(%s*%s+%s))",
			    support, factor, shared.text, count, price.text,
			    shared.text),
		value, 3 });
}

static struct xl_expr servers(const struct tornado *o)
{
	struct xl_sheet *s = o->s;
	struct xl_expr sum = xl_int(s, 0);

	for (size_t k = 0; k < o->parts->fleet_count; k++) {
		struct xl_expr one = bought(o, &o->parts->fleet[k].hardware);

		sum = k == 0 ? one : xl_add(s, sum, one);
	}
	return xl_sub(s, xl_int(s, 0), sum);
}

static struct xl_expr line_difference(
    const struct tornado *o, enum tco_line line)
{
	return xl_sub(o->s, present_of(o, o->parts->dedicated[line], 1),
	    present_of(o, o->parts->platform[line], 1));
}

/* Of the platform's people, those who care for domains. */
static struct xl_expr domains(const struct tornado *o)
{
	struct xl_sheet *s = o->s;
	struct xl_parts *p = o->parts;
	struct num_pool *pool = s->xl->pool;
	struct xl_expr ratio = xl_div(s, xl_param(s, p, TCO_DOMAINS_PER_ADMIN),
	    xl_param(s, p, TCO_SERVERS_PER_ADMIN));
	const struct num *value = num_int(pool, 0);
	const char *hosts =
	    xl_range(s, p->hosts_in[0], p->hosts_in[TCO_HORIZON_MAX - 1]);
	const char *count =
	    xl_range(s, p->domains_in[0], p->domains_in[TCO_HORIZON_MAX - 1]);

	/* people * (D/rd) / (H/rs + D/rd) = people * D / (H rd/rs + D) */
	for (size_t i = 0; i < TCO_HORIZON_MAX; i++)
		value = num_add(pool, value,
		    num_mul(pool,
			num_mul(pool, p->platform[TCO_PEOPLE][i].value,
			    p->factor[i + 1].value),
			num_div(pool, p->domains_in[i].value,
			    num_add(pool,
				num_mul(
				    pool, p->hosts_in[i].value, ratio.value),
				p->domains_in[i].value))));
	return (struct xl_expr) {
		xl_printf(s->xl, "-SUMPRODUCT(%s*%s*%s/(%s*%s+%s))",
		    xl_range(s, p->platform[TCO_PEOPLE][0],
			p->platform[TCO_PEOPLE][TCO_HORIZON_MAX - 1]),
		    xl_range(s, p->factor[1], p->factor[10]), count, hosts,
		    ratio.text, count),
		num_sub(pool, num_int(pool, 0), value), 1
	};
}

static struct xl_expr present(const struct tornado *o, enum present which)
{
	struct xl_sheet *s = o->s;
	struct xl_expr none = xl_int(s, 0);

	switch (which) {
	case HOSTS:
		return supported(o, &o->parts->hosts, true);
	case SHARED:
		return supported(o, &o->parts->shared, false);
	case SERVERS:
		return servers(o);
	case PEOPLE:
		return line_difference(o, TCO_PEOPLE);
	case MACHINES:
		return xl_sub(s, xl_of(s, o->present[PEOPLE]),
		    xl_of(s, o->present[DOMAINS]));
	case DOMAINS:
		return domains(o);
	case ENERGY:
		return line_difference(o, TCO_ENERGY);
	case MIGRATION:
		return xl_sub(s, xl_param(s, o->parts, TCO_PROJECT),
		    xl_of(s, o->parts->migration));
	case PROJECT:
		return xl_sub(s, none, xl_param(s, o->parts, TCO_PROJECT));
	}
	return none;
}

static lxw_row_t write_present(struct tornado *o, lxw_row_t row)
{
	/* MACHINES is made of the others, so it comes last. */
	static const enum present order[] = { HOSTS, SHARED, SERVERS, PEOPLE,
		DOMAINS, ENERGY, MIGRATION, PROJECT, MACHINES };

	xl_label(o->s, row++, 0, XL_HEADING,
	    XL_("Present values that the drivers scale"));
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		xl_label(o->s, row, 0, XL_TEXT, present_titles[order[i]]);
		o->present[order[i]] =
		    xl_put(o->s, row++, 1, XL_MONEY, present(o, order[i]));
	}
	return row + 1;
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

/* -- Break-even ----------------------------------------------------------- */

static void write_break_even(
    struct xl_sheet *s, lxw_row_t row, const struct tco_break_even *b)
{
	const char *never = xl_say(s->xl, XL_("nowhere"));

	xl_text(s, row, 0, XL_TEXT, xl_param_title(s->xl, b->param));
	(void)xl_number(s, row, 1, XL_FIXED_NUMBER, b->value);
	for (size_t k = 0; k < TCO_TIMING_COUNT; k++) {
		lxw_col_t col = (lxw_col_t)(2 + 2 * k);

		if (b->at[k] == NULL) {
			xl_text(s, row, col, XL_NOTE_RIGHT, never);
			continue;
		}
		(void)xl_number(s, row, col, XL_FIXED_NUMBER, b->at[k]);
		(void)xl_number(
		    s, row, col + 1, XL_FIXED_PERCENT, b->distance[k]);
	}
}

static void write_break_evens(struct xl_sheet *s, lxw_row_t row)
{
	static const char *const heads[] = { XL_("Parameter"), XL_("Value"),
		XL_("Turns at, servers due"), XL_("away"),
		XL_("Turns at, just bought"), XL_("away") };
	const struct tco_result *result = s->xl->result;

	xl_label(s, row++, 0, XL_HEADING,
	    XL_("Break-even: where the net present value is 0 (values, not "
		"formulas)"));
	xl_sheet_tall(s, row);
	for (lxw_col_t c = 0; c < ARRAY_LEN(heads); c++)
		xl_label(s, row, c, c == 0 ? XL_HEAD_LEFT : XL_HEAD, heads[c]);
	for (size_t i = 0; i < result->break_even_count; i++)
		write_break_even(s, ++row, &result->break_even[i]);
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
	(void)write_present(&o, row);
	(void)write_tornado(&o, TORNADO);
	write_break_evens(s, row + PRESENT_COUNT + 2);
}
