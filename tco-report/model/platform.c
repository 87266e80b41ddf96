/* platform.c - what the platform costs, year by year. */

#include "tco-report/model/part.h"

static const struct num *domains_in(const struct model *m, unsigned year)
{
	const struct num *sum = m->zero;

	for (size_t i = 0; i < m->tcase->count; i++)
		sum = ADD(
		    sum, count_in(m, m->tcase->enterprises[i].domains, year));
	return sum;
}

static const struct num *watts(const struct model *m)
{
	const struct num *idle = val(m, TCO_HOST_IDLE_POWER);

	return ADD(idle, MUL(part(m, val(m, TCO_HOST_UTILISATION)),
			     SUB(val(m, TCO_HOST_MAX_POWER), idle)));
}

static const struct num *kwh(const struct model *m, const struct num *hosts)
{
	const struct num *one = MUL(DIV(watts(m), INT(1000)), INT(8760));

	return MUL(MUL(hosts, one), val(m, TCO_PUE));
}

/* What stands in the racks, at today's prices. */
static const struct num *capex(const struct model *m, const struct num *hosts)
{
	return ADD(
	    MUL(hosts, val(m, TCO_HOST_PRICE)), val(m, TCO_SHARED_CAPEX));
}

static const struct num *people(
    const struct model *m, const struct num *hosts, const struct num *domains)
{
	return MUL(ADD(DIV(hosts, val(m, TCO_SERVERS_PER_ADMIN)),
		       DIV(domains, val(m, TCO_DOMAINS_PER_ADMIN))),
	    val(m, TCO_FTE_COST));
}

static const struct num *migration(const struct model *m)
{
	return ADD(
	    MUL(val(m, TCO_MIGRATION), domains_in(m, 1)), val(m, TCO_PROJECT));
}

/* Cash lines at today's prices. */
static void lines(const struct model *m, struct tco_year *y)
{
	const struct num **line = y->platform;

	line[TCO_SUPPORT] =
	    MUL(part(m, val(m, TCO_HOST_SUPPORT)), capex(m, y->hosts));
	line[TCO_ENERGY] = MUL(kwh(m, y->hosts), val(m, TCO_TARIFF));
	line[TCO_SPACE] = MUL(MUL(y->hosts, val(m, TCO_HOST_SPACE)), INT(12));
	line[TCO_PEOPLE] = people(m, y->hosts, y->domains);
	line[TCO_BACKUP] = val(m, TCO_PLATFORM_BACKUP);
	line[TCO_NETWORKING] = val(m, TCO_PLATFORM_NETWORK);
	line[TCO_LICENCES] = val(m, TCO_PLATFORM_LICENCES);
}

static void year(struct model *m, const struct asset *hosts,
    const struct asset *shared, unsigned number)
{
	struct tco_year *y = &m->r->year[number - 1];

	y->year = number;
	y->hosts = hosts->need[number];
	y->domains = domains_in(m, number);
	lines(m, y);
	y->platform_opex = m->zero;
	for (int i = TCO_LINE_CASH; i < TCO_LINE_COUNT; i++) {
		y->platform[i] = grown(m, y->platform[i],
		    i == TCO_PEOPLE ? TCO_LABOUR_INCREASE : TCO_PRICE_INCREASE,
		    number - 1);
		y->platform_opex = ADD(y->platform_opex, y->platform[i]);
	}
	y->platform[TCO_DEPRECIATION] =
	    ADD(hosts->depreciation[number], shared->depreciation[number]);
	y->platform[TCO_MIGRATED] = DIV(migration(m), INT(m->n));
	y->platform_annual = ADD(y->platform_opex,
	    ADD(y->platform[TCO_DEPRECIATION], y->platform[TCO_MIGRATED]));
	y->saving = SUB(y->dedicated_opex, y->platform_opex);
}

static void asset_init(
    const struct model *m, struct asset *asset, enum tco_param_id price)
{
	asset->price = val(m, price);
	asset->residual = part(m, val(m, TCO_HOST_RESIDUAL));
	asset->life = (unsigned)num_int64(val(m, TCO_HOST_LIFE));
	for (unsigned y = 0; y <= m->n; y++)
		asset->need[y] = m->one;
}

void platform_run(
    struct model *m, struct asset *ret_hosts, struct asset *ret_shared)
{
	struct tco_platform *p = &m->r->platform;

	asset_init(m, ret_hosts, TCO_HOST_PRICE);
	asset_init(m, ret_shared, TCO_SHARED_CAPEX);
	for (unsigned y = 1; y <= m->n; y++)
		ret_hosts->need[y] = consolidation_hosts(m, y);
	asset_run(m, ret_hosts);
	asset_run(m, ret_shared);
	for (unsigned y = 1; y <= m->n; y++)
		year(m, ret_hosts, ret_shared, y);
	p->hosts = ret_hosts->need[1];
	p->capex = ADD(ret_hosts->cost[0], ret_shared->cost[0]);
	p->migration = migration(m);
	p->watts = watts(m);
	p->kwh = kwh(m, p->hosts);
	p->opex = m->r->year[0].platform_opex;
	p->annual = m->r->year[0].platform_annual;
}
