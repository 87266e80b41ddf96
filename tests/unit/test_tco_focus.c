/* test_tco_focus.c - a FOCUS file's lines, and what is refused as one. */

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tco-report/focus/charges.h"
#include "tco-report/focus/focus.h"
#include "tco-report/tco.h"

/* 12 core-hours at 0.15 EUR. */
static struct focus_charge usage(void)
{
	return (struct focus_charge) {
		.billing_account_id = "hanse",
		.billing_account_name = "The platform",
		.billing_account_type = "Platform",
		.sub_account_id = "adler-motors",
		.sub_account_name = "Adler Motors",
		.sub_account_type = "Enterprise",
		.billing_currency = "EUR",
		.invoice_id = "2026-11/adler-motors",
		.invoice_issuer_name = "hanse",
		.provider_name = "hanse",
		.publisher_name = "hanse",
		.service_provider_name = "hanse",
		.host_provider_name = "hanse",
		.billing_period_start = "2026-11-01T00:00:00Z",
		.billing_period_end = "2026-12-01T00:00:00Z",
		.charge_period_start = "2026-11-01T00:00:00Z",
		.charge_period_end = "2026-12-01T00:00:00Z",
		.charge_category = "Usage",
		.charge_frequency = "Usage-Based",
		.charge_description = "CPU, \"reserved\"",
		.service_category = "Compute",
		.service_subcategory = "Virtual Machines",
		.service_name = "Domains",
		.resource_id = "automotive.adler-motors",
		.resource_name = "Adler Motors' portal",
		.resource_type = "Domain",
		.sku_id = "cpu",
		.sku_meter = "Processor time",
		.sku_price_id = "cpu",
		.tags = "{\"ve\": \"automotive\"}",
		.consumed_quantity = "12",
		.consumed_unit = "Core-Hours",
		.pricing_quantity = "12",
		.pricing_unit = "Core-Hours",
		.pricing_category = "Standard",
		.list_unit_price = "0.15",
		.contracted_unit_price = "0.15",
		.list_cost = "1.80",
		.contracted_cost = "1.8",
		.billed_cost = "1.8",
		.effective_cost = "1.8",
	};
}

static int write_one(
    const struct focus_charge *charge, char **ret_text, struct hs_err *err)
{
	size_t size;
	FILE *out = open_memstream(ret_text, &size);
	int got;

	assert_non_null(out);
	got = focus_write_charge(out, charge, err);
	assert_int_equal(fclose(out), 0);
	return got;
}

static void test_line(void **state)
{
	hs_auto(hs_freep) char *text = NULL;
	struct focus_charge charge = usage();
	struct hs_err err = { 0 };
	size_t commas = 0;

	(void)state;
	assert_int_equal(write_one(&charge, &text, &err), 0);
	assert_non_null(strstr(text, ",\"CPU, \"\"reserved\"\"\","));
	assert_non_null(
	    strstr(text, "\"{\"\"ve\"\": \"\"automotive\"\"}\"\r\n"));
	for (const char *c = text; *c != '\0'; c++)
		commas += *c == ',' ? 1 : 0;
	assert_int_equal(commas, FOCUS_COLUMN_COUNT - 1 + 1);
}

static void test_head(void **state)
{
	hs_auto(hs_freep) char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(focus_write_head(out, NULL), 0);
	assert_int_equal(fclose(out), 0);
	assert_memory_equal(
	    text, "AllocatedMethodDetails,AllocatedMethodId,", 41);
	assert_string_equal(text + size - 6, "Tags\r\n");
	for (size_t i = 1; i < FOCUS_COLUMN_COUNT; i++)
		assert_true(strcmp(focus_column(i - 1), focus_column(i)) < 0);
}

