/* test_tco_showback.c - ten thousand random cases: under every rule the bills
 * and what the operator bears are the cost, to the cent and before rounding.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tco-report/model/part.h"
#include "tco-report/model/random.h"

/* Under a sanitizer, which looks at memory and not at sums, a tenth of it. */
#ifdef __SANITIZE_ADDRESS__
#define CASES 1000
#else
#define CASES 10000
#endif
#define ENTERPRISES 9

static struct tco_random dice;

static int64_t any(int64_t from, int64_t to)
{
	return from +
	       (int64_t)(tco_random_next(&dice) % (uint64_t)(to - from + 1));
}

/* A number of up to three decimals within a parameter's bounds, and small
 * enough that the case is one of this world. */
static const struct num *any_value(
    struct num_pool *pool, const struct tco_kind *kind)
{
	const struct num *min = NULL, *max = NULL, *value;

	(void)num_parse(pool, kind->min, &min, NULL);
	(void)num_parse(pool, kind->max, &max, NULL);
	value = kind->is_whole
		    ? num_int(pool, any(num_int64(min), num_int64(min) + 12))
		    : num_add(pool, min, num_ratio(pool, any(0, 900000), 1000));
	return num_min(pool, max, value);
}

static void fill_params(struct tco_case *tcase)
{
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++)
		if (tco_kinds[i].need == TCO_NEEDED || any(0, 1) == 0)
			tcase->params[i].value =
			    any_value(tcase->pool, &tco_kinds[i]);
	for (int i = TCO_WEIGHT_CPU; i <= TCO_WEIGHT_REQUESTS; i++)
		tcase->params[i].value = NULL;
	tcase->params[TCO_HOSTS].value = num_int(tcase->pool, any(5, 9));
	tcase->params[TCO_SPARE_HOSTS].value = num_int(tcase->pool, any(0, 4));
	/* Of the years only the first is billed. */
	tcase->params[TCO_HORIZON].value = num_int(tcase->pool, 3);
	/* A price of nothing is a case, but not one for shares. */
	if (any(0, 20) == 0)
		tcase->params[TCO_HOST_PRICE].value = num_int(tcase->pool, 0);
}

/* Weights that add up to 100, and capacities for some of what they weigh. */
static void fill_weights(struct tco_case *tcase)
{
	static const struct {
		enum tco_param_id weight;
		int capacity;
	} rows[] = { { TCO_WEIGHT_CPU, TCO_CAPACITY_CPU },
		{ TCO_WEIGHT_STORAGE, TCO_CAPACITY_STORAGE },
		{ TCO_WEIGHT_NETWORK, -1 }, { TCO_WEIGHT_REQUESTS, -1 } };
	int64_t left = 100000;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t part = i + 1 == ARRAY_LEN(rows) ? left : any(0, left);

		left -= part;
		tcase->params[rows[i].weight].value =
		    num_ratio(tcase->pool, part, 1000);
		if (rows[i].capacity >= 0)
			tcase->params[rows[i].capacity].value =
			    num_ratio(tcase->pool, any(1000, 900000), 7);
	}
}

static void fill_enterprise(struct tco_case *tcase, struct tco_enterprise *e)
{
	e->name = e->title = "x";
	e->servers = num_int(tcase->pool, any(0, 9));
	e->domains = num_int(tcase->pool, any(1, 9));
	for (size_t i = 0; i < TCO_METER_COUNT; i++)
		if (any(0, 3) > 0)
			e->usage[i] =
			    num_ratio(tcase->pool, any(0, 10000000), 1000);
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++)
		if (tco_kinds[i].is_own && any(0, 30) == 0)
			e->own[i].value = any_value(tcase->pool, &tco_kinds[i]);
}

static struct tco_case *any_case(void)
{
	struct tco_case *tcase = hs_alloc(sizeof(*tcase));

	tcase->pool = num_pool_new();
	tcase->arena = hs_arena_new();
	tcase->count = (size_t)any(1, ENTERPRISES);
	tcase->enterprises = hs_arena_alloc(
	    tcase->arena, tcase->count * sizeof(*tcase->enterprises));
	tcase->has_usage = true;
	tcase->months = (unsigned)any(1, 12);
	fill_params(tcase);
	fill_weights(tcase);
	for (size_t i = 0; i < tcase->count; i++)
		fill_enterprise(tcase, &tcase->enterprises[i]);
	return tcase;
}

