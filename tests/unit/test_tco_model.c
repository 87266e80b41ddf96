/* test_tco_model.c - the worked example of the method, every number of it, and
 * what the model does where the example does not go: growth, replacement, lives
 * longer than the horizon, no IRR, figures of an enterprise's own.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tco-report/exact/tape.h"
#include "tco-report/input/usage.h"
#include "tco-report/tco.h"

#define EXAMPLE "etc/tco/example/case.yaml"

static struct tco_case *load(const struct tco_setting *settings, size_t count)
{
	struct tco_case *tcase = NULL;
	struct hs_err err = { 0 };

	if (tco_case_load(EXAMPLE, NULL, settings, count, &tcase, NULL, &err) <
	    0)
		fail_msg("%s", err.msg);
	return tcase;
}

static struct tco_result *run(struct tco_case *tcase)
{
	const struct tco_options options = { .seed = 1, .draws = 1000 };
	struct tco_result *result = NULL;

	assert_int_equal(tco_model_run(tcase, &options, &result, NULL), 0);
	return result;
}

static void same(
    const char *what, const struct num *n, unsigned decimals, const char *want)
{
	hs_auto(hs_freep) char *text =
	    n != NULL ? num_text(n, decimals) : hs_strdup("none");

	if (strcmp(text, want) != 0)
		fail_msg("%s: %s instead of %s", what, text, want);
}

static void test_costs(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
	const struct tco_dedicated *d = r->dedicated;
	const struct tco_year *y = &r->year[0];

	(void)state;
	same("kWh", d[0].kwh, 1, "1576.8");
	same("support", d[0].line[TCO_SUPPORT], 2, "600.00");
	same("energy", d[0].line[TCO_ENERGY], 2, "315.36");
	same("space", d[0].line[TCO_SPACE], 2, "300.00");
	same("people", d[0].line[TCO_PEOPLE], 2, "2000.00");
	same("backup", d[0].line[TCO_BACKUP], 2, "120.00");
	same("opex", d[0].opex, 2, "3335.36");
	same("depreciation", d[0].line[TCO_DEPRECIATION], 2, "1300.00");
	same("A", d[0].annual, 2, "18541.44");
	same("B", d[1].annual, 2, "13906.08");
	same("C", d[2].annual, 2, "13906.08");
	same("dedicated", r->dedicated_annual, 2, "46353.60");
	same("platform kWh", r->platform.kwh, 1, "12614.4");
	same("support", y->platform[TCO_SUPPORT], 2, "6000.00");
	same("energy", y->platform[TCO_ENERGY], 2, "2522.88");
	same("space", y->platform[TCO_SPACE], 2, "1800.00");
	same("people", y->platform[TCO_PEOPLE], 2, "13500.00");
	same("backup", y->platform[TCO_BACKUP], 2, "1200.00");
	same("platform opex", r->platform.opex, 2, "25022.88");
	same("depreciation", y->platform[TCO_DEPRECIATION], 2, "12000.00");
	same("migration", y->platform[TCO_MIGRATED], 2, "2000.00");
	same("platform", r->platform_annual, 2, "39022.88");
	same("percent", r->verdict.saving_part, 4, "0.1581");
	same("cash dedicated", y->dedicated_opex, 2, "33353.60");
	same("saving", y->saving, 2, "8330.72");
	same("annuity", r->annuity, 10, "3.9927100371");
	for (size_t i = 1; i < 5; i++)
		same("every year alike", r->year[i].saving, 2, "8330.72");
}

static void test_cash(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
	const struct tco_cash *due = &r->cash[TCO_DUE];
	const struct tco_cash *bought = &r->cash[TCO_BOUGHT];

	(void)state;
	same("avoided", due->flow[0].avoided, 2, "65000.00");
	same("investment", due->flow[0].investment, 2, "-60000.00");
	same("migration", due->flow[0].migration, 2, "-10000.00");
	same("dI0", due->investment, 2, "5000.00");
	same("NPV", due->npv, 2, "28262.15");
	same("IRR", due->irr, 4, "1.6535");
	same("payback", due->payback, 2, "0.60");
	assert_true(due->is_paid_back);
	same("discounted payback", due->discounted_payback, 2, "0.65");
	same("dI0", bought->investment, 2, "70000.00");
	same("NPV", bought->npv, 2, "-36737.85");
	same("IRR", bought->irr, 4, "-0.1514");
	same("payback", bought->payback, 2, "8.40");
	assert_false(bought->is_paid_back);
	assert_null(bought->discounted_payback);
	assert_int_equal(r->verdict.answer, TCO_WHEN_DUE);
}

/* clang-format off */
static const struct { const char *cost, *rate, *direct_a; } pools[TCO_RESOURCE_COUNT] = {
	[TCO_CPU]     = { "15609.152", "0.1560915200", "6243.6608" },
	[TCO_RAM]     = { "11706.864", "0.0234137280", "4682.7456" },
	[TCO_STORAGE] = { "7804.576",  "0.2601525333", "3121.8304" },
	[TCO_NETWORK] = { "3902.288",  "0.7804576000", "2341.3728" },
};

