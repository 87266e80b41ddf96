/* focus.c - the columns of a FOCUS file, as one table, and its lines. */

#include "tco-report/focus/focus.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tco-report/focus/column.h"

#define AT(field) .offset = offsetof(struct focus_charge, field)
#define NOT_OURS  .offset = FOCUS_NOWHERE /* we have no such thing */

/* clang-format off */
static const struct focus_column columns[FOCUS_COLUMN_COUNT] = {
	{ "AllocatedMethodDetails",     FOCUS_OBJECT,    false, AT(allocated_method_details) },
	{ "AllocatedMethodId",          FOCUS_STRING,    false, AT(allocated_method_id) },
	{ "AllocatedResourceId",        FOCUS_STRING,    false, AT(allocated_resource_id) },
	{ "AllocatedResourceName",      FOCUS_STRING,    false, AT(allocated_resource_name) },
	{ "AllocatedTags",              FOCUS_KEY_VALUE, false, AT(allocated_tags) },
	{ "AvailabilityZone",           FOCUS_STRING,    false, NOT_OURS },
	{ "BilledCost",                 FOCUS_DECIMAL,   true,  AT(billed_cost) },
	{ "BillingAccountId",           FOCUS_STRING,    true,  AT(billing_account_id) },
	{ "BillingAccountName",         FOCUS_STRING,    false, AT(billing_account_name) },
	{ "BillingAccountType",         FOCUS_STRING,    true,  AT(billing_account_type) },
	{ "BillingCurrency",            FOCUS_CURRENCY,  true,  AT(billing_currency) },
	{ "BillingPeriodEnd",           FOCUS_MOMENT,    true,  AT(billing_period_end) },
	{ "BillingPeriodStart",         FOCUS_MOMENT,    true,  AT(billing_period_start) },
	{ "CapacityReservationId",      FOCUS_STRING,    false, NOT_OURS },
	{ "CapacityReservationStatus",  FOCUS_STRING,    false, NOT_OURS },
	{ "ChargeCategory",             FOCUS_CATEGORY,  true,  AT(charge_category) },
	{ "ChargeClass",                FOCUS_CLASS,     false, AT(charge_class) },
	{ "ChargeDescription",          FOCUS_STRING,    false, AT(charge_description) },
	{ "ChargeFrequency",            FOCUS_FREQUENCY, true,  AT(charge_frequency) },
	{ "ChargePeriodEnd",            FOCUS_MOMENT,    true,  AT(charge_period_end) },
	{ "ChargePeriodStart",          FOCUS_MOMENT,    true,  AT(charge_period_start) },
	{ "CommitmentDiscountCategory", FOCUS_STRING,    false, NOT_OURS },
	{ "CommitmentDiscountId",       FOCUS_STRING,    false, NOT_OURS },
	{ "CommitmentDiscountName",     FOCUS_STRING,    false, NOT_OURS },
	{ "CommitmentDiscountQuantity", FOCUS_DECIMAL,   false, NOT_OURS },
	{ "CommitmentDiscountStatus",   FOCUS_STRING,    false, NOT_OURS },
	{ "CommitmentDiscountType",     FOCUS_STRING,    false, NOT_OURS },
	{ "CommitmentDiscountUnit",     FOCUS_UNIT,      false, NOT_OURS },
	{ "ConsumedQuantity",           FOCUS_DECIMAL,   false, AT(consumed_quantity) },
	{ "ConsumedUnit",               FOCUS_UNIT,      false, AT(consumed_unit) },
	{ "ContractedCost",             FOCUS_DECIMAL,   true,  AT(contracted_cost) },
	{ "ContractedUnitPrice",        FOCUS_PRICE,     false, AT(contracted_unit_price) },
	{ "EffectiveCost",              FOCUS_DECIMAL,   true,  AT(effective_cost) },
	{ "HostProviderName",           FOCUS_STRING,    true,  AT(host_provider_name) },
	{ "InvoiceId",                  FOCUS_STRING,    false, AT(invoice_id) },
	{ "InvoiceIssuerName",          FOCUS_STRING,    true,  AT(invoice_issuer_name) },
	{ "ListCost",                   FOCUS_DECIMAL,   true,  AT(list_cost) },
	{ "ListUnitPrice",              FOCUS_PRICE,     false, AT(list_unit_price) },
	{ "PricingCategory",            FOCUS_PRICING,   false, AT(pricing_category) },
	{ "PricingCurrency",            FOCUS_CURRENCY,  false, NOT_OURS },
	{ "PricingCurrencyContractedUnitPrice", FOCUS_PRICE, false, NOT_OURS },
	{ "PricingCurrencyEffectiveCost", FOCUS_DECIMAL, false, NOT_OURS },
	{ "PricingCurrencyListUnitPrice", FOCUS_PRICE,   false, NOT_OURS },
	{ "PricingQuantity",            FOCUS_DECIMAL,   false, AT(pricing_quantity) },
	{ "PricingUnit",                FOCUS_UNIT,      false, AT(pricing_unit) },
	{ "ProviderName",               FOCUS_STRING,    true,  AT(provider_name) },
	{ "PublisherName",              FOCUS_STRING,    true,  AT(publisher_name) },
	{ "RegionId",                   FOCUS_STRING,    false, NOT_OURS },
	{ "RegionName",                 FOCUS_STRING,    false, NOT_OURS },
	{ "ResourceId",                 FOCUS_STRING,    false, AT(resource_id) },
	{ "ResourceName",               FOCUS_STRING,    false, AT(resource_name) },
	{ "ResourceType",               FOCUS_STRING,    false, AT(resource_type) },
	{ "ServiceCategory",            FOCUS_SERVICE,   true,  AT(service_category) },
	{ "ServiceName",                FOCUS_STRING,    true,  AT(service_name) },
	{ "ServiceProviderName",        FOCUS_STRING,    true,  AT(service_provider_name) },
	{ "ServiceSubcategory",         FOCUS_STRING,    true,  AT(service_subcategory) },
	{ "SkuId",                      FOCUS_STRING,    false, AT(sku_id) },
	{ "SkuMeter",                   FOCUS_STRING,    false, AT(sku_meter) },
	{ "SkuPriceDetails",            FOCUS_KEY_VALUE, false, AT(sku_price_details) },
	{ "SkuPriceId",                 FOCUS_STRING,    false, AT(sku_price_id) },
	{ "SubAccountId",               FOCUS_STRING,    false, AT(sub_account_id) },
	{ "SubAccountName",             FOCUS_STRING,    false, AT(sub_account_name) },
	{ "SubAccountType",             FOCUS_STRING,    false, AT(sub_account_type) },
	{ "Tags",                       FOCUS_KEY_VALUE, false, AT(tags) },
};
/* clang-format on */

