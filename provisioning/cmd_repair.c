/* cmd_repair.c - hanse repair, hanse adopt: what was changed behind our back.
 */

#include <stdio.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"

static int ask(const struct call *call, json_t *request, json_t **ret_result,
    struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress =
	    progress_new(call->given[OPT_QUIET]);
	struct client_watch watch = progress_watch(progress);

	return client_ask(call, request, &watch, NULL, ret_result, err);
}

static void print_drifts(const struct call *call, const json_t *drifts)
{
	hs_auto(json_freep) json_t *columns = json_pack("[s, s, s, s]", "DRIFT",
	    "KIND", "NAME", call->given[OPT_DRY_RUN] ? "WOULD" : "DONE");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *d;

	json_array_foreach (drifts, i, d)
		(void)json_array_append_new(rows,
		    json_pack("[s, s, s, s]", json_text(d, "drift", ""),
			json_text(d, "kind", ""), json_text(d, "name", ""),
			json_text(d, "repair", "")));
	print_table(columns, rows, "There is nothing to repair.");
}

int cmd_repair(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	bool all = call->given[OPT_ALL];
	json_t *request;

	if (all ? call->count > 0 : call->count == 0) {
		(void)hs_fail(
		    err, HS_EINVAL, "'repair' needs: --all|VE|KIND NAME");
		return EXIT_USAGE;
	}
	request = json_pack("{s:s, s:b, s:b}", "command", "repair", "all", all,
	    "dry_run", (int)call->given[OPT_DRY_RUN]);
	if (call->count == 1)
		(void)json_object_set_new(
		    request, "ve", json_string(call->args[0]));
	if (call->count == 2)
		(void)json_object_update_new(
		    request, json_pack("{s:s, s:s}", "kind", call->args[0],
				 "name", call->args[1]));
	if (ask(call, request, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		print_drifts(call, json_object_get(result, "drifts"));
	return EXIT_OK;
}

int cmd_adopt(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (ask(call,
		json_pack("{s:s, s:s, s:s}", "command", "adopt", "kind",
		    call->args[0], "name", call->args[1]),
		&result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else if (json_object_get(result, "edit") != NULL)
		(void)printf(
		    "Adopted (%s): the stored spec says now, of "
		    "enterprise '%s', \"%s\". Change your file, too.\n",
		    json_text(result, "adopted", ""),
		    json_text(result, "enterprise", ""),
		    json_text(result, "edit", ""));
	else
		(void)printf("Adopted (%s): %s.\n",
		    json_text(result, "adopted", ""),
		    json_text(result, "detail", ""));
	return EXIT_OK;
}