static const struct { int64_t cents[3], operator, loss_of_a; size_t losers; } bills[TCO_RULE_COUNT] = {
	[TCO_IDLE_OPERATOR]     = { { 1638961, 842894, 718021 },  702412, 0,      0 },
	[TCO_IDLE_PROPORTIONAL] = { { 1998733, 1027920, 875635 }, 0,      144589, 1 },
	[TCO_IDLE_EVEN]         = { { 1873098, 1077032, 952158 }, 0,      18954,  1 },
	[TCO_IDLE_STANDALONE]   = { { 1919926, 1053618, 928744 }, 0,      65782,  1 },
	[TCO_EQUAL_PERCENT]     = { { 1560915, 1170687, 1170686 }, 0,     0,      0 },
};
/* clang-format on */

static void test_showback(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
	const struct tco_showback *s = &r->showback;

	(void)state;
	for (size_t i = 0; i < TCO_RESOURCE_COUNT; i++) {
		if (pools[i].cost == NULL)
			continue;
		same("pool", s->pool[i].cost, 3, pools[i].cost);
		same("rate", s->pool[i].rate, 10, pools[i].rate);
		same("A", s->bill[0].cost[i], 4, pools[i].direct_a);
	}
	same("direct A", s->bill[0].direct, 5, "16389.60960");
	same("direct B", s->bill[1].direct, 5, "8428.94208");
	same("direct C", s->bill[2].direct, 5, "7180.20992");
	same("idle", s->idle, 4, "7024.1184");
	same("idle part", s->idle_part, 2, "0.20");
	for (size_t k = 0; k < TCO_RULE_COUNT; k++) {
		int64_t sum = s->operator_cents[k];

		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(
			    s->bill[i].cents[k], bills[k].cents[i]);
			sum += s->bill[i].cents[k];
		}
		assert_int_equal(s->operator_cents[k], bills[k].operator);
		assert_int_equal(s->losers[k], bills[k].losers);
		if (bills[k].loss_of_a > 0)
			assert_int_equal(
			    s->bill[0].gain[k], -bills[k].loss_of_a);
		assert_int_equal(sum, 3902288);
	}
	/* At the level of prices at which nobody loses, A pays what it would
	 * alone: 18,541.44 / 19,987.33. */
	same("level", s->level[TCO_IDLE_PROPORTIONAL], 6, "0.927660");
	assert_int_equal(s->level_cents[TCO_IDLE_PROPORTIONAL], 282293);
	assert_int_equal(s->subsidy_cents, 0);
}

static void test_carbon(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);

	(void)state;
	same("use", r->carbon.dedicated_use, 2, "5171.90");
	same("making", r->carbon.dedicated_embodied, 0, "3000");
	same("use", r->carbon.platform_use, 2, "4137.52");
	same("making", r->carbon.platform_embodied, 0, "900");
}

/* clang-format off */
static const struct { const char *driver, *swing; } swings[] = {
	{ "platform capex", "33582.50" }, { "server price", "26000.00" },
	{ "servers/admin",  "23290.81" }, { "domains/admin", "12477.22" },
	{ "FTE cost",       "10381.05" }, { "migration",     "4000.00" },
	{ "discount rate",  "2808.08" },  { "tariff",        "1007.31" },
	{ "PUE",            "1007.31" },
};
/* clang-format on */

