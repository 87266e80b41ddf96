/* platform.c - what the platform needs and costs, year by year. */

#include "tco-report/xlsx/sheets.h"

#define YEAR(y) ((lxw_col_t)(y)) /* the column of a year, 1 to 10 */

enum row {
	HEAD = 2,
	HOSTS,
	DOMAINS,
	STANDING, /* today's price of what stands in the racks */
	KWH,
	LINES = KWH + 2, /* TCO_SUPPORT to TCO_LICENCES */
	OPEX = LINES + TCO_LINE_COUNT - TCO_LINE_CASH,
	WORN,
	SPREAD,
	ANNUAL,
	BELOW = ANNUAL + 2,
};

/* clang-format off */
static const struct resource {
	enum tco_resource resource;
	enum tco_param_id capacity, target;
	const char *title;
} resources[] = {
	{ TCO_CPU,     TCO_HOST_CPU,     TCO_TARGET_CPU,     XL_("CPU, cores") },
	{ TCO_RAM,     TCO_HOST_RAM,     TCO_TARGET_RAM,     XL_("Memory, GiB") },
	{ TCO_IOPS,    TCO_HOST_IOPS,    TCO_TARGET_IOPS,    XL_("Storage operations, IOPS") },
	{ TCO_NETWORK, TCO_HOST_NETWORK, TCO_TARGET_NETWORK, XL_("Network, Gbit/s") },
};
/* clang-format on */

struct platform {
	struct xl_sheet *s;
	struct xl_parts *parts;
	struct xl_cell year[TCO_HORIZON_MAX];
	struct xl_cell *domains_in[TCO_HORIZON_MAX]; /* by enterprise */
	struct xl_cell domains[TCO_HORIZON_MAX], kwh[TCO_HORIZON_MAX];
	struct xl_cell standing[TCO_HORIZON_MAX];
	struct xl_cell peak[TCO_RESOURCE_COUNT]; /* of the load */
};

/* The model's year, or NULL beyond the horizon. */
static const struct tco_year *model(const struct platform *p, unsigned y)
{
	const struct tco_result *result = p->s->xl->result;

	return y <= result->horizon ? &result->year[y - 1] : NULL;
}

static struct xl_expr param(const struct platform *p, enum tco_param_id id)
{
	return xl_param(p->s, p->parts, id);
}

/* -- Hosts ---------------------------------------------------------------- */

static bool is_by_load(const struct platform *p)
{
	return p->s->xl->tcase->params[TCO_HOSTS].value == NULL;
}

/* peak / (capacity * target), before it is rounded up */
static struct xl_expr hosts_for(
    const struct platform *p, const struct resource *r)
{
	struct xl_sheet *s = p->s;

	return xl_div(s, xl_of(s, p->peak[r->resource]),
	    xl_mul(
		s, param(p, r->capacity), xl_percent(s, param(p, r->target))));
}

static struct xl_expr hosts_by_load(const struct platform *p, unsigned y)
{
	struct xl_sheet *s = p->s;
	struct xl_expr most = xl_int(s, 1);

	for (size_t i = 0; i < ARRAY_LEN(resources); i++) {
		struct xl_expr need;

		if (p->peak[resources[i].resource].sheet == NULL)
			continue;
		need = hosts_for(p, &resources[i]);
		if (y > 1)
			need = xl_mul(s, need,
			    xl_pow(s, xl_growth(s, param(p, TCO_GROWTH)),
				xl_sub(s, xl_of(s, p->year[y - 1]),
				    xl_int(s, 1))));
		most = xl_max(s, most, xl_ceil(s, need));
	}
	return xl_add(s, most, param(p, TCO_SPARE_HOSTS));
}

static struct xl_expr hosts(const struct platform *p, unsigned y)
{
	struct xl_sheet *s = p->s;
	struct xl_expr spare = param(p, TCO_SPARE_HOSTS);

	if (is_by_load(p))
		return hosts_by_load(p, y);
	return xl_add(s,
	    xl_count_in(s, p->parts, xl_sub(s, param(p, TCO_HOSTS), spare),
		xl_of(s, p->year[y - 1])),
	    spare);
}

