/* charge.c - do the values of a row go together, as FOCUS wants them to? */

#include <gmp.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tco-report/focus/column.h"
#include "tco-report/focus/focus.h"

#define AT(field) offsetof(struct focus_charge, field)

/* clang-format off */
/* What says nothing without the other. */
static const struct need {
	const char *name;
	size_t field;
	const char *needed;
	size_t other;
} needs[] = {
	{ "ConsumedQuantity",     AT(consumed_quantity),        "SkuPriceId",          AT(sku_price_id) },
	{ "ConsumedQuantity",     AT(consumed_quantity),        "ConsumedUnit",        AT(consumed_unit) },
	{ "ConsumedUnit",         AT(consumed_unit),            "ConsumedQuantity",    AT(consumed_quantity) },
	{ "PricingQuantity",      AT(pricing_quantity),         "SkuPriceId",          AT(sku_price_id) },
	{ "PricingQuantity",      AT(pricing_quantity),         "PricingUnit",         AT(pricing_unit) },
	{ "PricingUnit",          AT(pricing_unit),             "PricingQuantity",     AT(pricing_quantity) },
	{ "ListUnitPrice",        AT(list_unit_price),          "SkuPriceId",          AT(sku_price_id) },
	{ "ContractedUnitPrice",  AT(contracted_unit_price),    "SkuPriceId",          AT(sku_price_id) },
	{ "SkuPriceId",           AT(sku_price_id),             "SkuId",               AT(sku_id) },
	{ "SkuPriceId",           AT(sku_price_id),             "ListUnitPrice",       AT(list_unit_price) },
	{ "SkuPriceDetails",      AT(sku_price_details),        "SkuPriceId",          AT(sku_price_id) },
	{ "SkuMeter",             AT(sku_meter),                "SkuId",               AT(sku_id) },
	{ "ResourceName",         AT(resource_name),            "ResourceId",          AT(resource_id) },
	{ "ResourceType",         AT(resource_type),            "ResourceId",          AT(resource_id) },
	{ "ResourceId",           AT(resource_id),              "ResourceType",        AT(resource_type) },
	{ "SubAccountName",       AT(sub_account_name),         "SubAccountId",        AT(sub_account_id) },
	{ "SubAccountType",       AT(sub_account_type),         "SubAccountId",        AT(sub_account_id) },
	{ "SubAccountId",         AT(sub_account_id),           "SubAccountType",      AT(sub_account_type) },
	{ "AllocatedMethodDetails", AT(allocated_method_details), "AllocatedMethodId", AT(allocated_method_id) },
	{ "AllocatedResourceId",  AT(allocated_resource_id),    "AllocatedMethodId",   AT(allocated_method_id) },
	{ "AllocatedResourceName", AT(allocated_resource_name), "AllocatedResourceId", AT(allocated_resource_id) },
	{ "AllocatedTags",        AT(allocated_tags),           "AllocatedMethodId",   AT(allocated_method_id) },
};

/* What a regular usage or purchase may not be without. */
static const struct must {
	const char *name;
	size_t field;
	bool usage_only;
} musts[] = {
	{ "SkuId",               AT(sku_id),                false },
	{ "SkuPriceId",          AT(sku_price_id),          false },
	{ "PricingQuantity",     AT(pricing_quantity),      false },
	{ "PricingCategory",     AT(pricing_category),      false },
	{ "ListUnitPrice",       AT(list_unit_price),       false },
	{ "ContractedUnitPrice", AT(contracted_unit_price), false },
	{ "ConsumedQuantity",    AT(consumed_quantity),     true  },
};
/* clang-format on */

static const char *at(const struct focus_charge *charge, size_t offset)
{
	const char *text;

	(void)memcpy(&text, (const char *)charge + offset, sizeof(text));
	return text;
}

static int check_needs(const struct focus_charge *charge, struct hs_err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(needs); i++)
		if (at(charge, needs[i].field) != NULL &&
		    at(charge, needs[i].other) == NULL)
			return hs_fail(err, HS_EINVAL,
			    "%s says nothing without %s", needs[i].name,
			    needs[i].needed);
	return 0;
}

static int check_musts(const struct focus_charge *charge, struct hs_err *err)
{
	bool usage = strcmp(charge->charge_category, "Usage") == 0;
	bool purchase = strcmp(charge->charge_category, "Purchase") == 0;

	if (charge->charge_class != NULL || !(usage || purchase))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(musts); i++)
		if (at(charge, musts[i].field) == NULL &&
		    (usage || !musts[i].usage_only))
			return hs_fail(err, HS_EINVAL, "%s of a %s is null",
			    musts[i].name, usage ? "usage" : "purchase");
	return 0;
}

/* Moments of one shape, so their texts stand in their order. */
static int check_periods(const struct focus_charge *charge, struct hs_err *err)
{
	if (strcmp(charge->billing_period_start, charge->billing_period_end) >=
	    0)
		return hs_fail(err, HS_EINVAL,
		    "BillingPeriodEnd is not after BillingPeriodStart");
	if (strcmp(charge->charge_period_start, charge->charge_period_end) >= 0)
		return hs_fail(err, HS_EINVAL,
		    "ChargePeriodEnd is not after ChargePeriodStart");
	return 0;
}

/* A decimal as a whole number over a power of ten: exact, so are products. */
static void set_decimal(mpq_t number, const char *text)
{
	hs_auto(hs_freep) char *digits = hs_strdup(text);
	char *point = strchr(digits, '.');
	size_t places = point == NULL ? 0 : strlen(point + 1);

	if (point != NULL)
		(void)memmove(point, point + 1, places + 1);
	(void)mpz_set_str(mpq_numref(number), digits, 10);
	mpz_ui_pow_ui(mpq_denref(number), 10, places);
	mpq_canonicalize(number);
}

static bool is_product(
    const char *cost, const char *price, const char *quantity)
{
	mpq_t c, p, q;
	bool same;

	if (price == NULL || quantity == NULL)
		return true;
	mpq_inits(c, p, q, NULL);
	set_decimal(c, cost);
	set_decimal(p, price);
	set_decimal(q, quantity);
	mpq_mul(p, p, q);
	same = mpq_equal(c, p) != 0;
	mpq_clears(c, p, q, NULL);
	return same;
}

static int check_costs(const struct focus_charge *charge, struct hs_err *err)
{
	if (!is_product(charge->list_cost, charge->list_unit_price,
		charge->pricing_quantity))
		return hs_fail(err, HS_EINVAL,
		    "ListCost %s is not ListUnitPrice %s x PricingQuantity %s",
		    charge->list_cost, charge->list_unit_price,
		    charge->pricing_quantity);
	if (!is_product(charge->contracted_cost, charge->contracted_unit_price,
		charge->pricing_quantity))
		return hs_fail(err, HS_EINVAL,
		    "ContractedCost %s is not ContractedUnitPrice %s x "
		    "PricingQuantity %s",
		    charge->contracted_cost, charge->contracted_unit_price,
		    charge->pricing_quantity);
	return 0;
}

int focus_charge_check(const struct focus_charge *charge, struct hs_err *err)
{
	if (check_needs(charge, err) < 0 || check_musts(charge, err) < 0 ||
	    check_periods(charge, err) < 0)
		return -1;
	return check_costs(charge, err);
}
