/* month_focus.c - a closed month as a FOCUS file. */

#include "portal/console/month_focus.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tco-report/focus/focus.h"
#include "tco-report/tco.h"

#define COST_DECIMALS 15 /* of a price's nine and a quantity's six */

/* clang-format off */
/* What a meter counts, in FOCUS's words; the first that its name begins with. */
static const struct service {
	const char *meter;
	const char *category, *subcategory, *name, *type;
} services[] = {
	{ "disk",         "Storage",    "Block Storage",        "Volumes", "Volume"  },
	{ "network",      "Networking", "Network Connectivity", "Network", "Network" },
	{ "requests",     "Networking", "Network Connectivity", "Edge",    "Portal"  },
	{ "connect",      "Databases",  "Relational Databases", "Gateway", "Gateway" },
	{ "statements",   "Databases",  "Relational Databases", "Gateway", "Gateway" },
	{ "transactions", "Databases",  "Relational Databases", "Gateway", "Gateway" },
	{ "rows",         "Databases",  "Relational Databases", "Gateway", "Gateway" },
	{ "database",     "Databases",  "Relational Databases", "Gateway", "Gateway" },
	{ "",             "Compute",    "Virtual Machines",     "Domains", "Domain"  },
};

/* Words of units; those that are not here are FOCUS's, too. */
static const struct {
	const char *ours, *focus;
} words[] = {
	{ "vCPU",        "Core"          },
	{ "core",        "Core"          },
	{ "domain",      "Domain"        },
	{ "connection",  "Connection"    },
	{ "million",     "1000000 Units" },
	{ "thousand",    "1000 Units"    },
	{ "read",        "Reads"         },
	{ "write",       "Writes"        },
	{ "statement",   "Statements"    },
	{ "transaction", "Transactions"  },
	{ "row",         "Rows"          },
	{ "request",     "Requests"      },
};
/* clang-format on */

struct file {
	struct page *page;
	const struct hs_rows *lines;
	FILE *out;
	struct num_pool *pool;
	struct focus_charge common;
	/* Of the bill that is being written. */
	const struct num *due, *sum;
};

static const struct service *service_of(const char *meter)
{
	const struct service *s = services;

	while (strncmp(meter, s->meter, strlen(s->meter)) != 0)
		s++;
	return s;
}

/* "vCPU-h" as FOCUS writes units: "Core-Hours". */
static const char *unit_of(struct page *page, const char *unit)
{
	size_t len = strcspn(unit, "-");
	const char *word = hs_arena_strndup(page->arena, unit, len);

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(word, words[i].ours) == 0)
			word = words[i].focus;
	return hs_arena_printf(page->arena, "%s%s", word,
	    strcmp(unit + len, "-h") == 0       ? "-Hours"
	    : strcmp(unit + len, "-month") == 0 ? "-Months"
						: "");
}

static const char *exact(const struct file *f, const struct num *value)
{
	hs_auto(hs_freep) char *text = num_text(value, COST_DECIMALS);
	size_t len = strlen(text);

	while (text[len - 1] == '0')
		len--;
	len -= text[len - 1] == '.';
	return hs_arena_strndup(f->page->arena, text, len);
}

static const struct num *number(
    const struct file *f, size_t i, const char *column)
{
	const struct num *value = NULL;

	if (num_parse(f->pool, hs_rows_get(f->lines, i, column), &value, NULL) <
	    0)
		return num_int(f->pool, 0);
	return value;
}

static void set_cost(struct focus_charge *charge, const char *cost)
{
	charge->list_cost = charge->contracted_cost = cost;
	charge->billed_cost = charge->effective_cost = cost;
}

static void set_account(
    const struct file *f, size_t i, struct focus_charge *charge)
{
	const char *ve = hs_rows_get(f->lines, i, "ve");
	const char *enterprise = hs_rows_get(f->lines, i, "enterprise");
	const char *id = hs_arena_printf(f->page->arena, "%s%s%s",
	    ve[0] != '\0' ? ve : "platform", enterprise[0] != '\0' ? "." : "",
	    enterprise);

	charge->sub_account_id = id;
	charge->sub_account_name = id;
	charge->sub_account_type =
	    enterprise[0] != '\0' ? "Enterprise" : "Shared";
	charge->invoice_id = hs_arena_printf(
	    f->page->arena, "%.7s/%s", f->common.billing_period_start, id);
	charge->billing_currency = hs_rows_get(f->lines, i, "currency");
}

