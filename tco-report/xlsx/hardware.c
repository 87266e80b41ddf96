/* hardware.c - hardware over the years: bought when it is needed or worn out,
 * written off in a straight line, worth something at the end.
 *
 * A block for each kind: servers of those who have no figures of their own, of
 * each who has, hosts, and what the platform buys once for all.
 */

#include "tco-report/xlsx/sheets.h"

#define NAMES   0
#define TIME(t) ((lxw_col_t)(1 + (t))) /* the column of a time, 0 to 10 */

enum block_row {
	HEAD,
	FACTS, /* price, life, residual */
	NEED,
	BOUGHT,
	COST,
	YEARLY,
	WORN,
	WORTH,
};
#define BLOCK_ROWS (WORTH + 2)

/* clang-format off */
static const char *const row_titles[] = {
	[NEED]   = XL_("Pieces in service in the year"),
	[BOUGHT] = XL_("Pieces bought at the end of the year, for the next"),
	[COST]   = XL_("What they cost"),
	[YEARLY] = XL_("of it written off in each year of their life"),
	[WORN]   = XL_("Depreciation of the year"),
	[WORTH]  = XL_("What is worn out, and all at the end, still brings"),
};
/* clang-format on */

/* A block while it is written. */
struct block {
	struct xl_sheet *s;
	const struct xl_parts *parts;
	struct xl_hardware *out;
	lxw_row_t row;
	struct xl_cell price, life, left; /* left: 1 - residual */
	unsigned life_years;
	struct xl_cell yearly[TCO_YEARS];
};

static struct xl_expr horizon(const struct block *b)
{
	return xl_param(b->s, b->parts, TCO_HORIZON);
}

static struct xl_expr time_of(const struct block *b, unsigned t)
{
	return xl_of(b->s, b->parts->time[t]);
}

/* The times 0 to t-1 as a range. */
static const char *times(const struct block *b, unsigned t)
{
	return xl_range(b->s, b->parts->time[0], b->parts->time[t - 1]);
}

static unsigned end_of(const struct block *b)
{
	return b->s->xl->result->horizon;
}

/* IF(t < N, expr, 0) or, of years, IF(t <= N, expr, 0) */
static struct xl_expr within(
    const struct block *b, unsigned t, const char *op, struct xl_expr expr)
{
	return xl_if(
	    b->s, time_of(b, t), op, horizon(b), expr, xl_int(b->s, 0));
}

/* What is needed in the next year and does not serve any more. */
static void write_bought(const struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	struct num_pool *pool = s->xl->pool;
	struct xl_expr missing = xl_of(s, b->out->need[t + 1]);

	if (t > 0) {
		const struct num *serving = num_int(pool, 0);

		for (unsigned k = 0; k < t; k++)
			if (k + b->life_years > t)
				serving = num_add(
				    pool, serving, b->out->bought[k].value);
		missing = xl_max(s,
		    xl_sub(s, missing,
			(struct xl_expr) {
			    xl_printf(s->xl, "SUMPRODUCT(%s*(%s+%s>%s))",
				xl_range(s, b->out->bought[0],
				    b->out->bought[t - 1]),
				times(b, t), xl_ref(s, b->life),
				time_of(b, t).text),
			    serving, 3 }),
		    xl_int(s, 0));
	}
	b->out->bought[t] = xl_put(
	    s, b->row + BOUGHT, TIME(t), XL_WHOLE, within(b, t, "<", missing));
}

static void write_cost(struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	struct xl_expr price = xl_of(s, b->price);

	if (t > 0)
		price = xl_mul(s, price,
		    xl_pow(s,
			xl_growth(
			    s, xl_param(s, b->parts, TCO_HARDWARE_CHANGE)),
			time_of(b, t)));
	b->out->cost[t] = xl_put(s, b->row + COST, TIME(t), XL_MONEY,
	    xl_mul(s, xl_of(s, b->out->bought[t]), price));
	b->yearly[t] = xl_put(s, b->row + YEARLY, TIME(t), XL_MONEY,
	    xl_div(s, xl_mul(s, xl_of(s, b->out->cost[t]), xl_of(s, b->left)),
		xl_of(s, b->life)));
}