const char *focus_column(size_t index)
{
	assert(index < FOCUS_COLUMN_COUNT);
	return columns[index].name;
}

/* RFC 4180: quoted if it must be, a quote is doubled. */
static void write_field(FILE *out, const char *text)
{
	if (text == NULL)
		return;
	if (strpbrk(text, ",\"\r\n") == NULL) {
		(void)fputs(text, out);
		return;
	}
	(void)fputc('"', out);
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"')
			(void)fputc('"', out);
		(void)fputc(*c, out);
	}
	(void)fputc('"', out);
}

static void write_end(FILE *out, size_t index)
{
	(void)fputs(index + 1 < FOCUS_COLUMN_COUNT ? "," : "\r\n", out);
}

static int written(FILE *out, struct hs_err *err)
{
	if (ferror(out))
		return hs_fail(err, HS_ESYSTEM, "the file cannot be written");
	return 0;
}

int focus_write_head(FILE *out, struct hs_err *err)
{
	for (size_t i = 0; i < FOCUS_COLUMN_COUNT; i++) {
		write_field(out, columns[i].name);
		write_end(out, i);
	}
	return written(out, err);
}

static const char *value(
    const struct focus_charge *charge, const struct focus_column *column)
{
	const char *text = NULL;

	if (column->offset != FOCUS_NOWHERE)
		(void)memcpy(
		    &text, (const char *)charge + column->offset, sizeof(text));
	return text;
}

void focus_call_rounding(struct focus_charge *charge)
{
	charge->charge_category = "Adjustment";
	charge->charge_frequency = "Recurring";
	charge->charge_description = "Rounding of the bill to the cent";
	charge->service_category = "Management and Governance";
	charge->service_subcategory = "Other (Management and Governance)";
	charge->service_name = "Platform";
}

int focus_write_charge(
    FILE *out, const struct focus_charge *charge, struct hs_err *err)
{
	for (size_t i = 0; i < FOCUS_COLUMN_COUNT; i++)
		if (focus_column_check(
			&columns[i], value(charge, &columns[i]), err) < 0)
			return -1;
	if (focus_charge_check(charge, err) < 0)
		return -1;
	for (size_t i = 0; i < FOCUS_COLUMN_COUNT; i++) {
		write_field(out, value(charge, &columns[i]));
		write_end(out, i);
	}
	return written(out, err);
}
