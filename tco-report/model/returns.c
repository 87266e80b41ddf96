/* returns.c - IRR, MIRR and paybacks of a row of flows. */

#include <math.h>

#include "tco-report/model/part.h"

#define RATE_DECIMALS 8
#define IRR_MAX       1e6
#define STEPS         200

static unsigned count_changes(
    const struct tco_cash *cash, unsigned n, int *ret_first)
{
	unsigned changes = 0;
	int last = 0;

	*ret_first = 0;
	for (unsigned t = 0; t <= n; t++) {
		int sign = num_sign(cash->flow[t].net);

		if (sign != 0 && last != 0 && sign != last)
			changes++;
		if (sign != 0 && last == 0)
			*ret_first = sign;
		if (sign != 0)
			last = sign;
	}
	return changes;
}

static double npv_at(const struct tco_cash *cash, unsigned n, double rate)
{
	double sum = 0, factor = 1;

	for (unsigned t = 0; t <= n; t++) {
		sum += num_double(cash->flow[t].net) * factor;
		factor /= 1 + rate;
	}
	return sum;
}

/* From costs to gains once: NPV falls as the rate grows, through zero once. */
static const struct num *irr(const struct model *m, const struct tco_cash *cash)
{
	double low = -0.999999, high = IRR_MAX;

	if (npv_at(cash, m->n, low) < 0 || npv_at(cash, m->n, high) > 0)
		return NULL;
	for (int i = 0; i < STEPS; i++) {
		double middle = low + (high - low) / 2;

		if (npv_at(cash, m->n, middle) > 0)
			low = middle;
		else
			high = middle;
	}
	return num_from_double(m->pool, low, RATE_DECIMALS);
}

/* Costs financed, and gains reinvested, at the discount rate. */
static const struct num *mirr(
    const struct model *m, const struct tco_cash *cash)
{
	const struct num *gains = m->zero, *costs = m->zero;
	double ratio;

	for (unsigned t = 0; t <= m->n; t++) {
		const struct num *d = cash->flow[t].discounted;

		if (num_sign(d) > 0)
			gains = ADD(gains, d);
		else
			costs = SUB(costs, d);
	}
	if (num_sign(gains) == 0 || num_sign(costs) == 0)
		return NULL;
	ratio =
	    num_double(DIV(gains, costs)) / num_double(cash->flow[m->n].factor);
	return num_from_double(
	    m->pool, pow(ratio, 1.0 / m->n) - 1, RATE_DECIMALS);
}

/* The year, and its part, in which the sum so far is no longer negative. */
static const struct num *crossing(const struct model *m,
    const struct num *before, const struct num *flow, unsigned t)
{
	return ADD(INT(t - 1), DIV(SUB(m->zero, before), flow));
}

static void payback(const struct model *m, struct tco_cash *cash)
{
	const struct tco_flow *f = cash->flow, *end = &f[m->n];

	cash->payback = cash->discounted_payback = NULL;
	for (unsigned t = 0; t <= m->n; t++) {
		if (cash->payback == NULL && num_sign(f[t].cumulative) >= 0)
			cash->payback =
			    t == 0
				? m->zero
				: crossing(m, f[t - 1].cumulative, f[t].net, t);
		if (cash->discounted_payback == NULL &&
		    num_sign(f[t].discounted_cumulative) >= 0)
			cash->discounted_payback =
			    t == 0 ? m->zero
				   : crossing(m, f[t - 1].discounted_cumulative,
					 f[t].discounted, t);
	}
	cash->is_paid_back = cash->payback != NULL;
	if (!cash->is_paid_back && num_sign(end->saving) > 0)
		cash->payback =
		    crossing(m, end->cumulative, end->saving, m->n + 1);
}

void returns_run(struct model *m, struct tco_cash *cash)
{
	int first;

	cash->sign_changes = count_changes(cash, m->n, &first);
	cash->irr = cash->sign_changes == 1 && first < 0 ? irr(m, cash) : NULL;
	cash->mirr = mirr(m, cash);
	payback(m, cash);
}
