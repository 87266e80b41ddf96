/* asset.c - hardware over the years: bought when it is needed or worn out.
 *
 * Pieces bought for a year serve for their life. At its end they bring their
 * residual value; those that are younger at the end of the horizon are worth
 * what the straight line has left of them.
 */

#include "tco-report/model/part.h"

/* Pieces that still serve in the year after t. */
static const struct num *in_service(
    const struct model *m, const struct asset *a, unsigned t)
{
	const struct num *sum = m->zero;

	for (unsigned s = t + 1 > a->life ? t + 1 - a->life : 0; s < t; s++)
		sum = ADD(sum, a->bought[s]);
	return sum;
}

static void buy(const struct model *m, struct asset *a)
{
	for (unsigned t = 0; t < m->n; t++) {
		const struct num *missing =
		    t == 0 ? a->need[1]
			   : SUB(a->need[t + 1], in_service(m, a, t));

		a->bought[t] = num_max(m->pool, missing, m->zero);
		a->cost[t] = MUL(
		    a->bought[t], grown(m, a->price, TCO_HARDWARE_CHANGE, t));
	}
}

/* Of what was bought at t: a year's part of its straight line. */
static const struct num *yearly(
    const struct model *m, const struct asset *a, unsigned t)
{
	return DIV(MUL(a->cost[t], SUB(m->one, a->residual)), INT(a->life));
}

static void wear(const struct model *m, struct asset *a, unsigned t)
{
	unsigned end = t + a->life < m->n ? t + a->life : m->n;
	const struct num *year = yearly(m, a, t);

	for (unsigned y = t + 1; y <= end; y++)
		a->depreciation[y] = ADD(a->depreciation[y], year);
	a->worth[end] =
	    ADD(a->worth[end], SUB(a->cost[t], MUL(year, INT(end - t))));
}

void asset_run(const struct model *m, struct asset *asset)
{
	for (unsigned t = 0; t < TCO_YEARS; t++) {
		asset->bought[t] = asset->cost[t] = m->zero;
		asset->depreciation[t] = asset->worth[t] = m->zero;
	}
	buy(m, asset);
	for (unsigned t = 0; t < m->n; t++)
		wear(m, asset, t);
}
