/* case_check.c - what a case needs, and what in it must fit together. */

#include <string.h>

#include "base/conf.h"
#include "base/mem.h"
#include "tco-report/exact/number.h"
#include "tco-report/input/case.h"
#include "tco-report/input/case_part.h"
#include "tco-report/input/date.h"
#include "tco-report/input/param_read.h"

struct check {
	const struct tco_case *tcase;
	struct hs_faults *faults;
	unsigned line; /* of the case's parameters; 0 if it has none */
};

static const struct num *value(const struct check *c, enum tco_param_id id)
{
	return c->tcase->params[id].value;
}

/* Ask for it by name: there is no default, so nothing else can be done. */
static void ask(const struct check *c, enum tco_param_id id, const char *why)
{
	const struct tco_kind *kind = &tco_kinds[id];
	const char *unit =
	    input_unit(c->tcase->arena, kind->unit, c->tcase->currency);

	hs_faults_add(c->faults, c->line, "parameters",
	    "%s is not given, and has no default%s: %s, in %s; add it with its "
	    "source, or give your figure by --set %s=VALUE",
	    kind->name, why, kind->help, unit, kind->name);
}

/* Has every enterprise a figure of its own? */
static bool all_own(const struct check *c, enum tco_param_id id)
{
	for (size_t i = 0; i < c->tcase->count; i++)
		if (c->tcase->enterprises[i].own[id].value == NULL)
			return false;
	return true;
}

static void check_needed(const struct check *c)
{
	for (int i = 0; i < TCO_PARAM_COUNT; i++) {
		enum tco_param_id id = (enum tco_param_id)i;

		if (tco_kinds[i].need != TCO_NEEDED || value(c, id) != NULL)
			continue;
		if (tco_kinds[i].group != TCO_GROUP_SERVER || !all_own(c, id))
			ask(c, id, "");
	}
}

static void check_hosts(const struct check *c)
{
	const struct num *hosts = value(c, TCO_HOSTS);
	const struct num *spare = value(c, TCO_SPARE_HOSTS);

	if (hosts == NULL && c->tcase->load_count == 0) {
		ask(c, TCO_HOSTS, " where there is no load to count hosts by");
		return;
	}
	if (hosts != NULL && spare != NULL && num_cmp(spare, hosts) >= 0)
		hs_faults_add(c->faults, c->tcase->params[TCO_HOSTS].line,
		    "platform.hosts", "all hosts are spare ones");
}

/* Hosts that are counted by the load need to know what a host can do, and how
 * full it may be, for each kind of load there is. */
static void check_load(const struct check *c)
{
	/* clang-format off */
	static const struct { enum tco_resource resource; enum tco_param_id host, target; } rows[] = {
		{ TCO_CPU,     TCO_HOST_CPU,     TCO_TARGET_CPU },
		{ TCO_RAM,     TCO_HOST_RAM,     TCO_TARGET_RAM },
		{ TCO_IOPS,    TCO_HOST_IOPS,    TCO_TARGET_IOPS },
		{ TCO_NETWORK, TCO_HOST_NETWORK, TCO_TARGET_NETWORK },
	};
	/* clang-format on */
	bool is_there[TCO_RESOURCE_COUNT] = { false };

	for (size_t i = 0; i < c->tcase->load_count; i++)
		is_there[c->tcase->load[i].resource] = true;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!is_there[rows[i].resource])
			continue;
		if (value(c, rows[i].host) == NULL)
			ask(c, rows[i].host, " where there is load of it");
		if (value(c, rows[i].target) == NULL)
			ask(c, rows[i].target, " where there is load of it");
	}
}

static void check_power(const struct check *c,
    const struct tco_enterprise *enterprise, enum tco_param_id idle,
    enum tco_param_id max)
{
	const struct tco_param *low = tco_param_of(c->tcase, enterprise, idle);
	const struct tco_param *high = tco_param_of(c->tcase, enterprise, max);

