/* split.c - amounts to cents by the largest remainders. */

#include <assert.h>
#include <gmp.h>
#include <stdlib.h>

#include "tco-report/exact/number.h"
#include "tco-report/exact/number_part.h"

struct part {
	mpq_t remainder; /* of a cent, 0 or more and less than 1 */
	size_t index;
};

/* By remainder, the largest first; of equal ones the earlier. */
static int by_remainder(const void *va, const void *vb)
{
	const struct part *a = va, *b = vb;
	int order = mpq_cmp(b->remainder, a->remainder);

	if (order != 0)
		return order;
	return (a->index > b->index) - (a->index < b->index);
}

/* The amount in cents, rounded down; the rest of it into the part. */
static int64_t cut(const struct num *amount, struct part *part)
{
	int64_t cents;
	mpq_t whole;

	mpq_init(whole);
	mpq_init(part->remainder);
	mpq_set_ui(part->remainder, 100, 1);
	mpq_mul(part->remainder, part->remainder, amount->q);
	mpz_fdiv_q(mpq_numref(whole), mpq_numref(part->remainder),
	    mpq_denref(part->remainder));
	mpq_sub(part->remainder, part->remainder, whole);
	assert(mpz_fits_slong_p(mpq_numref(whole)) != 0);
	cents = mpz_get_si(mpq_numref(whole));
	mpq_clear(whole);
	return cents;
}

void num_split_cents(int64_t total, const struct num *const *amounts,
    size_t count, int64_t *ret_cents)
{
	hs_auto(hs_freep) struct part *parts =
	    hs_realloc_array(NULL, count + 1, sizeof(*parts));
	int64_t left = total;

	for (size_t i = 0; i < count; i++) {
		parts[i].index = i;
		ret_cents[i] = cut(amounts[i], &parts[i]);
		left -= ret_cents[i];
	}
	/* Else the total is not the sum of the amounts, rounded. */
	assert(left >= 0 && left <= (int64_t)count);
	qsort(parts, count, sizeof(*parts), by_remainder);
	for (size_t i = 0; i < count; i++) {
		if ((int64_t)i < left)
			ret_cents[parts[i].index]++;
		mpq_clear(parts[i].remainder);
	}
}
