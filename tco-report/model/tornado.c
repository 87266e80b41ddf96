/* tornado.c - the refresh-due NPV at both ends of every driver's range. */

#include "tco-report/model/part.h"

#include <stdlib.h>

/* Put a parameter at its low or high end; those of enterprises of their own,
 * too, each in its own range. */
static void move(
    const struct model *m, struct variant *v, enum tco_param_id id, bool high)
{
	const struct num *ends[2];

	driver_range(m, &m->tcase->params[id], id, &ends[0], &ends[1]);
	if (is_given(m, id))
		v->tcase.params[id].value = ends[high];
	for (size_t i = 0; i < m->tcase->count; i++) {
		const struct tco_param *own = &m->tcase->enterprises[i].own[id];

		if (own->value == NULL)
			continue;
		driver_range(m, own, id, &ends[0], &ends[1]);
		v->tcase.enterprises[i].own[id].value = ends[high];
	}
}

static const struct num *npv_at(
    struct model *m, const struct tco_driver *driver, bool high)
{
	const struct num *npv[TCO_TIMING_COUNT], *kept;
	struct variant v;

	variant_init(&v, m->tcase);
	for (size_t i = 0; i < driver->count; i++)
		move(m, &v, driver->params[i], high);
	variant_run(&v, m, npv);
	kept = num_copy(m->pool, npv[TCO_DUE]);
	variant_done(&v);
	return kept;
}

static void bar(
    struct model *m, const struct tco_driver *driver, struct tco_swing *swing)
{
	const struct tco_param *param = &m->tcase->params[driver->params[0]];

	swing->driver = *driver;
	swing->value = param->value;
	if (param->value != NULL)
		driver_range(
		    m, param, driver->params[0], &swing->low, &swing->high);
	swing->npv_low = npv_at(m, driver, false);
	swing->npv_high = npv_at(m, driver, true);
	swing->swing = SUB(num_max(m->pool, swing->npv_low, swing->npv_high),
	    num_min(m->pool, swing->npv_low, swing->npv_high));
}

/* The largest first; equal ones as their drivers stand. */
static void insert(struct model *m, const struct tco_swing *swing)
{
	size_t i = m->r->tornado_count++;

	for (; i > 0 && num_cmp(m->r->tornado[i - 1].swing, swing->swing) < 0;
	     i--)
		m->r->tornado[i] = m->r->tornado[i - 1];
	m->r->tornado[i] = *swing;
}

void tornado_run(struct model *m)
{
	size_t count;
	hs_auto(hs_freep) struct tco_driver *drivers = drivers_list(m, &count);

	m->r->tornado =
	    hs_arena_alloc(m->tcase->arena, count * sizeof(struct tco_swing));
	for (size_t i = 0; i < count; i++) {
		struct tco_swing swing = { 0 };

		bar(m, &drivers[i], &swing);
		if (drivers[i].is_main || num_sign(swing.swing) != 0)
			insert(m, &swing);
	}
}
