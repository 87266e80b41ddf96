/* cmd_apply.c - hanse apply: make a virtual enterprise as its spec says. */

#include <stdio.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_spec.h"
#include "provisioning/output.h"

/* A line for each person; the first one's names the portal. */
static void add_rows(json_t *rows, const json_t *portal)
{
	const json_t *people = json_object_get(portal, "people");
	size_t i;
	json_t *person;

	json_array_foreach (people, i, person) {
		const char *password = json_text(person, "password", NULL);

		(void)json_array_append_new(
		    rows, json_pack("[s, s, s, s]",
			      i == 0 ? json_text(portal, "enterprise", "") : "",
			      i == 0 ? json_text(portal, "url", "") : "",
			      json_text(person, "login", ""),
			      password != NULL ? password : "(changed)"));
	}
}

static void print_portals(const json_t *portals)
{
	hs_auto(json_freep) json_t *columns = json_pack("[s, s, s, s]",
	    "ENTERPRISE", "PORTAL", "LOGIN", "INITIAL PASSWORD");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *portal;

	if (json_array_size(portals) == 0)
		return;
	json_array_foreach (portals, i, portal) {
		add_rows(rows, portal);
	}
	(void)printf("\n");
	print_table(columns, rows, "");
}

int cmd_apply(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	bool restart = call->given[OPT_RESTART];
	int failed = cmd_spec_ask(call, "apply", restart, &result, err);

	if (failed < 0 && !restart && cmd_spec_may_restart(call, err))
		failed = cmd_spec_ask(call, "apply", true, &result, err);
	if (failed < 0)
		return exit_status_of(err);
	if (wants_json(call)) {
		print_json(result);
		return EXIT_OK;
	}
	cmd_print_changes(result);
	print_portals(json_object_get(result, "portals"));
	return EXIT_OK;
}