static int write_usage(struct file *f, size_t i, struct hs_err *err)
{
	const char *meter = hs_rows_get(f->lines, i, "meter");
	const char *state = hs_rows_get(f->lines, i, "state");
	const struct service *service = service_of(meter);
	const struct num *cost =
	    num_mul(f->pool, number(f, i, "price"), number(f, i, "quantity"));
	struct focus_charge charge = f->common;

	set_account(f, i, &charge);
	charge.charge_category = "Usage";
	if (page_is_true(f->lines, i, "late"))
		charge.charge_class = "Correction";
	charge.charge_frequency = "Usage-Based";
	charge.charge_description = hs_arena_printf(f->page->arena, "%s%s%s",
	    meter, state[0] != '\0' ? ", " : "", state);
	charge.service_category = service->category;
	charge.service_subcategory = service->subcategory;
	charge.service_name = service->name;
	charge.resource_id = hs_arena_printf(
	    f->page->arena, "%s/%s", charge.sub_account_id, meter);
	charge.resource_name = charge.sub_account_name;
	charge.resource_type = service->type;
	charge.sku_id = meter;
	charge.sku_price_id = hs_arena_printf(f->page->arena, "%s/%s/%s", meter,
	    state, hs_rows_get(f->lines, i, "valid_from"));
	charge.sku_meter = meter;
	charge.consumed_quantity = charge.pricing_quantity =
	    hs_rows_get(f->lines, i, "quantity");
	charge.consumed_unit = charge.pricing_unit =
	    unit_of(f->page, hs_rows_get(f->lines, i, "unit"));
	charge.pricing_category = "Standard";
	charge.list_unit_price = charge.contracted_unit_price =
	    hs_rows_get(f->lines, i, "price");
	set_cost(&charge, exact(f, cost));
	f->sum = num_add(f->pool, f->sum, cost);
	return focus_write_charge(f->out, &charge, err);
}

/* What the last bill's charges leave to its cents. */
static int write_rounding(struct file *f, size_t i, struct hs_err *err)
{
	const struct num *rest = num_sub(f->pool, f->due, f->sum);
	struct focus_charge charge = f->common;

	f->due = f->sum = num_int(f->pool, 0);
	if (num_sign(rest) == 0)
		return 0;
	set_account(f, i, &charge);
	focus_call_rounding(&charge);
	set_cost(&charge, exact(f, rest));
	return focus_write_charge(f->out, &charge, err);
}

static bool is_priced(const struct file *f, size_t i)
{
	return hs_rows_get(f->lines, i, "price") != NULL;
}

static bool same_bill(const struct file *f, size_t a, size_t b)
{
	return strcmp(hs_rows_get(f->lines, a, "ve"),
		   hs_rows_get(f->lines, b, "ve")) == 0 &&
	       strcmp(hs_rows_get(f->lines, a, "enterprise"),
		   hs_rows_get(f->lines, b, "enterprise")) == 0;
}

static int write_lines(struct file *f, struct hs_err *err)
{
	size_t last = 0;
	bool any = false;

	if (focus_write_head(f->out, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(f->lines); i++) {
		if (!is_priced(f, i))
			continue;
		if (any && !same_bill(f, last, i) &&
		    write_rounding(f, last, err) < 0)
			return -1;
		f->due = num_add(f->pool, f->due, number(f, i, "amount"));
		if (write_usage(f, i, err) < 0)
			return hs_wrap(err, "line %s",
			    hs_rows_get(f->lines, i, "line_no"));
		last = i;
		any = true;
	}
	return any ? write_rounding(f, last, err) : 0;
}

/* Periods are half open: a month ends where the next begins. */
static void begin(struct file *f, const char *month)
{
	const char *brand = f->page->site->brand;
	char end[TCO_DAY_TEXT] = "";
	int32_t day = 0;

	if (tco_day_parse(month, &day, NULL) == 0)
		tco_day_text(tco_day_add_months(day, 1), end);
	f->due = f->sum = num_int(f->pool, 0);
	f->common = (struct focus_charge) {
		.billing_account_id = "platform",
		.billing_account_name = brand,
		.billing_account_type = "Platform",
		.invoice_issuer_name = brand,
		.provider_name = brand,
		.publisher_name = brand,
		.service_provider_name = brand,
		.host_provider_name = brand,
		.billing_period_start =
		    hs_arena_printf(f->page->arena, "%sT00:00:00Z", month),
		.billing_period_end =
		    hs_arena_printf(f->page->arena, "%sT00:00:00Z", end),
	};
	f->common.charge_period_start = f->common.billing_period_start;
	f->common.charge_period_end = f->common.billing_period_end;
}

int month_focus(struct page *page, const char *month,
    const struct hs_rows *lines, struct hs_text *ret_text, struct hs_err *err)
{
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	hs_auto(hs_freep) char *data = NULL;
	size_t len = 0;
	struct file f = { .page = page, .lines = lines, .pool = pool };
	int failed;

	f.out = open_memstream(&data, &len);
	if (f.out == NULL)
		return hs_fail_errno(err, HS_ESYSTEM, "write FOCUS");
	begin(&f, month);
	failed = write_lines(&f, err);
	if (fclose(f.out) != 0 && failed == 0)
		failed = hs_fail_errno(err, HS_ESYSTEM, "write FOCUS");
	if (failed == 0)
		hs_text_add_len(ret_text, data, len);
	return failed;
}
