/* part.h - what the steps of the model share; private to model/.
 *
 * The core (core.c) is the chain from parameters to both NPVs. It is run for
 * the result, and again, over a case with other parameters, for each end of
 * each tornado bar. Everything else hangs on the core's result.
 */
#ifndef HANSE_TCO_REPORT_MODEL_PART_H
#define HANSE_TCO_REPORT_MODEL_PART_H

#include "tco-report/exact/number.h"
#include "tco-report/input/case.h"
#include "tco-report/model/model.h"

/** What changes costs and counts from year to year. */
#define TCO_RATE_FIRST TCO_PRICE_INCREASE
#define TCO_RATE_COUNT (TCO_GROWTH - TCO_RATE_FIRST + 1)

/** One run over one case. */
struct model {
	struct num_pool *pool;
	const struct tco_case *tcase;
	struct tco_result *r;
	const struct num *zero, *one;
	unsigned n; /* years */
	/* (1 + rate)^t of each rate that is given, from core_run() on. */
	const struct num *factor[TCO_RATE_COUNT][TCO_YEARS];
};

/* Shorter to read in formulas. */
#define ADD(a, b) num_add(m->pool, a, b)
#define SUB(a, b) num_sub(m->pool, a, b)
#define MUL(a, b) num_mul(m->pool, a, b)
#define DIV(a, b) num_div(m->pool, a, b)
#define INT(i)    num_int(m->pool, i)

/** A parameter's value; zero if it was not given. */
const struct num *val(const struct model *m, enum tco_param_id id);
/** Of an enterprise, or NULL. */
const struct num *val_of(const struct model *m,
    const struct tco_enterprise *enterprise, enum tco_param_id id);
/** A percentage as a fraction. */
const struct num *part(const struct model *m, const struct num *percent);
bool is_given(const struct model *m, enum tco_param_id id);

/** Fill in the factors; n is known. */
void rates_run(struct model *m);
/** value * (1 + rate)^exponent; the value itself if the rate is not given. */
const struct num *grown(const struct model *m, const struct num *value,
    enum tco_param_id rate, unsigned exponent);

/** A number of things in a year (from 1): grown, and rounded up. */
const struct num *count_in(
    const struct model *m, const struct num *today, unsigned year);

/* -- Hardware: what is bought when, and what it is worth ------------------ */

struct asset {
	const struct num *price;    /* today */
	const struct num *residual; /* fraction of the price after its life */
	unsigned life;
	const struct num *need[TCO_YEARS];   /* pieces in year 1 to N */
	const struct num *bought[TCO_YEARS]; /* pieces, at the beginning of
					      * year t + 1 */
	const struct num *cost[TCO_YEARS];   /* of them */
	const struct num *depreciation[TCO_YEARS]; /* of year 1 to N */
	const struct num *worth[TCO_YEARS]; /* what old ones bring at t, and
					     * all that are left at N */
};
void asset_run(const struct model *m, struct asset *asset);

/* -- The chain ------------------------------------------------------------ */

/** Peaks of the load; before the core, which counts hosts by them. */
void consolidation_peaks(struct model *m);
/** All hosts in a year. */
const struct num *consolidation_hosts(const struct model *m, unsigned year);
/** Rows and hosts of the first year, for the report. */
void consolidation_show(struct model *m);

/** Everything up to both NPVs. */
void core_run(struct model *m);

/* core.c's own steps, each in its file. */
struct fleet; /* the enterprises' own servers */
struct fleet *dedicated_run(struct model *m);
const struct asset *fleet_asset(const struct fleet *fleet, size_t group);
size_t fleet_count(const struct fleet *fleet);
const struct num *fleet_resale(const struct fleet *fleet, size_t group);
void platform_run(
    struct model *m, struct asset *ret_hosts, struct asset *ret_shared);
void cash_run(struct model *m, const struct fleet *fleet,
    const struct asset *hosts, const struct asset *shared);
/** IRR, MIRR and paybacks of flows that are known. */
void returns_run(struct model *m, struct tco_cash *cash);

/* -- What hangs on it ----------------------------------------------------- */

void showback_run(struct model *m);
void carbon_run(struct model *m);
void soft_run(struct model *m);
void unit_run(struct model *m);
/** All drivers that are given; owned by the caller. */
struct tco_driver *drivers_list(const struct model *m, size_t *ret_count);
/** Ends of a parameter's range: its own, or what the uncertainty says. */
void driver_range(const struct model *m, const struct tco_param *param,
    enum tco_param_id id, const struct num **ret_low,
    const struct num **ret_high);
void tornado_run(struct model *m);
void break_even_run(struct model *m);
void simulation_run(struct model *m);
void verdict_run(struct model *m);

/* -- Once more with other parameters ------------------------------------- */

/** A copy of the case that can be changed; numbers and texts are lent. */
struct variant {
	struct tco_case tcase;
	struct num_pool *pool; /* of what is worked out */
};
void variant_init(struct variant *v, const struct tco_case *tcase);
/** Both NPVs; owned by the variant's pool. */
void variant_run(struct variant *v, const struct model *m,
    const struct num *ret_npv[TCO_TIMING_COUNT]);
void variant_done(struct variant *v);

#endif
