/* cmd_archive.c - hanse archive: what is kept of enterprises that have left. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_member.h"
#include "provisioning/output.h"

static int list(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	json_t *request = json_pack("{s:s, s:s*}", "command", "archive.list",
	    "ve", call->count > 1 ? call->args[1] : NULL);

	if (client_ask(call, request, NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(json_object_get(result, "items"));
	else
		print_table(json_object_get(result, "columns"),
		    json_object_get(result, "rows"), "None.");
	return EXIT_OK;
}

/* hansed has another working directory. A number is an archive's. */
static json_t *file_json(const char *file)
{
	hs_auto(hs_freep) char *path = NULL;

	if (strspn(file, "0123456789") == strlen(file) || file[0] == '/')
		return json_string(file);
	path = realpath(file, NULL);
	return json_string(path != NULL ? path : file);
}

static json_t *request_of(const char *word, const char *file)
{
	hs_auto(hs_freep) char *command = hs_printf("archive.%s", word);

	return json_pack(
	    "{s:s, s:o*}", "command", command, "file", file_json(file));
}

static void print_line(void *arg, json_t *event)
{
	const char *line = json_text(event, "line", NULL);

	(void)arg;
	if (line != NULL && strcmp(json_text(event, "event", ""), "line") == 0)
		(void)printf("%s\n", line);
}

static void print_result(const struct call *call, const json_t *result)
{
	if (wants_json(call))
		print_json(result);
	else if (strcmp(call->args[0], "verify") == 0)
		(void)printf("Whole: %lld documents of %s (%s in %s), as they "
			     "were archived %s.\n",
		    (long long)json_integer_value(
			json_object_get(result, "documents")),
		    json_text(result, "legal_name", ""),
		    json_text(result, "enterprise", ""),
		    json_text(result, "ve", ""),
		    json_text(result, "made_at", ""));
	else
		print_object(result);
}

/* show, verify, export */
static int read_one(const struct call *call, struct hs_err *err)
{
	bool exports = strcmp(call->args[0], "export") == 0;
	const struct client_watch watch = { .event = print_line };
	hs_auto(json_freep) json_t *result = NULL;

	if (client_ask(call, request_of(call->args[0], call->args[1]),
		exports ? &watch : NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (!exports)
		print_result(call, result);
	if (fflush(stdout) == 0)
		return EXIT_OK;
	(void)hs_fail_errno(err, HS_ESYSTEM, "write to standard output");
	return EXIT_FAILED;
}

static void print_differing(const json_t *list)
{
	json_t *columns = json_pack("[s, s, s]", "ID", "WHY", "DOCUMENT");
	json_t *rows = json_array(), *d;
	size_t i;

	json_array_foreach (list, i, d)
		(void)json_array_append_new(rows,
		    json_pack("[s, s, s]", json_text(d, "id", ""),
			json_text(d, "why", ""), json_text(d, "document", "")));
	(void)printf("Nothing was restored: these documents are not as they "
		     "were archived.\n");
	print_table(columns, rows, "None.");
	json_decref(columns);
	json_decref(rows);
}

static int print_restored(const struct call *call, const json_t *result)
{
	bool refused = json_is_true(json_object_get(result, "refused"));

	if (wants_json(call))
		print_json(result);
	else if (refused)
		print_differing(json_object_get(result, "differing"));
	else
		(void)printf("Restored: %lld documents written, %lld opened "
			     "again, %lld there already.\n",
		    (long long)json_integer_value(
			json_object_get(result, "written")),
		    (long long)json_integer_value(
			json_object_get(result, "opened")),
		    (long long)json_integer_value(
			json_object_get(result, "unchanged")));
	return refused ? EXIT_CONFLICT : EXIT_OK;
}

static int restore(const struct call *call, struct hs_err *err)
{
	hs_auto(member_done) struct member m = { 0 };
	hs_auto(json_freep) json_t *result = NULL;
	json_t *request;

	if (member_parse(call->args[1], &m, err) < 0)
		return EXIT_USAGE;
	request = request_of("restore", call->args[2]);
	(void)json_object_update_new(request,
	    json_pack("{s:s, s:s, s:b}", "ve", m.ve, "enterprise", m.enterprise,
		"continued", call->given[OPT_CONTINUED] ? 1 : 0));
	if (client_ask(call, request, NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	return print_restored(call, result);
}

int cmd_archive(const struct call *call, struct hs_err *err)
{
	const char *word = call->args[0];
	bool lists = strcmp(word, "list") == 0;
	bool restores = strcmp(word, "restore") == 0;

	if (check_word("subcommand", word, archive_words, err) < 0)
		return EXIT_USAGE;
	if (lists ? call->count > 2 : call->count != (restores ? 3 : 2)) {
		(void)hs_fail(err, HS_EINVAL, "it is: hanse archive %s",
		    lists      ? "list [VE]"
		    : restores ? "restore VE/ENTERPRISE FILE"
			       : "show|verify|export FILE");
		return EXIT_USAGE;
	}
	if (lists)
		return list(call, err);
	return restores ? restore(call, err) : read_one(call, err);
}
