/* showback.c - who owes what: pools, rates, quantities, direct costs. The bills
 * by each rule are bills.c's.
 */

#include "tco-report/xlsx/sheets.h"

#define FIRST 1 /* column of the first number; names stand before it */

enum pool_column {
	RESOURCE,
	UNIT,
	WEIGHT,
	COST,
	CAPACITY,
	CHARGED,
	DIVISOR,
	RATE,
	IDLE,
	LIST,
};

/* clang-format off */
/* A resource's parameters, and its meters; TCO_METER_COUNT: it has none. */
static const struct resource {
	enum tco_param_id weight, capacity;
	enum tco_meter reserved, used;
} resources[TCO_RESOURCE_COUNT] = {
	[TCO_CPU]      = { TCO_WEIGHT_CPU,      TCO_CAPACITY_CPU,     TCO_CPU_RESERVED,     TCO_CPU_USED },
	[TCO_RAM]      = { TCO_WEIGHT_RAM,      TCO_CAPACITY_RAM,     TCO_RAM_RESERVED,     TCO_RAM_USED },
	[TCO_STORAGE]  = { TCO_WEIGHT_STORAGE,  TCO_CAPACITY_STORAGE, TCO_STORAGE_RESERVED, TCO_STORAGE_USED },
	[TCO_IOPS]     = { TCO_WEIGHT_IOPS,     TCO_CAPACITY_IOPS,    TCO_IOPS_RESERVED,    TCO_IOPS_USED },
	[TCO_NETWORK]  = { TCO_WEIGHT_NETWORK,  TCO_PARAM_COUNT,      TCO_METER_COUNT,      TCO_NETWORK_USED },
	[TCO_REQUESTS] = { TCO_WEIGHT_REQUESTS, TCO_PARAM_COUNT,      TCO_METER_COUNT,      TCO_REQUESTS_USED },
};
/* clang-format on */

static const char *title_of(const struct xl *xl, enum tco_resource resource)
{
	return xl_say_named(xl, "resource", tco_resources[resource].name,
	    tco_resources[resource].name);
}

/* The sheet while it is written. */
struct showback {
	struct xl_sheet *s;
	struct xl_parts *parts;
	const struct tco_showback *model;
	enum tco_resource shown[TCO_RESOURCE_COUNT]; /* those with a weight */
	size_t count;
	struct xl_cell *quantity[TCO_RESOURCE_COUNT]; /* by enterprise */
	struct xl_cell rate[TCO_RESOURCE_COUNT];
};

static void find_shown(struct showback *b)
{
	for (enum tco_resource r = 0; r < TCO_RESOURCE_COUNT; r++)
		if (b->model->pool[r].weight != NULL)
			b->shown[b->count++] = r;
}

static void write_names(const struct showback *b, lxw_row_t row)
{
	xl_sheet_tall(b->s, row);
	xl_label(b->s, row, 0, XL_HEAD_LEFT, XL_("Enterprise"));
	for (size_t i = 0; i < b->model->count; i++)
		xl_text(b->s, row + 1 + (lxw_row_t)i, 0, XL_TEXT,
		    b->model->bill[i].enterprise->title);
}

/* -- Quantities ----------------------------------------------------------- */

static struct xl_cell *write_meter(const struct showback *b, lxw_row_t row,
    lxw_col_t col, enum tco_meter meter, const char *kind)
{
	const struct xl *xl = b->s->xl;
	enum tco_resource r = tco_meters[meter].resource;
	struct xl_cell *cells = xl_cells(xl);

	xl_text(b->s, row, col, XL_HEAD,
	    xl_printf(xl, "%s, %s\n%s", title_of(xl, r), xl_say(xl, kind),
		xl_unit(b->s->xl, tco_resources[r].unit)));
	for (size_t i = 0; i < b->model->count; i++)
		cells[i] = xl_number(b->s, row + 1 + (lxw_row_t)i, col,
		    XL_INPUT, xl->tcase->enterprises[i].usage[meter]);
	return cells;
}

