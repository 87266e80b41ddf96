/* cmd_start.c - hanse start, hanse stop: all domains and networks. */

#include <stdio.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"

static int ask(const struct call *call, const char *command,
    json_t **ret_result, struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress =
	    progress_new(call->given[OPT_QUIET]);
	struct client_watch watch = progress_watch(progress);

	return client_ask(call, json_pack("{s:s}", "command", command), &watch,
	    NULL, ret_result, err);
}

int cmd_start(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (ask(call, "start", &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else if (json_integer_value(json_object_get(result, "changes")) == 0)
		(void)printf("Everything that should run does.\n");
	else
		(void)printf("Everything that should run does now.\n");
	return EXIT_OK;
}

int cmd_stop(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (ask(call, "stop", &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		(void)printf("Every domain and network is stopped.\n");
	return EXIT_OK;
}
