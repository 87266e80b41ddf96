/* load.c - the load over time, from which hosts are counted. */

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tco-report/exact/number.h"
#include "tco-report/input/case.h"
#include "tco-report/input/case_part.h"
#include "tco-report/input/csv.h"
#include "tco-report/input/date.h"
#include "tco-report/input/usage.h"

enum column { TIME, ENTERPRISE, RESOURCE, VALUE, UNIT };
static const char *const columns[] = { "time", "enterprise", "resource",
	"value", "unit" };

/* "2026-03-01T10:00:00Z", to the second, in UTC. */
static bool is_time(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	char day[TCO_DAY_TEXT] = "";
	int32_t number;

	if (strlen(text) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9'
				    : text[i] != shape[i])
			return false;
	memcpy(day, text, TCO_DAY_TEXT - 1);
	return tco_day_parse(day, &number, NULL) == 0 &&
	       strncmp(text + 11, "24", 2) < 0 && text[14] < '6' &&
	       text[17] < '6';
}

static bool read_value(
    struct tco_case *tcase, struct csv *csv, struct tco_load *load)
{
	struct hs_err err = { 0 };

	if (num_parse(tcase->pool, csv->field[VALUE], &load->value, &err) < 0) {
		csv_fault(csv, VALUE, "%s", err.msg);
		return false;
	}
	if (num_sign(load->value) >= 0)
		return true;
	csv_fault(
	    csv, VALUE, "found '%s'; load is not negative", csv->field[VALUE]);
	return false;
}

static bool read_who(
    struct tco_case *tcase, struct csv *csv, struct tco_load *load)
{
	hs_auto(hs_freep) char *shown = hs_fault_shown(csv->field[ENTERPRISE]);
	int enterprise = case_find(tcase, csv->field[ENTERPRISE]);

	load->enterprise = enterprise < 0 ? 0 : (size_t)enterprise;
	if (enterprise < 0)
		csv_fault(
		    csv, ENTERPRISE, "the case has no enterprise '%s'", shown);
	return enterprise >= 0;
}

static bool read_what(struct csv *csv, struct tco_load *load)
{
	int resource = tco_resource_find(csv->field[RESOURCE]);
	hs_auto(hs_freep) char *shown = hs_fault_shown(csv->field[UNIT]);
	const char *unit =
	    resource < 0 ? NULL : tco_resources[resource].load_unit;

	if (unit == NULL) {
		csv_fault(csv, RESOURCE,
		    "no load of a host; expected cpu, ram, iops or network");
		return false;
	}
	load->resource = (enum tco_resource)resource;
	if (strcmp(csv->field[UNIT], unit) == 0)
		return true;
	csv_fault(csv, UNIT, "found '%s'; expected '%s'", shown, unit);
	return false;
}

static bool read_time(
    struct tco_case *tcase, struct csv *csv, struct tco_load *load)
{
	hs_auto(hs_freep) char *shown = hs_fault_shown(csv->field[TIME]);

	if (!is_time(csv->field[TIME])) {
		csv_fault(csv, TIME,
		    "found '%s'; expected a time such as 2026-11-28T10:00:00Z",
		    shown);
		return false;
	}
	load->time = hs_arena_strdup(tcase->arena, csv->field[TIME]);
	return true;
}

static void read_row(struct tco_case *tcase, struct csv *csv, size_t *size)
{
	struct tco_load load = { .line = csv->line };
	bool good = read_time(tcase, csv, &load);

	good = read_who(tcase, csv, &load) && good;
	good = read_what(csv, &load) && good;
	good = read_value(tcase, csv, &load) && good;
	if (!good)
		return;
	if (tcase->load_count == *size) {
		*size = *size > 0 ? *size * 2 : 256;
		tcase->load =
		    hs_realloc_array(tcase->load, *size, sizeof(load));
	}
	tcase->load[tcase->load_count++] = load;
}

static int by_time(const void *va, const void *vb)
{
	const struct tco_load *a = va, *b = vb;
	int order = strcmp(a->time, b->time);

	if (order != 0)
		return order;
	if (a->resource != b->resource)
		return a->resource < b->resource ? -1 : 1;
	if (a->enterprise != b->enterprise)
		return a->enterprise < b->enterprise ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static void check_twice(const struct tco_case *tcase, struct hs_faults *faults)
{
	for (size_t i = 1; i < tcase->load_count; i++) {
		const struct tco_load *a = &tcase->load[i - 1],
				      *b = &tcase->load[i];

		if (strcmp(a->time, b->time) == 0 &&
		    a->resource == b->resource &&
		    a->enterprise == b->enterprise)
			hs_faults_add(faults, b->line, columns[TIME],
			    "the same time, enterprise and resource as in line "
			    "%u",
			    a->line);
	}
}

int load_load(const char *name, const char *text, struct tco_case *tcase,
    struct hs_faults *faults, struct hs_err *err)
{
	struct csv csv;
	size_t size = 0;
	int ret = csv_open(
	    name, text, columns, ARRAY_LEN(columns), faults, &csv, err);

	while (ret == 0 && csv_next(&csv))
		read_row(tcase, &csv, &size);
	if (tcase->load_count > 0)
		qsort(tcase->load, tcase->load_count, sizeof(*tcase->load),
		    by_time);
	check_twice(tcase, faults);
	if (ret == 0)
		ret = hs_faults_fail(faults, err);
	csv_done(&csv);
	return ret;
}
