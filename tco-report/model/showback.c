/* showback.c - the period's cost to those who use the platform.
 *
 * Total = what is charged directly + idle. Each rule gives the idle to
 * somebody; rounded to cents, bills and what the operator bears are the total
 * exactly.
 */

#include "tco-report/model/part.h"

/* clang-format off */
static const struct row {
	enum tco_param_id weight;
	int capacity; /* -1: a usage resource */
} rows[TCO_RESOURCE_COUNT] = {
	[TCO_CPU]      = { TCO_WEIGHT_CPU,      TCO_CAPACITY_CPU },
	[TCO_RAM]      = { TCO_WEIGHT_RAM,      TCO_CAPACITY_RAM },
	[TCO_STORAGE]  = { TCO_WEIGHT_STORAGE,  TCO_CAPACITY_STORAGE },
	[TCO_IOPS]     = { TCO_WEIGHT_IOPS,     TCO_CAPACITY_IOPS },
	[TCO_NETWORK]  = { TCO_WEIGHT_NETWORK,  -1 },
	[TCO_REQUESTS] = { TCO_WEIGHT_REQUESTS, -1 },
};

static const char *const rules[TCO_RULE_COUNT] = {
	[TCO_IDLE_OPERATOR]     = "operator",
	[TCO_IDLE_PROPORTIONAL] = "proportional",
	[TCO_IDLE_EVEN]         = "even",
	[TCO_IDLE_STANDALONE]   = "stand-alone",
	[TCO_EQUAL_PERCENT]     = "equal-percent",
};
/* clang-format on */

const char *tco_rule_name(enum tco_rule rule)
{
	return rules[rule];
}

/* What is charged: of a resource that is reserved, the larger of that and what
 * was used. */
static const struct num *quantity(const struct model *m,
    const struct tco_enterprise *e, enum tco_resource resource)
{
	const struct num *most = m->zero;

	for (size_t i = 0; i < TCO_METER_COUNT; i++)
		if (tco_meters[i].resource == resource && e->usage[i] != NULL)
			most = num_max(m->pool, most, e->usage[i]);
	return most;
}

static const struct num *of_period(
    const struct model *m, const struct num *year)
{
	return DIV(MUL(year, INT(m->tcase->months)), INT(12));
}

static void pool_rate(const struct model *m, struct tco_pool *pool)
{
	pool->divisor = pool->charged;
	if (pool->capacity != NULL) {
		pool->is_oversold = num_cmp(pool->charged, pool->capacity) > 0;
		pool->divisor = num_max(m->pool, pool->capacity, pool->charged);
	}
	pool->rate = NULL;
	pool->idle = pool->cost;
	if (num_sign(pool->divisor) == 0)
		return;
	pool->rate = DIV(pool->cost, pool->divisor);
	pool->idle = SUB(pool->cost, MUL(pool->rate, pool->charged));
}

static void one_pool(struct model *m, enum tco_resource resource)
{
	struct tco_showback *s = &m->r->showback;
	struct tco_pool *pool = &s->pool[resource];
	const struct row *row = &rows[resource];

	pool->weight = m->tcase->params[row->weight].value;
	pool->cost = MUL(s->total, part(m, val(m, row->weight)));
	if (row->capacity >= 0 && is_given(m, (enum tco_param_id)row->capacity))
		pool->capacity =
		    of_period(m, val(m, (enum tco_param_id)row->capacity));
	pool->charged = m->zero;
	for (size_t i = 0; i < s->count; i++)
		pool->charged =
		    ADD(pool->charged, s->bill[i].quantity[resource]);
	pool_rate(m, pool);
}

static void list_prices(struct model *m)
{
	struct tco_showback *s = &m->r->showback;

	s->has_prices = m->tcase->prices != NULL;
	for (int i = 0; s->has_prices && i < TCO_RESOURCE_COUNT; i++) {
		const struct tco_price *price = tco_price_find(
		    m->tcase->prices, (enum tco_resource)i, m->tcase->from);

		s->pool[i].list_price = price != NULL ? price->price : NULL;
	}
}

static void charge(struct model *m, struct tco_bill *bill)
{
	struct tco_showback *s = &m->r->showback;
	const struct num *listed = m->zero;

	bill->direct = m->zero;
	for (size_t i = 0; i < TCO_RESOURCE_COUNT; i++) {
		const struct tco_pool *pool = &s->pool[i];

		bill->cost[i] = pool->rate != NULL
				    ? MUL(pool->rate, bill->quantity[i])
				    : m->zero;
		bill->direct = ADD(bill->direct, bill->cost[i]);
		if (pool->list_price != NULL)
			listed = ADD(
			    listed, MUL(pool->list_price, bill->quantity[i]));
	}
	bill->listed = num_cents(listed);
	if (__builtin_add_overflow(s->listed, bill->listed, &s->listed))
		s->listed = INT64_MAX;
	s->direct = ADD(s->direct, bill->direct);
}

static void idle_part(struct model *m)
{
	struct tco_showback *s = &m->r->showback;
	const struct num *idle = m->zero, *all = m->zero;

	for (size_t i = 0; i < TCO_RESOURCE_COUNT; i++)
		if (tco_resources[i].is_allocated) {
			idle = ADD(idle, s->pool[i].idle);
			all = ADD(all, s->pool[i].cost);
		}
	s->idle = SUB(s->total, s->direct);
	s->idle_part = num_sign(all) != 0 ? DIV(idle, all) : NULL;
}

