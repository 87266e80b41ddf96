/* cmd_gateway.c - hanse gateway: who is at the databases, and through what. */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

static const char *none_of(const char *what)
{
	if (strcmp(what, "pools") == 0)
		return "No pool: every session has a backend of its own.";
	return strcmp(what, "sessions") == 0 ? "No session." : "No route.";
}

static int show(const struct call *call, const char *what, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (client_ask(call,
		json_pack("{s:s, s:s}", "command", "gateway", "what", what),
		NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(json_object_get(result, "items"));
	else
		print_table(json_object_get(result, "columns"),
		    json_object_get(result, "rows"), none_of(what));
	return EXIT_OK;
}

static int end_session(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (client_ask(call,
		json_pack("{s:s, s:s}", "command", "gateway.kill", "session",
		    call->args[1]),
		NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		(void)printf("Ended: a session of %s/%s.\n",
		    json_text(result, "ve", "?"),
		    json_text(result, "enterprise", "?"));
	return EXIT_OK;
}

static int renew(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (client_ask(call, json_pack("{s:s}", "command", "gateway.renew"),
		NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		(void)printf("Renewed: %lld workers take new clients; the old "
			     "ones end with their last.\n",
		    (long long)json_integer_value(
			json_object_get(result, "workers")));
	return EXIT_OK;
}

int cmd_gateway(const struct call *call, struct hs_err *err)
{
	const char *what = call->count > 0 ? call->args[0] : "status";
	bool kills = strcmp(what, "kill") == 0;

	if (check_word("subcommand", what, gateway_words, err) < 0)
		return EXIT_USAGE;
	if (call->count > (kills ? 2 : 1) || (kills && call->count < 2)) {
		(void)hs_fail(err, HS_EINVAL, "'gateway %s' takes: %s", what,
		    kills ? "SESSION" : "nothing more");
		return EXIT_USAGE;
	}
	if (kills)
		return end_session(call, err);
	return strcmp(what, "renew") == 0 ? renew(call, err)
					  : show(call, what, err);
}
