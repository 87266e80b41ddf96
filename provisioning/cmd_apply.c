/* cmd_apply.c - hanse apply: make a virtual enterprise as its spec says. */

#include <stdio.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_spec.h"
#include "provisioning/output.h"

static json_t *portal_row(const json_t *portal)
{
	const json_t *people = json_object_get(portal, "people");
	hs_auto(hs_text_done) struct hs_text list = { 0 };
	size_t i;
	json_t *login;

	json_array_foreach(people, i, login) hs_text_addf(&list, "%s%s",
	    i > 0 ? ", " : "",
	    json_string_value(login) != NULL ? json_string_value(login) : "");
	return json_pack("[s, s, s]", json_text(portal, "enterprise", ""),
	    json_text(portal, "url", ""), list.len > 0 ? list.data : "-");
}

static void print_portals(const json_t *portals)
{
	hs_auto(json_freep) json_t *columns =
	    json_pack("[s, s, s]", "ENTERPRISE", "PORTAL", "PEOPLE");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *portal;

	if (json_array_size(portals) == 0)
		return;
	json_array_foreach(portals, i, portal)(void)
	    json_array_append_new(rows, portal_row(portal));
	(void)printf("\n");
	print_table(columns, rows, "");
}

int cmd_apply(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (cmd_spec_ask(call, "apply", &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call)) {
		print_json(result);
		return EXIT_OK;
	}
	cmd_print_changes(result);
	print_portals(json_object_get(result, "portals"));
	return EXIT_OK;
}
