/* consolidation.c - hosts by the peak of everybody's load together.
 *
 * Peaks of different enterprises at different times do not add up; that is
 * what consolidation saves.
 */

#include "tco-report/model/part.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct row {
	enum tco_resource resource;
	enum tco_param_id capacity, target;
} rows[] = {
	{ TCO_CPU,     TCO_HOST_CPU,     TCO_TARGET_CPU },
	{ TCO_RAM,     TCO_HOST_RAM,     TCO_TARGET_RAM },
	{ TCO_IOPS,    TCO_HOST_IOPS,    TCO_TARGET_IOPS },
	{ TCO_NETWORK, TCO_HOST_NETWORK, TCO_TARGET_NETWORK },
};
/* clang-format on */

/* The rows of one time and resource, which stand together. */
static size_t run_of(const struct tco_case *tcase, size_t first)
{
	const struct tco_load *a = &tcase->load[first];
	size_t end = first + 1;

	while (end < tcase->load_count &&
	       tcase->load[end].resource == a->resource &&
	       strcmp(tcase->load[end].time, a->time) == 0)
		end++;
	return end;
}

static void take_sum(
    struct tco_need_row *row, const struct num *sum, const char *time)
{
	if (row->peak_of_sum != NULL && num_cmp(sum, row->peak_of_sum) <= 0)
		return;
	row->peak_of_sum = sum;
	row->time = time;
}

/* Sums live in a pool of their own: only the peaks stay. */
static void find_peaks(struct model *m, struct num_pool *pool)
{
	const struct tco_case *tcase = m->tcase;
	struct tco_need_row *list = m->r->consolidation.row;

	for (size_t i = 0, end; i < tcase->load_count; i = end) {
		const struct num *sum = num_int(pool, 0);

		end = run_of(tcase, i);
		for (size_t k = i; k < end; k++)
			sum = num_add(pool, sum, tcase->load[k].value);
		take_sum(
		    &list[tcase->load[i].resource], sum, tcase->load[i].time);
	}
	for (size_t i = 0; i < TCO_RESOURCE_COUNT; i++)
		if (list[i].peak_of_sum != NULL)
			list[i].peak_of_sum =
			    num_copy(m->pool, list[i].peak_of_sum);
}

static void find_own_peaks(struct model *m)
{
	const struct tco_case *tcase = m->tcase;
	hs_auto(hs_freep) const struct num **own =
	    hs_alloc((tcase->count + 1) * TCO_RESOURCE_COUNT * sizeof(*own));

	for (size_t i = 0; i < tcase->load_count; i++) {
		const struct tco_load *load = &tcase->load[i];
		const struct num **peak =
		    &own[load->enterprise * TCO_RESOURCE_COUNT +
			 load->resource];

		if (*peak == NULL || num_cmp(load->value, *peak) > 0)
			*peak = load->value;
	}
	for (size_t i = 0; i < tcase->count * TCO_RESOURCE_COUNT; i++) {
		struct tco_need_row *row =
		    &m->r->consolidation.row[i % TCO_RESOURCE_COUNT];

		if (own[i] != NULL)
			row->sum_of_peaks =
			    ADD(row->sum_of_peaks != NULL ? row->sum_of_peaks
							  : m->zero,
				own[i]);
	}
}

void consolidation_peaks(struct model *m)
{
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	struct tco_consolidation *c = &m->r->consolidation;

	c->is_known = m->tcase->load_count > 0;
	c->is_used = !is_given(m, TCO_HOSTS);
	find_peaks(m, pool);
	find_own_peaks(m);
}

/* Hosts that one resource's peak needs in a year, not rounded. */
static const struct num *hosts_of(const struct model *m, const struct row *row,
    const struct num *peak, unsigned year)
{
	const struct num *one =
	    MUL(val(m, row->capacity), part(m, val(m, row->target)));

	return DIV(grown(m, peak, TCO_GROWTH, year - 1), one);
}

static const struct num *hosts_by_load(const struct model *m, unsigned year)
{
	const struct num *most = m->one;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct num *peak =
		    m->r->consolidation.row[rows[i].resource].peak_of_sum;

		if (peak != NULL)
			most = num_max(m->pool, most,
			    num_ceil(
				m->pool, hosts_of(m, &rows[i], peak, year)));
	}
	return ADD(most, val(m, TCO_SPARE_HOSTS));
}

const struct num *consolidation_hosts(const struct model *m, unsigned year)
{
	const struct num *working;

	if (!is_given(m, TCO_HOSTS))
		return hosts_by_load(m, year);
	working = SUB(val(m, TCO_HOSTS), val(m, TCO_SPARE_HOSTS));
	return ADD(count_in(m, working, year), val(m, TCO_SPARE_HOSTS));
}

void consolidation_show(struct model *m)
{
	struct tco_consolidation *c = &m->r->consolidation;
	const struct num *most = NULL;

	if (!c->is_known)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tco_need_row *row = &c->row[rows[i].resource];

		if (row->peak_of_sum == NULL)
			continue;
		row->capacity = val(m, rows[i].capacity);
		row->target = val(m, rows[i].target);
		row->hosts = num_ceil(
		    m->pool, hosts_of(m, &rows[i], row->peak_of_sum, 1));
		if (most == NULL || num_cmp(row->hosts, most) > 0) {
			most = row->hosts;
			c->binding = rows[i].resource;
		}
	}
	c->spare = val(m, TCO_SPARE_HOSTS);
	c->hosts = hosts_by_load(m, 1);
	c->ratio = DIV(m->r->year[0].servers, c->hosts);
}
