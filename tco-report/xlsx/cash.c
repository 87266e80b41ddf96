/* cash.c - yearly flows of the platform against servers of one's own, once with
 * those due for a refresh, once with those just bought; NPV, IRR, MIRR, payback
 * by the spreadsheet's own functions.
 */

#include "tco-report/xlsx/sheets.h"

#define TIME(t) ((lxw_col_t)(1 + (t))) /* 0 to 10 */
#define LAST    TIME(TCO_HORIZON_MAX)

enum row {
	TITLE,
	AVOIDED,
	INVESTMENT,
	MIGRATION,
	SAVING,
	RESIDUAL,
	NET,
	CUMULATIVE,
	FACTOR,
	DISCOUNTED,
	DISCOUNTED_SUM,
	SIGN, /* of the last flow that is not 0 */
	CROSSING,
	DISCOUNTED_CROSSING,
	INVESTED = DISCOUNTED_CROSSING + 2,
	NPV,
	IRR,
	MIRR,
	PAYBACK,
	DISCOUNTED_PAYBACK,
	BLOCK_ROWS = DISCOUNTED_PAYBACK + 2,
};

/* clang-format off */
static const char *const row_titles[BLOCK_ROWS] = {
	[AVOIDED]             = XL_("Servers not bought, or sold"),
	[INVESTMENT]          = XL_("Hardware of the platform"),
	[MIGRATION]           = XL_("Migration and project"),
	[SAVING]              = XL_("Saving of yearly cash costs"),
	[RESIDUAL]            = XL_("Worth at the end"),
	[NET]                 = XL_("Net flow"),
	[CUMULATIVE]          = XL_("so far"),
	[FACTOR]              = XL_("Discount factor"),
	[DISCOUNTED]          = XL_("Discounted flow"),
	[DISCOUNTED_SUM]      = XL_("so far, discounted"),
	[SIGN]                = XL_("Sign of the last flow"),
	[CROSSING]            = XL_("Paid back in year"),
	[DISCOUNTED_CROSSING] = XL_("Paid back, discounted, in year"),
	[INVESTED]            = XL_("Investment today"),
	[NPV]                 = XL_("Net present value"),
	[IRR]                 = XL_("Internal rate of return"),
	[MIRR]                = XL_("Modified internal rate of return"),
	[PAYBACK]             = XL_("Payback, years"),
	[DISCOUNTED_PAYBACK]  = XL_("Discounted payback, years"),
};

static const struct timing {
	const char *title, *name;
} timings[TCO_TIMING_COUNT] = {
	[TCO_DUE]    = { XL_("Servers due for replacement"), "due" },
	[TCO_BOUGHT] = { XL_("Servers just bought"), "bought" },
};
/* clang-format on */

const char *xl_timing_title(enum tco_timing timing)
{
	return timings[timing].title;
}

struct block {
	struct xl_sheet *s;
	struct xl_parts *parts;
	enum tco_timing timing;
	const struct tco_cash *model;
	unsigned n;
	lxw_row_t row;
	struct xl_cell cell[BLOCK_ROWS][TCO_YEARS];
};

static const struct tco_flow *flow(const struct block *b, unsigned t)
{
	return t <= b->n ? &b->model->flow[t] : NULL;
}

static const char *span(
    const struct block *b, enum row row, unsigned first, unsigned last)
{
	return xl_range(b->s, b->cell[row][first], b->cell[row][last]);
}

static void put(struct block *b, enum row row, unsigned t, enum xl_style style,
    struct xl_expr expr, const struct num *model)
{
	b->cell[row][t] = xl_put_as(
	    b->s, b->row + (lxw_row_t)row, TIME(t), style, expr, model);
}

/* Servers that need not be bought; those just bought may be sold. */
static struct xl_expr avoided(const struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	struct xl_expr sum = xl_int(s, 0);

	for (size_t k = 0; k < b->parts->fleet_count; k++) {
		const struct xl_fleet *fleet = &b->parts->fleet[k];
		struct xl_expr cost;

		if (t >= TCO_HORIZON_MAX)
			break;
		cost = xl_of(s, fleet->hardware.cost[t]);
		if (b->timing == TCO_BOUGHT && t == 0)
			cost = xl_mul(s, cost, xl_percent(s, fleet->resale));
		sum = k == 0 ? cost : xl_add(s, sum, cost);
	}
	return sum;
}

