/* cmd_job.c - hanse job: look at jobs, follow, cancel, try again. */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_spec.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"

/* "list" and "show" are get and describe under another name. */
static int look(const struct call *call, struct hs_err *err)
{
	bool lists = strcmp(call->args[0], "list") == 0;
	const char *args[3] = { lists ? "jobs" : "job", call->args[1], NULL };
	struct call other = *call;

	other.args = args;
	return lists ? cmd_get(&other, err) : cmd_describe(&other, err);
}

static void print_result(const struct call *call, const json_t *result)
{
	json_int_t job = json_integer_value(json_object_get(result, "job"));

	if (wants_json(call))
		print_json(result);
	else if (strcmp(call->args[0], "cancel") == 0)
		(void)printf("job %lld is being undone; see: hanse job follow "
			     "%lld\n",
		    (long long)job, (long long)job);
	else
		cmd_print_changes(result);
}

static int ask(const struct call *call, struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress =
	    progress_new(call->given[OPT_QUIET]);
	hs_auto(hs_freep) char *command = hs_printf("job.%s", call->args[0]);
	hs_auto(json_freep) json_t *result = NULL;
	struct client_watch watch = progress_watch(progress);
	json_t *request =
	    json_pack("{s:s, s:s}", "command", command, "job", call->args[1]);

	cmd_job_options(call, request);
	if (client_ask(call, request, &watch, NULL, &result, err) < 0)
		return exit_status_of(err);
	progress_freep(&progress);
	print_result(call, result);
	return EXIT_OK;
}

int cmd_job(const struct call *call, struct hs_err *err)
{
	if (check_word("subcommand", call->args[0], job_words, err) < 0)
		return EXIT_USAGE;
	if (strcmp(call->args[0], "list") != 0 && call->count < 2) {
		(void)hs_fail(err, HS_EINVAL,
		    "'job %s' needs the number of a job", call->args[0]);
		return EXIT_USAGE;
	}
	if (strcmp(call->args[0], "list") == 0 ||
	    strcmp(call->args[0], "show") == 0)
		return look(call, err);
	return ask(call, err);
}