/* amount * share / all; evenly where nobody has a share. */
static const struct num *share(const struct model *m, const struct num *amount,
    const struct num *of, const struct num *all)
{
	if (num_sign(all) == 0)
		return DIV(amount, INT((int64_t)m->r->showback.count));
	return DIV(MUL(amount, of), all);
}

/* Everybody's stand-alone TCO of the period. */
static const struct num *all_alone(const struct model *m)
{
	const struct num *sum = m->zero;

	for (size_t i = 0; i < m->r->showback.count; i++)
		sum = ADD(sum, m->r->showback.bill[i].standalone);
	return sum;
}

static void rule_idle(
    struct model *m, struct tco_bill *bill, const struct num *alone)
{
	const struct tco_showback *s = &m->r->showback;

	bill->idle[TCO_IDLE_OPERATOR] = m->zero;
	bill->idle[TCO_IDLE_PROPORTIONAL] =
	    share(m, s->idle, bill->direct, s->direct);
	bill->idle[TCO_IDLE_EVEN] = DIV(s->idle, INT((int64_t)s->count));
	bill->idle[TCO_IDLE_STANDALONE] =
	    share(m, s->idle, bill->standalone, alone);
	bill->idle[TCO_EQUAL_PERCENT] =
	    SUB(share(m, s->total, bill->standalone, alone), bill->direct);
}

/* To cents: the operator is one of those among whom they are split. */
static void round_rule(struct model *m, enum tco_rule rule)
{
	struct tco_showback *s = &m->r->showback;
	hs_auto(hs_freep) const struct num **amounts =
	    hs_alloc((s->count + 1) * sizeof(*amounts));
	hs_auto(hs_freep) int64_t *cents =
	    hs_alloc((s->count + 1) * sizeof(*cents));

	for (size_t i = 0; i < s->count; i++)
		amounts[i] = s->bill[i].exact[rule];
	amounts[s->count] = rule == TCO_IDLE_OPERATOR ? s->idle : m->zero;
	num_split_cents(s->total_cents, amounts, s->count + 1, cents);
	for (size_t i = 0; i < s->count; i++)
		s->bill[i].cents[rule] = cents[i];
	s->operator_cents[rule] = cents[s->count];
}

static void judge(struct model *m, struct tco_bill *bill, enum tco_rule rule)
{
	struct tco_showback *s = &m->r->showback;

	bill->gain[rule] = bill->standalone_cents - bill->cents[rule];
	bill->is_loser[rule] = num_cmp(bill->exact[rule], bill->standalone) > 0;
	if (bill->is_loser[rule])
		s->losers[rule]++;
}

/* All prices lowered alike, until the one who loses most does not. */
static void no_loser(struct model *m, enum tco_rule rule)
{
	struct tco_showback *s = &m->r->showback;
	const struct num *level = m->one, *billed = m->zero;

	for (size_t i = 0; i < s->count; i++) {
		const struct tco_bill *bill = &s->bill[i];

		billed = ADD(billed, bill->exact[rule]);
		if (bill->is_loser[rule])
			level = num_min(m->pool, level,
			    DIV(bill->standalone, bill->exact[rule]));
	}
	s->level[rule] = level;
	s->level_cents[rule] = num_cents(MUL(billed, SUB(m->one, level)));
}

static void apply_rules(struct model *m)
{
	struct tco_showback *s = &m->r->showback;
	const struct num *alone = all_alone(m);

	for (size_t i = 0; i < s->count; i++) {
		struct tco_bill *bill = &s->bill[i];

		rule_idle(m, bill, alone);
		for (size_t k = 0; k < TCO_RULE_COUNT; k++)
			bill->exact[k] = ADD(bill->direct, bill->idle[k]);
	}
	for (int k = 0; k < TCO_RULE_COUNT; k++) {
		round_rule(m, (enum tco_rule)k);
		for (size_t i = 0; i < s->count; i++)
			judge(m, &s->bill[i], (enum tco_rule)k);
		no_loser(m, (enum tco_rule)k);
	}
	s->subsidy_cents =
	    num_cmp(s->total, alone) > 0 ? num_cents(SUB(s->total, alone)) : 0;
}

static void bill_init(struct model *m, size_t index)
{
	struct tco_bill *bill = &m->r->showback.bill[index];

	bill->enterprise = &m->tcase->enterprises[index];
	for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
		bill->quantity[i] =
		    quantity(m, bill->enterprise, (enum tco_resource)i);
	bill->standalone = of_period(m, m->r->dedicated[index].annual);
	bill->standalone_cents = num_cents(bill->standalone);
}

void showback_run(struct model *m)
{
	struct tco_showback *s = &m->r->showback;

	if (!m->tcase->has_usage)
		return;
	s->total = of_period(m, m->r->platform_annual);
	s->total_cents = num_cents(s->total);
	s->count = m->tcase->count;
	s->bill = hs_arena_alloc(m->tcase->arena, s->count * sizeof(*s->bill));
	for (size_t i = 0; i < s->count; i++)
		bill_init(m, i);
	for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
		one_pool(m, (enum tco_resource)i);
	list_prices(m);
	s->direct = m->zero;
	for (size_t i = 0; i < s->count; i++)
		charge(m, &s->bill[i]);
	idle_part(m);
	apply_rules(m);
}
