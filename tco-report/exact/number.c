/* number.c - the pool of numbers, and the formulas over GMP's rationals. */

#include "tco-report/exact/number.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "tco-report/exact/number_part.h"

#define BLOCK_SIZE   256
#define DECIMALS_MAX 30

/* Blocks never move, so that a number's address is good until the end. */
struct block {
	struct block *next;
	size_t count;
	struct num list[BLOCK_SIZE];
};

struct num_pool {
	struct block *blocks; /* the newest first */
	size_t count;
};

struct num_pool *num_pool_new(void)
{
	return hs_alloc(sizeof(struct num_pool));
}

void num_pool_free(struct num_pool *pool)
{
	while (pool != NULL && pool->blocks != NULL) {
		struct block *block = pool->blocks;

		pool->blocks = block->next;
		for (size_t i = 0; i < block->count; i++)
			mpq_clear(block->list[i].q);
		free(block);
	}
	free(pool);
}

struct num *num_new(struct num_pool *pool, enum num_op op, const struct num *a,
    const struct num *b)
{
	struct num *new;

	if (pool->blocks == NULL || pool->blocks->count == BLOCK_SIZE) {
		struct block *block = hs_alloc(sizeof(*block));

		block->next = pool->blocks;
		pool->blocks = block;
	}
	new = &pool->blocks->list[pool->blocks->count++];
	mpq_init(new->q);
	new->op = op;
	new->order = pool->count++;
	new->a = a;
	new->b = b;
	return new;
}

const struct num *num_int(struct num_pool *pool, int64_t value)
{
	struct num *new = num_new(pool, NUM_LEAF, NULL, NULL);

	mpq_set_si(new->q, value, 1);
	return new;
}

const struct num *num_copy(struct num_pool *pool, const struct num *a)
{
	struct num *new = num_new(pool, NUM_LEAF, NULL, NULL);

	mpq_set(new->q, a->q);
	return new;
}

const struct num *num_ratio(
    struct num_pool *pool, int64_t numerator, int64_t denominator)
{
	struct num *new = num_new(pool, NUM_LEAF, NULL, NULL);

	assert(denominator > 0);
	mpq_set_si(new->q, numerator, (unsigned long)denominator);
	mpq_canonicalize(new->q);
	return new;
}

const struct num *num_of_cents(struct num_pool *pool, int64_t cents)
{
	return num_ratio(pool, cents, 100);
}

const struct num *num_from_double(
    struct num_pool *pool, double value, unsigned decimals)
{
	struct num *exact, *rounded;

	if (!isfinite(value))
		return NULL;
	exact = num_new(pool, NUM_LEAF, NULL, NULL);
	mpq_set_d(exact->q, value);
	rounded = num_new(pool, NUM_LEAF, NULL, NULL);
	mpq_set(rounded->q, num_round(pool, exact, decimals)->q);
	return rounded;
}

const struct num *num_add(
    struct num_pool *pool, const struct num *a, const struct num *b)
{
	struct num *new = num_new(pool, NUM_ADD, a, b);

	mpq_add(new->q, a->q, b->q);
	return new;
}

const struct num *num_sub(
    struct num_pool *pool, const struct num *a, const struct num *b)
{
	struct num *new = num_new(pool, NUM_SUB, a, b);

	mpq_sub(new->q, a->q, b->q);
	return new;
}

const struct num *num_mul(
    struct num_pool *pool, const struct num *a, const struct num *b)
{
	struct num *new = num_new(pool, NUM_MUL, a, b);

	mpq_mul(new->q, a->q, b->q);
	return new;
}

const struct num *num_div(
    struct num_pool *pool, const struct num *a, const struct num *b)
{
	struct num *new = num_new(pool, NUM_DIV, a, b);

	assert(num_sign(b) != 0);
	mpq_div(new->q, a->q, b->q);
	return new;
}

const struct num *num_min(
    struct num_pool *pool, const struct num *a, const struct num *b)
{
	struct num *new = num_new(pool, NUM_MIN, a, b);

	mpq_set(new->q, num_cmp(a, b) <= 0 ? a->q : b->q);
	return new;
}

const struct num *num_max(
    struct num_pool *pool, const struct num *a, const struct num *b)
{
	struct num *new = num_new(pool, NUM_MAX, a, b);

	mpq_set(new->q, num_cmp(a, b) >= 0 ? a->q : b->q);
	return new;
}

const struct num *num_ceil(struct num_pool *pool, const struct num *a)
{
	struct num *new = num_new(pool, NUM_CEIL, a, NULL);

	mpz_cdiv_q(mpq_numref(new->q), mpq_numref(a->q), mpq_denref(a->q));
	return new;
}

void num_scaled(const mpq_t q, unsigned decimals, mpz_t ret_whole)
{
	mpz_t doubled;

	assert(decimals <= DECIMALS_MAX);
	/* |q| * 10^d + 1/2, cut: (2 |n| 10^d + m) / 2m */
	mpz_init(doubled);
	mpz_ui_pow_ui(ret_whole, 10, decimals);
	mpz_mul(ret_whole, ret_whole, mpq_numref(q));
	mpz_abs(ret_whole, ret_whole);
	mpz_mul_2exp(ret_whole, ret_whole, 1);
	mpz_add(ret_whole, ret_whole, mpq_denref(q));
	mpz_mul_2exp(doubled, mpq_denref(q), 1);
	mpz_fdiv_q(ret_whole, ret_whole, doubled);
	if (mpq_sgn(q) < 0)
		mpz_neg(ret_whole, ret_whole);
	mpz_clear(doubled);
}

const struct num *num_round(
    struct num_pool *pool, const struct num *a, unsigned decimals)
{
	struct num *new = num_new(pool, NUM_ROUND, a, NULL);

	new->count = decimals;
	num_scaled(a->q, decimals, mpq_numref(new->q));
	mpz_ui_pow_ui(mpq_denref(new->q), 10, decimals);
	mpq_canonicalize(new->q);
	return new;
}

const struct num *num_pow(
    struct num_pool *pool, const struct num *a, unsigned exponent)
{
	struct num *new = num_new(pool, NUM_POW, a, NULL);

	new->count = exponent;
	mpz_pow_ui(mpq_numref(new->q), mpq_numref(a->q), exponent);
	mpz_pow_ui(mpq_denref(new->q), mpq_denref(a->q), exponent);
	return new;
}

int num_cmp(const struct num *a, const struct num *b)
{
	int order = mpq_cmp(a->q, b->q);

	return (order > 0) - (order < 0);
}

int num_sign(const struct num *a)
{
	return mpq_sgn(a->q);
}

bool num_is_whole(const struct num *a)
{
	return mpz_cmp_ui(mpq_denref(a->q), 1) == 0;
}

double num_double(const struct num *a)
{
	return mpq_get_d(a->q);
}
