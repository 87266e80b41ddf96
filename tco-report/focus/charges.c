/* charges.c - a bill's rows: what was used, a share of the idle, the rounding.
 *
 * Prices are published with twelve decimals and quantities with six, so that a
 * cost is their product with no rounding at all; what those decimals and the
 * cents of the bill leave over is the row that rounds.
 */

#include "tco-report/focus/charges.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tco-report/exact/number.h"
#include "tco-report/focus/focus.h"
#include "tco-report/input/date.h"

#define PRICE_DECIMALS    12
#define QUANTITY_DECIMALS 6
#define COST_DECIMALS     (PRICE_DECIMALS + QUANTITY_DECIMALS)

/* clang-format off */
/* A resource in FOCUS's words. */
static const struct service {
	const char *category, *subcategory, *name, *type, *unit, *meter;
} services[TCO_RESOURCE_COUNT] = {
	[TCO_CPU]      = { "Compute",    "Virtual Machines",     "Domains", "Domain",  "Core-Hours", "Processor" },
	[TCO_RAM]      = { "Compute",    "Virtual Machines",     "Domains", "Domain",  "GiB-Hours",  "Memory" },
	[TCO_STORAGE]  = { "Storage",    "Block Storage",        "Volumes", "Volume",  "GB-Months",  "Volume size" },
	[TCO_IOPS]     = { "Storage",    "Block Storage",        "Volumes", "Volume",  "IOPS-Hours", "Volume operations" },
	[TCO_NETWORK]  = { "Networking", "Network Connectivity", "Network", "Network", "GB",         "Network traffic" },
	[TCO_REQUESTS] = { "Databases",  "Relational Databases", "Gateway", "Gateway", "Requests",   "Statements" },
};

/* How idle cost is split: by how much of what. */
static const struct method {
	const char *id, *unit, *text;
} methods[TCO_RULE_COUNT] = {
	[TCO_IDLE_OPERATOR]     = { "hanse-idle-operator",     NULL,          "Unused capacity, borne by the operator" },
	[TCO_IDLE_PROPORTIONAL] = { "hanse-idle-proportional", "CUR",         "Share of unused capacity, by direct cost" },
	[TCO_IDLE_EVEN]         = { "hanse-idle-even",         "Enterprises", "Share of unused capacity, the same for all" },
	[TCO_IDLE_STANDALONE]   = { "hanse-idle-standalone",   "CUR",         "Share of unused capacity, by stand-alone cost" },
	[TCO_EQUAL_PERCENT]     = { "hanse-equal-percent",     "CUR",         "Share of the platform, by stand-alone cost" },
};
/* clang-format on */

/* One file being written. Texts live in the arena until the next row. */
struct bills {
	FILE *out;
	const struct tco_result *result;
	const struct tco_case *tcase;
	struct num_pool *pool;
	enum tco_rule rule;
	struct focus_charge common; /* what all rows share */
	struct hs_arena *arena;     /* texts of the common part */
	struct hs_arena *row;       /* texts of a bill's rows */
	/* Shares given out so far, exact; see part(). */
	const struct num *ratio, *amount;
};

/* All decimals that are not closing zeros. */
static const char *decimal(
    struct hs_arena *arena, const struct num *value, unsigned decimals)
{
	hs_auto(hs_freep) char *text = num_text(value, decimals);
	size_t len = strlen(text);

	if (strchr(text, '.') != NULL) {
		while (text[len - 1] == '0')
			len--;
		if (text[len - 1] == '.')
			len--;
	}
	return hs_arena_strndup(arena, text, len);
}

static const char *moment(struct hs_arena *arena, int32_t day)
{
	char text[TCO_DAY_TEXT];

	tco_day_text(day, text);
	return hs_arena_printf(arena, "%sT00:00:00Z", text);
}

static const char *json_text(struct hs_arena *arena, const char *text)
{
	struct hs_text out = { 0 };
	const char *kept;

	hs_text_add_json(&out, text);
	kept = hs_arena_strdup(arena, out.data);
	hs_text_done(&out);
	return kept;
}

static void begin(struct bills *b, const char *provider)
{
	const struct tco_case *tcase = b->tcase;
	int32_t end = tco_day_add_months(tcase->from, tcase->months);

	b->arena = hs_arena_new();
	b->row = hs_arena_new();
	b->ratio = b->amount = num_int(b->pool, 0);
	b->common = (struct focus_charge) {
		.billing_account_id = "platform",
		.billing_account_name = tcase->title,
		.billing_account_type = "Platform",
		.billing_currency = tcase->currency,
		.invoice_issuer_name = provider,
		.provider_name = provider,
		.publisher_name = provider,
		.service_provider_name = provider,
		.host_provider_name = provider,
		.billing_period_start = moment(b->arena, tcase->from),
		.billing_period_end = moment(b->arena, end),
		.tags = hs_arena_printf(b->arena, "{\"hanse/case\": %s}",
		    json_text(b->arena, tcase->title)),
	};
	b->common.charge_period_start = b->common.billing_period_start;
	b->common.charge_period_end = b->common.billing_period_end;
}

