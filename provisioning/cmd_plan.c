/* cmd_plan.c - hanse plan: what apply would change. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_spec.h"
#include "provisioning/difference.h"
#include "provisioning/output.h"

enum sign {
	SIGN_CREATE,
	SIGN_UPDATE,
	SIGN_ROLL,
	SIGN_DELETE,
};
#define SIGN_COUNT (SIGN_DELETE + 1)

/* clang-format off */
static const struct {
	const char *action, *sign;
	enum color color;
} signs[SIGN_COUNT] = {
	[SIGN_CREATE] = { "create", "+", COLOR_GREEN  },
	[SIGN_UPDATE] = { "update", "~", COLOR_YELLOW },
	[SIGN_ROLL]   = { "roll",   "~", COLOR_YELLOW },
	[SIGN_DELETE] = { "delete", "-", COLOR_RED    },
};
/* clang-format on */

static void print_difference(
    void *arg, const char *path, const json_t *from, const json_t *to)
{
	hs_auto(hs_freep) char *old = json_dumps(from, JSON_ENCODE_ANY);
	hs_auto(hs_freep) char *new = json_dumps(to, JSON_ENCODE_ANY);

	(void)arg;
	(void)printf("      %s: %s -> %s\n", path, old != NULL ? old : "none",
	    new != NULL ? new : "none");
}

static void print_detail(const json_t *detail)
{
	size_t i;
	json_t *one;

	json_array_foreach (detail, i, one)
		difference_each(json_text(one, "field", "?"),
		    json_object_get(one, "from"), json_object_get(one, "to"),
		    print_difference, NULL);
}

/* A roll is the creation of the instance that takes another one's place. */
static enum sign sign_of(const json_t *change)
{
	const char *action = json_text(change, "action", "");

	if (json_is_true(json_object_get(change, "roll")))
		return SIGN_ROLL;
	for (size_t i = 0; i < SIGN_COUNT; i++)
		if (strcmp(signs[i].action, action) == 0)
			return (enum sign)i;
	return SIGN_UPDATE;
}

static void print_change(const json_t *change, size_t *counts)
{
	hs_auto(hs_freep) char *name = printable(json_text(change, "name", ""));
	bool restart = json_is_true(json_object_get(change, "restart"));
	enum sign sign = sign_of(change);

	counts[sign]++;
	(void)printf("  %s%s %-6s %-14s %s%s%s\n",
	    color_on(stdout, signs[sign].color), signs[sign].sign,
	    signs[sign].action, json_text(change, "kind", ""), name,
	    color_off(stdout), restart ? "  needs restart" : "");
	if (sign == SIGN_UPDATE || sign == SIGN_ROLL)
		print_detail(json_object_get(change, "detail"));
}

static void print_plan(const json_t *changes)
{
	size_t counts[SIGN_COUNT] = { 0 };
	size_t i;
	json_t *change;

	if (json_array_size(changes) == 0) {
		(void)printf("Nothing to change.\n");
		return;
	}
	json_array_foreach (changes, i, change)
		print_change(change, counts);
	(void)printf("\n%zu to create, %zu to change, ", counts[SIGN_CREATE],
	    counts[SIGN_UPDATE]);
	if (counts[SIGN_ROLL] > 0)
		(void)printf("%zu to roll, ", counts[SIGN_ROLL]);
	(void)printf("%zu to delete.\n", counts[SIGN_DELETE]);
}

int cmd_plan(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	const json_t *changes;

	if (cmd_spec_ask(call, "plan", false, &result, err) < 0)
		return exit_status_of(err);
	changes = json_object_get(result, "changes");
	if (wants_json(call))
		print_json(result);
	else
		print_plan(changes);
	return json_array_size(changes) > 0 ? EXIT_CHANGES : EXIT_OK;
}
