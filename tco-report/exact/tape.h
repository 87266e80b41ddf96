/* tape.h - a number's formula, run again in doubles with other leaves.
 *
 * For Monte Carlo and bisection, where a hundred thousand runs matter and the
 * tenth digit does not. Only what depends on the leaves that change is run.
 */
#ifndef HANSE_TCO_REPORT_EXACT_TAPE_H
#define HANSE_TCO_REPORT_EXACT_TAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct num;
struct tape;

/**
 * @results:  numbers to be worked out again
 * @leaves:   numbers they depend on, that will have other values
 */
struct tape *tape_new(const struct num *const *results, size_t result_count,
    const struct num *const *leaves, size_t leaf_count);
void tape_free(struct tape *tape);
HS_FREEP(tape_freep, struct tape *, tape_free)

/** Whether no result depends on any leaf. */
bool tape_is_fixed(const struct tape *tape);

/** Run it: a value for each leaf in, one for each result out. */
void tape_run(struct tape *tape, const double *leaves, double *ret_results);

#endif