static void end(struct bills *b)
{
	hs_arena_free(b->row);
	hs_arena_free(b->arena);
}

static void set_enterprise(const struct bills *b, struct focus_charge *charge,
    const struct tco_enterprise *enterprise)
{
	charge->sub_account_id = enterprise->name;
	charge->sub_account_name = enterprise->title;
	charge->sub_account_type = "Enterprise";
	charge->invoice_id = hs_arena_printf(b->row, "%.10s/%s",
	    b->common.billing_period_start, enterprise->name);
}

/* One cost under FOCUS's four names: hanse has no discounts. */
static void set_cost(struct focus_charge *charge, const char *cost)
{
	charge->list_cost = charge->contracted_cost = cost;
	charge->billed_cost = charge->effective_cost = cost;
}

static const struct num *write_usage(const struct bills *b,
    const struct tco_bill *bill, enum tco_resource resource, struct hs_err *err)
{
	const struct service *service = &services[resource];
	const struct tco_pool *pool = &b->result->showback.pool[resource];
	const struct num *price =
	    num_round(b->pool, pool->rate, PRICE_DECIMALS);
	const struct num *quantity =
	    num_round(b->pool, bill->quantity[resource], QUANTITY_DECIMALS);
	const struct num *cost = num_mul(b->pool, price, quantity);
	struct focus_charge charge = b->common;

	set_enterprise(b, &charge, bill->enterprise);
	charge.charge_category = "Usage";
	charge.charge_frequency = "Usage-Based";
	charge.charge_description = hs_arena_printf(
	    b->row, "%s: %s", service->meter, bill->enterprise->title);
	charge.service_category = service->category;
	charge.service_subcategory = service->subcategory;
	charge.service_name = service->name;
	charge.resource_id = hs_arena_printf(b->row, "%s/%s",
	    bill->enterprise->name, tco_resources[resource].name);
	charge.resource_name = bill->enterprise->title;
	charge.resource_type = service->type;
	charge.sku_id = charge.sku_price_id = tco_resources[resource].name;
	charge.sku_meter = service->meter;
	charge.consumed_quantity = charge.pricing_quantity =
	    decimal(b->row, quantity, QUANTITY_DECIMALS);
	charge.consumed_unit = charge.pricing_unit = service->unit;
	charge.pricing_category = "Standard";
	charge.list_unit_price = charge.contracted_unit_price =
	    decimal(b->row, price, PRICE_DECIMALS);
	set_cost(&charge, decimal(b->row, cost, COST_DECIMALS));
	return focus_write_charge(b->out, &charge, err) < 0 ? NULL : cost;
}

/*
 * The next part of a whole, with so many decimals: what has been given out is
 * rounded, not the part, so the parts end at exactly the whole, rounded.
 */
static const struct num *part(struct num_pool *pool, const struct num **given,
    const struct num *share, unsigned decimals)
{
	const struct num *before = num_round(pool, *given, decimals);

	*given = num_add(pool, *given, share);
	return num_sub(pool, num_round(pool, *given, decimals), before);
}

/* What the rule looks at, of one enterprise. */
static const struct num *measure(
    const struct bills *b, const struct tco_bill *bill)
{
	switch (b->rule) {
	case TCO_IDLE_PROPORTIONAL:
		return bill->direct;
	case TCO_IDLE_STANDALONE:
	case TCO_EQUAL_PERCENT:
		return bill->standalone;
	case TCO_IDLE_EVEN:
	case TCO_IDLE_OPERATOR:
		break;
	}
	return num_int(b->pool, 1);
}

/* What is split, and what all its shares are shares of. */
static void set_split(const struct bills *b, struct focus_charge *charge)
{
	const char *idle = b->rule == TCO_EQUAL_PERCENT ? "all" : "idle";

	charge->charge_category = "Adjustment";
	charge->charge_frequency = "Recurring";
	charge->charge_description = methods[b->rule].text;
	charge->service_category = "Management and Governance";
	charge->service_subcategory = "Other (Management and Governance)";
	charge->service_name = "Platform";
	charge->resource_id = hs_arena_printf(b->row, "platform/%s", idle);
	charge->resource_name = "Platform";
	charge->resource_type = "Platform";
	charge->allocated_method_id = methods[b->rule].id;
}

static const char *details(
    const struct bills *b, const struct tco_bill *bill, const struct num *ratio)
{
	const char *unit = methods[b->rule].unit;

	return hs_arena_printf(b->row,
	    "{\"Elements\": [{\"AllocatedRatio\": %s, \"UsageUnit\": \"%s\", "
	    "\"UsageQuantity\": %s}]}",
	    decimal(b->row, ratio, PRICE_DECIMALS),
	    strcmp(unit, "CUR") == 0 ? b->tcase->currency : unit,
	    decimal(b->row, measure(b, bill), PRICE_DECIMALS));
}

