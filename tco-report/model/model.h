/* model.h - from a case to every figure of the report.
 *
 * Pure: the same case, seed and program give the same result. Numbers are exact
 * and belong to the case's pool; what is a step of the method is a field here,
 * so that the report and the spreadsheet show it instead of working it out.
 * Money is in the case's currency. A figure that does not exist is NULL: an IRR
 * where there is none, carbon where no intensity was given.
 *
 * Yearly costs fall due at the end of their year (1 to N), purchases at the
 * beginning of the year they are for: year 0 of the cash flows is today.
 */
#ifndef HANSE_TCO_REPORT_MODEL_MODEL_H
#define HANSE_TCO_REPORT_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "tco-report/input/case.h"

struct hs_err;
struct num;

#define TCO_YEARS (TCO_HORIZON_MAX + 1) /* of cash flows: 0 to N */

/* -- Costs by category ---------------------------------------------------- */

/** Lines of cost; both ways of buying have the same, some are zero. */
enum tco_line {
	TCO_DEPRECIATION, /* straight line; not cash */
	TCO_MIGRATED,     /* migration and project, spread over N; not cash */
	TCO_SUPPORT,
	TCO_ENERGY,
	TCO_SPACE,
	TCO_PEOPLE,
	TCO_BACKUP,
	TCO_NETWORKING,
	TCO_LICENCES,
};
#define TCO_LINE_COUNT (TCO_LICENCES + 1)
#define TCO_LINE_CASH  TCO_SUPPORT /* from here on it is cash, every year */

/** "depreciation", "support" ...; a static string. */
const char *tco_line_name(enum tco_line line);

/** One enterprise with servers of its own, first year. */
struct tco_dedicated {
	const struct tco_enterprise *enterprise;
	const struct num *servers;
	const struct num *price; /* of a server with its port */
	const struct num *watts; /* of a server: idle + u (max - idle) */
	const struct num *kwh;   /* of a server and year, with PUE */
	const struct num *line[TCO_LINE_COUNT]; /* of a server and year */
	const struct num *opex;                 /* of a server: cash lines */
	const struct num *annual; /* of all its servers: opex and depreciation;
				   * its stand-alone TCO */
};

/** One year of both, 1 to N, everybody together. */
struct tco_year {
	unsigned year;
	const struct num *servers, *domains, *hosts;
	const struct num *dedicated[TCO_LINE_COUNT];
	const struct num *dedicated_opex;   /* cash lines */
	const struct num *dedicated_annual; /* all lines: the year's P&L */
	const struct num *platform[TCO_LINE_COUNT];
	const struct num *platform_opex;
	const struct num *platform_annual;
	const struct num *saving; /* dedicated_opex - platform_opex: cash */
};

/** The platform, first year. */
struct tco_platform {
	const struct num *hosts;
	const struct num *capex; /* of hosts and what is bought once for all */
	const struct num *migration; /* with the project */
	const struct num *watts;     /* of a host */
	const struct num *kwh;       /* of all hosts and year, with PUE */
	const struct num *opex, *annual;
};

/* -- Cash ----------------------------------------------------------------- */

/** What is with the enterprises' own servers when they move. */
enum tco_timing {
	TCO_DUE,    /* they would have to be bought again now */
	TCO_BOUGHT, /* they were bought now: sunk */
};
#define TCO_TIMING_COUNT (TCO_BOUGHT + 1)

/** One year's flow, platform against dedicated; a saving is positive. */
struct tco_flow {
	const struct num *avoided;    /* servers not bought, or resold */
	const struct num *investment; /* capex of the platform; negative */
	const struct num *migration;  /* negative */
	const struct num *saving;     /* of the yearly cash costs */
	const struct num *residual;   /* worth at the end of lives and of N:
				       * platform's minus servers' */
	const struct num *net;        /* sum of the above */
	const struct num *cumulative;
	const struct num *factor;     /* 1/(1+r)^t */
	const struct num *discounted; /* net * factor */
	const struct num *discounted_cumulative;
};

struct tco_cash {
	struct tco_flow flow[TCO_YEARS]; /* 0 to N */
	const struct num *investment;    /* dI0 = -flow[0].net */
	const struct num *npv;
	unsigned sign_changes; /* of the net flows */
	const struct num *irr; /* a fraction, 0.08; NULL: none, for the flows do
				* not change from cost to gain exactly once */
	const struct num *mirr; /* financed and reinvested at r; NULL: none */
	/* Years. Simple payback beyond N goes on with the last year's saving;
	 * NULL: never. Discounted payback is within N, or never. */
	const struct num *payback, *discounted_payback;
	bool is_paid_back; /* simple payback is within N */
};

