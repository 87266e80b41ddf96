/* cmd_webhook.c - hanse webhook: where events are sent. */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

/* "list" is get under another name. */
static int list(const struct call *call, struct hs_err *err)
{
	const char *args[3] = { "webhooks", call->args[1], NULL };
	struct call other = *call;

	other.args = args;
	return cmd_get(&other, err);
}

static void print_result(const struct call *call, const json_t *result)
{
	const char *verb = call->args[0];
	const char *id = json_text(result, "webhook", "");

	if (wants_json(call))
		print_json(result);
	else if (strcmp(verb, "add") == 0)
		(void)printf("Webhook %s: %s\nSecret: %s\nIt is not shown "
			     "again.\n",
		    id, json_text(result, "url", ""),
		    json_text(result, "secret", ""));
	else if (strcmp(verb, "remove") == 0)
		(void)printf("Webhook %s is removed.\n", id);
	else
		(void)printf("Webhook %s took it: HTTP %lld in %lld ms.\n", id,
		    (long long)json_integer_value(
			json_object_get(result, "status")),
		    (long long)json_integer_value(
			json_object_get(result, "ms")));
}

static int add_options(
    const struct call *call, json_t *request, struct hs_err *err)
{
	json_int_t since;

	if (call->given[OPT_EVENTS])
		(void)json_object_set_new(
		    request, "events", json_string(call->value[OPT_EVENTS]));
	if (call->given[OPT_VE])
		(void)json_object_set_new(
		    request, "ve", json_string(call->value[OPT_VE]));
	if (cmd_cursor(call, &since, err) < 0)
		return -1;
	if (since >= 0)
		(void)json_object_set_new(
		    request, "since", json_integer(since));
	return 0;
}

static int ask(const struct call *call, struct hs_err *err)
{
	hs_auto(hs_freep) char *command =
	    hs_printf("webhook.%s", call->args[0]);
	bool adds = strcmp(call->args[0], "add") == 0;
	hs_auto(json_freep) json_t *result = NULL;
	json_t *request = json_pack("{s:s, s:s}", "command", command,
	    adds ? "url" : "webhook", call->args[1]);

	if (request == NULL) {
		(void)hs_fail(err, HS_EINVAL, "that is not valid text");
		return EXIT_USAGE;
	}
	if (adds && add_options(call, request, err) < 0) {
		json_decref(request);
		return EXIT_USAGE;
	}
	if (client_ask(call, request, NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	print_result(call, result);
	return EXIT_OK;
}

int cmd_webhook(const struct call *call, struct hs_err *err)
{
	const char *verb = call->args[0];

	if (check_word("subcommand", verb, webhook_words, err) < 0)
		return EXIT_USAGE;
	if (strcmp(verb, "list") == 0)
		return list(call, err);
	if (call->count < 2) {
		(void)hs_fail(err, HS_EINVAL, "'webhook %s' needs %s", verb,
		    strcmp(verb, "add") == 0 ? "a URL"
					     : "the number of a webhook");
		return EXIT_USAGE;
	}
	return ask(call, err);
}
