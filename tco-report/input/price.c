/* price.c - the price book out of YAML: prices, and when they are valid. */

#include "tco-report/input/price.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/text.h"
#include "tco-report/exact/number.h"
#include "tco-report/input/date.h"
#include "tco-report/input/param_read.h"

#define PRICES_MAX 10000

struct raw_price {
	char *resource, *price, *unit, *from, *to;
	struct raw_origin origin;
};

struct raw_book {
	char *currency;
	struct raw_price *prices;
	unsigned count;
};

static const cyaml_schema_field_t price_fields[] = {
	TCO_TEXT("resource", raw_price, resource),
	TCO_TEXT("price", raw_price, price),
	TCO_TEXT("unit", raw_price, unit),
	TCO_TEXT("from", raw_price, from),
	TCO_MAY("to", raw_price, to),
	TCO_ORIGIN(raw_price),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t price_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_price, price_fields),
};

static const cyaml_schema_field_t book_fields[] = {
	TCO_TEXT("currency", raw_book, currency),
	CYAML_FIELD_SEQUENCE_COUNT("prices", CYAML_FLAG_POINTER,
	    struct raw_book, prices, count, &price_schema, 1, PRICES_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t book_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_book, book_fields),
};

static const struct tco_kind price_bounds = { .min = "0", .max = "1000000" };

/* False, and a fault, if it is no day. */
static bool read_day(const struct input *in, const char *field,
    const char *member, const char *text, int32_t *ret_day)
{
	struct hs_err err = { 0 };

	if (tco_day_parse(text, ret_day, &err) == 0)
		return true;
	input_fault(in, field, member, "%s", err.msg);
	return false;
}

static void read_period(const struct input *in, const char *field,
    const struct raw_price *raw, struct tco_price *price)
{
	bool good = read_day(in, field, "from", raw->from, &price->from);

	price->to = TCO_DAY_NEVER;
	if (raw->to == NULL ||
	    !read_day(in, field, "to", raw->to, &price->to) || !good)
		return;
	if (price->to < price->from)
		input_fault(
		    in, field, "to", "%s is before %s", raw->to, raw->from);
}

static void read_unit(const struct input *in, const char *field,
    const struct raw_price *raw, struct tco_price *price)
{
	hs_auto(hs_freep) char *shown = hs_fault_shown(raw->unit);

	price->unit = hs_arena_printf(in->arena, "%s/%s", in->currency,
	    tco_resources[price->resource].unit);
	if (strcmp(price->unit, raw->unit) != 0)
		input_fault(in, field, "unit", "found '%s'; expected '%s'",
		    shown, price->unit);
}

static void read_price(const struct input *in, size_t index,
    const struct raw_price *raw, struct tco_price *price)
{
	hs_auto(hs_freep) char *field = hs_printf("prices[%zu]", index);
	int resource = tco_resource_find(raw->resource);
	struct origin origin;

	price->line = hs_conf_line(in->conf, field);
	if (resource < 0)
		input_fault(in, field, "resource",
		    "expected cpu, ram, storage, iops, network or requests");
	price->resource = resource < 0 ? TCO_CPU : (enum tco_resource)resource;
	price->price =
	    input_number(in, field, "price", raw->price, &price_bounds);
	if (resource >= 0)
		read_unit(in, field, raw, price);
	read_period(in, field, raw, price);
	input_origin(in, field, &raw->origin, &origin);
	price->source = origin.source;
	price->date = origin.date;
	price->confidence = origin.confidence;
}

static int by_period(const void *va, const void *vb)
{
	const struct tco_price *a = va, *b = vb;

	if (a->resource != b->resource)
		return a->resource < b->resource ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

/* The later line of the two is the one that is at fault. */
static void fault_overlap(const struct tco_price *a, const struct tco_price *b,
    struct hs_faults *faults)
{
	const struct tco_price *late = a->line > b->line ? a : b;
	const struct tco_price *early = late == a ? b : a;
	int32_t last = a->to < b->to ? a->to : b->to;
	hs_auto(hs_freep) char *until = NULL;
	char text[TCO_DAY_TEXT], from[TCO_DAY_TEXT];

	tco_day_text(b->from, from);
	tco_day_text(last, text);
	if (text[0] != '\0')
		until = hs_printf(" to %s", text);
	hs_faults_add(faults, late->line, "prices",
	    "two prices of %s are valid from %s%s; the other is in line %u",
	    tco_resources[a->resource].name, from,
	    until != NULL ? until : " on", early->line);
}

/* Sorted, so that of each resource only neighbours can overlap, but for one
 * that outlasts several: the one that lasts longest is kept in mind. */
static void check_overlaps(
    const struct tco_price_book *book, struct hs_faults *faults)
{
	const struct tco_price *longest = NULL;

	for (size_t i = 0; i < book->count; i++) {
		const struct tco_price *price = &book->list[i];

		if (longest == NULL || longest->resource != price->resource)
			longest = price;
		else if (longest->to >= price->from)
			fault_overlap(longest, price, faults);
		if (price->to > longest->to)
			longest = price;
	}
}

static int fill(struct tco_price_book *book, const struct raw_book *raw,
    struct input *in, struct hs_err *err)
{
	book->currency = hs_arena_strdup(book->arena, raw->currency);
	in->currency = book->currency;
	book->count = raw->count;
	book->list =
	    hs_arena_alloc(book->arena, raw->count * sizeof(*book->list));
	for (size_t i = 0; i < raw->count; i++)
		read_price(in, i, &raw->prices[i], &book->list[i]);
	if (hs_faults_fail(in->faults, err) < 0)
		return -1;
	qsort(book->list, book->count, sizeof(*book->list), by_period);
	check_overlaps(book, in->faults);
	return hs_faults_fail(in->faults, err);
}

static int load(const char *name, const char *text, struct num_pool *pool,
    struct tco_price_book *book, struct hs_faults *faults, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	struct input in = {
		.pool = pool, .arena = book->arena, .faults = faults
	};
	void *data;

	if (hs_conf_load(name, text, &book_schema, &conf, &data, faults, err) <
	    0)
		return -1;
	in.conf = conf;
	in.file = book->file;
	return fill(book, data, &in, err);
}

int tco_prices_load(const char *name, const char *text, struct num_pool *pool,
    struct tco_price_book **ret_book, struct hs_faults *faults,
    struct hs_err *err)
{
	hs_auto(tco_prices_freep) struct tco_price_book *book =
	    hs_alloc(sizeof(*book));
	struct hs_faults own = { 0 };
	int ret;

	book->arena = hs_arena_new();
	book->file = hs_arena_strdup(book->arena, name);
	ret = load(name, text, pool, book, faults != NULL ? faults : &own, err);
	hs_faults_done(&own);
	if (ret == 0)
		*ret_book = hs_steal(&book);
	return ret;
}

void tco_prices_free(struct tco_price_book *book)
{
	if (book == NULL)
		return;
	hs_arena_free(book->arena);
	free(book);
}

const struct tco_price *tco_price_find(
    const struct tco_price_book *book, enum tco_resource resource, int32_t day)
{
	for (size_t i = 0; i < book->count; i++) {
		const struct tco_price *price = &book->list[i];

		if (price->resource == resource && price->from <= day &&
		    day <= price->to)
			return price;
	}
	return NULL;
}
