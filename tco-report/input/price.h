/* price.h - the price book: what a resource costs an enterprise, and when. */
#ifndef HANSE_TCO_REPORT_INPUT_PRICE_H
#define HANSE_TCO_REPORT_INPUT_PRICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "tco-report/input/meter.h"
#include "tco-report/input/param.h"

struct hs_err;
struct hs_faults;
struct num;
struct num_pool;

struct tco_price {
	enum tco_resource resource;
	const struct num *price; /* of one unit of the resource */
	const char *unit;        /* "EUR/core-h" */
	int32_t from, to;   /* days, both valid; TCO_DAY_NEVER: until changed */
	const char *source; /* NULL: your figure */
	const char *date;
	enum tco_confidence confidence;
	unsigned line;
};

struct tco_price_book {
	struct hs_arena *arena; /* texts */
	const char *file, *currency;
	struct tco_price *list; /* by resource, then by day */
	size_t count;
};

/**
 * Read a price book. Periods of one resource that overlap are refused.
 *
 * @text:    NULL reads the file @name
 * @pool:    the prices live in it
 * @faults:  every fault, by line; NULL if nobody cares
 *
 * Errors: HS_EINVAL ("FILE:LINE: FIELD: MESSAGE"), HS_ENOTFOUND, HS_ELIMIT,
 * HS_ESYSTEM.
 */
int tco_prices_load(const char *name, const char *text, struct num_pool *pool,
    struct tco_price_book **ret_book, struct hs_faults *faults,
    struct hs_err *err);
void tco_prices_free(struct tco_price_book *book);
HS_FREEP(tco_prices_freep, struct tco_price_book *, tco_prices_free)

/** What is valid on a day; NULL if nothing is. */
const struct tco_price *tco_price_find(
    const struct tco_price_book *book, enum tco_resource resource, int32_t day);

#endif
