/* cmd_verify.c - hanse verify: every object against the specs. */

#include <stdio.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

static void print_findings(const json_t *findings)
{
	hs_auto(json_freep) json_t *columns = json_pack(
	    "[s, s, s, s, s]", "PROBLEM", "KIND", "NAME", "DRIFT", "DETAIL");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *f;

	json_array_foreach (findings, i, f)
		(void)json_array_append_new(rows,
		    json_pack("[s, s, s, s, s]", json_text(f, "problem", ""),
			json_text(f, "kind", ""), json_text(f, "name", ""),
			json_text(f, "drift", ""), json_text(f, "detail", "")));
	print_table(columns, rows,
	    "Clean: every object has its spec, every spec its objects.");
}

int cmd_verify(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	const json_t *findings;

	if (client_ask(call, json_pack("{s:s}", "command", "verify"), NULL,
		NULL, &result, err) < 0)
		return exit_status_of(err);
	findings = json_object_get(result, "findings");
	if (wants_json(call))
		print_json(result);
	else
		print_findings(findings);
	return json_is_true(json_object_get(result, "clean")) &&
		       json_array_size(findings) == 0
		   ? EXIT_OK
		   : EXIT_FAILED;
}