static void test_tornado(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < r->tornado_count; i++) {
		if (i > 0)
			assert_true(num_cmp(r->tornado[i - 1].swing,
					r->tornado[i].swing) >= 0);
		if (!r->tornado[i].driver.is_main)
			continue;
		assert_true(found < ARRAY_LEN(swings));
		assert_string_equal(
		    r->tornado[i].driver.name, swings[found].driver);
		same(swings[found].driver, r->tornado[i].swing, 2,
		    swings[found].swing);
		found++;
	}
	assert_int_equal(found, ARRAY_LEN(swings));
}

/* The method's own figures are of 200,000 other draws: both are within four
 * standard errors of each other. */
static void near(const struct num *n, double want, double error)
{
	assert_true(fabs(num_double(n) - want) < 4 * error);
}

static void test_simulation(void **state)
{
	const struct tco_options options = { .seed = 7, .draws = 100000 };
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = NULL;
	hs_auto(tco_result_freep) struct tco_result *again = NULL;
	const struct tco_simulation *s;
	unsigned sum = 0;

	(void)state;
	assert_int_equal(tco_model_run(tcase, &options, &r, NULL), 0);
	assert_int_equal(tco_model_run(tcase, &options, &again, NULL), 0);
	s = &r->simulation[TCO_DUE];
	/* sd / sqrt(n) of both, added in squares: 10425 * 0.00387 = 40 */
	near(s->mean, 28428, 40);
	near(s->sd, 10425, 29);
	near(s->p10, 15013, 69);
	near(s->p50, 28325, 51);
	near(s->p90, 42001, 69);
	near(s->loss_part, 0.0016, 0.00016);
	for (size_t i = 0; i < TCO_BINS; i++)
		sum += s->bin[i];
	assert_int_equal(sum, 100000);
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++) {
		const struct tco_simulation *a = &r->simulation[i],
					    *b = &again->simulation[i];

		assert_int_equal(num_cmp(a->mean, b->mean), 0);
		assert_int_equal(num_cmp(a->sd, b->sd), 0);
		assert_memory_equal(a->bin, b->bin, sizeof(a->bin));
	}
}

/* A number of one case as one of another's; NULL is NULL. */
static const struct num *taken(
    const struct tco_case *to, const struct num *value)
{
	hs_auto(hs_freep) char *text = NULL;
	const struct num *copy = NULL;

	if (value == NULL)
		return NULL;
	text = num_text_short(value);
	assert_int_equal(num_parse(to->pool, text, &copy, NULL), 0);
	return copy;
}

/* The NPV of the case with one figure, the case's or an enterprise's own, at
 * another value. */
static double npv_at(const struct tco_case *tcase,
    const struct tco_break_even *b, enum tco_timing timing)
{
	hs_auto(tco_case_freep) struct tco_case *other = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = NULL;
	const struct num *at = taken(other, b->at[timing]);

	for (size_t i = 0; i < tcase->count; i++)
		for (int id = 0; id < TCO_PARAM_COUNT; id++)
			other->enterprises[i].own[id].value =
			    taken(other, tcase->enterprises[i].own[id].value);
	if (b->enterprise != NULL)
		other->enterprises[b->enterprise - tcase->enterprises]
		    .own[b->param]
		    .value = at;
	else
		other->params[b->param].value = at;
	r = run(other);
	return num_double(r->cash[timing].npv);
}

/* Where the NPV is said to be nothing, it is nothing, by the exact model: at
 * has six decimals, what is cut off is worth less than half a unit of money.
 * Returns how often; *ret_own: of these of an enterprise's own. */