/* Of everything bought before that is not past its life. */
static void write_worn(const struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	struct num_pool *pool = s->xl->pool;
	const struct num *value = num_int(pool, 0);

	for (unsigned k = 0; k < t; k++)
		if (k + b->life_years >= t)
			value = num_add(pool, value, b->yearly[k].value);
	b->out->worn[t] = xl_put(s, b->row + WORN, TIME(t), XL_MONEY,
	    within(b, t, "<=",
		(struct xl_expr) {
		    xl_printf(s->xl, "SUMPRODUCT(%s*(%s+%s>=%s))",
			xl_range(s, b->yearly[0], b->yearly[t - 1]),
			times(b, t), xl_ref(s, b->life), time_of(b, t).text),
		    value, 3 }));
}

static const struct num *worth(const struct block *b, unsigned t)
{
	struct num_pool *pool = b->s->xl->pool;
	const struct num *value = num_int(pool, 0);

	for (unsigned k = 0; k < t; k++) {
		bool is_worn = k + b->life_years == t;
		bool is_end = t == end_of(b) && k + b->life_years > t;

		if (is_worn || is_end)
			value = num_add(pool, value,
			    num_sub(pool, b->out->cost[k].value,
				num_mul(pool, b->yearly[k].value,
				    num_int(pool, t - k))));
	}
	return value;
}

static void write_worth(const struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	const char *at = time_of(b, t).text, *life = xl_ref(s, b->life);

	b->out->worth[t] = xl_put(s, b->row + WORTH, TIME(t), XL_MONEY,
	    within(b, t, "<=",
		(struct xl_expr) {
		    xl_printf(s->xl,
			"SUMPRODUCT(((%s+%s=%s)+(%s=%s)*(%s+%s>%s))"
			"*(%s-%s*(%s-%s)))",
			times(b, t), life, at, at, horizon(b).text, times(b, t),
			life, at,
			xl_range(s, b->out->cost[0], b->out->cost[t - 1]),
			xl_range(s, b->yearly[0], b->yearly[t - 1]), at,
			times(b, t)),
		    worth(b, t), 3 }));
}

static void write_facts(
    struct block *b, const char *title, const struct xl_hardware_facts *facts)
{
	struct xl_sheet *s = b->s;
	lxw_row_t row = b->row + FACTS;

	xl_text(s, b->row, NAMES, XL_HEADING, title);
	xl_label(
	    s, row, 0, XL_TEXT, XL_("Price, years of life, part written off"));
	b->price = xl_put(s, row, 1, XL_MONEY, facts->price);
	b->life = xl_put(s, row, 2, XL_WHOLE, facts->life);
	b->left = xl_put(s, row, 3, XL_PERCENT,
	    xl_sub(s, xl_int(s, 1), xl_percent(s, facts->residual)));
	b->life_years = (unsigned)num_int64(b->life.value);
	for (lxw_row_t r = NEED; r <= WORTH; r++)
		xl_label(s, b->row + r, NAMES, XL_TEXT, row_titles[r]);
}

lxw_row_t xl_hardware_block(struct xl_sheet *s, const struct xl_parts *parts,
    lxw_row_t row, const char *title, const struct xl_hardware_facts *facts,
    struct xl_hardware *out)
{
	struct block b = { .s = s, .parts = parts, .out = out, .row = row };

	write_facts(&b, title, facts);
	for (unsigned t = 1; t < TCO_YEARS; t++)
		out->need[t] =
		    xl_put(s, row + NEED, TIME(t), XL_WHOLE, facts->need[t]);
	for (unsigned t = 0; t + 1 < TCO_YEARS; t++) {
		write_bought(&b, t);
		write_cost(&b, t);
	}
	for (unsigned t = 1; t < TCO_YEARS; t++) {
		write_worn(&b, t);
		write_worth(&b, t);
	}
	return row + BLOCK_ROWS;
}

/* -- The sheet ------------------------------------------------------------ */

