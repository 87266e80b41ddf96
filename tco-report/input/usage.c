/* usage.c - what each enterprise used in the period, added up by meter. */

#include "tco-report/input/usage.h"

#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tco-report/exact/number.h"
#include "tco-report/input/case.h"
#include "tco-report/input/case_part.h"
#include "tco-report/input/csv.h"

/* Sums of so many rows go into a fresh pool, lest each row's numbers stay. */
#define ROWS_KEPT 4096

enum column { ENTERPRISE, METER, QUANTITY, UNIT };
static const char *const columns[] = { "enterprise", "meter", "quantity",
	"unit" };

/* Units other than the resource's own that a meter may be counted in. */
/* clang-format off */
static const struct unit {
	const char *name;
	enum tco_resource resource;
	int64_t divisor; /* so many make one of the resource's unit */
} units[] = {
	{ "core-s",    TCO_CPU,     3600 },
	{ "MiB-h",     TCO_RAM,     1024 },
	{ "MB",        TCO_NETWORK, 1000 },
};
/* clang-format on */

struct usage {
	struct csv csv;
	struct tco_case *tcase;
	struct num_pool *pool;
	const struct num **sums; /* by enterprise and meter */
	size_t count, rows;
};

static int64_t divisor_of(enum tco_resource resource, const char *unit)
{
	if (strcmp(unit, tco_resources[resource].unit) == 0)
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (units[i].resource == resource &&
		    strcmp(units[i].name, unit) == 0)
			return units[i].divisor;
	return 0;
}

/* Only the sums move over. */
static void renew(struct usage *u)
{
	struct num_pool *fresh = num_pool_new();

	for (size_t i = 0; i < u->count; i++)
		if (u->sums[i] != NULL)
			u->sums[i] = num_copy(fresh, u->sums[i]);
	num_pool_free(u->pool);
	u->pool = fresh;
}

static void add(
    struct usage *u, size_t index, const struct num *quantity, int64_t divisor)
{
	struct num_pool *pool = u->pool;

	if (divisor > 1)
		quantity = num_div(pool, quantity, num_int(pool, divisor));
	u->sums[index] = u->sums[index] != NULL
			     ? num_add(pool, u->sums[index], quantity)
			     : quantity;
	if (++u->rows % ROWS_KEPT == 0)
		renew(u);
}

/* NULL, and a fault, if it is no quantity. */
static const struct num *read_quantity(struct usage *u)
{
	const char *text = u->csv.field[QUANTITY];
	const struct num *quantity;
	struct hs_err err = { 0 };

	if (num_parse(u->pool, text, &quantity, &err) < 0)
		csv_fault(&u->csv, QUANTITY, "%s", err.msg);
	else if (num_sign(quantity) < 0)
		csv_fault(&u->csv, QUANTITY,
		    "found '%s'; usage is not negative", text);
	else
		return quantity;
	return NULL;
}

static void read_row(struct usage *u)
{
	char *const *field = u->csv.field;
	int enterprise = case_find(u->tcase, field[ENTERPRISE]);
	int meter = tco_meter_find(field[METER]);
	const struct num *quantity = read_quantity(u);
	hs_auto(hs_freep) char *shown = hs_fault_shown(field[ENTERPRISE]);
	hs_auto(hs_freep) char *shown_unit = hs_fault_shown(field[UNIT]);
	int64_t divisor;

	if (enterprise < 0)
		csv_fault(&u->csv, ENTERPRISE,
		    "the case has no enterprise '%s'", shown);
	if (meter < 0) {
		csv_fault(&u->csv, METER,
		    "no such meter; expected cpu.reserved, cpu.used, "
		    "ram.reserved, ram.used, storage.reserved, storage.used, "
		    "iops.reserved, iops.used, network.used or requests.used");
		return;
	}
	divisor = divisor_of(tco_meters[meter].resource, field[UNIT]);
	if (divisor == 0)
		csv_fault(&u->csv, UNIT, "found '%s'; expected '%s'",
		    shown_unit, tco_resources[tco_meters[meter].resource].unit);
	else if (enterprise >= 0 && quantity != NULL)
		add(u, (size_t)enterprise * TCO_METER_COUNT + (size_t)meter,
		    quantity, divisor);
}

static void hand_over(struct usage *u)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->sums[i] != NULL)
			u->tcase->enterprises[i / TCO_METER_COUNT]
			    .usage[i % TCO_METER_COUNT] =
			    num_copy(u->tcase->pool, u->sums[i]);
	u->tcase->has_usage = true;
}

int usage_load(const char *name, const char *text, struct tco_case *tcase,
    struct hs_faults *faults, struct hs_err *err)
{
	struct usage u = { .tcase = tcase,
		.count = tcase->count * TCO_METER_COUNT };
	hs_auto(hs_freep) const struct num **sums =
	    hs_alloc((u.count + 1) * sizeof(*sums));
	int ret = csv_open(
	    name, text, columns, ARRAY_LEN(columns), faults, &u.csv, err);

	u.sums = sums;
	u.pool = num_pool_new();
	while (ret == 0 && csv_next(&u.csv))
		read_row(&u);
	if (ret == 0)
		ret = hs_faults_fail(faults, err);
	if (ret == 0)
		hand_over(&u);
	num_pool_free(u.pool);
	csv_done(&u.csv);
	return ret;
}
