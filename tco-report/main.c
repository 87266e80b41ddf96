/* main.c - hanse-tco: reads a case, works everything out, writes a report. */

#include "tco-report/main.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"

/* clang-format off */
static const enum tco_exit statuses[HS_CODE_COUNT] = {
	[HS_OK]        = TCO_EXIT_OK,
	[HS_EINVAL]    = TCO_EXIT_INVALID,
	[HS_ENOTFOUND] = TCO_EXIT_NOT_FOUND,
	[HS_EEXISTS]   = TCO_EXIT_FAILED,
	[HS_EDENIED]   = TCO_EXIT_DENIED,
	[HS_ECONFLICT] = TCO_EXIT_FAILED,
	[HS_ELIMIT]    = TCO_EXIT_INVALID,
	[HS_EREMOTE]   = TCO_EXIT_FAILED,
	[HS_ESYSTEM]   = TCO_EXIT_FAILED,
};
/* clang-format on */

/* Every fault on a line of its own, or what else went wrong. */
static int complain(const struct hs_faults *faults, const struct hs_err *err)
{
	for (size_t i = 0; i < faults->count; i++) {
		hs_auto(hs_freep) char *text =
		    hs_fault_text(faults->file, &faults->list[i]);

		(void)fprintf(stderr, "%s\n", text);
	}
	if (faults->count == 0)
		(void)fprintf(stderr, "hanse-tco: %s\n", err->msg);
	return (int)statuses[err->code];
}

static int load(const struct tco_call *call, struct tco_case **ret_case)
{
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	struct hs_err err = { 0 };

	if (tco_case_load(call->file, NULL, call->settings, call->setting_count,
		ret_case, &faults, &err) < 0)
		return complain(&faults, &err);
	return TCO_EXIT_OK;
}

static int fail(const struct hs_err *err)
{
	(void)fprintf(stderr, "hanse-tco: %s\n", err->msg);
	return (int)statuses[err->code];
}

static int report(const struct tco_call *call)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = NULL;
	hs_auto(tco_result_freep) struct tco_result *result = NULL;
	struct hs_err err = { 0 };
	int status = load(call, &tcase);

	if (status != TCO_EXIT_OK)
		return status;
	if (tco_model_run(tcase, &call->options, &result, &err) < 0 ||
	    tco_write(call, result, &err) < 0)
		return fail(&err);
	return TCO_EXIT_OK;
}

static int check(const struct tco_call *call)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = NULL;
	size_t yours = 0, given = 0;
	int status = load(call, &tcase);

	if (status != TCO_EXIT_OK)
		return status;
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++) {
		given += tcase->params[i].value != NULL;
		yours += tcase->params[i].value != NULL &&
			 tcase->params[i].source == NULL;
	}
	(void)printf("%s: good: %zu enterprises, %zu parameters, %zu of them "
		     "without a source (your figure)\n",
	    call->file, tcase->count, given, yours);
	return TCO_EXIT_OK;
}

static int usage_error(const struct hs_err *err)
{
	(void)fprintf(
	    stderr, "hanse-tco: %s\nTry 'hanse-tco --help'.\n", err->msg);
	return TCO_EXIT_USAGE;
}

static int run(const struct tco_call *call, struct hs_err *err)
{
	if (call->help || strcmp(call->command, "help") == 0) {
		tco_help(stdout);
		return TCO_EXIT_OK;
	}
	if (strcmp(call->command, "parameters") == 0) {
		tco_list_parameters(stdout);
		return TCO_EXIT_OK;
	}
	if (strcmp(call->command, "sheet") == 0)
		return tco_write_sheet(call, err) < 0 ? fail(err) : TCO_EXIT_OK;
	if (tco_writer_find(call->output) == NULL) {
		(void)hs_fail(err, HS_EINVAL, "-o '%s' is no form of report",
		    call->output);
		return usage_error(err);
	}
	return strcmp(call->command, "check") == 0 ? check(call) : report(call);
}

int main(int argc, char **argv)
{
	hs_auto(tco_call_done) struct tco_call call = { 0 };
	struct hs_err err = { 0 };

	if (tco_call_parse(argc, argv, &call, &err) < 0)
		return usage_error(&err);
	return run(&call, &err);
}