static size_t check_break_even(
    const struct tco_case *tcase, const struct tco_result *r, size_t *ret_own)
{
	size_t found = 0;

	*ret_own = 0;
	for (size_t i = 0; i < r->break_even_count; i++) {
		const struct tco_break_even *b = &r->break_even[i];

		for (size_t k = 0; k < TCO_TIMING_COUNT; k++) {
			if (b->at[k] == NULL || tco_kinds[b->param].is_whole)
				continue;
			assert_true(
			    fabs(npv_at(tcase, b, (enum tco_timing)k)) < 0.5);
			found++;
			*ret_own += b->enterprise != NULL;
		}
	}
	return found;
}

static void test_break_even(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
	size_t own;

	(void)state;
	assert_int_equal(check_break_even(tcase, r, &own), 18);
	assert_int_equal(own, 0);
}

/* An enterprise's own maintenance and life turn the verdict, too. */
static void test_own_break_even(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = NULL;
	const struct tco_break_even *life;
	size_t own;

	(void)state;
	tcase->enterprises[1].own[TCO_SERVER_SUPPORT].value =
	    num_int(tcase->pool, 650);
	tcase->enterprises[0].own[TCO_SERVER_SUPPORT].value =
	    num_int(tcase->pool, 700);
	tcase->enterprises[2].own[TCO_SERVER_LIFE].value =
	    num_int(tcase->pool, 4);
	r = run(tcase);
	(void)check_break_even(tcase, r, &own);
	assert_int_equal(own, 2);
	life = &r->break_even[r->break_even_count - 1];
	assert_int_equal(life->param, TCO_SERVER_LIFE);
	assert_ptr_equal(life->enterprise, &tcase->enterprises[2]);
	for (size_t k = 0; k < TCO_TIMING_COUNT; k++)
		if (life->at[k] != NULL)
			assert_true((npv_at(tcase, life, (enum tco_timing)k) <
					0) != (num_sign(r->cash[k].npv) < 0));
}

/* -- Beyond the example --------------------------------------------------- */

static void test_growth(void **state)
{
	static const struct tco_setting grow[] = {
		{ "finance.growth", "10" },
		{ "finance.price_increase", "2" },
		{ "finance.labour_increase", "3" },
		{ "finance.hardware_change", "-5" },
	};
	hs_auto(tco_case_freep) struct tco_case *tcase =
	    load(grow, ARRAY_LEN(grow));
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);

	(void)state;
	/* A: 4 -> 4.4 -> 5; B and C: 3 -> 3.3 -> 4 */
	same("servers 1", r->year[0].servers, 0, "10");
	same("servers 2", r->year[1].servers, 0, "13");
	/* A 4.84 -> 5, B and C 3.63 -> 4 */
	same("servers 3", r->year[2].servers, 0, "13");
	/* A 5.3 -> 6, B and C 4.0 (3.993) */
	same("servers 4", r->year[3].servers, 0, "14");
	/* two hosts that work, one spare: 2 -> 2.2 -> 3 and the spare */
	same("hosts 2", r->year[1].hosts, 0, "4");
	/* three servers more, 5 % cheaper: 3 * 6500 * 0.95 */
	same("avoided", r->cash[TCO_DUE].flow[1].avoided, 2, "18525.00");
	same("investment", r->cash[TCO_DUE].flow[1].investment, 2, "-19000.00");
	/* 13 * 2000 * 1.03 */
	same("people", r->year[1].dedicated[TCO_PEOPLE], 2, "26780.00");
	/* 13 * 600 * 1.02 */
	same("support", r->year[1].dedicated[TCO_SUPPORT], 2, "7956.00");
	/*
	 * At the end of year 5 of what was bought later is left: of 3 servers
	 * for year 2 a fifth, 3705; of 1 for year 4 three fifths of 6500 *
	 * 0.95^3, 3343.76; of 2 for year 5 four fifths of 13000 * 0.95^4,
	 * 8470.87; of 1 host for year 2 a fifth, 3800.
	 */
	same("worth", r->cash[TCO_DUE].flow[5].residual, 2, "-11719.63");
}

