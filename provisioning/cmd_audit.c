/* cmd_audit.c - hanse audit: are the logs as they were written, and what was
 * asked of the databases?
 */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

#define LAST      100 /* statements in a table */
#define LAST_JSON 10000

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

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_gateway(const json_t *report)
{
	bool ok = json_is_true(json_object_get(report, "ok"));

	if (report == NULL)
		return;
	(void)printf("%s%s%s: %lld statements of the gateway in %lld blocks",
	    color_on(stdout, ok ? COLOR_GREEN : COLOR_RED),
	    ok ? "Whole" : "BROKEN", color_off(stdout),
	    (long long)number(report, "statements"),
	    (long long)number(report, "blocks"));
	if (number(report, "lost") > 0)
		(void)printf(", %lld could not be kept",
		    (long long)number(report, "lost"));
	(void)printf(".\n");
	if (!ok)
		(void)printf("%s\n", json_text(report, "why", ""));
}

static void print_result(const json_t *result)
{
	bool ok = number(result, "broken") == 0;

	if (!ok)
		print_findings(result);
	(void)printf("%s%s%s: %lld events in %lld ms.\nHead: %s\n",
	    color_on(stdout, ok ? COLOR_GREEN : COLOR_RED),
	    ok ? "Whole" : "BROKEN", color_off(stdout),
	    (long long)number(result, "checked"),
	    (long long)number(result, "ms"), json_text(result, "head", "-"));
	if (ok)
		(void)printf(
		    "Keep the head where nobody can change it: --against "
		    "HEAD compares.\n");
	print_gateway(json_object_get(result, "gateway"));
}

static int verify(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (client_ask(call,
		json_pack("{s:s, s:s*}", "command", "audit.verify", "against",
		    call->value[OPT_AGAINST]),
		NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		print_result(result);
	return json_is_true(json_object_get(result, "ok")) ? EXIT_OK
							   : EXIT_FAILED;
}

static void print_statements(const json_t *list)
{
	hs_auto(json_freep) json_t *columns =
	    json_pack("[s, s, s, s, s, s, s, s, s]", "TIME", "VE", "ENTERPRISE",
		"PERSON", "APPLICATION", "ROWS", "MS", "VERDICT", "STATEMENT");
	hs_auto(json_freep) json_t *rows = json_array();
	json_t *s;
	size_t i;

	json_array_foreach (list, i, s) {
		const char *text = json_text(s, "statement", NULL);

		(void)json_array_append_new(rows,
		    json_pack("[s, s, s, s, s, O, O, s, s]",
			json_text(s, "time", "-"), json_text(s, "ve", "-"),
			json_text(s, "enterprise", "-"),
			json_text(s, "person", ""),
			json_text(s, "application", ""),
			json_object_get(s, "rows"), json_object_get(s, "ms"),
			json_text(s, "verdict", "-"),
			text != NULL ? text : json_text(s, "tag", "")));
	}
	print_table(columns, rows, "No statement.");
}

/* What is behind the slash, which becomes the end; NULL: there is none. */
static char *cut_off(char *text)
{
	char *slash = text != NULL ? strchr(text, '/') : NULL;

	if (slash == NULL)
		return NULL;
	*slash = '\0';
	return slash + 1;
}

static int statements(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	hs_auto(hs_freep) char *ve =
	    hs_strdup(call->count > 1 ? call->args[1] : NULL);
	char *enterprise = cut_off(ve), *person = cut_off(enterprise);

	if (client_ask(call,
		json_pack("{s:s, s:s*, s:s*, s:s*, s:i}", "command",
		    "audit.statements", "ve", ve, "enterprise", enterprise,
		    "person", person, "last",
		    wants_json(call) ? LAST_JSON : LAST),
		NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(json_object_get(result, "statements"));
	else
		print_statements(json_object_get(result, "statements"));
	return EXIT_OK;
}

int cmd_audit(const struct call *call, struct hs_err *err)
{
	if (check_word("subcommand", call->args[0], audit_words, err) < 0)
		return EXIT_USAGE;
	return strcmp(call->args[0], "verify") == 0 ? verify(call, err)
						    : statements(call, err);
}