static const struct num *write_share(
    struct bills *b, const struct tco_bill *bill, struct hs_err *err)
{
	const struct tco_showback *showback = &b->result->showback;
	bool all = b->rule == TCO_EQUAL_PERCENT;
	const struct num *whole = all ? showback->total : showback->idle;
	const struct num *share =
	    all ? bill->exact[b->rule] : bill->idle[b->rule];
	const struct num *ratio = part(
	    b->pool, &b->ratio, num_div(b->pool, share, whole), PRICE_DECIMALS);
	const struct num *cost =
	    part(b->pool, &b->amount, share, PRICE_DECIMALS);
	struct focus_charge charge = b->common;

	set_enterprise(b, &charge, bill->enterprise);
	set_split(b, &charge);
	charge.allocated_method_details = details(b, bill, ratio);
	charge.allocated_resource_id = bill->enterprise->name;
	charge.allocated_resource_name = bill->enterprise->title;
	charge.allocated_tags = hs_arena_printf(
	    b->row, "{\"hanse/rule\": \"%s\"}", tco_rule_name(b->rule));
	set_cost(&charge, decimal(b->row, cost, PRICE_DECIMALS));
	return focus_write_charge(b->out, &charge, err) < 0 ? NULL : cost;
}

static int write_rounding(const struct bills *b, const struct tco_bill *bill,
    const struct num *difference, struct hs_err *err)
{
	struct focus_charge charge = b->common;

	set_enterprise(b, &charge, bill->enterprise);
	focus_call_rounding(&charge);
	set_cost(&charge, decimal(b->row, difference, COST_DECIMALS));
	return focus_write_charge(b->out, &charge, err);
}

static bool has_share(const struct bills *b, const struct tco_bill *bill)
{
	if (b->rule == TCO_EQUAL_PERCENT)
		return num_sign(b->result->showback.total) > 0;
	return b->rule != TCO_IDLE_OPERATOR &&
	       num_sign(b->result->showback.idle) > 0 &&
	       bill->idle[b->rule] != NULL;
}

static int write_bill(
    struct bills *b, const struct tco_bill *bill, struct hs_err *err)
{
	const struct num *sum = num_int(b->pool, 0), *cost;
	const struct num *due = num_of_cents(b->pool, bill->cents[b->rule]);

	for (enum tco_resource r = 0; r < TCO_RESOURCE_COUNT; r++) {
		if (b->rule == TCO_EQUAL_PERCENT || bill->cost[r] == NULL ||
		    num_sign(bill->quantity[r]) == 0)
			continue;
		if ((cost = write_usage(b, bill, r, err)) == NULL)
			return -1;
		sum = num_add(b->pool, sum, cost);
	}
	if (has_share(b, bill)) {
		if ((cost = write_share(b, bill, err)) == NULL)
			return -1;
		sum = num_add(b->pool, sum, cost);
	}
	if (num_cmp(sum, due) == 0)
		return 0;
	return write_rounding(b, bill, num_sub(b->pool, due, sum), err);
}

/* What nobody is billed for; not on an invoice. */
static int write_operator(const struct bills *b, struct hs_err *err)
{
	const struct num *cost =
	    num_of_cents(b->pool, b->result->showback.operator_cents[b->rule]);
	struct focus_charge charge = b->common;

	if (num_sign(cost) == 0)
		return 0;
	charge.sub_account_id = "operator";
	charge.sub_account_name = charge.provider_name;
	charge.sub_account_type = "Operator";
	set_split(b, &charge);
	charge.allocated_method_details =
	    "{\"Elements\": [{\"AllocatedRatio\": 1}]}";
	set_cost(&charge, decimal(b->row, cost, 2));
	return focus_write_charge(b->out, &charge, err);
}

static int write_all(struct bills *b, struct hs_err *err)
{
	const struct tco_showback *showback = &b->result->showback;

	if (focus_write_head(b->out, err) < 0)
		return -1;
	for (size_t i = 0; i < showback->count; i++)
		if (write_bill(b, &showback->bill[i], err) < 0)
			return hs_wrap(err, "bill of '%s'",
			    showback->bill[i].enterprise->name);
	return write_operator(b, err);
}

int focus_write_bills(FILE *out, const struct tco_result *result,
    const char *provider, enum tco_rule rule, struct hs_err *err)
{
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	struct bills b = { .out = out,
		.result = result,
		.rule = rule,
		.tcase = result->tcase,
		.pool = pool };
	int got;

	if (result->showback.bill == NULL)
		return hs_fail(err, HS_EINVAL,
		    "the case has no usage, so there are no bills");
	begin(&b, provider);
	got = write_all(&b, err);
	end(&b);
	return got;
}
