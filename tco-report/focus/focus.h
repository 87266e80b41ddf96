/* focus.h - charges as a FOCUS file: one row a charge, as CSV.
 *
 * FOCUS is the FinOps Foundation's format for cost and usage. The file has the
 * 57 columns of version 1.2, the five of 1.3 that say how a shared cost was
 * split, and the two names 1.3 asks for besides, in alphabetical order. A
 * column hanse has nothing for (commitment discounts, regions ...) is there and
 * empty, so that a file can be loaded without asking what is in it.
 *
 * Knows nothing of enterprises or models: what a charge is made of stands in
 * tco-report/focus/charges.h.
 */
#ifndef HANSE_TCO_REPORT_FOCUS_FOCUS_H
#define HANSE_TCO_REPORT_FOCUS_FOCUS_H

#include <stddef.h>
#include <stdio.h>

struct hs_err;

/**
 * One charge. Every field is text as it stands in the file, NULL is FOCUS's
 * null; nothing is kept after the call that was given it.
 *
 * Amounts are decimals: "-12.50", no sign for plus, no exponent, no grouping.
 * Moments are UTC, "2026-11-01T00:00:00Z"; ends are exclusive.
 */
struct focus_charge {
	/* who is billed, by whom, in what */
	const char *billing_account_id, *billing_account_name;
	const char *billing_account_type;
	const char *sub_account_id, *sub_account_name, *sub_account_type;
	const char *billing_currency; /* ISO 4217, "EUR" */
	const char *invoice_id, *invoice_issuer_name;
	const char *provider_name, *publisher_name;
	const char *service_provider_name, *host_provider_name;

	/* when */
	const char *billing_period_start, *billing_period_end;
	const char *charge_period_start, *charge_period_end;

	/* what kind of charge */
	const char *charge_category;  /* Usage, Purchase, Adjustment ... */
	const char *charge_class;     /* NULL, or "Correction" */
	const char *charge_frequency; /* Usage-Based, Recurring, One-Time */
	const char *charge_description;

	/* for what */
	const char *service_category, *service_subcategory, *service_name;
	const char *resource_id, *resource_name, *resource_type;
	const char *sku_id, *sku_meter, *sku_price_id, *sku_price_details;
	const char *tags; /* object of JSON, no objects or arrays in it */

	/* how much, at what price */
	const char *consumed_quantity, *consumed_unit;
	const char *pricing_quantity, *pricing_unit, *pricing_category;
	const char *list_unit_price, *contracted_unit_price;
	const char *list_cost, *contracted_cost, *billed_cost, *effective_cost;

	/* a share of a cost many caused */
	const char *allocated_method_id;
	const char *allocated_method_details; /* {"Elements": [...]} */
	const char *allocated_resource_id, *allocated_resource_name;
	const char *allocated_tags; /* as tags */
};

#define FOCUS_COLUMN_COUNT 64

/** The name of a column; index below FOCUS_COLUMN_COUNT. */
const char *focus_column(size_t index);

/** Write the line of names. Errors: HS_ESYSTEM. */
int focus_write_head(FILE *out, struct hs_err *err);

/** Say of a charge that it is what rounding a bill to the cent has added; whose
 * it is and its cost are left to the caller. */
void focus_call_rounding(struct focus_charge *charge);

/**
 * Check one charge against FOCUS's rules and write it as a line of CSV
 * (RFC 4180). What breaks a rule is refused by column: a null that may not be
 * one, a decimal with an exponent, a category FOCUS does not know, a usage
 * without its price, a cost that is not price times quantity.
 *
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int focus_write_charge(
    FILE *out, const struct focus_charge *charge, struct hs_err *err);

#endif