static struct xl_expr investment(const struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;

	if (t >= TCO_HORIZON_MAX)
		return xl_int(s, 0);
	return xl_sub(s, xl_int(s, 0),
	    xl_add(s, xl_of(s, b->parts->hosts.cost[t]),
		xl_of(s, b->parts->shared.cost[t])));
}

static struct xl_expr residual(const struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	struct xl_expr sum;

	if (t == 0)
		return xl_int(s, 0);
	sum = xl_add(s, xl_of(s, b->parts->hosts.worth[t]),
	    xl_of(s, b->parts->shared.worth[t]));
	for (size_t k = 0; k < b->parts->fleet_count; k++)
		sum = xl_sub(
		    s, sum, xl_of(s, b->parts->fleet[k].hardware.worth[t]));
	return sum;
}

static void write_flow(struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	const struct tco_flow *m = flow(b, t);
	struct xl_expr saving = xl_int(s, 0), migration = xl_int(s, 0);

	if (t > 0)
		saving = xl_of(s, b->parts->saving[t - 1]);
	else
		migration =
		    xl_sub(s, xl_int(s, 0), xl_of(s, b->parts->migration));
	put(b, AVOIDED, t, XL_MONEY, avoided(b, t), m ? m->avoided : NULL);
	put(b, INVESTMENT, t, XL_MONEY, investment(b, t),
	    m ? m->investment : NULL);
	put(b, MIGRATION, t, XL_MONEY, migration, m ? m->migration : NULL);
	put(b, SAVING, t, XL_MONEY, saving, m ? m->saving : NULL);
	put(b, RESIDUAL, t, XL_MONEY, residual(b, t), m ? m->residual : NULL);
	put(b, NET, t, XL_MONEY_SUM,
	    xl_sum(s,
		(struct xl_cell[]) { b->cell[AVOIDED][t],
		    b->cell[INVESTMENT][t], b->cell[MIGRATION][t],
		    b->cell[SAVING][t], b->cell[RESIDUAL][t] },
		5),
	    m ? m->net : NULL);
}

static struct xl_expr so_far(
    const struct block *b, enum row sum, enum row of, unsigned t)
{
	struct xl_expr now = xl_of(b->s, b->cell[of][t]);

	if (t == 0)
		return now;
	return xl_add(b->s, xl_of(b->s, b->cell[sum][t - 1]), now);
}

static void write_discounted(struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	const struct tco_flow *m = flow(b, t);
	struct xl_expr rate =
	    xl_growth(s, xl_param(s, b->parts, TCO_DISCOUNT_RATE));

	put(b, CUMULATIVE, t, XL_MONEY, so_far(b, CUMULATIVE, NET, t),
	    m ? m->cumulative : NULL);
	put(b, FACTOR, t, XL_FACTOR,
	    xl_div(
		s, xl_int(s, 1), xl_pow(s, rate, xl_of(s, b->parts->time[t]))),
	    m ? m->factor : NULL);
	put(b, DISCOUNTED, t, XL_MONEY,
	    xl_mul(s, xl_of(s, b->cell[NET][t]), xl_of(s, b->cell[FACTOR][t])),
	    m ? m->discounted : NULL);
	put(b, DISCOUNTED_SUM, t, XL_MONEY,
	    so_far(b, DISCOUNTED_SUM, DISCOUNTED, t),
	    m ? m->discounted_cumulative : NULL);
}

static void write_sign(struct block *b, unsigned t)
{
	struct xl_sheet *s = b->s;
	struct xl_cell net = b->cell[NET][t];
	struct xl_expr sign = { xl_printf(s->xl, "SIGN(%s)", xl_ref(s, net)),
		num_int(s->xl->pool, num_sign(net.value)), 3 };

	if (t > 0)
		sign = xl_if(s, xl_of(s, net), "=", xl_int(s, 0),
		    xl_of(s, b->cell[SIGN][t - 1]), sign);
	put(b, SIGN, t, XL_WHOLE, sign, NULL);
}

/* The year, and its part, in which a sum is no longer negative; once. */
static bool write_crossing(struct block *b, enum row row, enum row sum,
    enum row of, unsigned t, bool crossed)
{
	struct xl_sheet *s = b->s;
	struct num_pool *pool = s->xl->pool;
	struct xl_cell now = b->cell[sum][t];
	const struct num *at = NULL;
	const char *earlier = "", *formula = "0";

