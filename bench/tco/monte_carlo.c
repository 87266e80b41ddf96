/* monte_carlo.c - how long the model takes with so many draws.
 *
 *   monte_carlo CASE DRAWS
 *
 * Prints the milliseconds of CPU that the whole model took without draws (with
 * one), and what the draws took on top, of both timings together.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "tco-report/tco.h"

static double cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Milliseconds, or less than 0. */
static double run(const char *file, unsigned draws)
{
	const struct tco_options options = { .seed = 1, .draws = draws };
	hs_auto(tco_case_freep) struct tco_case *tcase = NULL;
	hs_auto(tco_result_freep) struct tco_result *result = NULL;
	struct hs_err err = { 0 };
	double since;

	if (tco_case_load(file, NULL, NULL, 0, &tcase, NULL, &err) < 0) {
		(void)fprintf(stderr, "monte_carlo: %s\n", err.msg);
		return -1;
	}
	since = cpu_ms();
	if (tco_model_run(tcase, &options, &result, &err) < 0) {
		(void)fprintf(stderr, "monte_carlo: %s\n", err.msg);
		return -1;
	}
	return cpu_ms() - since;
}

int main(int argc, char **argv)
{
	double one, all;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: monte_carlo CASE DRAWS\n");
		return 2;
	}
	one = run(argv[1], 1);
	all = run(argv[1], (unsigned)strtoul(argv[2], NULL, 10));
	if (one < 0 || all < 0)
		return 1;
	(void)printf("model %.1f ms, draws %.1f ms\n", one, all - one);
	return 0;
}
