/* cmd_roll.c - hanse roll image: the newest system images for everybody. */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"

#define TRIES 20 /* a daemon that ends in between is asked again */

static json_t *request(const struct call *call)
{
	hs_auto(hs_text_done) struct hs_text ves = { 0 };

	hs_text_add(&ves, "");
	for (size_t i = 1; i < call->count; i++)
		hs_text_addf(&ves, "%s%s", i > 1 ? " " : "", call->args[i]);
	return json_pack("{s:s, s:s, s:s, s:b}", "command", "roll", "what",
	    call->args[0], "ves", ves.data, "restart",
	    call->given[OPT_RESTART]);
}

/* A new daemon knows of the job that ran, not of those behind it: what is done
 * is current, and the rest follows. */
static int ask(const struct call *call, json_t **ret_result, struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress =
	    progress_new(call->given[OPT_QUIET]);
	struct client_watch watch = progress_watch(progress);

	for (int i = 0; i < TRIES; i++) {
		json_t *result = NULL;

		if (client_ask(
			call, request(call), &watch, NULL, &result, err) < 0)
			return -1;
		if (json_object_get(result, "items") != NULL) {
			*ret_result = result;
			return 0;
		}
		json_decref(result);
	}
	return hs_fail(err, HS_EREMOTE, "hansed ends again and again");
}

static void print_items(const json_t *items)
{
	hs_auto(json_freep) json_t *columns =
	    json_pack("[s, s, s]", "NAME", "IMAGE", "STATE");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *item;

	json_array_foreach (items, i, item)
		(void)json_array_append_new(
		    rows, json_pack("[s, s, s]", json_text(item, "name", ""),
			      json_text(item, "image", ""),
			      json_text(item, "state", "")));
	print_table(columns, rows, "Nobody takes an image.");
}

int cmd_roll(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (check_word("what to roll", call->args[0], roll_words, err) < 0)
		return EXIT_USAGE;
	if (ask(call, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		print_items(json_object_get(result, "items"));
	if (json_is_true(json_object_get(result, "ok")))
		return EXIT_OK;
	(void)hs_fail(err, HS_ESYSTEM, "%s; the rest is as it was",
	    json_text(result, "message", "it failed"));
	return EXIT_FAILED;
}