	if (!crossed && t <= b->n && num_sign(now.value) >= 0) {
		at = num_int(pool, 0);
		if (t > 0)
			at = num_sub(pool, num_int(pool, t - 1),
			    num_div(pool, b->cell[sum][t - 1].value,
				b->cell[of][t].value));
	}
	if (t > 0) {
		earlier =
		    xl_printf(s->xl, "COUNT(%s)=0,", span(b, row, 0, t - 1));
		formula = xl_printf(s->xl, "%u-%s/%s", t - 1,
		    xl_ref(s, b->cell[sum][t - 1]), xl_ref(s, b->cell[of][t]));
	}
	b->cell[row][t] =
	    xl_put_raw(s, b->row + (lxw_row_t)row, TIME(t), XL_YEARS,
		xl_printf(s->xl, "IF(AND(%s%s>=0,%s<=%s),%s,\"\")", earlier,
		    xl_ref(s, now), xl_ref(s, b->parts->time[t]),
		    xl_param(s, b->parts, TCO_HORIZON).text, formula),
		at, "");
	return crossed || at != NULL;
}

static void write_times(struct block *b)
{
	bool crossed = false, discounted = false;

	for (unsigned t = 0; t < TCO_YEARS; t++) {
		write_flow(b, t);
		write_discounted(b, t);
		write_sign(b, t);
		crossed =
		    write_crossing(b, CROSSING, CUMULATIVE, NET, t, crossed);
		discounted = write_crossing(b, DISCOUNTED_CROSSING,
		    DISCOUNTED_SUM, DISCOUNTED, t, discounted);
	}
}

/* -- What comes of it ----------------------------------------------------- */

static const char *word(const struct block *b, const char *english)
{
	return xl_say(b->s->xl, english);
}

static struct xl_cell raw(const struct block *b, enum row row,
    enum xl_style style, const char *formula, const struct num *value,
    const char *none)
{
	return xl_put_raw(
	    b->s, b->row + (lxw_row_t)row, 1, style, formula, value, none);
}

static const char *name_of(const struct block *b, const char *what)
{
	return xl_printf(b->s->xl, "%s_%s", what, timings[b->timing].name);
}

/* The function looks for the rate from a guess on; not every guess finds one,
 * and some find one below -100 %, where no money is. There is one rate here, so
 * whichever is found above that is right.
 */
static const char *irr_of(const struct xl *xl, const char *net)
{
	static const char *const guesses[] = { "100", "10", "3", "1", "-0.97",
		"-0.9", "-0.8", "-0.7", "-0.6", "-0.45", "-0.3", "0.1" };
	const char *text = xl_printf(xl, "IRR(%s,30)", net);

	for (size_t i = 0; i < ARRAY_LEN(guesses); i++) {
		const char *irr = xl_printf(xl, "IRR(%s,%s)", net, guesses[i]);

		text = xl_printf(
		    xl, "IFERROR(IF(%s>-1,%s,NA()),%s)", irr, irr, text);
	}
	return text;
}

static void write_rates(struct block *b)
{
	struct xl_sheet *s = b->s;
	const struct xl *xl = s->xl;
	const char *net = span(b, NET, 0, TCO_HORIZON_MAX);
	const char *none = word(b, XL_("none"));
	const char *rate =
	    xl_percent(s, xl_param(s, b->parts, TCO_DISCOUNT_RATE)).text;
	struct xl_cell mirr;

	b->parts->irr[b->timing] = raw(b, IRR, XL_PERCENT,
	    xl_printf(xl,
		"IF(AND(SUMPRODUCT(--(%s*%s<0))=1,%s>0),ROUND(%s,8),\"%s\")",
		span(b, SIGN, 0, TCO_HORIZON_MAX - 1),
		span(b, SIGN, 1, TCO_HORIZON_MAX),
		xl_ref(s, b->cell[SIGN][TCO_HORIZON_MAX]), irr_of(xl, net),
		none),
	    b->model->irr, none);
	xl_name(&b->parts->irr[b->timing], name_of(b, "irr"));
	mirr = raw(b, MIRR, XL_PERCENT,
	    xl_printf(xl,
		"IFERROR(ROUND(MIRR(%s:INDEX(%s,1,%s+1),%s,%s),8),\"%s\")",
		xl_ref(s, b->cell[NET][0]), net,
		xl_param(s, b->parts, TCO_HORIZON).text, rate, rate, none),
	    b->model->mirr, none);
	xl_name_result(mirr, name_of(b, "mirr"));
}