/* Each spoils a good row in one way; the message names the column. */
/* clang-format off */
static const struct wrong {
	size_t field;
	const char *value, *names;
} wrongs[] = {
#define AT(field) offsetof(struct focus_charge, field)
	{ AT(billed_cost),           NULL,         "BilledCost may not be null" },
	{ AT(billed_cost),           "1e3",        "BilledCost" },
	{ AT(billed_cost),           "+1",         "BilledCost" },
	{ AT(billed_cost),           "1,5",        "BilledCost" },
	{ AT(billed_cost),           ".5",         "BilledCost" },
	{ AT(billed_cost),           "5.",         "BilledCost" },
	{ AT(billed_cost),           "",           "BilledCost" },
	{ AT(list_unit_price),       "-0.15",      "ListUnitPrice" },
	{ AT(list_unit_price),       NULL,         "ListUnitPrice" },
	{ AT(list_cost),             "1.81",       "ListCost 1.81 is not" },
	{ AT(contracted_cost),       "1.79",       "ContractedCost 1.79 is not" },
	{ AT(billing_currency),      "eur",        "BillingCurrency" },
	{ AT(billing_period_start),  "2026-11-01", "BillingPeriodStart" },
	{ AT(charge_period_end),     "2026-13-01T00:00:00Z", "ChargePeriodEnd" },
	{ AT(charge_period_end),     "2026-11-01T00:00:00Z", "ChargePeriodEnd is not after" },
	{ AT(billing_period_end),    "2026-10-01T00:00:00Z", "BillingPeriodEnd is not after" },
	{ AT(charge_category),       "Rent",       "ChargeCategory" },
	{ AT(charge_class),          "Refund",     "ChargeClass" },
	{ AT(charge_frequency),      "Daily",      "ChargeFrequency" },
	{ AT(pricing_category),      "Cheap",      "PricingCategory" },
	{ AT(service_category),      "Cloud",      "ServiceCategory" },
	{ AT(consumed_unit),         "core hours", "ConsumedUnit" },
	{ AT(consumed_unit),         NULL,         "ConsumedQuantity says nothing without ConsumedUnit" },
	{ AT(consumed_quantity),     NULL,         "ConsumedUnit says nothing without ConsumedQuantity" },
	{ AT(sku_price_id),          NULL,         "without SkuPriceId" },
	{ AT(pricing_category),      NULL,         "PricingCategory of a usage is null" },
	{ AT(resource_type),         NULL,         "ResourceId says nothing without ResourceType" },
	{ AT(tags),                  "{\"a\": [1]}", "Tags" },
	{ AT(tags),                  "{\"a\": 1, \"a\": 2}", "Tags" },
	{ AT(tags),                  "[]",         "Tags" },
	{ AT(allocated_resource_id), "x",          "without AllocatedMethodId" },
	{ AT(service_name),          " ",          "ServiceName" },
	{ AT(service_name),          "a\x01",      "ServiceName" },
#undef AT
};
/* clang-format on */

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
		hs_auto(hs_freep) char *text = NULL;
		struct focus_charge charge = usage();
		struct hs_err err = { 0 };

		(void)memcpy((char *)&charge + wrongs[i].field,
		    &wrongs[i].value, sizeof(wrongs[i].value));
		assert_int_equal(write_one(&charge, &text, &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
		assert_non_null(strstr(err.msg, wrongs[i].names));
		assert_int_equal(strlen(text), 0);
	}
}

/* A correction of an earlier period may be without quantity and price. */
static void test_correction(void **state)
{
	hs_auto(hs_freep) char *text = NULL;
	struct focus_charge charge = usage();
	struct hs_err err = { 0 };

	(void)state;
	charge.charge_class = "Correction";
	charge.consumed_quantity = charge.consumed_unit = NULL;
	charge.pricing_quantity = charge.pricing_unit = NULL;
	charge.sku_price_id = charge.list_unit_price = NULL;
	charge.contracted_unit_price = NULL;
	charge.list_cost = charge.contracted_cost = "-0.10";
	charge.billed_cost = charge.effective_cost = "-0.10";
	assert_int_equal(write_one(&charge, &text, &err), 0);
	assert_non_null(strstr(text, ",Correction,"));
}

static void test_full_disk(void **state)
{
	FILE *out = fopen("/dev/full", "w");
	struct focus_charge charge = usage();
	struct hs_err err = { 0 };

	(void)state;
	assert_non_null(out);
	(void)setvbuf(out, NULL, _IONBF, 0);
	assert_int_equal(focus_write_head(out, &err), -1);
	assert_int_equal(err.code, HS_ESYSTEM);
	assert_int_equal(focus_write_charge(out, &charge, &err), -1);
	(void)fclose(out);
}

/* No usage, no bills: that is said, and nothing is written. */
static void test_no_bills(void **state)
{
	struct tco_case tcase = { .currency = "EUR" };
	struct tco_result result = { .tcase = &tcase };
	hs_auto(hs_freep) char *text = NULL;
	struct hs_err err = { 0 };
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(
	    focus_write_bills(out, &result, "hanse", TCO_IDLE_EVEN, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_correction),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_no_bills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
