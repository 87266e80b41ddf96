/* cmd_restart.c - what is done with one member: hanse restart, rotate, suspend,
 * resume.
 */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_member.h"
#include "provisioning/cmd_spec.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"

static int ask(const struct call *call, const char *command,
    const struct member *m, json_t **ret_result, struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress =
	    progress_new(call->given[OPT_QUIET]);
	struct client_watch watch = progress_watch(progress);
	json_t *request = json_pack("{s:s, s:s, s:s}", "command", command, "ve",
	    m->ve, "enterprise", m->enterprise);

	cmd_job_options(call, request);
	return client_ask(call, request, &watch, NULL, ret_result, err);
}

static int run(const struct call *call, const char *command, const char *done,
    struct hs_err *err)
{
	hs_auto(member_done) struct member m = { 0 };
	hs_auto(json_freep) json_t *result = NULL;

	if (member_parse(call->args[0], &m, err) < 0)
		return EXIT_USAGE;
	if (ask(call, command, &m, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else if (call->given[OPT_DETACH])
		cmd_print_changes(result);
	else if (json_integer_value(json_object_get(result, "changes")) == 0)
		(void)printf("%s/%s: nothing changed.\n", m.ve, m.enterprise);
	else
		(void)printf("%s/%s %s.\n", m.ve, m.enterprise, done);
	return EXIT_OK;
}

int cmd_restart(const struct call *call, struct hs_err *err)
{
	return run(call, "restart", "has a fresh domain", err);
}

int cmd_rotate(const struct call *call, struct hs_err *err)
{
	return run(call, "rotate",
	    "has a new certificate and a new password; the old ones are good "
	    "for nothing",
	    err);
}

int cmd_suspend(const struct call *call, struct hs_err *err)
{
	return run(call, "suspend", "is suspended", err);
}

int cmd_resume(const struct call *call, struct hs_err *err)
{
	return run(call, "resume", "serves again", err);
}