/* Those of no figures of their own, all together. */
static lxw_row_t write_common(
    struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row)
{
	struct xl_hardware_facts facts = {
		.price = xl_add(s, xl_param(s, parts, TCO_SERVER_PRICE),
		    xl_param(s, parts, TCO_PORT_PRICE)),
		.life = xl_param(s, parts, TCO_SERVER_LIFE),
		.residual = xl_param(s, parts, TCO_SERVER_RESIDUAL),
	};
	struct xl_fleet *fleet = &parts->fleet[parts->fleet_count];
	bool any = false;

	for (unsigned t = 1; t < TCO_YEARS; t++) {
		struct num_pool *pool = s->xl->pool;
		const struct num *sum = num_int(pool, 0);

		for (size_t i = 0; i < s->xl->tcase->count; i++) {
			if (num_sign(parts->is_own[i].value) != 0)
				continue;
			any = true;
			sum = num_add(
			    pool, sum, parts->servers_in[t - 1][i].value);
		}
		facts.need[t] = (struct xl_expr) {
			xl_printf(s->xl, "SUMIF(%s,0,%s)",
			    xl_column(s, parts->is_own),
			    xl_column(s, parts->servers_in[t - 1])),
			sum, 3
		};
	}
	if (!any)
		return row;
	fleet->resale = xl_param(s, parts, TCO_SERVER_RESALE);
	parts->fleet_count++;
	return xl_hardware_block(s, parts, row,
	    xl_say(s->xl, XL_("Servers of the enterprises' own")), &facts,
	    &fleet->hardware);
}

static lxw_row_t write_one(
    struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row, size_t i)
{
	struct xl_hardware_facts facts = {
		.price = xl_of(s, parts->price[i]),
		.life = xl_param_of(s, parts, i, TCO_SERVER_LIFE),
		.residual = xl_param_of(s, parts, i, TCO_SERVER_RESIDUAL),
	};
	struct xl_fleet *fleet = &parts->fleet[parts->fleet_count++];

	for (unsigned t = 1; t < TCO_YEARS; t++)
		facts.need[t] = xl_of(s, parts->servers_in[t - 1][i]);
	fleet->resale = xl_param_of(s, parts, i, TCO_SERVER_RESALE);
	return xl_hardware_block(s, parts, row,
	    xl_printf(s->xl, "%s: %s",
		xl_say(s->xl, XL_("Servers of the enterprises' own")),
		s->xl->tcase->enterprises[i].title),
	    &facts, &fleet->hardware);
}

static lxw_row_t write_platform(
    struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row)
{
	struct xl_hardware_facts facts = {
		.price = xl_param(s, parts, TCO_HOST_PRICE),
		.life = xl_param(s, parts, TCO_HOST_LIFE),
		.residual = xl_param(s, parts, TCO_HOST_RESIDUAL),
	};

	for (unsigned t = 1; t < TCO_YEARS; t++)
		facts.need[t] = xl_of(s, parts->hosts_in[t - 1]);
	row = xl_hardware_block(s, parts, row,
	    xl_say(s->xl, XL_("Hosts of the platform")), &facts, &parts->hosts);
	facts.price = xl_param(s, parts, TCO_SHARED_CAPEX);
	for (unsigned t = 1; t < TCO_YEARS; t++)
		facts.need[t] = xl_int(s, 1);
	return xl_hardware_block(s, parts, row,
	    xl_say(s->xl, XL_("Bought once for the whole platform")), &facts,
	    &parts->shared);
}

void xl_hardware_write(struct xl_sheet *s, struct xl_parts *parts)
{
	lxw_row_t row = 4;

	xl_label(s, 1, 0, XL_NOTE,
	    XL_("Year 0 is today; purchases fall due at the beginning of the "
		"year they are for."));
	xl_label(s, 2, 0, XL_HEAD_LEFT, XL_("Year"));
	for (unsigned t = 0; t < TCO_YEARS; t++)
		parts->time[t] =
		    xl_number(s, 2, TIME(t), XL_HEAD, num_int(s->xl->pool, t));
	xl_sheet_widths(s, 0, 0, 48);
	xl_sheet_widths(s, 1, TIME(TCO_HORIZON_MAX), 13);
	xl_sheet_freeze(s, 3, 1);
	parts->fleet = hs_arena_alloc(
	    s->xl->arena, (s->xl->tcase->count + 1) * sizeof(struct xl_fleet));
	row = write_common(s, parts, row);
	for (size_t i = 0; i < s->xl->tcase->count; i++)
		if (num_sign(parts->is_own[i].value) != 0)
			row = write_one(s, parts, row, i);
	row = write_platform(s, parts, row);
	xl_fade(s, 2, 1, row, TIME(TCO_HORIZON_MAX));
}