static void write_need(
    struct platform *p, lxw_row_t row, const struct resource *r)
{
	const struct tco_need_row *need =
	    &p->s->xl->result->consolidation.row[r->resource];
	struct xl_sheet *s = p->s;

	xl_label(s, row, 0, XL_TEXT, r->title);
	(void)xl_number(s, row, 1, XL_FIXED_NUMBER, need->sum_of_peaks);
	p->peak[r->resource] =
	    xl_number(s, row, 2, XL_INPUT, need->peak_of_sum);
	xl_text(s, row, 3, XL_NOTE, need->time);
	(void)xl_put_as(
	    s, row, 4, XL_NUMBER, param(p, r->capacity), need->capacity);
	(void)xl_put_as(
	    s, row, 5, XL_PERCENT, xl_percent(s, param(p, r->target)), NULL);
	(void)xl_put_as(
	    s, row, 6, XL_WHOLE, xl_ceil(s, hosts_for(p, r)), need->hosts);
}

static lxw_row_t write_consolidation(struct platform *p, lxw_row_t row)
{
	static const char *const heads[] = { XL_("Resource"),
		XL_("Sum of peaks"), XL_("Peak of the sum"), XL_("when"),
		XL_("A host has"), XL_("may be full"), XL_("Hosts") };
	const struct tco_consolidation *c = &p->s->xl->result->consolidation;

	if (!c->is_known)
		return row;
	xl_label(p->s, row++, 0, XL_HEADING,
	    XL_("Hosts by the peak of everybody's load together"));
	for (lxw_col_t i = 0; i < ARRAY_LEN(heads); i++)
		xl_label(
		    p->s, row, i, i == 0 ? XL_HEAD_LEFT : XL_HEAD, heads[i]);
	row++;
	for (size_t i = 0; i < ARRAY_LEN(resources); i++)
		if (c->row[resources[i].resource].peak_of_sum != NULL &&
		    c->row[resources[i].resource].capacity != NULL)
			write_need(p, row++, &resources[i]);
	return row + 1;
}

/* -- Yearly costs --------------------------------------------------------- */

static struct xl_expr line_of(
    const struct platform *p, enum tco_line line, unsigned y)
{
	struct xl_sheet *s = p->s;
	struct xl_expr count = xl_of(s, p->parts->hosts_in[y - 1]);

	switch (line) {
	case TCO_DEPRECIATION:
	case TCO_MIGRATED:
		break;
	case TCO_SUPPORT:
		return xl_mul(s, xl_percent(s, param(p, TCO_HOST_SUPPORT)),
		    xl_of(s, p->standing[y - 1]));
	case TCO_ENERGY:
		return xl_mul(s, xl_of(s, p->kwh[y - 1]), param(p, TCO_TARIFF));
	case TCO_SPACE:
		return xl_mul(s, xl_mul(s, count, param(p, TCO_HOST_SPACE)),
		    xl_int(s, 12));
	case TCO_PEOPLE:
		return xl_mul(s,
		    xl_add(s, xl_div(s, count, param(p, TCO_SERVERS_PER_ADMIN)),
			xl_div(s, xl_of(s, p->domains[y - 1]),
			    param(p, TCO_DOMAINS_PER_ADMIN))),
		    param(p, TCO_FTE_COST));
	case TCO_BACKUP:
		return param(p, TCO_PLATFORM_BACKUP);
	case TCO_NETWORKING:
		return param(p, TCO_PLATFORM_NETWORK);
	case TCO_LICENCES:
		return param(p, TCO_PLATFORM_LICENCES);
	}
	return xl_int(s, 0);
}

struct xl_expr xl_in_year(const struct xl_sheet *s,
    const struct xl_parts *parts, struct xl_expr cost, enum tco_line line,
    struct xl_expr year)
{
	enum tco_param_id rate =
	    line == TCO_PEOPLE ? TCO_LABOUR_INCREASE : TCO_PRICE_INCREASE;

