/* model.c - the steps of the model, one after the other. */

#include "tco-report/model/model.h"

#include <stdlib.h>

#include "base/err.h"
#include "tco-report/model/part.h"

#define HOSTS_MAX 100000

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

/* Hosts that are given have bounds; those that are counted have them, too. */
static int check_hosts(const struct model *m, struct hs_err *err)
{
	const struct num *hosts = m->r->year[m->n - 1].hosts;
	hs_auto(hs_freep) char *text = NULL;

	if (num_cmp(hosts, num_int(m->pool, HOSTS_MAX)) <= 0)
		return 0;
	text = num_text(hosts, 0);
	return hs_fail(err, HS_EINVAL,
	    "%s: platform.hosts: the load needs %s hosts in year %u; expected "
	    "at most %d",
	    m->tcase->file, text, m->n, HOSTS_MAX);
}

static int run(struct model *m, struct hs_err *err)
{
	consolidation_peaks(m);
	core_run(m);
	if (check_hosts(m, err) < 0)
		return -1;
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
	return 0;
}

int tco_model_run(struct tco_case *tcase, const struct tco_options *options,
    struct tco_result **ret_result, struct hs_err *err)
{
	hs_auto(tco_result_freep) struct tco_result *result = NULL;
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
	if (run(&m, err) < 0)
		return -1;
	*ret_result = hs_steal(&result);
	return 0;
}

void tco_result_free(struct tco_result *result)
{
	free(result);
}
