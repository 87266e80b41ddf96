/* tape.c - formulas as a list of steps over doubles.
 *
 * A step's operands come before it, as they were made before it. Of what a
 * result is made of, that which does not depend on a leaf is a constant.
 */

#include "tco-report/exact/tape.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "tco-report/exact/number.h"
#include "tco-report/exact/number_part.h"

struct step {
	enum num_op op;
	unsigned count;
	size_t a, b; /* cells */
};

struct tape {
	double *cells; /* constants, leaves, then a cell a step */
	struct step *steps;
	size_t step_count, first_leaf, leaf_count, first_step;
	size_t *results;
	size_t result_count;
};

/* What is known of a number while the tape is made. */
struct node {
	const struct num *num;
	bool moves; /* depends on a leaf */
	size_t cell;
};

struct maker {
	struct node *list; /* by order */
	size_t count, size;
};

static void collect(struct maker *m, const struct num *num)
{
	if (m->count == m->size) {
		m->size = m->size > 0 ? m->size * 2 : 256;
		m->list = hs_realloc_array(m->list, m->size, sizeof(*m->list));
	}
	m->list[m->count++] = (struct node) { .num = num };
}

static int by_order(const void *va, const void *vb)
{
	const struct node *a = va, *b = vb;

	return (a->num->order > b->num->order) -
	       (a->num->order < b->num->order);
}

static struct node *find(const struct maker *m, const struct num *num)
{
	const struct node key = { .num = num };

	return bsearch(&key, m->list, m->count, sizeof(key), by_order);
}

/* Sort, and leave each number in once. */
static void unique(struct maker *m)
{
	size_t kept = 0;

	qsort(m->list, m->count, sizeof(*m->list), by_order);
	for (size_t i = 0; i < m->count; i++)
		if (kept == 0 || m->list[kept - 1].num != m->list[i].num)
			m->list[kept++] = m->list[i];
	m->count = kept;
}

/* All that the results are made of. Numbers are made in order, so a bit for
 * each up to the last is the cheapest memory of where one was. */
static void gather(
    struct maker *m, const struct num *const *results, size_t count)
{
	size_t last = 0;
	hs_auto(hs_freep) unsigned char *seen = NULL;

	for (size_t i = 0; i < count; i++)
		last = results[i]->order > last ? results[i]->order : last;
	seen = hs_alloc(last + 1);
	for (size_t i = 0; i < count; i++)
		collect(m, results[i]);
	for (size_t i = 0; i < m->count; i++) {
		const struct num *parts[2] = { m->list[i].num->a,
			m->list[i].num->b };

		for (size_t k = 0; k < 2; k++)
			if (parts[k] != NULL && !seen[parts[k]->order]) {
				seen[parts[k]->order] = 1;
				collect(m, parts[k]);
			}
	}
	unique(m);
}

/* A leaf stands for itself, whatever it was made of. */
static void mark_leaves(struct maker *m, struct tape *tape,
    const struct num *const *leaves, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct node *node = find(m, leaves[i]);

		if (node == NULL)
			continue;
		node->moves = true;
		node->cell = tape->first_leaf + i;
	}
}

static void add_step(struct maker *m, struct tape *tape, struct node *node)
{
	const struct num *num = node->num;
	const struct node *a = num->a != NULL ? find(m, num->a) : NULL;
	const struct node *b = num->b != NULL ? find(m, num->b) : NULL;

	if (node->moves)
		return;
	node->moves = (a != NULL && a->moves) || (b != NULL && b->moves);
	if (!node->moves)
		return;
	node->cell = tape->first_step + tape->step_count;
	tape->steps[tape->step_count++] = (struct step) {
		.op = num->op,
		.count = num->count,
		.a = a->cell,
		.b = b != NULL ? b->cell : 0,
	};
}

struct tape *tape_new(const struct num *const *results, size_t result_count,
    const struct num *const *leaves, size_t leaf_count)
{
	struct tape *tape = hs_alloc(sizeof(*tape));
	struct maker m = { 0 };

	gather(&m, results, result_count);
	tape->first_leaf = m.count;
	tape->leaf_count = leaf_count;
	tape->first_step = m.count + leaf_count;
	tape->cells = hs_realloc_array(
	    NULL, 2 * m.count + leaf_count, sizeof(*tape->cells));
	tape->steps = hs_realloc_array(NULL, m.count, sizeof(*tape->steps));
	tape->result_count = result_count;
	tape->results =
	    hs_realloc_array(NULL, result_count, sizeof(*tape->results));
	for (size_t i = 0; i < m.count; i++) {
		m.list[i].cell = i;
		tape->cells[i] = num_double(m.list[i].num);
	}
	mark_leaves(&m, tape, leaves, leaf_count);
	for (size_t i = 0; i < m.count; i++)
		add_step(&m, tape, &m.list[i]);
	for (size_t i = 0; i < result_count; i++)
		tape->results[i] = find(&m, results[i])->cell;
	free(m.list);
	return tape;
}

void tape_free(struct tape *tape)
{
	if (tape == NULL)
		return;
	free(tape->cells);
	free(tape->steps);
	free(tape->results);
	free(tape);
}

bool tape_is_fixed(const struct tape *tape)
{
	for (size_t i = 0; i < tape->result_count; i++)
		if (tape->results[i] >= tape->first_leaf)
			return false;
	return true;
}

/* By multiplication alone, so that every machine has the same last bit. */
static double power(double base, unsigned exponent)
{
	double result = 1;

	for (; exponent > 0; exponent--)
		result *= base;
	return result;
}

static double step_run(const struct step *s, double a, double b)
{
	switch (s->op) {
	case NUM_LEAF:
		break;
	case NUM_ADD:
		return a + b;
	case NUM_SUB:
		return a - b;
	case NUM_MUL:
		return a * b;
	case NUM_DIV:
		return a / b;
	case NUM_MIN:
		return a < b ? a : b;
	case NUM_MAX:
		return a > b ? a : b;
	case NUM_CEIL:
		/* What is whole but for the noise of doubles is whole. */
		return ceil(a - 1e-9);
	case NUM_ROUND:
		return round(a * power(10, s->count)) / power(10, s->count);
	case NUM_POW:
		return power(a, s->count);
	}
	return a;
}

void tape_run(struct tape *tape, const double *leaves, double *ret_results)
{
	double *cells = tape->cells;

	for (size_t i = 0; i < tape->leaf_count; i++)
		cells[tape->first_leaf + i] = leaves[i];
	for (size_t i = 0; i < tape->step_count; i++) {
		const struct step *s = &tape->steps[i];

		cells[tape->first_step + i] =
		    step_run(s, cells[s->a], cells[s->b]);
	}
	for (size_t i = 0; i < tape->result_count; i++)
		ret_results[i] = cells[tape->results[i]];
}
