/* simulation.c - Monte Carlo: both NPVs over draws of the main drivers.
 *
 * Each driver is drawn once a draw, by one random number; every figure it moves
 * (of several parameters, of enterprises of their own) is at that quantile of
 * its triangular distribution. Both timings see the same draws. Nothing but
 * + - * / and sqrt is used, so that the same seed gives the same bytes.
 */

#include <math.h>
#include <stdlib.h>

#include "tco-report/exact/tape.h"
#include "tco-report/model/part.h"
#include "tco-report/model/random.h"

/* One figure that is drawn. */
struct figure {
	size_t driver;
	double low, mode, high;
};

struct draws {
	struct figure *figures;
	const struct num **leaves;
	double *values;
	size_t count, drivers;
	double *npv[TCO_TIMING_COUNT];
	unsigned number;
};

static double quantile(const struct figure *f, double u)
{
	double width = f->high - f->low, left = f->mode - f->low;

	if (width <= 0)
		return f->mode;
	if (u * width < left)
		return f->low + sqrt(u * width * left);
	return f->high - sqrt((1 - u) * width * (f->high - f->mode));
}

static void add_figure(const struct model *m, struct draws *d,
    const struct tco_param *param, enum tco_param_id id)
{
	const struct num *low, *high;

	if (param->value == NULL)
		return;
	driver_range(m, param, id, &low, &high);
	d->figures[d->count] = (struct figure) {
		.driver = d->drivers,
		.low = num_double(low),
		.mode = num_double(param->value),
		.high = num_double(high),
	};
	d->leaves[d->count++] = param->value;
}

static void add_driver(
    const struct model *m, struct draws *d, const struct tco_driver *driver)
{
	for (size_t i = 0; i < driver->count; i++) {
		enum tco_param_id id = driver->params[i];

		add_figure(m, d, &m->tcase->params[id], id);
		for (size_t k = 0; k < m->tcase->count; k++)
			add_figure(m, d, &m->tcase->enterprises[k].own[id], id);
	}
	d->drivers++;
}

static void collect(const struct model *m, struct draws *d)
{
	size_t count;
	hs_auto(hs_freep) struct tco_driver *list = drivers_list(m, &count);
	size_t most = count * TCO_DRIVER_PARAMS * (m->tcase->count + 1);

	d->figures = hs_realloc_array(NULL, most, sizeof(*d->figures));
	d->leaves = hs_realloc_array(NULL, most, sizeof(*d->leaves));
	d->values = hs_realloc_array(NULL, most, sizeof(*d->values));
	for (size_t i = 0; i < count; i++)
		if (list[i].is_main)
			add_driver(m, d, &list[i]);
}

static void draw(struct draws *d, struct tape *tape, uint64_t seed)
{
	struct tco_random random;
	hs_auto(hs_freep) double *units =
	    hs_alloc((d->drivers + 1) * sizeof(*units));

	tco_random_init(&random, seed);
	for (unsigned k = 0; k < d->number; k++) {
		double npv[TCO_TIMING_COUNT];

		for (size_t i = 0; i < d->drivers; i++)
			units[i] = tco_random_unit(&random);
		for (size_t i = 0; i < d->count; i++)
			d->values[i] = quantile(
			    &d->figures[i], units[d->figures[i].driver]);
		tape_run(tape, d->values, npv);
		for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
			d->npv[i][k] = npv[i];
	}
}

static int by_value(const void *va, const void *vb)
{
	const double *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* The smallest value that so many percent of the draws do not exceed. */
static double percentile(const double *sorted, unsigned n, unsigned percent)
{
	uint64_t rank = ((uint64_t)n * percent + 99) / 100;

	return sorted[rank > 0 ? rank - 1 : 0];
}

static double mean_of(const double *list, unsigned n)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += list[i];
	return sum / n;
}

static double sd_of(const double *list, unsigned n, double mean)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (list[i] - mean) * (list[i] - mean);
	return n > 1 ? sqrt(sum / (n - 1)) : 0;
}

static void histogram(
    struct tco_simulation *s, const double *sorted, unsigned n)
{
	double width;

	s->from = sorted[0];
	s->to = sorted[n - 1];
	width = (s->to - s->from) / TCO_BINS;
	for (unsigned i = 0; i < n; i++) {
		double bin = width > 0 ? (sorted[i] - s->from) / width : 0;

		s->bin[bin < TCO_BINS ? (unsigned)bin : TCO_BINS - 1]++;
	}
}

static void summarize(
    const struct model *m, struct tco_simulation *s, double *list, unsigned n)
{
	double mean = mean_of(list, n);

	s->mean = num_from_double(m->pool, mean, 2);
	s->sd = num_from_double(m->pool, sd_of(list, n, mean), 2);
	qsort(list, n, sizeof(*list), by_value);
	s->min = num_from_double(m->pool, list[0], 2);
	s->max = num_from_double(m->pool, list[n - 1], 2);
	s->p10 = num_from_double(m->pool, percentile(list, n, 10), 2);
	s->p50 = num_from_double(m->pool, percentile(list, n, 50), 2);
	s->p90 = num_from_double(m->pool, percentile(list, n, 90), 2);
	while (s->losses < n && list[s->losses] < 0)
		s->losses++;
	s->loss_part = num_ratio(m->pool, s->losses, n);
	histogram(s, list, n);
}

void simulation_run(struct model *m)
{
	const struct num *npv[TCO_TIMING_COUNT];
	hs_auto(tape_freep) struct tape *tape = NULL;
	struct draws d = { .number = m->r->draws };

	collect(m, &d);
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++) {
		npv[i] = m->r->cash[i].npv;
		d.npv[i] = hs_realloc_array(NULL, d.number, sizeof(*d.npv[i]));
	}
	tape = tape_new(npv, TCO_TIMING_COUNT, d.leaves, d.count);
	draw(&d, tape, m->r->seed);
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++) {
		summarize(m, &m->r->simulation[i], d.npv[i], d.number);
		free(d.npv[i]);
	}
	free(d.figures);
	free(d.leaves);
	free(d.values);
}