	if (num_cmp(year.value, num_int(s->xl->pool, 1)) > 0)
		cost = xl_mul(s, cost,
		    xl_pow(s, xl_growth(s, xl_param(s, parts, rate)),
			xl_sub(s, year, xl_int(s, 1))));
	return xl_if(
	    s, year, "<=", xl_param(s, parts, TCO_HORIZON), cost, xl_int(s, 0));
}

static void write_lines(struct platform *p, unsigned y)
{
	struct xl_sheet *s = p->s;
	const struct tco_year *m = model(p, y);
	struct xl_cell cash[TCO_LINE_COUNT - TCO_LINE_CASH];

	for (enum tco_line l = TCO_LINE_CASH; l < TCO_LINE_COUNT; l++) {
		int at = (int)l - TCO_LINE_CASH;

		cash[at] = p->parts->platform[l][y - 1] =
		    xl_put_as(s, LINES + (lxw_row_t)at, YEAR(y), XL_MONEY,
			xl_in_year(s, p->parts, line_of(p, l, y), l,
			    xl_of(s, p->year[y - 1])),
			m == NULL ? NULL : m->platform[l]);
	}
	p->parts->platform_opex[y - 1] = xl_put_as(s, OPEX, YEAR(y),
	    XL_MONEY_SUM, xl_sum(s, cash, ARRAY_LEN(cash)),
	    m == NULL ? NULL : m->platform_opex);
}

/* kWh of all hosts: H (idle + u (max - idle)) / 1000 * 8760 * PUE */
static struct xl_expr kwh(const struct platform *p, unsigned y)
{
	struct xl_sheet *s = p->s;
	struct xl_expr idle = param(p, TCO_HOST_IDLE_POWER);
	struct xl_expr watts = xl_add(s, idle,
	    xl_mul(s, xl_percent(s, param(p, TCO_HOST_UTILISATION)),
		xl_sub(s, param(p, TCO_HOST_MAX_POWER), idle)));

	return xl_mul(s,
	    xl_mul(s, xl_of(s, p->parts->hosts_in[y - 1]),
		xl_mul(s, xl_div(s, watts, xl_int(s, 1000)), xl_int(s, 8760))),
	    param(p, TCO_PUE));
}

static void write_year(struct platform *p, unsigned y)
{
	struct xl_sheet *s = p->s;
	const struct tco_year *m = model(p, y);

	p->parts->hosts_in[y - 1] = xl_put_as(s, HOSTS, YEAR(y), XL_WHOLE,
	    hosts(p, y), m == NULL ? NULL : m->hosts);
	p->domains[y - 1] = xl_put_as(s, DOMAINS, YEAR(y), XL_WHOLE,
	    xl_sum(s, p->domains_in[y - 1], s->xl->tcase->count),
	    m == NULL ? NULL : m->domains);
	p->parts->domains_in[y - 1] = p->domains[y - 1];
	p->standing[y - 1] = xl_put(s, STANDING, YEAR(y), XL_MONEY,
	    xl_add(s,
		xl_mul(s, xl_of(s, p->parts->hosts_in[y - 1]),
		    param(p, TCO_HOST_PRICE)),
		param(p, TCO_SHARED_CAPEX)));
	p->kwh[y - 1] = xl_put_as(s, KWH, YEAR(y), XL_NUMBER, kwh(p, y),
	    y == 1 ? s->xl->result->platform.kwh : NULL);
	write_lines(p, y);
}

static void write_names(struct xl_sheet *s)
{
	xl_label(s, HEAD, 0, XL_HEAD_LEFT, XL_("Year"));
	xl_label(s, HOSTS, 0, XL_TEXT, XL_("Hosts, with the spare"));
	xl_label(s, DOMAINS, 0, XL_TEXT, XL_("Domains"));
	xl_label(s, STANDING, 0, XL_TEXT, XL_("Hardware at today's prices"));
	xl_label(s, KWH, 0, XL_TEXT, XL_("kWh a year"));
	for (enum tco_line l = TCO_LINE_CASH; l < TCO_LINE_COUNT; l++)
		xl_text(s, LINES + (lxw_row_t)(l - TCO_LINE_CASH), 0, XL_TEXT,
		    xl_line_title(s->xl, l));
	xl_label(s, OPEX, 0, XL_LABEL_SUM, XL_("Cash cost of the year"));
	xl_text(s, WORN, 0, XL_TEXT, xl_line_title(s->xl, TCO_DEPRECIATION));
	xl_text(s, SPREAD, 0, XL_TEXT, xl_line_title(s->xl, TCO_MIGRATED));
	xl_label(s, ANNUAL, 0, XL_LABEL_SUM, XL_("Cost of the year"));
}