/* -- Showback ------------------------------------------------------------- */

/** Who bears what is paid for and not used. */
enum tco_rule {
	TCO_IDLE_OPERATOR,
	TCO_IDLE_PROPORTIONAL, /* to what each is charged directly */
	TCO_IDLE_EVEN,
	TCO_IDLE_STANDALONE, /* to what each would pay alone */
	TCO_EQUAL_PERCENT,   /* no rates: everybody saves the same part */
};
#define TCO_RULE_COUNT (TCO_EQUAL_PERCENT + 1)

/** "operator", "proportional" ...; a static string. */
const char *tco_rule_name(enum tco_rule rule);

/** One resource's share of the cost, and its rate. */
struct tco_pool {
	const struct num *weight;   /* %; NULL: drives nothing */
	const struct num *cost;     /* of the period */
	const struct num *capacity; /* of the period; NULL: a usage resource */
	const struct num *charged;  /* sum of what all are charged for */
	const struct num *divisor;  /* capacity, or what is charged if more */
	const struct num *rate;     /* cost / divisor; NULL if nothing was used
				     * of a usage resource: all of it is idle */
	const struct num *idle;     /* cost - rate * charged */
	bool is_oversold;           /* more was charged than there is */
	const struct num *list_price; /* by the price book on the period's
				       * first day; NULL: none */
};

struct tco_bill {
	const struct tco_enterprise *enterprise;
	const struct num *quantity[TCO_RESOURCE_COUNT]; /* charged for */
	const struct num *cost[TCO_RESOURCE_COUNT];     /* rate * quantity */
	const struct num *direct;                       /* sum of cost */
	const struct num *idle[TCO_RULE_COUNT];  /* its part of the idle */
	const struct num *exact[TCO_RULE_COUNT]; /* before rounding */
	int64_t cents[TCO_RULE_COUNT];
	const struct num *standalone; /* TCO alone, of the period */
	int64_t standalone_cents;
	int64_t gain[TCO_RULE_COUNT];  /* cents: standalone - bill; negative:
					* it loses */
	int64_t listed;                /* cents, by the price book */
	bool is_loser[TCO_RULE_COUNT]; /* exact > standalone */
	const struct num *carbon_kg; /* its share, by what it uses; of a year */
};

struct tco_showback {
	const struct num *total; /* platform's annual TCO of the period */
	int64_t total_cents;
	struct tco_pool pool[TCO_RESOURCE_COUNT];
	const struct num *direct; /* of all */
	const struct num *idle;
	const struct num *idle_part; /* of the allocated pools, a fraction */
	struct tco_bill *bill;       /* one an enterprise, in its order */
	size_t count;
	int64_t operator_cents[TCO_RULE_COUNT]; /* what the operator bears */
	size_t losers[TCO_RULE_COUNT];          /* enterprises that lose */
	/* The level of prices (1: as billed) at which nobody loses, at most 1,
	 * and what the operator then bears more. */
	const struct num *level[TCO_RULE_COUNT];
	int64_t level_cents[TCO_RULE_COUNT];
	int64_t subsidy_cents; /* total above all stand-alone TCOs; else 0: what
				* no way of sharing makes up for */
	bool has_prices;       /* listed is filled */
	int64_t listed;        /* sum, cents */
};

/* -- How sure ------------------------------------------------------------- */

#define TCO_DRIVER_PARAMS 2

/** What moves together: a parameter, or several of one meaning. */
struct tco_driver {
	const char *name; /* "server price"; a parameter's own if it is one */
	enum tco_param_id params[TCO_DRIVER_PARAMS];
	size_t count;
	bool is_main; /* drawn in Monte Carlo, one of the nine */
};

struct tco_swing {
	struct tco_driver driver;
	/* Of its first parameter, in its unit. */
	const struct num *value, *low, *high;
	const struct num *npv_low, *npv_high; /* at low and at high */
	const struct num *swing;              /* |npv_high - npv_low| */
};

struct tco_break_even {
	enum tco_param_id param;
	const struct tco_enterprise *enterprise; /* whose own figure it is;
						  * NULL: the case's */
	const struct num *value;                 /* as given, in its unit */
	const struct num
	    *at[TCO_TIMING_COUNT]; /* NPV is 0 there, the nearest
				    * to value; NULL: nowhere in bounds. A
				    * whole parameter's is the first at which
				    * the sign is another. */
	/* (at - value) / value; NULL where at is, or where value is 0 */
	const struct num *distance[TCO_TIMING_COUNT];
};

#define TCO_BINS 40

