/* cmd_schema.c - hanse schema: migrations of the shared databases. */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"

static json_t *request_of(const struct call *call)
{
	hs_auto(hs_freep) char *command = hs_printf("schema.%s", call->args[0]);
	json_t *ves = json_array();

	for (size_t i = 1; i < call->count; i++)
		(void)json_array_append_new(ves, json_string(call->args[i]));
	return json_pack("{s:s, s:o}", "command", command, "ves", ves);
}

static json_t *shown(const json_t *value)
{
	return json_is_integer(value)
		   ? json_sprintf("%lld", (long long)json_integer_value(value))
		   : json_string("-");
}

static void print_ves(const json_t *result)
{
	const json_t *installed = json_object_get(result, "installed");
	json_t *columns =
	    json_pack("[s, s, s, s]", "VE", "SCHEMA", "INSTALLED", "STATE");
	json_t *rows = json_array(), *ve;
	size_t i;

	json_array_foreach (json_object_get(result, "ves"), i, ve)
		(void)json_array_append_new(
		    rows, json_pack("[s, o, o, s]", json_text(ve, "ve", ""),
			      shown(json_object_get(ve, "version")),
			      shown(installed), json_text(ve, "state", "")));
	print_table(columns, rows, "None.");
	json_decref(columns);
	json_decref(rows);
}

static int print_result(const struct call *call, const json_t *result)
{
	const json_t *failed = json_object_get(result, "failed");

	if (wants_json(call))
		print_json(result);
	else
		print_ves(result);
	if (failed != NULL && !wants_json(call))
		(void)fprintf(stderr,
		    "hanse: stopped at %s: %s\n"
		    "Those behind it were not touched; when it is mended, run "
		    "this again.\n",
		    json_text(failed, "ve", ""),
		    json_text(failed, "message", ""));
	return failed != NULL ? EXIT_FAILED : EXIT_OK;
}

int cmd_schema(const struct call *call, struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress = NULL;
	hs_auto(json_freep) json_t *result = NULL;
	struct client_watch watch;

	if (check_word("subcommand", call->args[0], schema_words, err) < 0)
		return EXIT_USAGE;
	progress = progress_new(call->given[OPT_QUIET]);
	watch = progress_watch(progress);
	if (client_ask(call, request_of(call), &watch, NULL, &result, err) < 0)
		return exit_status_of(err);
	progress_freep(&progress);
	return print_result(call, result);
}