/* Servers that last three years are bought again after three. */
static void test_replacement(void **state)
{
	static const struct tco_setting short_lives[] = {
		{ "server.life", "3" },
		{ "server.residual", "10" },
	};
	hs_auto(tco_case_freep) struct tco_case *tcase =
	    load(short_lives, ARRAY_LEN(short_lives));
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
	const struct tco_flow *f = r->cash[TCO_DUE].flow;

	(void)state;
	same("bought again", f[3].avoided, 2, "65000.00");
	same("not before", f[2].avoided, 2, "0.00");
	/* the old ones bring a tenth, which the platform does not have */
	same("residual", f[3].residual, 2, "-6500.00");
	/* at 5 the second ones are two of three years old: 65000 less two
	 * thirds of 58500 */
	same("worth", f[5].residual, 2, "-26000.00");
	same("depreciation", r->year[4].dedicated[TCO_DEPRECIATION], 2,
	    "19500.00");
	/* just bought: the first ones are sunk, the second ones are not */
	same("sunk", r->cash[TCO_BOUGHT].flow[0].avoided, 2, "0.00");
	same("then due", r->cash[TCO_BOUGHT].flow[3].avoided, 2, "65000.00");
}

static void test_horizons(void **state)
{
	static const char *const years[] = { "3", "4", "6", "7", "8", "9",
		"10" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(years); i++) {
		const struct tco_setting set = { "finance.horizon", years[i] };
		hs_auto(tco_case_freep) struct tco_case *tcase = load(&set, 1);
		hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
		const struct num *sum = num_int(tcase->pool, 0);
		const struct tco_cash *cash = &r->cash[TCO_DUE];

		for (unsigned t = 0; t <= r->horizon; t++)
			sum =
			    num_add(tcase->pool, sum, cash->flow[t].discounted);
		assert_int_equal(num_cmp(sum, cash->npv), 0);
		assert_int_equal(
		    num_cmp(cash->flow[r->horizon].discounted_cumulative,
			cash->npv),
		    0);
	}
}

/* Straight lines and cash are of the same money: over a horizon at whose end
 * all is worn out, the flows are the P&Ls' differences. */
static void test_reconciled(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
	const struct num *profit = num_int(tcase->pool, 0);

	(void)state;
	for (unsigned y = 0; y < r->horizon; y++)
		profit = num_add(tcase->pool, profit,
		    num_sub(tcase->pool, r->year[y].dedicated_annual,
			r->year[y].platform_annual));
	assert_int_equal(
	    num_cmp(profit, r->cash[TCO_DUE].flow[r->horizon].cumulative), 0);
}

/* A platform whose hosts are bought again costs, gains, and costs again. */
static void test_no_irr(void **state)
{
	static const struct tco_setting again[] = {
		{ "platform.life", "3" },
		{ "server.life", "15" },
	};
	hs_auto(tco_case_freep) struct tco_case *tcase =
	    load(again, ARRAY_LEN(again));
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);

	(void)state;
	assert_true(r->cash[TCO_BOUGHT].sign_changes > 1);
	assert_null(r->cash[TCO_BOUGHT].irr);
	assert_non_null(r->cash[TCO_BOUGHT].mirr);
}

/* A server that would be resold makes moving cheaper. */
static void test_resale(void **state)
{
	const struct tco_setting set = { "server.resale", "40" };
	hs_auto(tco_case_freep) struct tco_case *tcase = load(&set, 1);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);

	(void)state;
	same("resold", r->cash[TCO_BOUGHT].flow[0].avoided, 2, "26000.00");
	same("NPV", r->cash[TCO_BOUGHT].npv, 2, "-10737.85");
	same("due as before", r->cash[TCO_DUE].npv, 2, "28262.15");
}

/* Two enterprises that are busy at different times need three hosts with the
 * spare; their own peaks together would need five. */
