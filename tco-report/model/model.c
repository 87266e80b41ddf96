/* model.c - the steps of the model, one after the other. */

#include "tco-report/model/model.h"

#include <stdlib.h>

#include "base/err.h"
#include "tco-report/model/part.h"

/* clang-format off */
static const char *const lines[TCO_LINE_COUNT] = {
	[TCO_DEPRECIATION] = "depreciation",
	[TCO_MIGRATED]     = "migration",
	[TCO_SUPPORT]      = "support",
	[TCO_ENERGY]       = "energy",
	[TCO_SPACE]        = "space",
	[TCO_PEOPLE]       = "people",
	[TCO_BACKUP]       = "backup",
	[TCO_NETWORKING]   = "network",
	[TCO_LICENCES]     = "licences",
};
/* clang-format on */

const char *tco_line_name(enum tco_line line)
{
	return lines[line];
}

static void run(struct model *m)
{
	consolidation_peaks(m);
	core_run(m);
	for (size_t i = 0; i < TCO_TIMING_COUNT; i++)
		returns_run(m, &m->r->cash[i]);
	consolidation_show(m);
	showback_run(m);
	carbon_run(m);
	soft_run(m);
	unit_run(m);
	tornado_run(m);
	break_even_run(m);
	simulation_run(m);
	verdict_run(m);
}

int tco_model_run(struct tco_case *tcase, const struct tco_options *options,
    struct tco_result **ret_result, struct hs_err *err)
{
	struct tco_result *result;
	struct model m = { .pool = tcase->pool, .tcase = tcase };

	if (options != NULL && options->draws > TCO_DRAWS_MAX)
		return hs_fail(
		    err, HS_EINVAL, "more than %d draws", TCO_DRAWS_MAX);
	result = hs_alloc(sizeof(*result));
	result->tcase = tcase;
	result->count = tcase->count;
	result->seed = options != NULL ? options->seed : 1;
	result->draws =
	    options != NULL && options->draws > 0 ? options->draws : TCO_DRAWS;
	result->dedicated = hs_arena_alloc(
	    tcase->arena, tcase->count * sizeof(*result->dedicated));
	m.r = result;
	m.zero = num_int(m.pool, 0);
	m.one = num_int(m.pool, 1);
	run(&m);
	*ret_result = result;
	return 0;
}

void tco_result_free(struct tco_result *result)
{
	free(result);
}
