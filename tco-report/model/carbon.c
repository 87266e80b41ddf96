/* carbon.c - what is not money: kilograms of CO2e a year, by use and making. */

#include "tco-report/model/part.h"

static const struct num *dedicated_kwh(const struct model *m)
{
	const struct num *sum = m->zero;

	for (size_t i = 0; i < m->r->count; i++) {
		const struct tco_dedicated *d = &m->r->dedicated[i];

		sum = ADD(sum, MUL(d->kwh, d->servers));
	}
	return sum;
}

/* Each machine's making, spread over its life. */
static const struct num *dedicated_embodied(const struct model *m)
{
	const struct num *sum = m->zero;

	for (size_t i = 0; i < m->r->count; i++) {
		const struct tco_dedicated *d = &m->r->dedicated[i];

		sum = ADD(sum, DIV(MUL(d->servers, val(m, TCO_EMBODIED)),
				   val_of(m, d->enterprise, TCO_SERVER_LIFE)));
	}
	return sum;
}

/* An enterprise's share is its part of what is charged directly. */
static void shares(struct model *m)
{
	struct tco_showback *s = &m->r->showback;

	for (size_t i = 0; i < s->count; i++)
		s->bill[i].carbon_kg =
		    num_sign(s->direct) != 0
			? DIV(MUL(m->r->carbon.platform, s->bill[i].direct),
			      s->direct)
			: DIV(m->r->carbon.platform, INT((int64_t)s->count));
}

void carbon_run(struct model *m)
{
	struct tco_carbon *c = &m->r->carbon;
	const struct num *intensity = val(m, TCO_CARBON_INTENSITY);

	c->dedicated_kwh = dedicated_kwh(m);
	c->platform_kwh = m->r->platform.kwh;
	if (!is_given(m, TCO_CARBON_INTENSITY))
		return;
	c->dedicated_use = c->dedicated = MUL(c->dedicated_kwh, intensity);
	c->platform_use = c->platform = MUL(c->platform_kwh, intensity);
	if (is_given(m, TCO_EMBODIED)) {
		c->dedicated_embodied = dedicated_embodied(m);
		c->platform_embodied =
		    DIV(MUL(m->r->platform.hosts, val(m, TCO_EMBODIED)),
			val(m, TCO_HOST_LIFE));
		c->dedicated = ADD(c->dedicated, c->dedicated_embodied);
		c->platform = ADD(c->platform, c->platform_embodied);
	}
	shares(m);
}
