/* cmd_plan.c - hanse plan: what apply would change. */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_spec.h"
#include "provisioning/output.h"

/* clang-format off */
static const struct {
	const char *action, *sign;
	enum color color;
} signs[] = {
	{ "create", "+", COLOR_GREEN  },
	{ "update", "~", COLOR_YELLOW },
	{ "delete", "-", COLOR_RED    },
};
/* clang-format on */

static void print_detail(const json_t *detail)
{
	size_t i;
	json_t *one;

	json_array_foreach (detail, i, one) {
		hs_auto(hs_freep) char *from =
		    json_dumps(json_object_get(one, "from"), JSON_ENCODE_ANY);
		hs_auto(hs_freep) char *to =
		    json_dumps(json_object_get(one, "to"), JSON_ENCODE_ANY);

		(void)printf("      %s: %s -> %s\n",
		    json_text(one, "field", "?"), from != NULL ? from : "none",
		    to != NULL ? to : "none");
	}
}

static void print_change(const json_t *change, size_t *counts)
{
	const char *action = json_text(change, "action", "");
	hs_auto(hs_freep) char *name = printable(json_text(change, "name", ""));

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		if (strcmp(signs[i].action, action) != 0)
			continue;
		counts[i]++;
		(void)printf("  %s%s %-6s %-14s %s%s\n",
		    color_on(stdout, signs[i].color), signs[i].sign, action,
		    json_text(change, "kind", ""), name, color_off(stdout));
	}
	if (strcmp(action, "update") == 0)
		print_detail(json_object_get(change, "detail"));
}

static void print_plan(const json_t *changes)
{
	size_t counts[ARRAY_LEN(signs)] = { 0 };
	size_t i;
	json_t *change;

	if (json_array_size(changes) == 0) {
		(void)printf("Nothing to change.\n");
		return;
	}
	json_array_foreach (changes, i, change)
		print_change(change, counts);
	(void)printf("\n%zu to create, %zu to change, %zu to delete.\n",
	    counts[0], counts[1], counts[2]);
}

int cmd_plan(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	const json_t *changes;

	if (cmd_spec_ask(call, "plan", &result, err) < 0)
		return exit_status_of(err);
	changes = json_object_get(result, "changes");
	if (wants_json(call))
		print_json(result);
	else
		print_plan(changes);
	return json_array_size(changes) > 0 ? EXIT_CHANGES : EXIT_OK;
}
