/* cmd_audit.c - hanse audit verify: is the event log as it was written? */

#include <stdio.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

static void print_findings(const json_t *result)
{
	hs_auto(json_freep) json_t *columns =
	    json_pack("[s, s, s]", "EVENT", "PROBLEM", "DETAIL");
	hs_auto(json_freep) json_t *rows = json_array();
	const json_t *findings = json_object_get(result, "findings");
	json_int_t broken =
	    json_integer_value(json_object_get(result, "broken"));
	size_t i;
	json_t *f;

	json_array_foreach (findings, i, f)
		(void)json_array_append_new(
		    rows, json_pack("[O, s, s]", json_object_get(f, "event_id"),
			      json_text(f, "problem", ""),
			      json_text(f, "detail", "")));
	print_table(columns, rows, "");
	if ((size_t)broken > json_array_size(findings))
		(void)printf("... and %lld more.\n",
		    (long long)broken - (long long)json_array_size(findings));
}

static void print_result(const json_t *result, bool ok)
{
	if (!ok)
		print_findings(result);
	(void)printf("%s%s%s: %lld events in %lld ms.\nHead: %s\n",
	    color_on(stdout, ok ? COLOR_GREEN : COLOR_RED),
	    ok ? "Whole" : "BROKEN", color_off(stdout),
	    (long long)json_integer_value(json_object_get(result, "checked")),
	    (long long)json_integer_value(json_object_get(result, "ms")),
	    json_text(result, "head", "-"));
	if (ok)
		(void)printf(
		    "Keep the head where nobody can change it: --against "
		    "HEAD compares.\n");
}

int cmd_audit(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	bool ok;

	if (check_word("subcommand", call->args[0], audit_words, err) < 0)
		return EXIT_USAGE;
	if (client_ask(call,
		json_pack("{s:s, s:s*}", "command", "audit.verify", "against",
		    call->value[OPT_AGAINST]),
		NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	ok = json_is_true(json_object_get(result, "ok"));
	if (wants_json(call))
		print_json(result);
	else
		print_result(result, ok);
	return ok ? EXIT_OK : EXIT_FAILED;
}
