/* break_even.c - where each parameter would have to be for an NPV of zero.
 *
 * Outwards from the value in steps that grow, then by bisection between the two
 * steps where the sign changes. Whole parameters go step by step.
 */

#include <math.h>

#include "tco-report/exact/tape.h"
#include "tco-report/model/part.h"

#define GRID        400
#define HALVINGS    200
#define DECIMALS    6
#define WHOLE_STEPS 40

/* NPVs as a function of one parameter. */
struct curve {
	struct tape *tape;
	size_t timing;
};

static double at(const struct curve *c, double x)
{
	double npv[TCO_TIMING_COUNT];

	tape_run(c->tape, &x, npv);
	return npv[c->timing];
}

static double bisect(const struct curve *c, double a, double b)
{
	bool sign = at(c, a) < 0;

	for (int i = 0; i < HALVINGS; i++) {
		double middle = a + (b - a) / 2;

		if ((at(c, middle) < 0) == sign)
			a = middle;
		else
			b = middle;
	}
	return a + (b - a) / 2;
}

/* The first zero from the value towards a bound; NAN if there is none. */
static double search(const struct curve *c, double from, double bound)
{
	bool sign = at(c, from) < 0;
	double before = from;

	for (int k = 1; k <= GRID; k++) {
		double way = (double)k / GRID;
		double x = from + (bound - from) * way * way * way;

		if ((at(c, x) < 0) != sign)
			return bisect(c, before, x);
		before = x;
	}
	return (double)NAN;
}

static double bound_of(const struct model *m, const char *text)
{
	const struct num *bound = m->zero;

	(void)num_parse(m->pool, text, &bound, NULL);
	return num_double(bound);
}

/* The figure that turns: the case's, or one of an enterprise's own. */
struct figure {
	enum tco_param_id id;
	const struct tco_enterprise *enterprise;
};

static const struct num *figure_value(
    const struct model *m, const struct figure *f, enum tco_param_id id)
{
	return tco_param_of(m->tcase, f->enterprise, id)->value;
}

/* Bounds of a parameter as the case accepts it: a machine that does nothing
 * draws no more than one that does all it can. */
static double lowest(const struct model *m, const struct figure *f)
{
	enum tco_param_id id = f->id;

	if (id == TCO_SERVER_MAX_POWER)
		return num_double(figure_value(m, f, TCO_SERVER_IDLE_POWER));
	if (id == TCO_HOST_MAX_POWER)
		return num_double(val(m, TCO_HOST_IDLE_POWER));
	return bound_of(m, tco_kinds[id].min);
}

static double highest(const struct model *m, const struct figure *f)
{
	enum tco_param_id id = f->id;

	if (id == TCO_SERVER_IDLE_POWER)
		return num_double(figure_value(m, f, TCO_SERVER_MAX_POWER));
	if (id == TCO_HOST_IDLE_POWER)
		return num_double(val(m, TCO_HOST_MAX_POWER));
	return bound_of(m, tco_kinds[id].max);
}

static const struct num *nearest(
    const struct model *m, const struct figure *f, const struct curve *c)
{
	double value = num_double(figure_value(m, f, f->id));
	double down = search(c, value, lowest(m, f));
	double up = search(c, value, highest(m, f));

	if (isnan(down) || (!isnan(up) && up - value < value - down))
		return num_from_double(m->pool, up, DECIMALS);
	return num_from_double(m->pool, down, DECIMALS);
}

/* False if no NPV depends on it. */
static bool by_bisection(
    struct model *m, const struct figure *f, struct tco_break_even *b)
{
	const struct num *npv[TCO_TIMING_COUNT];
	const struct num *leaf = figure_value(m, f, f->id);
	hs_auto(tape_freep) struct tape *tape = NULL;

	for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
		npv[i] = m->r->cash[i].npv;
	tape = tape_new(npv, TCO_TIMING_COUNT, &leaf, 1);
	if (tape_is_fixed(tape))
		return false;
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
		b->at[i] = nearest(
		    m, f, &(struct curve) { .tape = tape, .timing = i });
	return true;
}

/* A whole parameter. What shapes the years (lives and the horizon) needs the
 * core to be run anew; of the others there is a tape. */
struct whole {
	struct model *m;
	const struct figure *figure;
	struct tape *tape; /* NULL: shapes the years */
	int64_t min, max;
	struct tco_break_even *b;
};