	if (low->value != NULL && high->value != NULL &&
	    num_cmp(low->value, high->value) > 0)
		hs_faults_add(c->faults, low->line, tco_kinds[idle].name,
		    "is above %s%s%s", tco_kinds[max].name,
		    enterprise != NULL ? " of " : "",
		    enterprise != NULL ? enterprise->name : "");
}

/* What drives all of the cost must be all of it. */
static void check_weights(const struct check *c)
{
	/* clang-format off */
	static const enum tco_param_id capacities[] = {
		TCO_CAPACITY_CPU, TCO_CAPACITY_RAM, TCO_CAPACITY_STORAGE, TCO_CAPACITY_IOPS,
	};
	/* clang-format on */
	struct num_pool *pool = c->tcase->pool;
	const struct num *sum = num_int(pool, 0);
	hs_auto(hs_freep) char *text = NULL;

	for (int i = TCO_WEIGHT_CPU; i <= TCO_WEIGHT_REQUESTS; i++) {
		const struct num *weight = c->tcase->params[i].value;
		size_t resource = (size_t)(i - TCO_WEIGHT_CPU);

		if (weight == NULL || num_sign(weight) == 0)
			continue;
		sum = num_add(pool, sum, weight);
		if (tco_resources[resource].is_allocated &&
		    value(c, capacities[resource]) == NULL)
			ask(c, capacities[resource],
			    " where it drives the cost");
	}
	text = num_text_short(sum);
	if (num_cmp(sum, num_int(pool, 100)) != 0)
		hs_faults_add(c->faults, c->line, "parameters",
		    "weight.cpu to weight.requests add up to %s %%; expected "
		    "100 %%",
		    text);
}

/* Usage of a period is a sum: it has one price, or one does not know how much
 * of it had which. */
static void check_prices(const struct check *c, unsigned line)
{
	const struct tco_price_book *book = c->tcase->prices;
	int32_t first = c->tcase->from;
	int32_t last = tco_day_add_months(first, c->tcase->months) - 1;

	for (size_t i = 0; book != NULL && i < book->count; i++) {
		const struct tco_price *price = &book->list[i];
		bool begins = price->from > first && price->from <= last;
		bool ends = price->to >= first && price->to < last;
		char day[TCO_DAY_TEXT];

		if (!begins && (!ends || tco_price_find(book, price->resource,
					     price->to + 1) != NULL))
			continue;
		tco_day_text(begins ? price->from : price->to, day);
		hs_faults_add(c->faults, line, "prices",
		    "the price of %s %s on %s, within the period of the usage; "
		    "give usage, and a period, up to there",
		    tco_resources[price->resource].name,
		    begins ? "changes" : "ends", day);
	}
}

static void check_usage(const struct check *c, const struct hs_conf *conf)
{
	if (!c->tcase->has_usage)
		return;
	if (c->tcase->months == 0)
		hs_faults_add(c->faults, hs_conf_line(conf, "usage"), "period",
		    "is missing; usage is of a period: from, months");
	else
		check_prices(c, hs_conf_line(conf, "prices"));
	check_weights(c);
}

static void check_servers(const struct check *c)
{
	const struct num *sum = num_int(c->tcase->pool, 0);

	for (size_t i = 0; i < c->tcase->count; i++)
		sum = num_add(
		    c->tcase->pool, sum, c->tcase->enterprises[i].servers);
	if (num_sign(sum) == 0)
		hs_faults_add(c->faults, c->tcase->enterprises[0].line,
		    "enterprises",
		    "nobody has a server; there is nothing to compare with");
}

void case_check(const struct tco_case *tcase, const struct hs_conf *conf,
    struct hs_faults *faults)
{
	const struct check c = { .tcase = tcase,
		.faults = faults,
		.line = hs_conf_line(conf, "parameters") };

	check_needed(&c);
	check_hosts(&c);
	check_load(&c);
	check_power(&c, NULL, TCO_HOST_IDLE_POWER, TCO_HOST_MAX_POWER);
	for (size_t i = 0; i < tcase->count; i++)
		check_power(&c, &tcase->enterprises[i], TCO_SERVER_IDLE_POWER,
		    TCO_SERVER_MAX_POWER);
	check_usage(&c, conf);
	check_servers(&c);
}
