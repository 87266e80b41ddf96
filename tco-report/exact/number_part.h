/* number_part.h - the inside of a number; private to exact/. */
#ifndef HANSE_TCO_REPORT_EXACT_NUMBER_PART_H
#define HANSE_TCO_REPORT_EXACT_NUMBER_PART_H

#include <gmp.h>
#include <stddef.h>

#include "tco-report/exact/number.h"

enum num_op {
	NUM_LEAF, /* given, not worked out */
	NUM_ADD,
	NUM_SUB,
	NUM_MUL,
	NUM_DIV,
	NUM_MIN,
	NUM_MAX,
	NUM_CEIL,
	NUM_ROUND, /* to .count decimals */
	NUM_POW,   /* to the .count-th power */
};

struct num {
	mpq_t q;
	enum num_op op;
	unsigned count;
	size_t order; /* in the pool: operands come before what is made */
	const struct num *a, *b;
};

/** A new number of the pool, 0 until its q is set. */
struct num *num_new(struct num_pool *pool, enum num_op op, const struct num *a,
    const struct num *b);

/** q * 10^decimals rounded, halves away from zero. */
void num_scaled(const mpq_t q, unsigned decimals, mpz_t ret_whole);

#endif