static void whole_init(struct whole *w)
{
	enum tco_param_id id = w->figure->id;
	const struct num *npv[TCO_TIMING_COUNT];
	const struct num *leaf = figure_value(w->m, w->figure, id);

	w->min = (int64_t)bound_of(w->m, tco_kinds[id].min);
	w->max = (int64_t)bound_of(w->m, tco_kinds[id].max);
	/* Of hosts at least one works. */
	if (id == TCO_HOSTS)
		w->min = num_int64(val(w->m, TCO_SPARE_HOSTS)) + 1;
	if (id == TCO_SPARE_HOSTS && is_given(w->m, TCO_HOSTS))
		w->max = num_int64(val(w->m, TCO_HOSTS)) - 1;
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
		npv[i] = w->m->r->cash[i].npv;
	if (id == TCO_HOSTS || id == TCO_SPARE_HOSTS)
		w->tape = tape_new(npv, TCO_TIMING_COUNT, &leaf, 1);
}

static const struct num **variant_figure(
    struct variant *v, const struct whole *w)
{
	const struct tco_enterprise *e = w->figure->enterprise;

	if (e == NULL)
		return &v->tcase.params[w->figure->id].value;
	return &v->tcase.enterprises[e - w->m->tcase->enterprises]
		    .own[w->figure->id]
		    .value;
}

/* Whether both NPVs are losses with the parameter at another value. */
static void losses_at(
    const struct whole *w, int64_t value, bool ret_loss[TCO_TIMING_COUNT])
{
	const struct num *npv[TCO_TIMING_COUNT];
	double fast[TCO_TIMING_COUNT], x = (double)value;
	struct variant v;

	if (w->tape != NULL) {
		tape_run(w->tape, &x, fast);
		for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
			ret_loss[i] = fast[i] < 0;
		return;
	}
	variant_init(&v, w->m->tcase);
	*variant_figure(&v, w) = num_int(v.pool, value);
	variant_run(&v, w->m, npv);
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
		ret_loss[i] = num_sign(npv[i]) < 0;
	variant_done(&v);
}

static void look_at(const struct whole *w, int64_t value)
{
	struct model *m = w->m;
	bool loss[TCO_TIMING_COUNT];

	if (value < w->min || value > w->max)
		return;
	losses_at(w, value, loss);
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++) {
		bool is_loss = num_sign(m->r->cash[i].npv) < 0;

		if (w->b->at[i] == NULL && loss[i] != is_loss)
			w->b->at[i] = INT(value);
	}
}

static void by_steps(
    struct model *m, const struct figure *f, struct tco_break_even *b)
{
	struct whole w = { .m = m, .figure = f, .b = b };
	int64_t value = num_int64(figure_value(m, f, f->id));

	whole_init(&w);
	for (int64_t k = 1; k <= WHOLE_STEPS; k++) {
		if (b->at[TCO_DUE] != NULL && b->at[TCO_BOUGHT] != NULL)
			break;
		look_at(&w, value - k);
		look_at(&w, value + k);
	}
	tape_free(w.tape);
}

static void one(struct model *m, const struct figure *f)
{
	struct tco_break_even b = { .param = f->id,
		.enterprise = f->enterprise,
		.value = figure_value(m, f, f->id) };

	if (tco_kinds[f->id].is_whole)
		by_steps(m, f, &b);
	else if (!by_bisection(m, f, &b))
		return;
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
		if (b.at[i] != NULL && num_sign(b.value) != 0)
			b.distance[i] = DIV(SUB(b.at[i], b.value), b.value);
	m->r->break_even[m->r->break_even_count++] = b;
}

/* Figures that are given: the case's, or an enterprise's own. */
static size_t given(const struct tco_param *params)
{
	size_t count = 0;

	for (int i = 0; i < TCO_PARAM_COUNT; i++)
		count += params[i].value != NULL;
	return count;
}

static void all_of(struct model *m, const struct tco_enterprise *e,
    const struct tco_param *params)
{
	struct figure f = { .enterprise = e };

	for (int i = 0; i < TCO_PARAM_COUNT; i++) {
		f.id = (enum tco_param_id)i;
		if (params[i].value != NULL)
			one(m, &f);
	}
}

void break_even_run(struct model *m)
{
	const struct tco_case *tcase = m->tcase;
	size_t count = given(tcase->params);

	for (size_t i = 0; i < tcase->count; i++)
		count += given(tcase->enterprises[i].own);
	m->r->break_even = hs_arena_alloc(
	    tcase->arena, (count + 1) * sizeof(*m->r->break_even));
	all_of(m, NULL, tcase->params);
	for (size_t i = 0; i < tcase->count; i++)
		all_of(m, &tcase->enterprises[i], tcase->enterprises[i].own);
}
