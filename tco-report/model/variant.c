/* variant.c - the core over the same case with some other parameters. */

#include <string.h>

#include "tco-report/model/part.h"

void variant_init(struct variant *v, const struct tco_case *tcase)
{
	struct tco_enterprise *copy;

	v->tcase = *tcase;
	v->tcase.arena = hs_arena_new();
	v->pool = v->tcase.pool = num_pool_new();
	copy = hs_arena_alloc(
	    v->tcase.arena, tcase->count * sizeof(*tcase->enterprises));
	memcpy(copy, tcase->enterprises,
	    tcase->count * sizeof(*tcase->enterprises));
	v->tcase.enterprises = copy;
}

void variant_run(struct variant *v, const struct model *m,
    const struct num *ret_npv[TCO_TIMING_COUNT])
{
	struct tco_result *result =
	    hs_arena_alloc(v->tcase.arena, sizeof(*result));
	struct model again = { .pool = v->pool,
		.tcase = &v->tcase,
		.r = result,
		.zero = num_int(v->pool, 0),
		.one = num_int(v->pool, 1) };

	result->consolidation = m->r->consolidation;
	result->dedicated = hs_arena_alloc(
	    v->tcase.arena, v->tcase.count * sizeof(*result->dedicated));
	core_run(&again);
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
		ret_npv[i] = result->cash[i].npv;
}

void variant_done(struct variant *v)
{
	hs_arena_free(v->tcase.arena);
	num_pool_free(v->pool);
}