static void test_consolidation(void **state)
{
	static const struct tco_setting host[] = {
		{ "host.cpu", "8" },
		{ "host.target_cpu", "75" },
		{ "host.ram", "256" },
		{ "host.target_ram", "80" },
	};
	hs_auto(tco_case_freep) struct tco_case *tcase =
	    load(host, ARRAY_LEN(host));
	hs_auto(tco_result_freep) struct tco_result *r = NULL;
	hs_auto(tco_result_freep) struct tco_result *grown = NULL;
	const struct tco_consolidation *c;
	struct tco_result *none = NULL;
	struct hs_faults faults = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(load_load("l.csv",
			     "time,enterprise,resource,value,unit\n"
			     "2026-01-01T02:00:00Z,b,cpu,10.5,cores\n"
			     "2026-01-01T01:00:00Z,a,cpu,10,cores\n"
			     "2026-01-01T01:00:00Z,b,cpu,1.5,cores\n"
			     "2026-01-01T02:00:00Z,a,cpu,1.5,cores\n"
			     "2026-01-01T01:00:00Z,a,ram,100,GiB\n"
			     "2026-01-01T02:00:00Z,a,ram,100.8,GiB\n"
			     "2026-01-01T02:00:00Z,b,ram,104,GiB\n",
			     tcase, &faults, NULL),
	    0);
	hs_faults_done(&faults);
	tcase->params[TCO_HOSTS].value = NULL;
	r = run(tcase);
	c = &r->consolidation;
	assert_true(c->is_known && c->is_used);
	same("peak of the sum", c->row[TCO_CPU].peak_of_sum, 1, "12.0");
	assert_string_equal(c->row[TCO_CPU].time, "2026-01-01T02:00:00Z");
	same("sum of the peaks", c->row[TCO_CPU].sum_of_peaks, 1, "20.5");
	/* 12 / (8 * 75 %) is 2 exactly, 204.8 / (256 * 80 %) is 1 exactly */
	same("hosts for CPU", c->row[TCO_CPU].hosts, 0, "2");
	same("hosts for RAM", c->row[TCO_RAM].hosts, 0, "1");
	assert_int_equal(c->binding, TCO_CPU);
	same("hosts", c->hosts, 0, "3");
	same("ratio", c->ratio, 2, "3.33");
	same("as with three that were given", r->cash[TCO_DUE].npv, 2,
	    "28262.15");
	tcase->params[TCO_GROWTH].value = num_int(tcase->pool, 1);
	grown = run(tcase);
	same("a little more needs a host more", grown->year[1].hosts, 0, "4");
	tcase->params[TCO_HOST_CPU].value = num_ratio(tcase->pool, 1, 100000);
	assert_int_equal(tco_model_run(tcase, NULL, &none, &err), -1);
	assert_null(none);
	assert_non_null(strstr(err.msg,
	    "platform.hosts: the load needs 1664968 hosts in year 5; expected "
	    "at most 100000"));
}

/* Figures of one enterprise's own count for it alone. */
static void test_own(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = NULL;

	(void)state;
	tcase->enterprises[1].own[TCO_SERVER_PRICE].value =
	    num_int(tcase->pool, 8000);
	r = run(tcase);
	same("A", r->dedicated[0].annual, 2, "18541.44");
	/* 3 * 2000 / 5 more */
	same("B", r->dedicated[1].annual, 2, "15106.08");
	same("C", r->dedicated[2].annual, 2, "13906.08");
	same("all", r->dedicated_annual, 2, "47553.60");
	same("NPV", r->cash[TCO_DUE].npv, 2, "34262.15");
	for (size_t i = 0; i < r->tornado_count; i++)
		if (strcmp(r->tornado[i].driver.name, "server price") == 0)
			same("both prices move", r->tornado[i].swing, 2,
			    "28400.00");
}

static void test_soft(void **state)
{
	static const struct tco_setting soft[] = {
		{ "soft.downtime_cost", "200" },
		{ "soft.downtime_dedicated", "500" },
		{ "soft.downtime_platform", "60" },
		{ "soft.provisionings", "12" },
		{ "soft.provisioning_dedicated", "10" },
		{ "soft.provisioning_platform", "2" },
		{ "soft.labour_rate", "33.5" },
		{ "finance.orders", "1000000" },
	};
	hs_auto(tco_case_freep) struct tco_case *hard = load(NULL, 0);
	hs_auto(tco_case_freep) struct tco_case *tcase =
	    load(soft, ARRAY_LEN(soft));
	hs_auto(tco_result_freep) struct tco_result *without = run(hard);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);

	(void)state;
	assert_null(without->soft.total);
	/* 3 enterprises * 440 minutes * 200 */
	same("downtime", r->soft.downtime, 2, "264000.00");
	same("provisioning", r->soft.provisioning, 2, "3216.00");
	same("soft", r->soft.total, 2, "267216.00");
	/* It stays apart. */
	assert_int_equal(
	    num_cmp(r->verdict.saving, without->verdict.saving), 0);
	assert_int_equal(
	    num_cmp(r->cash[TCO_DUE].npv, without->cash[TCO_DUE].npv), 0);
	same("an order", r->unit.platform_order, 4, "0.0390");
	same("a domain's month", r->unit.platform_domain, 2, "325.19");
}

