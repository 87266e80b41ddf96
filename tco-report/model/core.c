/* core.c - from parameters to both NPVs. */

#include "tco-report/model/part.h"

void core_run(struct model *m)
{
	struct asset hosts = { 0 }, shared = { 0 };
	struct fleet *fleet;

	m->n = (unsigned)num_int64(val(m, TCO_HORIZON));
	m->r->horizon = m->n;
	rates_run(m);
	fleet = dedicated_run(m);
	platform_run(m, &hosts, &shared);
	cash_run(m, fleet, &hosts, &shared);
	m->r->dedicated_annual = m->r->year[0].dedicated_annual;
	m->r->platform_annual = m->r->year[0].platform_annual;
}
