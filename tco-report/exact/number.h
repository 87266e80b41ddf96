/* number.h - exact numbers: rationals that are never rounded on the way.
 *
 * A number is a value that never changes and belongs to a pool; the whole pool
 * is dropped at once, so that formulas can be written as formulas:
 *
 *	kwh = num_mul(p, num_div(p, watts, num_int(p, 1000)), hours);
 *
 * Each number remembers how it was made, so that the same formulas can be run
 * again in doubles a hundred thousand times (exact/tape.h). Rounding happens
 * where a figure leaves: num_text(), num_cents(), num_round().
 */
#ifndef HANSE_TCO_REPORT_EXACT_NUMBER_H
#define HANSE_TCO_REPORT_EXACT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct hs_err;
struct num;
struct num_pool;

#define NUM_TEXT_MAX   40 /* bytes of a number that is read */
#define NUM_DIGITS_MAX 18 /* of it, before and after the point together */

struct num_pool *num_pool_new(void);
void num_pool_free(struct num_pool *pool);
HS_FREEP(num_pool_freep, struct num_pool *, num_pool_free)

/* -- Making numbers ----------------------------------------------------- */

const struct num *num_int(struct num_pool *pool, int64_t value);

/** The same value as a leaf of another pool. */
const struct num *num_copy(struct num_pool *pool, const struct num *a);

/** numerator/denominator; the latter is positive. */
const struct num *num_ratio(
    struct num_pool *pool, int64_t numerator, int64_t denominator);

/**
 * Read a plain decimal: "-12.50". No comma, no exponent, no blanks, nothing
 * behind it, no more than NUM_DIGITS_MAX digits.
 *
 * @ret_number:  exactly what is written
 *
 * Errors: HS_EINVAL; the message says what was found and what was expected,
 * without naming the place, which the caller knows.
 */
int num_parse(struct num_pool *pool, const char *text,
    const struct num **ret_number, struct hs_err *err);

/** A double as the nearest decimal of so many places; what is not finite is
 * NULL. For results of Monte Carlo, IRR and bisection only. */
const struct num *num_from_double(
    struct num_pool *pool, double value, unsigned decimals);

/* -- Formulas ----------------------------------------------------------- */

const struct num *num_add(
    struct num_pool *pool, const struct num *a, const struct num *b);
const struct num *num_sub(
    struct num_pool *pool, const struct num *a, const struct num *b);
const struct num *num_mul(
    struct num_pool *pool, const struct num *a, const struct num *b);
/** b is not zero. */
const struct num *num_div(
    struct num_pool *pool, const struct num *a, const struct num *b);
const struct num *num_min(
    struct num_pool *pool, const struct num *a, const struct num *b);
const struct num *num_max(
    struct num_pool *pool, const struct num *a, const struct num *b);
/** The next whole number, upwards. */
const struct num *num_ceil(struct num_pool *pool, const struct num *a);
/** To so many decimals, halves away from zero. */
const struct num *num_round(
    struct num_pool *pool, const struct num *a, unsigned decimals);
const struct num *num_pow(
    struct num_pool *pool, const struct num *a, unsigned exponent);

/* -- Questions ---------------------------------------------------------- */

/** -1, 0 or 1. */
int num_cmp(const struct num *a, const struct num *b);
int num_sign(const struct num *a);
bool num_is_whole(const struct num *a);

/* -- Where a figure leaves ---------------------------------------------- */

/** Decimal text, rounded halves away from zero: "-36737.85"; a point, no
 * grouping, never "-0.00". Owned by the caller. */
char *num_text(const struct num *a, unsigned decimals);

/** All decimals if there is an end to them before the twelfth, else twelve:
 * "0.2", "0.333333333333". Owned by the caller. */
char *num_text_short(const struct num *a);

/** "p/q" or "p", exactly. Owned by the caller. */
char *num_text_exact(const struct num *a);

double num_double(const struct num *a);

/** Rounded to hundredths, halves away from zero; saturates at what an int64_t
 * holds. */
int64_t num_cents(const struct num *a);

/** A whole number; what is not whole is cut. Saturates. */
int64_t num_int64(const struct num *a);

/** Cents as a number of the currency. */
const struct num *num_of_cents(struct num_pool *pool, int64_t cents);

/** "-36737.85"; owned by the caller. */
char *num_cents_text(int64_t cents);

/**
 * Round amounts to cents so that their sum is a given one: each is rounded
 * down, and the cents that are left go to the largest remainders, one each; of
 * equal remainders the earlier one gets it.
 *
 * @total:      cents to be given out: the sum of the amounts, rounded
 * @amounts:    exact, in the currency's unit
 * @ret_cents:  one for each amount
 */
void num_split_cents(int64_t total, const struct num *const *amounts,
    size_t count, int64_t *ret_cents);

#endif