/** NPV over draws of the main drivers, each triangular from low to high. */
struct tco_simulation {
	const struct num *mean, *sd, *min, *max, *p10, *p50, *p90; /* cents */
	unsigned losses;             /* draws with NPV < 0 */
	const struct num *loss_part; /* losses / draws */
	double from, to;             /* of the histogram */
	unsigned bin[TCO_BINS];      /* draws in each, of equal width */
};

/* -- Carbon, soft, units, consolidation ----------------------------------- */

struct tco_carbon {
	const struct num *dedicated_kwh, *platform_kwh; /* a year, first */
	const struct num *dedicated_use, *platform_use; /* kg CO2e a year */
	/* kg CO2e a year: whole life / life; NULL if not given */
	const struct num *dedicated_embodied, *platform_embodied;
	const struct num *dedicated, *platform; /* sums */
};

/** Apart from every verdict. A year; NULL: not given. */
struct tco_soft {
	const struct num *downtime, *provisioning, *total;
};

/** Annual TCO, first year, by what it is for. */
struct tco_unit {
	const struct num *dedicated_domain, *platform_domain; /* a month */
	const struct num *dedicated_order, *platform_order;   /* or NULL */
};

/** One resource of the load. */
struct tco_need_row {
	const struct num *sum_of_peaks;      /* of each enterprise's own */
	const struct num *peak_of_sum;       /* what the hosts must bear */
	const char *time;                    /* of that */
	const struct num *capacity, *target; /* of a host; % */
	const struct num *hosts; /* rounded up; NULL: capacity not given */
};

struct tco_consolidation {
	bool is_known; /* there is load, and a host's capacity for it */
	bool is_used;  /* TCO_HOSTS was not given: hosts are from here */
	struct tco_need_row row[TCO_RESOURCE_COUNT]; /* cpu, ram, iops and
						      * network only */
	enum tco_resource binding;                   /* needs the most hosts */
	const struct num *spare;
	const struct num *hosts; /* with the spare */
	const struct num *ratio; /* own servers a host */
};

/* -- The verdict ---------------------------------------------------------- */

enum tco_answer {
	TCO_CHEAPER,  /* in both timings */
	TCO_WHEN_DUE, /* only if the servers are due for a refresh */
	TCO_DEARER,   /* in both */
};

/** On hard savings alone. The four numbers are saving, both NPVs, and the
 * probability of a loss (refresh due). */
struct tco_verdict {
	enum tco_answer answer;
	const struct num *saving;      /* annual TCO, first year */
	const struct num *saving_part; /* of the dedicated one, a fraction */
	const struct num *npv[TCO_TIMING_COUNT];
	const struct num *loss_part; /* of simulation[TCO_DUE] */
	/* The nearest break-evens of the refresh-due case, of parameters that
	 * are not whole; indices into break_even. */
	size_t change[3];
	size_t change_count;
};

/* -- All of it ------------------------------------------------------------ */

struct tco_result {
	const struct tco_case *tcase; /* lent: must live as long */
	unsigned horizon;
	struct tco_dedicated *dedicated; /* one an enterprise */
	size_t count;
	struct tco_platform platform;
	struct tco_year year[TCO_HORIZON_MAX]; /* [0] is year 1 */
	const struct num *dedicated_annual, *platform_annual; /* year 1 */
	const struct num *annuity; /* sum of the discount factors 1 to N */
	struct tco_cash cash[TCO_TIMING_COUNT];
	struct tco_showback showback; /* bill is NULL without usage */
	struct tco_swing *tornado;    /* of TCO_DUE; the largest first */
	size_t tornado_count;
	/* By parameter, the case's; then by enterprise, their own. */
	struct tco_break_even *break_even;
	size_t break_even_count;
	uint64_t seed;
	unsigned draws;
	struct tco_simulation simulation[TCO_TIMING_COUNT];
	struct tco_carbon carbon; /* fields NULL without an intensity */
	struct tco_soft soft;
	struct tco_unit unit;
	struct tco_consolidation consolidation;
	struct tco_verdict verdict;
};

struct tco_options {
	uint64_t seed;
	unsigned draws; /* 0: TCO_DRAWS */
};

#define TCO_DRAWS     100000
#define TCO_DRAWS_MAX 10000000

/**
 * Work everything out.
 *
 * @tcase:       lent, and the owner of the result's numbers
 * @options:     NULL: seed 1, TCO_DRAWS draws
 * @ret_result:  ended with tco_result_free(), before its case
 *
 * Errors: HS_EINVAL (figures that do not fit together, with file, line and
 * field).
 */
int tco_model_run(struct tco_case *tcase, const struct tco_options *options,
    struct tco_result **ret_result, struct hs_err *err);
void tco_result_free(struct tco_result *result);
HS_FREEP(tco_result_freep, struct tco_result *, tco_result_free)

#endif
