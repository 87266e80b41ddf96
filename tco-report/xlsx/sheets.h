/* sheets.h - the workbook's sheets, in order, and the cells they share. */
#ifndef HANSE_TCO_REPORT_XLSX_SHEETS_H
#define HANSE_TCO_REPORT_XLSX_SHEETS_H

#include "tco-report/xlsx/book.h"

/** What a kind of hardware is, and how many pieces a year needs. */
struct xl_hardware_facts {
	struct xl_expr price, life, residual; /* residual: % */
	struct xl_expr need[TCO_YEARS];       /* from year 1 on */
};

/** Its cells, by time: purchases 0 to 9, the rest 1 to 10. */
struct xl_hardware {
	struct xl_cell need[TCO_YEARS], bought[TCO_YEARS], cost[TCO_YEARS];
	struct xl_cell worn[TCO_YEARS], worth[TCO_YEARS];
};

/** Servers of one price. */
struct xl_fleet {
	struct xl_hardware hardware;
	struct xl_expr resale; /* %, as the hardware's sheet says it */
};

/** Cells by what they mean, for formulas of later sheets. */
struct xl_parts {
	/* Inputs; sheet is NULL for what is neither given nor zero without */
	struct xl_cell param[TCO_PARAM_COUNT];
	struct xl_cell *servers, *domains;    /* by enterprise */
	struct xl_cell *own[TCO_PARAM_COUNT]; /* by enterprise; NULL: nobody
					       * has a figure of its own */

	/* Dedicated, by enterprise; of a server, first year */
	struct xl_cell *price, *kwh, *opex, *annual;
	struct xl_cell *line[TCO_LINE_COUNT];
	struct xl_cell *is_own; /* 1: has figures of its own */
	struct xl_cell *servers_in[TCO_HORIZON_MAX]; /* by year */
	struct xl_cell dedicated_annual;

	/* Hardware */
	struct xl_cell time[TCO_YEARS]; /* the numbers 0 to 10 */
	struct xl_fleet *fleet;
	size_t fleet_count;
	struct xl_hardware hosts, shared;

	/* Platform, by year */
	struct xl_cell hosts_in[TCO_HORIZON_MAX];
	struct xl_cell platform[TCO_LINE_COUNT][TCO_HORIZON_MAX];
	struct xl_cell platform_opex[TCO_HORIZON_MAX];
	struct xl_cell domains_in[TCO_HORIZON_MAX];
	struct xl_cell platform_annual, migration;
	struct xl_cell platform_kwh;

	/* Accounting, by year */
	struct xl_cell dedicated[TCO_LINE_COUNT][TCO_HORIZON_MAX];
	struct xl_cell dedicated_opex[TCO_HORIZON_MAX];
	struct xl_cell saving[TCO_HORIZON_MAX];

	/* Cash */
	struct xl_cell npv[TCO_TIMING_COUNT], irr[TCO_TIMING_COUNT];
	const struct xl_sheet *cash_sheet;
	struct xl_cell flow[TCO_YEARS], factor[TCO_YEARS]; /* servers due */
	struct xl_cell loss;                               /* Monte Carlo */
	lxw_row_t net_row[TCO_TIMING_COUNT], sum_row[TCO_TIMING_COUNT];

	/* Showback */
	struct xl_cell months, total, idle, direct_sum, standalone_sum;
	struct xl_cell *direct, *standalone; /* by enterprise */
	struct xl_cell *exact[TCO_RULE_COUNT], *gain[TCO_RULE_COUNT];
	struct xl_cell losers[TCO_RULE_COUNT], borne[TCO_RULE_COUNT];
};

/** A parameter, as a formula says it; 0 for what is not in the model. */
struct xl_expr xl_param(const struct xl_sheet *s, const struct xl_parts *parts,
    enum tco_param_id id);
/** What counts for an enterprise: its own figure, else the case's. */
struct xl_expr xl_param_of(const struct xl_sheet *s,
    const struct xl_parts *parts, size_t enterprise, enum tco_param_id id);

/** The first cell and the last, as a range: a column of enterprises. */
const char *xl_column(const struct xl_sheet *s, const struct xl_cell *cells);
/** Sum of products of two columns of enterprises. */
struct xl_expr xl_sum_product(
    const struct xl_sheet *s, const struct xl_cell *a, const struct xl_cell *b);
/** Room for a cell an enterprise, and one more. */
struct xl_cell *xl_cells(const struct xl *xl);

/** A number of things in a year (from 1): grown, and rounded up. */
struct xl_expr xl_count_in(const struct xl_sheet *s,
    const struct xl_parts *parts, struct xl_expr today, struct xl_expr year);
/** A table of them, by enterprise and year. */
void xl_counts_write(struct xl_sheet *s, const struct xl_parts *parts,
    lxw_row_t row, const char *title, const struct xl_cell *today,
    struct xl_cell *ret_counts[TCO_HORIZON_MAX]);

/** A line of the first year, as it is in a year; 0 beyond the horizon. */
struct xl_expr xl_in_year(const struct xl_sheet *s,
    const struct xl_parts *parts, struct xl_expr cost, enum tco_line line,
    struct xl_expr year);
/** Grey what is beyond the horizon; years stand in row 3 of the sheet. */
void xl_fade(struct xl_sheet *s, lxw_row_t first_row, lxw_col_t first_col,
    lxw_row_t last_row, lxw_col_t last_col);

/** The words for a line of cost, a rule and a timing. */
const char *xl_line_title(const struct xl *xl, enum tco_line line);
const char *xl_rule_title(const struct xl *xl, enum tco_rule rule);
const char *xl_timing_title(enum tco_timing timing);

void xl_inputs_write(struct xl_sheet *s, struct xl_parts *parts);
void xl_dedicated_write(struct xl_sheet *s, struct xl_parts *parts);
void xl_hardware_write(struct xl_sheet *s, struct xl_parts *parts);
/** One kind of hardware; returns the row below it. */
lxw_row_t xl_hardware_block(struct xl_sheet *s, const struct xl_parts *parts,
    lxw_row_t row, const char *title, const struct xl_hardware_facts *facts,
    struct xl_hardware *out);
void xl_platform_write(struct xl_sheet *s, struct xl_parts *parts);
/** Depreciation and the year's cost, once hardware is written. */
void xl_platform_worn_write(struct xl_sheet *s, struct xl_parts *parts);
void xl_accounting_write(struct xl_sheet *s, struct xl_parts *parts);
/** Unit cost and soft savings, from a row of the accounts' sheet on. */
void xl_apart_write(struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row);
void xl_cash_write(struct xl_sheet *s, struct xl_parts *parts);
void xl_showback_write(struct xl_sheet *s, struct xl_parts *parts);
void xl_simulation_write(struct xl_sheet *s, struct xl_parts *parts);
void xl_sensitivity_write(struct xl_sheet *s, struct xl_parts *parts);
/** Break-evens, from a row of the sensitivity's sheet on. */
void xl_break_even_write(struct xl_sheet *s, lxw_row_t row);
void xl_carbon_write(struct xl_sheet *s, struct xl_parts *parts);
void xl_sources_write(struct xl_sheet *s, struct xl_parts *parts);
void xl_verdict_write(struct xl_sheet *s, struct xl_parts *parts);
/** The bills by each rule, from a row of the showback's sheet on. */
void xl_bills_write(struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row);

#endif