/* A month is a twelfth of the year, and of what can be sold in it. */
static void test_month(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = load(NULL, 0);
	hs_auto(tco_result_freep) struct tco_result *r = NULL;

	(void)state;
	tcase->months = 1;
	r = run(tcase);
	assert_int_equal(r->showback.total_cents, 325191);
	/* The year's usage in a month: more than there is to be sold. */
	assert_true(r->showback.pool[TCO_CPU].is_oversold);
	same("no cost is charged twice", r->showback.idle, 2, "0.00");
}

static void test_dearer(void **state)
{
	const struct tco_setting set = { "platform.host_price", "90000" };
	hs_auto(tco_case_freep) struct tco_case *tcase = load(&set, 1);
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);

	(void)state;
	assert_int_equal(r->verdict.answer, TCO_DEARER);
	assert_true(r->showback.subsidy_cents > 0);
	/* Nobody gains by an equal share of more than everything. */
	assert_int_equal(r->showback.losers[TCO_EQUAL_PERCENT], 3);
	assert_null(r->cash[TCO_BOUGHT].payback);
}

/* What Monte Carlo runs in doubles is what the exact model says, at both ends
 * of every bar of the tornado, with all that moves from year to year. */
static void test_tape(void **state)
{
	static const struct tco_setting all[] = {
		{ "finance.growth", "7" },
		{ "finance.horizon", "7" },
		{ "finance.price_increase", "2" },
		{ "finance.labour_increase", "3" },
		{ "finance.hardware_change", "-5" },
		{ "server.life", "4" },
		{ "server.residual", "10" },
		{ "platform.residual", "5" },
		{ "platform.shared_capex", "30000" },
		{ "platform.project", "5000" },
	};
	hs_auto(tco_case_freep) struct tco_case *tcase =
	    load(all, ARRAY_LEN(all));
	hs_auto(tco_result_freep) struct tco_result *r = run(tcase);
	const struct num *npv = r->cash[TCO_DUE].npv;
	size_t compared = 0;

	(void)state;
	for (size_t i = 0; i < r->tornado_count; i++) {
		const struct tco_swing *s = &r->tornado[i];
		const struct num *leaf =
		    tcase->params[s->driver.params[0]].value;
		hs_auto(tape_freep) struct tape *tape = NULL;
		double low = num_double(s->low), high = num_double(s->high);
		double at_low, at_high;

		if (s->driver.count > 1)
			continue;
		tape = tape_new(&npv, 1, &leaf, 1);
		tape_run(tape, &low, &at_low);
		tape_run(tape, &high, &at_high);
		assert_true(fabs(at_low - num_double(s->npv_low)) < 1e-6);
		assert_true(fabs(at_high - num_double(s->npv_high)) < 1e-6);
		compared++;
	}
	assert_int_equal(compared, 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_cash),
		cmocka_unit_test(test_showback),
		cmocka_unit_test(test_carbon),
		cmocka_unit_test(test_tornado),
		cmocka_unit_test(test_simulation),
		cmocka_unit_test(test_break_even),
		cmocka_unit_test(test_own_break_even),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_replacement),
		cmocka_unit_test(test_horizons),
		cmocka_unit_test(test_reconciled),
		cmocka_unit_test(test_no_irr),
		cmocka_unit_test(test_resale),
		cmocka_unit_test(test_consolidation),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_soft),
		cmocka_unit_test(test_month),
		cmocka_unit_test(test_dearer),
		cmocka_unit_test(test_tape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