static bool is_metered(const struct xl *xl, enum tco_meter meter)
{
	if (meter == TCO_METER_COUNT)
		return false;
	for (size_t i = 0; i < xl->tcase->count; i++)
		if (xl->tcase->enterprises[i].usage[meter] != NULL)
			return true;
	return false;
}

/* What is charged for: the larger of what was reserved and what was used. */
static void write_charged(struct showback *b, lxw_row_t row, lxw_col_t col,
    enum tco_resource r, struct xl_cell *const meters[2])
{
	struct xl_sheet *s = b->s;

	b->quantity[r] = xl_cells(s->xl);
	xl_text(s, row, col, XL_HEAD,
	    xl_printf(s->xl, "%s\n%s", title_of(s->xl, r),
		xl_unit(b->s->xl, tco_resources[r].unit)));
	for (size_t i = 0; i < b->model->count; i++) {
		struct xl_expr expr = xl_int(s, 0);

		if (meters[0] != NULL && meters[1] != NULL)
			expr = xl_max(
			    s, xl_of(s, meters[0][i]), xl_of(s, meters[1][i]));
		else if (meters[0] != NULL || meters[1] != NULL)
			expr = xl_of(s, meters[meters[0] == NULL ? 1 : 0][i]);
		b->quantity[r][i] = xl_put_as(s, row + 1 + (lxw_row_t)i, col,
		    XL_NUMBER, expr, b->model->bill[i].quantity[r]);
	}
}

static lxw_row_t write_quantities(struct showback *b, lxw_row_t row)
{
	lxw_col_t col = FIRST, charged = FIRST;
	lxw_row_t below = row + (lxw_row_t)b->model->count + 5;

	xl_label(b->s, row, 0, XL_HEADING, XL_("What was counted"));
	write_names(b, row + 1);
	xl_label(b->s, below - 1, 0, XL_HEADING, XL_("What is charged for"));
	write_names(b, below);
	for (size_t n = 0; n < b->count; n++) {
		const struct resource *r = &resources[b->shown[n]];
		struct xl_cell *meters[2] = { NULL, NULL };

		if (is_metered(b->s->xl, r->reserved))
			meters[0] = write_meter(
			    b, row + 1, col++, r->reserved, XL_("reserved"));
		if (is_metered(b->s->xl, r->used))
			meters[1] = write_meter(
			    b, row + 1, col++, r->used, XL_("used"));
		write_charged(b, below, charged++, b->shown[n], meters);
	}
	return below + (lxw_row_t)b->model->count + 2;
}

/* -- Pools and rates ------------------------------------------------------ */

/* months / 12 */
static struct xl_expr period(const struct showback *b)
{
	struct xl_sheet *s = b->s;

	return xl_div(s, xl_of(s, b->parts->months), xl_int(s, 12));
}

static struct xl_cell write_divisor(struct showback *b, lxw_row_t row,
    enum tco_resource r, struct xl_cell charged)
{
	const struct tco_pool *pool = &b->model->pool[r];
	struct xl_sheet *s = b->s;
	struct xl_cell capacity;

	if (pool->capacity == NULL)
		return xl_put_as(s, row, DIVISOR, XL_NUMBER, xl_of(s, charged),
		    pool->divisor);
	capacity = xl_put_as(s, row, CAPACITY, XL_NUMBER,
	    xl_mul(s, xl_param(s, b->parts, resources[r].capacity), period(b)),
	    pool->capacity);
	return xl_put_as(s, row, DIVISOR, XL_NUMBER,
	    xl_max(s, xl_of(s, capacity), xl_of(s, charged)), pool->divisor);
}

/* cost / divisor; nothing used of what has no capacity: no rate */
static struct xl_cell write_rate(struct showback *b, lxw_row_t row,
    enum tco_resource r, struct xl_cell cost, struct xl_cell divisor)
{
	struct xl_sheet *s = b->s;
	struct xl_expr rate = xl_int(s, 0);
	struct xl_cell cell;

