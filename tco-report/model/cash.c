/* cash.c - yearly flows of the platform against the own servers, and NPV. */

#include "tco-report/model/part.h"

struct assets {
	const struct fleet *fleet;
	const struct asset *hosts, *shared;
};

/* Servers that need not be bought at t. Those that were bought just now are
 * sunk, but may be sold. */
static const struct num *avoided(const struct model *m, const struct assets *a,
    enum tco_timing timing, unsigned t)
{
	const struct num *sum = m->zero;

	for (size_t k = 0; t < m->n && k < fleet_count(a->fleet); k++) {
		const struct num *cost = fleet_asset(a->fleet, k)->cost[t];

		if (timing == TCO_BOUGHT && t == 0)
			cost = MUL(cost, fleet_resale(a->fleet, k));
		sum = ADD(sum, cost);
	}
	return sum;
}

static const struct num *residual(
    const struct model *m, const struct assets *a, unsigned t)
{
	const struct num *sum = ADD(a->hosts->worth[t], a->shared->worth[t]);

	for (size_t k = 0; k < fleet_count(a->fleet); k++)
		sum = SUB(sum, fleet_asset(a->fleet, k)->worth[t]);
	return sum;
}

static void flow(
    struct model *m, const struct assets *a, enum tco_timing timing, unsigned t)
{
	struct tco_flow *f = &m->r->cash[timing].flow[t];

	f->avoided = avoided(m, a, timing, t);
	f->investment =
	    SUB(m->zero, ADD(a->hosts->cost[t], a->shared->cost[t]));
	f->migration =
	    t == 0 ? SUB(m->zero, m->r->platform.migration) : m->zero;
	f->saving = t > 0 ? m->r->year[t - 1].saving : m->zero;
	f->residual = residual(m, a, t);
	f->net = ADD(ADD(ADD(f->avoided, f->investment), f->migration),
	    ADD(f->saving, f->residual));
	f->discounted = MUL(f->net, f->factor);
	f->cumulative = f->net;
	f->discounted_cumulative = f->discounted;
	if (t == 0)
		return;
	f->cumulative = ADD(f[-1].cumulative, f->net);
	f->discounted_cumulative =
	    ADD(f[-1].discounted_cumulative, f->discounted);
}

void cash_run(struct model *m, const struct fleet *fleet,
    const struct asset *hosts, const struct asset *shared)
{
	const struct assets a = { fleet, hosts, shared };
	const struct num *one_r =
	    ADD(m->one, part(m, val(m, TCO_DISCOUNT_RATE)));
	const struct num *annuity = m->zero;

	for (unsigned t = 0; t <= m->n; t++) {
		const struct num *factor =
		    DIV(m->one, num_pow(m->pool, one_r, t));

		if (t > 0)
			annuity = ADD(annuity, factor);
		for (int k = 0; k < TCO_TIMING_COUNT; k++) {
			m->r->cash[k].flow[t].factor = factor;
			flow(m, &a, (enum tco_timing)k, t);
		}
	}
	m->r->annuity = annuity;
	for (int k = 0; k < TCO_TIMING_COUNT; k++) {
		struct tco_cash *cash = &m->r->cash[k];

		cash->investment = SUB(m->zero, cash->flow[0].net);
		cash->npv = cash->flow[m->n].discounted_cumulative;
	}
}
