/* cmd_destroy.c - hanse destroy: remove a virtual enterprise with its data. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_spec.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"

/* The name must be typed; a script must say --yes. */
static int confirm(const char *ve, struct hs_err *err)
{
	hs_auto(hs_freep) char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (isatty(STDIN_FILENO) != 1)
		return hs_fail(err, HS_EINVAL,
		    "destroying '%s' cannot be undone; without a terminal to "
		    "ask on, say --yes",
		    ve);
	(void)fprintf(stderr,
	    "This removes the virtual enterprise '%s', its domains and all "
	    "its data.\nType its name to go on: ",
	    ve);
	len = getline(&line, &size, stdin);
	if (len > 0 && line[len - 1] == '\n')
		line[len - 1] = '\0';
	if (len <= 0 || strcmp(line, ve) != 0)
		return hs_fail(err, HS_ECONFLICT,
		    "the name does not match; nothing was touched");
	return 0;
}

static json_t *request(const struct call *call)
{
	json_t *json =
	    call->given[OPT_ALL]
		? json_pack("{s:s, s:b}", "command", "destroy", "all", 1)
		: json_pack(
		      "{s:s, s:s}", "command", "destroy", "ve", call->args[0]);

	cmd_job_options(call, json);
	return json;
}

int cmd_destroy(const struct call *call, struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress = NULL;
	hs_auto(json_freep) json_t *result = NULL;
	struct client_watch watch;
	const char *name = call->given[OPT_ALL] ? "all" : call->args[0];

	if (call->given[OPT_ALL] ? call->count > 0 : call->count == 0) {
		(void)hs_fail(err, HS_EINVAL,
		    "name one virtual enterprise, or say --all");
		return EXIT_USAGE;
	}
	if (!call->given[OPT_YES] && confirm(name, err) < 0)
		return exit_status_of(err);
	progress = progress_new(call->given[OPT_QUIET]);
	watch = progress_watch(progress);
	if (client_ask(call, request(call), &watch, NULL, &result, err) < 0)
		return exit_status_of(err);
	progress_freep(&progress);
	if (wants_json(call))
		print_json(result);
	else if (call->given[OPT_DETACH])
		cmd_print_changes(result);
	else
		(void)printf("%s is gone.\n",
		    call->given[OPT_ALL] ? "Every virtual enterprise" : name);
	return EXIT_OK;
}