	if (num_sign(divisor.value) > 0) {
		rate = xl_div(s, xl_of(s, cost), xl_of(s, divisor));
		rate.text = xl_printf(
		    s->xl, "IF(%s>0,%s,0)", xl_ref(s, divisor), rate.text);
	} else {
		rate.text = xl_printf(s->xl, "IF(%s>0,%s/%s,0)",
		    xl_ref(s, divisor), xl_ref(s, cost), xl_ref(s, divisor));
	}
	cell = xl_put_as(s, row, RATE, XL_RATE, rate, b->model->pool[r].rate);
	xl_name(&cell, xl_printf(s->xl, "rate_%s", tco_resources[r].name));
	return cell;
}

static void write_pool(struct showback *b, lxw_row_t row, enum tco_resource r)
{
	const struct tco_pool *pool = &b->model->pool[r];
	struct xl_sheet *s = b->s;
	struct xl_cell cost, charged, divisor;

	xl_text(s, row, RESOURCE, XL_TEXT, title_of(s->xl, r));
	xl_text(
	    s, row, UNIT, XL_TEXT, xl_unit(b->s->xl, tco_resources[r].unit));
	(void)xl_put_as(s, row, WEIGHT, XL_PERCENT,
	    xl_percent(s, xl_param(s, b->parts, resources[r].weight)), NULL);
	cost = xl_put_as(s, row, COST, XL_MONEY,
	    xl_mul(s, xl_of(s, b->parts->total),
		xl_percent(s, xl_param(s, b->parts, resources[r].weight))),
	    pool->cost);
	charged = xl_put_as(s, row, CHARGED, XL_NUMBER,
	    xl_sum(s, b->quantity[r], b->model->count), pool->charged);
	divisor = write_divisor(b, row, r, charged);
	b->rate[r] = write_rate(b, row, r, cost, divisor);
	(void)xl_put_as(s, row, IDLE, XL_MONEY,
	    xl_sub(s, xl_of(s, cost),
		xl_mul(s, xl_of(s, b->rate[r]), xl_of(s, charged))),
	    pool->idle);
	(void)xl_number(s, row, LIST, XL_FIXED_NUMBER, pool->list_price);
}

static lxw_row_t write_pools(struct showback *b, lxw_row_t row)
{
	static const char *const heads[] = { XL_("Resource"), XL_("Unit"),
		XL_("Weight"), XL_("Cost of the period"), XL_("Capacity"),
		XL_("Charged"), XL_("Divided by"), XL_("Rate"), XL_("Idle"),
		XL_("Price book") };

	xl_label(b->s, row++, 0, XL_HEADING, XL_("Pools and rates"));
	xl_sheet_tall(b->s, row);
	for (lxw_col_t c = 0; c < ARRAY_LEN(heads); c++)
		xl_label(b->s, row, c, c < WEIGHT ? XL_HEAD_LEFT : XL_HEAD,
		    heads[c]);
	row++;
	for (size_t n = 0; n < b->count; n++)
		write_pool(b, row++, b->shown[n]);
	return row + 1;
}

/* -- Direct costs --------------------------------------------------------- */

static void write_cost(struct showback *b, lxw_row_t row, size_t i)
{
	struct xl_sheet *s = b->s;
	struct xl_cell costs[TCO_RESOURCE_COUNT];
	const struct tco_bill *bill = &b->model->bill[i];

	for (size_t n = 0; n < b->count; n++) {
		enum tco_resource r = b->shown[n];

		costs[n] = xl_put_as(s, row, (lxw_col_t)(FIRST + n), XL_MONEY,
		    xl_mul(
			s, xl_of(s, b->rate[r]), xl_of(s, b->quantity[r][i])),
		    bill->cost[r]);
	}
	b->parts->direct[i] = xl_put_as(s, row, (lxw_col_t)(FIRST + b->count),
	    XL_MONEY, xl_sum(s, costs, b->count), bill->direct);
	b->parts->standalone[i] =
	    xl_put_as(s, row, (lxw_col_t)(FIRST + b->count + 1), XL_MONEY,
		xl_mul(s, xl_of(s, b->parts->annual[i]), period(b)),
		bill->standalone);
}

