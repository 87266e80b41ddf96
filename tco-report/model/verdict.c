/* verdict.c - the answer, on hard savings alone, and what would change it. */

#include "tco-report/model/part.h"

static enum tco_answer answer(const struct tco_result *r)
{
	if (num_sign(r->cash[TCO_DUE].npv) <= 0)
		return TCO_DEARER;
	return num_sign(r->cash[TCO_BOUGHT].npv) > 0 ? TCO_CHEAPER
						     : TCO_WHEN_DUE;
}

static const struct num *far(const struct model *m, size_t index)
{
	const struct num *distance = m->r->break_even[index].distance[TCO_DUE];

	return num_sign(distance) < 0 ? SUB(m->zero, distance) : distance;
}

/* Keep the nearest few, the nearest first. */
static void keep(struct model *m, size_t index)
{
	struct tco_verdict *v = &m->r->verdict;
	size_t place = v->change_count;

	while (place > 0 &&
	       num_cmp(far(m, v->change[place - 1]), far(m, index)) > 0)
		place--;
	if (place == ARRAY_LEN(v->change))
		return;
	if (v->change_count < ARRAY_LEN(v->change))
		v->change_count++;
	for (size_t i = v->change_count - 1; i > place; i--)
		v->change[i] = v->change[i - 1];
	v->change[place] = index;
}

void verdict_run(struct model *m)
{
	struct tco_verdict *v = &m->r->verdict;
	const struct tco_result *r = m->r;

	v->answer = answer(r);
	v->saving = SUB(r->dedicated_annual, r->platform_annual);
	v->saving_part = num_sign(r->dedicated_annual) != 0
			     ? DIV(v->saving, r->dedicated_annual)
			     : NULL;
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
		v->npv[i] = r->cash[i].npv;
	v->loss_part = r->simulation[TCO_DUE].loss_part;
	for (size_t i = 0; i < r->break_even_count; i++)
		if (r->break_even[i].distance[TCO_DUE] != NULL &&
		    !tco_kinds[r->break_even[i].param].is_whole)
			keep(m, i);
}
