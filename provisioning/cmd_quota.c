/* cmd_quota.c - hanse quota: limits, and what is held against them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"
#include "provisioning/quota_scope.h"

/* Ask, and print the scopes that come back. */
static int ask(const struct call *call, json_t *request, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (client_ask(call, request, NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(json_object_get(result, "items"));
	else
		print_table(json_object_get(result, "columns"),
		    json_object_get(result, "rows"),
		    "No limit, and nothing is held.");
	return EXIT_OK;
}

static int show(const struct call *call, struct hs_err *err)
{
	return ask(call,
	    json_pack(
		"{s:s, s:s*}", "command", "quota", "scope", call->args[0]),
	    err);
}

/* RESOURCE=N */
static int add_limit(json_t *limits, const char *word, struct hs_err *err)
{
	size_t len = strcspn(word, "=");
	hs_auto(hs_freep) char *resource = hs_strndup(word, len);
	const char *number = word[len] == '=' ? word + len + 1 : "";

	if (check_word("resource", resource, quota_resources, err) < 0)
		return -1;
	if (number[0] == '\0' || strlen(number) > 15 ||
	    strspn(number, "0123456789") != strlen(number))
		return hs_fail(err, HS_EINVAL,
		    "'%s' is not RESOURCE=NUMBER, e.g. %s=8", word, resource);
	(void)json_object_set_new(
	    limits, resource, json_integer(strtoll(number, NULL, 10)));
	return 0;
}

static int set(const struct call *call, struct hs_err *err)
{
	json_t *limits = json_object();

	for (size_t i = 2; i < call->count; i++)
		if (add_limit(limits, call->args[i], err) < 0) {
			json_decref(limits);
			return EXIT_USAGE;
		}
	return ask(call,
	    json_pack("{s:s, s:s, s:o}", "command", "quota.set", "scope",
		call->args[1], "limits", limits),
	    err);
}

static int unset(const struct call *call, struct hs_err *err)
{
	json_t *resources = json_array();

	for (size_t i = 2; i < call->count; i++) {
		if (check_word(
			"resource", call->args[i], quota_resources, err) < 0) {
			json_decref(resources);
			return EXIT_USAGE;
		}
		(void)json_array_append_new(
		    resources, json_string(call->args[i]));
	}
	return ask(call,
	    json_pack("{s:s, s:s, s:o}", "command", "quota.unset", "scope",
		call->args[1], "resources", resources),
	    err);
}

static void print_findings(const json_t *findings)
{
	static const char *const keys[] = { "object", "resource", "reserved",
		"found" };
	hs_auto(json_freep) json_t *columns = json_pack(
	    "[s, s, s, s]", "OBJECT", "RESOURCE", "RESERVED", "FOUND");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *f;

	json_array_foreach (findings, i, f) {
		json_t *row = json_array();

		for (size_t k = 0; k < ARRAY_LEN(keys); k++)
			(void)json_array_append(
			    row, json_object_get(f, keys[k]));
		(void)json_array_append_new(rows, row);
	}
	print_table(columns, rows,
	    "Clean: what is reserved is what is there, to the unit.");
}

static int verify(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (client_ask(call, json_pack("{s:s}", "command", "quota.verify"),
		NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		print_findings(json_object_get(result, "findings"));
	return json_is_true(json_object_get(result, "clean")) ? EXIT_OK
							      : EXIT_FAILED;
}

/* clang-format off */
static const struct {
	const char *word, *args;
	size_t min, max;
	int (*run)(const struct call *call, struct hs_err *err);
} subcommands[] = {
	{ "set",    "SCOPE RESOURCE=N...",   3, 7, set    },
	{ "unset",  "SCOPE [RESOURCE...]",   2, 7, unset  },
	{ "verify", "nothing more",          1, 1, verify },
};
/* clang-format on */

int cmd_quota(const struct call *call, struct hs_err *err)
{
	const char *word = call->args[0];

	for (size_t i = 0; word != NULL && i < ARRAY_LEN(subcommands); i++) {
		if (strcmp(subcommands[i].word, word) != 0)
			continue;
		if (call->count < subcommands[i].min ||
		    call->count > subcommands[i].max) {
			(void)hs_fail(err, HS_EINVAL, "'quota %s' takes: %s",
			    word, subcommands[i].args);
			return EXIT_USAGE;
		}
		if (call->count > 1 &&
		    quota_scope_check(call->args[1], err) < 0)
			return EXIT_USAGE;
		return subcommands[i].run(call, err);
	}
	if (call->count > 1 ||
	    (word != NULL && quota_scope_check(word, err) < 0)) {
		if (call->count > 1 || strchr(word, '/') == NULL)
			(void)check_word("subcommand", word, quota_words, err);
		return EXIT_USAGE;
	}
	return show(call, err);
}
