/* present.c - present values, of the servers-due case, that drivers scale. */

#include "tco-report/xlsx/present.h"

/* clang-format off */
static const char *const titles[XL_PRESENT_COUNT] = {
	[HOSTS]     = XL_("Hosts, with their support"),
	[SHARED]    = XL_("Bought once, with its support"),
	[SERVERS]   = XL_("Servers of their own"),
	[PEOPLE]    = XL_("People, own minus platform"),
	[MACHINES]  = XL_("People for machines, own minus platform"),
	[DOMAINS]   = XL_("People for domains"),
	[ENERGY]    = XL_("Energy, own minus platform"),
	[MIGRATION] = XL_("Migration of domains"),
	[PROJECT]   = XL_("Project"),
};
/* clang-format on */

/* The table while it is written. */
struct present {
	struct xl_sheet *s;
	struct xl_parts *parts;
	const struct xl_cell *cells;
};

/* Sum of row * factor over times first to 10. */
static struct xl_expr present_of(
    const struct present *o, const struct xl_cell *cells, unsigned first)
{
	struct xl_sheet *s = o->s;
	struct num_pool *pool = s->xl->pool;
	const struct num *value = num_int(pool, 0);
	size_t count = TCO_HORIZON_MAX;

	for (size_t i = 0; i < count; i++)
		value = num_add(pool, value,
		    num_mul(pool, cells[i].value,
			o->parts->factor[first + i].value));
	return (struct xl_expr) { xl_printf(s->xl, "SUMPRODUCT(%s,%s)",
				      xl_range(s, cells[0], cells[count - 1]),
				      xl_range(s, o->parts->factor[first],
					  o->parts->factor[first + count - 1])),
		value, 3 };
}

/* What is bought costs; what is left is worth something. */
static struct xl_expr bought(
    const struct present *o, const struct xl_hardware *h)
{
	return xl_sub(
	    o->s, present_of(o, h->worth + 1, 1), present_of(o, h->cost, 0));
}

/* Of every year within the horizon: (1 + rise)^(year - 1) * discount. */
static const struct num *risen(const struct present *o, size_t i)
{
	struct num_pool *pool = o->s->xl->pool;
	struct xl_expr rise =
	    xl_growth(o->s, xl_param(o->s, o->parts, TCO_PRICE_INCREASE));

	if (i >= o->s->xl->result->horizon)
		return num_int(pool, 0);
	return num_mul(pool, num_pow(pool, rise.value, (unsigned)i),
	    o->parts->factor[i + 1].value);
}

static const char *risen_text(const struct present *o)
{
	struct xl_sheet *s = o->s;
	struct xl_parts *p = o->parts;
	const char *years = xl_range(s, p->time[1], p->time[TCO_HORIZON_MAX]);

	return xl_printf(s->xl, "(%s<=%s)*(%s)^(%s-1)*%s", years,
	    xl_param(s, p, TCO_HORIZON).text,
	    xl_growth(s, xl_param(s, p, TCO_PRICE_INCREASE)).text, years,
	    xl_range(s, p->factor[1], p->factor[TCO_HORIZON_MAX]));
}

/* The support is a part of the hardware's price, so it moves with it. */
static struct xl_expr supported(
    const struct present *o, const struct xl_hardware *h, bool hosts)
{
	struct xl_sheet *s = o->s;
	struct xl_parts *p = o->parts;
	struct num_pool *pool = s->xl->pool;
	struct xl_expr price =
	    xl_mul(s, xl_percent(s, xl_param(s, p, TCO_HOST_SUPPORT)),
		xl_param(s, p, hosts ? TCO_HOST_PRICE : TCO_SHARED_CAPEX));
	const struct num *sum = num_int(pool, 0);
	const char *count = "";

	if (hosts)
		count = xl_printf(s->xl, "%s*",
		    xl_range(
			s, p->hosts_in[0], p->hosts_in[TCO_HORIZON_MAX - 1]));
	for (size_t i = 0; i < TCO_HORIZON_MAX; i++)
		sum = num_add(pool, sum,
		    hosts ? num_mul(pool, risen(o, i), p->hosts_in[i].value)
			  : risen(o, i));
	return xl_sub(s, bought(o, h),
	    xl_mul(s, price,
		(struct xl_expr) {
		    xl_printf(s->xl, "SUMPRODUCT(%s%s)", count, risen_text(o)),
		    sum, 3 }));
}