static void write_paybacks(const struct block *b)
{
	struct xl_sheet *s = b->s;
	const struct xl *xl = s->xl;
	const char *years = xl_param(s, b->parts, TCO_HORIZON).text;
	const char *saving = xl_printf(
	    xl, "INDEX(%s,1,%s+1)", span(b, SAVING, 0, TCO_HORIZON_MAX), years);
	const char *never = word(b, XL_("never"));
	const char *row = span(b, CROSSING, 0, TCO_HORIZON_MAX);
	struct xl_cell payback;

	payback = raw(b, PAYBACK, XL_YEARS,
	    xl_printf(xl,
		"IF(COUNT(%s)>0,MAX(%s),IF(%s>0,%s-INDEX(%s,1,%s+1)/"
		"%s,\"%s\"))",
		row, row, saving, years,
		span(b, CUMULATIVE, 0, TCO_HORIZON_MAX), years, saving, never),
	    b->model->payback, never);
	xl_name_result(payback, name_of(b, "payback"));
	row = span(b, DISCOUNTED_CROSSING, 0, TCO_HORIZON_MAX);
	payback = raw(b, DISCOUNTED_PAYBACK, XL_YEARS,
	    xl_printf(xl, "IF(COUNT(%s)>0,MAX(%s),\"%s\")", row, row, never),
	    b->model->discounted_payback, never);
	xl_name_result(payback, name_of(b, "discounted_payback"));
}

static void write_worth(struct block *b)
{
	struct xl_sheet *s = b->s;
	struct xl_expr npv = {
		xl_printf(s->xl, "%s+NPV(%s,%s)", xl_ref(s, b->cell[NET][0]),
		    xl_percent(s, xl_param(s, b->parts, TCO_DISCOUNT_RATE))
			.text,
		    span(b, NET, 1, TCO_HORIZON_MAX)),
		b->model->npv, 1
	};
	struct xl_cell invested;

	invested = xl_put_as(s, b->row + INVESTED, 1, XL_MONEY,
	    xl_sub(s, xl_int(s, 0), xl_of(s, b->cell[NET][0])),
	    b->model->investment);
	xl_name_result(invested, name_of(b, "investment"));
	b->parts->npv[b->timing] =
	    xl_put(s, b->row + NPV, 1, XL_MONEY_SUM, npv);
	xl_name(&b->parts->npv[b->timing], name_of(b, "npv"));
}

/* What is only there for other formulas is a note. */
static enum xl_style style_of(lxw_row_t row)
{
	if (row == NET || row == NPV)
		return XL_LABEL_SUM;
	return row >= SIGN && row <= DISCOUNTED_CROSSING ? XL_NOTE : XL_TEXT;
}

static lxw_row_t write_block(struct block *b)
{
	struct xl_sheet *s = b->s;

	xl_label(s, b->row, 0, XL_HEADING, timings[b->timing].title);
	for (lxw_row_t r = 0; r < BLOCK_ROWS; r++)
		if (row_titles[r] != NULL)
			xl_label(s, b->row + r, 0, style_of(r), row_titles[r]);
	write_times(b);
	write_worth(b);
	write_rates(b);
	write_paybacks(b);
	xl_fade(s, b->row + AVOIDED, 1, b->row + DISCOUNTED_CROSSING, LAST);
	for (unsigned t = 0; t < TCO_YEARS && b->timing == TCO_DUE; t++) {
		b->parts->flow[t] = b->cell[NET][t];
		b->parts->factor[t] = b->cell[FACTOR][t];
	}
	b->parts->net_row[b->timing] = b->row + NET;
	b->parts->sum_row[b->timing] = b->row + DISCOUNTED_SUM;
	return b->row + BLOCK_ROWS;
}

void xl_cash_write(struct xl_sheet *s, struct xl_parts *parts)
{
	lxw_row_t row = 4;

	xl_label(s, 1, 0, XL_NOTE,
	    XL_("Only what differs: a saving is positive. Year 0 is today."));
	xl_label(s, 2, 0, XL_HEAD_LEFT, XL_("Year"));
	for (unsigned t = 0; t < TCO_YEARS; t++)
		(void)xl_number(
		    s, 2, TIME(t), XL_HEAD, num_int(s->xl->pool, t));
	xl_sheet_widths(s, 0, 0, 40);
	xl_sheet_widths(s, 1, LAST, 14);
	xl_sheet_freeze(s, 3, 1);
	xl_fade(s, 2, 1, 2, LAST);
	parts->cash_sheet = s;
	for (enum tco_timing k = 0; k < TCO_TIMING_COUNT; k++) {
		struct block b = { .s = s,
			.parts = parts,
			.timing = k,
			.model = &s->xl->result->cash[k],
			.n = s->xl->result->horizon,
			.row = row };

		row = write_block(&b);
	}
}