static void write_migration(struct platform *p, lxw_row_t row)
{
	struct xl_sheet *s = p->s;

	xl_label(s, row, 0, XL_TEXT, XL_("Migration and project, once"));
	p->parts->migration = xl_put_as(s, row, 1, XL_MONEY,
	    xl_add(s,
		xl_mul(s, param(p, TCO_MIGRATION), xl_of(s, p->domains[0])),
		param(p, TCO_PROJECT)),
	    s->xl->result->platform.migration);
	xl_name(&p->parts->migration, "migration_cost");
}

void xl_platform_write(struct xl_sheet *s, struct xl_parts *parts)
{
	struct platform p = { .s = s, .parts = parts };
	lxw_row_t row = BELOW + 2;

	xl_sheet_widths(s, 0, 0, 40);
	xl_sheet_widths(s, 1, YEAR(TCO_HORIZON_MAX), 14);
	xl_sheet_freeze(s, HEAD + 1, 1);
	write_names(s);
	row = write_consolidation(&p, row);
	xl_counts_write(s, parts, row, XL_("Domains by year"), parts->domains,
	    p.domains_in);
	for (unsigned y = 1; y <= TCO_HORIZON_MAX; y++)
		p.year[y - 1] = xl_number(
		    s, HEAD, YEAR(y), XL_HEAD, num_int(s->xl->pool, y));
	for (unsigned y = 1; y <= TCO_HORIZON_MAX; y++)
		write_year(&p, y);
	parts->platform_kwh = p.kwh[0];
	write_migration(&p, BELOW);
}

/* -- What is no cash ------------------------------------------------------ */

static void write_worn(struct xl_sheet *s, struct xl_parts *parts, unsigned y,
    const struct tco_year *m)
{
	struct xl_expr year = xl_of(s, parts->time[y]);
	struct xl_expr horizon = xl_param(s, parts, TCO_HORIZON);
	struct xl_cell annual;

	parts->platform[TCO_DEPRECIATION][y - 1] =
	    xl_put_as(s, WORN, YEAR(y), XL_MONEY,
		xl_add(s, xl_of(s, parts->hosts.worn[y]),
		    xl_of(s, parts->shared.worn[y])),
		m == NULL ? NULL : m->platform[TCO_DEPRECIATION]);
	parts->platform[TCO_MIGRATED][y - 1] = xl_put_as(s, SPREAD, YEAR(y),
	    XL_MONEY,
	    xl_if(s, year, "<=", horizon,
		xl_div(s, xl_of(s, parts->migration), horizon), xl_int(s, 0)),
	    m == NULL ? NULL : m->platform[TCO_MIGRATED]);
	annual = xl_put_as(s, ANNUAL, YEAR(y), XL_MONEY_SUM,
	    xl_add(s, xl_of(s, parts->platform_opex[y - 1]),
		xl_add(s, xl_of(s, parts->platform[TCO_DEPRECIATION][y - 1]),
		    xl_of(s, parts->platform[TCO_MIGRATED][y - 1]))),
	    m == NULL ? NULL : m->platform_annual);
	if (y == 1) {
		parts->platform_annual = annual;
		xl_name(&parts->platform_annual, "platform_annual");
	}
}

void xl_platform_worn_write(struct xl_sheet *s, struct xl_parts *parts)
{
	const struct tco_result *result = s->xl->result;

	xl_fade(s, HEAD, 1, ANNUAL, YEAR(TCO_HORIZON_MAX));
	for (unsigned y = 1; y <= TCO_HORIZON_MAX; y++)
		write_worn(s, parts, y,
		    y <= result->horizon ? &result->year[y - 1] : NULL);
}