static lxw_row_t write_direct(struct showback *b, lxw_row_t row)
{
	struct xl_sheet *s = b->s;
	lxw_col_t end = (lxw_col_t)(FIRST + b->count);

	xl_label(s, row++, 0, XL_HEADING, XL_("What each uses, at its rate"));
	write_names(b, row);
	for (size_t n = 0; n < b->count; n++)
		xl_text(s, row, (lxw_col_t)(FIRST + n), XL_HEAD,
		    title_of(s->xl, b->shown[n]));
	xl_label(s, row, end, XL_HEAD, XL_("Direct cost"));
	xl_label(s, row, end + 1, XL_HEAD, XL_("Stand-alone cost"));
	b->parts->direct = xl_cells(s->xl);
	b->parts->standalone = xl_cells(s->xl);
	for (size_t i = 0; i < b->model->count; i++)
		write_cost(b, ++row, i);
	row++;
	xl_label(s, row, 0, XL_LABEL_SUM, XL_("Together"));
	for (lxw_col_t c = 1; c < end; c++)
		xl_text(s, row, c, XL_LABEL_SUM, NULL);
	b->parts->direct_sum = xl_put_as(s, row, end, XL_MONEY_SUM,
	    xl_sum(s, b->parts->direct, b->model->count), b->model->direct);
	b->parts->standalone_sum = xl_put(s, row, end + 1, XL_MONEY_SUM,
	    xl_sum(s, b->parts->standalone, b->model->count));
	return row + 2;
}

static lxw_row_t write_total(struct showback *b, lxw_row_t row)
{
	struct xl_sheet *s = b->s;
	struct xl_parts *p = b->parts;

	xl_label(s, row, 0, XL_TEXT, XL_("Months of the period"));
	p->months = xl_number(
	    s, row++, 1, XL_INPUT, num_int(s->xl->pool, s->xl->tcase->months));
	xl_name(&p->months, "period_months");
	xl_label(s, row, 0, XL_TEXT, XL_("Cost of the platform"));
	p->total = xl_put_as(s, row++, 1, XL_MONEY,
	    xl_mul(s, xl_of(s, p->platform_annual), period(b)),
	    b->model->total);
	xl_name(&p->total, "showback_total");
	return row;
}

static lxw_row_t write_idle(struct showback *b, lxw_row_t row)
{
	struct xl_sheet *s = b->s;

	xl_label(s, row, 0, XL_TEXT, XL_("Paid for and not used"));
	b->parts->idle = xl_put_as(s, row, 1, XL_MONEY,
	    xl_sub(
		s, xl_of(s, b->parts->total), xl_of(s, b->parts->direct_sum)),
	    b->model->idle);
	xl_name(&b->parts->idle, "showback_idle");
	return row + 2;
}

void xl_showback_write(struct xl_sheet *s, struct xl_parts *parts)
{
	struct showback b = {
		.s = s, .parts = parts, .model = &s->xl->result->showback
	};
	lxw_row_t row;

	xl_sheet_widths(s, 0, 0, 30);
	xl_sheet_widths(s, 1, 16, 16);
	xl_sheet_freeze(s, 1, 1);
	if (b.model->bill == NULL) {
		xl_label(s, 2, 0, XL_TEXT,
		    XL_("The case has no usage, so there are no bills."));
		return;
	}
	find_shown(&b);
	row = write_total(&b, 2) + 1;
	row = write_quantities(&b, row) + 1;
	row = write_pools(&b, row);
	row = write_direct(&b, row);
	row = write_idle(&b, row);
	xl_bills_write(s, parts, row);
}