static void check_rule(const struct model *m, size_t rule)
{
	const struct tco_showback *s = &m->r->showback;
	const struct num *exact = rule == TCO_IDLE_OPERATOR ? s->idle : m->zero;
	int64_t sum = s->operator_cents[rule];

	for (size_t i = 0; i < s->count; i++) {
		const struct tco_bill *b = &s->bill[i];
		const struct num *off =
		    SUB(b->exact[rule], num_of_cents(m->pool, b->cents[rule]));

		sum += b->cents[rule];
		exact = ADD(exact, b->exact[rule]);
		/* No bill is off by a cent or more. */
		assert_true(num_cmp(off, num_ratio(m->pool, 1, 100)) < 0);
		assert_true(num_cmp(off, num_ratio(m->pool, -1, 100)) > 0);
	}
	assert_int_equal(sum, s->total_cents);
	assert_int_equal(num_cmp(exact, s->total), 0);
}

/* At the level where nobody loses, nobody does. */
static void check_level(const struct model *m, size_t rule)
{
	const struct tco_showback *s = &m->r->showback;

	assert_true(num_cmp(s->level[rule], m->one) <= 0);
	for (size_t i = 0; i < s->count; i++) {
		const struct num *bill =
		    MUL(s->bill[i].exact[rule], s->level[rule]);

		assert_true(num_cmp(bill, s->bill[i].standalone) <= 0 ||
			    num_sign(bill) <= 0);
	}
}

static void check_pools(const struct model *m)
{
	const struct tco_showback *s = &m->r->showback;
	const struct num *cost = m->zero, *idle = m->zero;

	for (size_t i = 0; i < TCO_RESOURCE_COUNT; i++) {
		cost = ADD(cost, s->pool[i].cost);
		idle = ADD(idle, s->pool[i].idle);
		assert_true(num_sign(s->pool[i].idle) >= 0);
	}
	assert_int_equal(num_cmp(cost, s->total), 0);
	assert_int_equal(num_cmp(idle, s->idle), 0);
	assert_int_equal(num_cmp(ADD(s->direct, s->idle), s->total), 0);
}

/* The model's own sums: lines, enterprises and years. */
static void check_core(const struct model *m)
{
	const struct num *alone = m->zero;

	for (size_t i = 0; i < m->tcase->count; i++)
		alone = ADD(alone, m->r->dedicated[i].annual);
	assert_int_equal(num_cmp(alone, m->r->dedicated_annual), 0);
	for (unsigned y = 0; y < m->n; y++) {
		const struct tco_year *year = &m->r->year[y];
		const struct num *sum = m->zero;

		for (size_t i = 0; i < TCO_LINE_COUNT; i++)
			sum = ADD(sum, year->platform[i]);
		assert_int_equal(num_cmp(sum, year->platform_annual), 0);
	}
}

static void test_random(void **state)
{
	size_t losers = 0, oversold = 0;

	(void)state;
	tco_random_init(&dice, 20261128);
	for (size_t i = 0; i < CASES; i++) {
		hs_auto(tco_case_freep) struct tco_case *tcase = any_case();
		struct tco_result r = { .tcase = tcase, .count = tcase->count };
		struct model run = { .pool = tcase->pool,
			.tcase = tcase,
			.r = &r,
			.zero = num_int(tcase->pool, 0),
			.one = num_int(tcase->pool, 1) };
		const struct model *m = &run;

		r.dedicated = hs_arena_alloc(
		    tcase->arena, r.count * sizeof(*r.dedicated));
		core_run(&run);
		showback_run(&run);
		check_core(m);
		check_pools(m);
		for (size_t k = 0; k < TCO_RULE_COUNT; k++) {
			check_rule(m, k);
			check_level(m, k);
			losers += r.showback.losers[k];
		}
		oversold += r.showback.pool[TCO_CPU].is_oversold;
	}
	/* The cases were not all of one kind. */
	assert_true(losers > CASES / 10);
	assert_true(oversold > CASES / 100 && oversold < CASES - CASES / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
