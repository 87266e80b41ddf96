/* dedicated.c - what each enterprise's own servers cost, alone. */

#include "tco-report/model/part.h"

#include <stdlib.h>

/* Enterprises without figures of their own are one group. */
struct group {
	const struct tco_dedicated *unit; /* costs of one server */
	struct asset asset;
	const struct num *resale; /* fraction of the price */
};

struct fleet {
	struct group *list;
	size_t count;
};

size_t fleet_count(const struct fleet *fleet)
{
	return fleet->count;
}

const struct asset *fleet_asset(const struct fleet *fleet, size_t group)
{
	return &fleet->list[group].asset;
}

const struct num *fleet_resale(const struct fleet *fleet, size_t group)
{
	return fleet->list[group].resale;
}

static bool has_own(const struct tco_enterprise *e)
{
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++)
		if (e->own[i].value != NULL)
			return true;
	return false;
}

static void energy(
    struct model *m, const struct tco_enterprise *e, struct tco_dedicated *d)
{
	const struct num *idle = val_of(m, e, TCO_SERVER_IDLE_POWER);
	const struct num *range = SUB(val_of(m, e, TCO_SERVER_MAX_POWER), idle);

	d->watts = ADD(
	    idle, MUL(part(m, val_of(m, e, TCO_SERVER_UTILISATION)), range));
	d->kwh = MUL(
	    MUL(DIV(d->watts, INT(1000)), INT(8760)), val_of(m, e, TCO_PUE));
	d->line[TCO_ENERGY] = MUL(d->kwh, val_of(m, e, TCO_TARIFF));
}

/* One server in the first year. */
static void one_server(
    struct model *m, const struct tco_enterprise *e, struct tco_dedicated *d)
{
	const struct num *residual = part(m, val_of(m, e, TCO_SERVER_RESIDUAL));

	d->price =
	    ADD(val_of(m, e, TCO_SERVER_PRICE), val_of(m, e, TCO_PORT_PRICE));
	d->line[TCO_DEPRECIATION] = DIV(MUL(d->price, SUB(m->one, residual)),
	    val_of(m, e, TCO_SERVER_LIFE));
	d->line[TCO_MIGRATED] = m->zero;
	d->line[TCO_SUPPORT] = val_of(m, e, TCO_SERVER_SUPPORT);
	energy(m, e, d);
	d->line[TCO_SPACE] = val_of(m, e, TCO_SERVER_SPACE);
	d->line[TCO_PEOPLE] =
	    DIV(val(m, TCO_FTE_COST), val_of(m, e, TCO_SERVERS_PER_ADMIN));
	d->line[TCO_BACKUP] = MUL(MUL(val_of(m, e, TCO_BACKUP_VOLUME),
				      val_of(m, e, TCO_BACKUP_PRICE)),
	    INT(12));
	d->line[TCO_NETWORKING] = val_of(m, e, TCO_SERVER_NETWORK);
	d->line[TCO_LICENCES] = val_of(m, e, TCO_SERVER_LICENCES);
	d->opex = m->zero;
	for (int i = TCO_LINE_CASH; i < TCO_LINE_COUNT; i++)
		d->opex = ADD(d->opex, d->line[i]);
}

static struct group *new_group(struct model *m, struct fleet *fleet,
    const struct tco_enterprise *e, const struct tco_dedicated *unit)
{
	struct group *g = &fleet->list[fleet->count++];

	g->unit = unit;
	g->resale = part(m, val_of(m, e, TCO_SERVER_RESALE));
	g->asset.price = unit->price;
	g->asset.residual = part(m, val_of(m, e, TCO_SERVER_RESIDUAL));
	g->asset.life = (unsigned)num_int64(val_of(m, e, TCO_SERVER_LIFE));
	for (unsigned y = 0; y < TCO_YEARS; y++)
		g->asset.need[y] = m->zero;
	return g;
}

/* Each enterprise rounds up what it needs by itself. */
static void count_servers(
    struct model *m, struct group *g, const struct tco_enterprise *e)
{
	for (unsigned y = 1; y <= m->n; y++)
		g->asset.need[y] =
		    ADD(g->asset.need[y], count_in(m, e->servers, y));
}

static void one_enterprise(
    struct model *m, struct fleet *fleet, struct group **common, size_t index)
{
	const struct tco_enterprise *e = &m->tcase->enterprises[index];
	struct tco_dedicated *d = &m->r->dedicated[index];
	struct group *g;

	if (has_own(e)) {
		one_server(m, e, d);
		g = new_group(m, fleet, e, d);
	} else if (*common != NULL) {
		g = *common;
		*d = *g->unit;
	} else {
		one_server(m, NULL, d);
		g = *common = new_group(m, fleet, NULL, d);
	}
	d->enterprise = e;
	d->servers = e->servers;
	d->annual = MUL(d->servers, ADD(d->line[TCO_DEPRECIATION], d->opex));
	count_servers(m, g, e);
}

/* A line of the first year, as it is in year y. */
static const struct num *in_year(const struct model *m, const struct num *cost,
    enum tco_line line, unsigned y)
{
	return grown(m, cost,
	    line == TCO_PEOPLE ? TCO_LABOUR_INCREASE : TCO_PRICE_INCREASE,
	    y - 1);
}

static void year(struct model *m, const struct fleet *fleet, unsigned y)
{
	struct tco_year *out = &m->r->year[y - 1];

	out->servers = m->zero;
	for (int i = 0; i < TCO_LINE_COUNT; i++)
		out->dedicated[i] = m->zero;
	for (size_t k = 0; k < fleet->count; k++) {
		const struct group *g = &fleet->list[k];

		out->servers = ADD(out->servers, g->asset.need[y]);
		out->dedicated[TCO_DEPRECIATION] = ADD(
		    out->dedicated[TCO_DEPRECIATION], g->asset.depreciation[y]);
		for (int i = TCO_LINE_CASH; i < TCO_LINE_COUNT; i++)
			out->dedicated[i] = ADD(out->dedicated[i],
			    MUL(g->asset.need[y], in_year(m, g->unit->line[i],
						      (enum tco_line)i, y)));
	}
	out->dedicated_opex = m->zero;
	for (int i = TCO_LINE_CASH; i < TCO_LINE_COUNT; i++)
		out->dedicated_opex =
		    ADD(out->dedicated_opex, out->dedicated[i]);
	out->dedicated_annual =
	    ADD(out->dedicated_opex, out->dedicated[TCO_DEPRECIATION]);
}

struct fleet *dedicated_run(struct model *m)
{
	struct fleet *fleet = hs_arena_alloc(m->tcase->arena, sizeof(*fleet));
	struct group *common = NULL;

	fleet->list = hs_arena_alloc(
	    m->tcase->arena, (m->tcase->count + 1) * sizeof(*fleet->list));
	for (size_t i = 0; i < m->tcase->count; i++)
		one_enterprise(m, fleet, &common, i);
	for (size_t k = 0; k < fleet->count; k++)
		asset_run(m, &fleet->list[k].asset);
	for (unsigned y = 1; y <= m->n; y++)
		year(m, fleet, y);
	return fleet;
}