static struct xl_expr servers(const struct present *o)
{
	struct xl_sheet *s = o->s;
	struct xl_expr sum = xl_int(s, 0);

	for (size_t k = 0; k < o->parts->fleet_count; k++) {
		struct xl_expr one = bought(o, &o->parts->fleet[k].hardware);

		sum = k == 0 ? one : xl_add(s, sum, one);
	}
	return xl_sub(s, xl_int(s, 0), sum);
}

static struct xl_expr line_difference(
    const struct present *o, enum tco_line line)
{
	return xl_sub(o->s, present_of(o, o->parts->dedicated[line], 1),
	    present_of(o, o->parts->platform[line], 1));
}

/* Of the platform's people, those who care for domains. */
static struct xl_expr domains(const struct present *o)
{
	struct xl_sheet *s = o->s;
	struct xl_parts *p = o->parts;
	struct num_pool *pool = s->xl->pool;
	struct xl_expr ratio = xl_div(s, xl_param(s, p, TCO_DOMAINS_PER_ADMIN),
	    xl_param(s, p, TCO_SERVERS_PER_ADMIN));
	const struct num *value = num_int(pool, 0);
	const char *hosts =
	    xl_range(s, p->hosts_in[0], p->hosts_in[TCO_HORIZON_MAX - 1]);
	const char *count =
	    xl_range(s, p->domains_in[0], p->domains_in[TCO_HORIZON_MAX - 1]);

	/* people * (D/rd) / (H/rs + D/rd) = people * D / (H rd/rs + D) */
	for (size_t i = 0; i < TCO_HORIZON_MAX; i++)
		value = num_add(pool, value,
		    num_mul(pool,
			num_mul(pool, p->platform[TCO_PEOPLE][i].value,
			    p->factor[i + 1].value),
			num_div(pool, p->domains_in[i].value,
			    num_add(pool,
				num_mul(
				    pool, p->hosts_in[i].value, ratio.value),
				p->domains_in[i].value))));
	return (struct xl_expr) {
		xl_printf(s->xl, "-SUMPRODUCT(%s*%s*%s/(%s*%s+%s))",
		    xl_range(s, p->platform[TCO_PEOPLE][0],
			p->platform[TCO_PEOPLE][TCO_HORIZON_MAX - 1]),
		    xl_range(s, p->factor[1], p->factor[10]), count, hosts,
		    ratio.text, count),
		num_sub(pool, num_int(pool, 0), value), 1
	};
}

static struct xl_expr present(const struct present *o, enum xl_present which)
{
	struct xl_sheet *s = o->s;
	struct xl_expr none = xl_int(s, 0);

	switch (which) {
	case HOSTS:
		return supported(o, &o->parts->hosts, true);
	case SHARED:
		return supported(o, &o->parts->shared, false);
	case SERVERS:
		return servers(o);
	case PEOPLE:
		return line_difference(o, TCO_PEOPLE);
	case MACHINES:
		return xl_sub(
		    s, xl_of(s, o->cells[PEOPLE]), xl_of(s, o->cells[DOMAINS]));
	case DOMAINS:
		return domains(o);
	case ENERGY:
		return line_difference(o, TCO_ENERGY);
	case MIGRATION:
		return xl_sub(s, xl_param(s, o->parts, TCO_PROJECT),
		    xl_of(s, o->parts->migration));
	case PROJECT:
		return xl_sub(s, none, xl_param(s, o->parts, TCO_PROJECT));
	}
	return none;
}

void xl_present_write(struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row,
    struct xl_cell ret_cells[XL_PRESENT_COUNT])
{
	/* MACHINES is made of the others, so it comes last. */
	static const enum xl_present order[] = { HOSTS, SHARED, SERVERS, PEOPLE,
		DOMAINS, ENERGY, MIGRATION, PROJECT, MACHINES };
	const struct present o = { s, parts, ret_cells };

	xl_label(s, row++, 0, XL_HEADING,
	    XL_("Present values that the drivers scale"));
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		xl_label(s, row, 0, XL_TEXT, titles[order[i]]);
		ret_cells[order[i]] =
		    xl_put(s, row++, 1, XL_MONEY, present(&o, order[i]));
	}
}
