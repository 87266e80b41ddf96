/* soft.c - savings that no invoice shows, and costs by what they are for. */

#include "tco-report/model/part.h"

static const struct num *downtime(const struct model *m)
{
	if (!is_given(m, TCO_DOWNTIME_COST) ||
	    !is_given(m, TCO_DOWNTIME_DEDICATED) ||
	    !is_given(m, TCO_DOWNTIME_PLATFORM))
		return NULL;
	return MUL(MUL(SUB(val(m, TCO_DOWNTIME_DEDICATED),
			   val(m, TCO_DOWNTIME_PLATFORM)),
		       val(m, TCO_DOWNTIME_COST)),
	    INT((int64_t)m->tcase->count));
}

static const struct num *provisioning(const struct model *m)
{
	if (!is_given(m, TCO_PROVISIONINGS) ||
	    !is_given(m, TCO_PROVISIONING_DEDICATED) ||
	    !is_given(m, TCO_PROVISIONING_PLATFORM) ||
	    !is_given(m, TCO_LABOUR_RATE))
		return NULL;
	return MUL(MUL(SUB(val(m, TCO_PROVISIONING_DEDICATED),
			   val(m, TCO_PROVISIONING_PLATFORM)),
		       val(m, TCO_PROVISIONINGS)),
	    val(m, TCO_LABOUR_RATE));
}

void soft_run(struct model *m)
{
	struct tco_soft *s = &m->r->soft;

	s->downtime = downtime(m);
	s->provisioning = provisioning(m);
	if (s->downtime != NULL || s->provisioning != NULL)
		s->total = ADD(s->downtime != NULL ? s->downtime : m->zero,
		    s->provisioning != NULL ? s->provisioning : m->zero);
}

void unit_run(struct model *m)
{
	struct tco_unit *u = &m->r->unit;
	const struct num *months = MUL(m->r->year[0].domains, INT(12));

	u->dedicated_domain = DIV(m->r->dedicated_annual, months);
	u->platform_domain = DIV(m->r->platform_annual, months);
	if (!is_given(m, TCO_ORDERS))
		return;
	u->dedicated_order = DIV(m->r->dedicated_annual, val(m, TCO_ORDERS));
	u->platform_order = DIV(m->r->platform_annual, val(m, TCO_ORDERS));
}
