/* cmd_get.c - hanse get and hanse describe: what is there. */

#include <stdio.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

int cmd_get(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	json_t *request;

	if (check_word("kind", call->args[0], get_words, err) < 0)
		return EXIT_USAGE;
	request =
	    json_pack("{s:s, s:s}", "command", "get", "what", call->args[0]);
	if (call->count > 1)
		(void)json_object_set_new(
		    request, "ve", json_string(call->args[1]));
	if (client_ask(call, request, NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(json_object_get(result, "items"));
	else
		print_table(json_object_get(result, "columns"),
		    json_object_get(result, "rows"), "None.");
	return EXIT_OK;
}

int cmd_describe(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (check_word("kind", call->args[0], describe_words, err) < 0)
		return EXIT_USAGE;
	if (client_ask(call,
		json_pack("{s:s, s:s, s:s}", "command", "describe", "what",
		    call->args[0], "name", call->args[1]),
		NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		print_object(result);
	return EXIT_OK;
}
