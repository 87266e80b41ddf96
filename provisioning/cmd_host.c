/* cmd_host.c - hanse host: members of the platform. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"

/** A subcommand. */
struct verb {
	const char *name;
	const char *command; /* of hansed; NULL: a listing */
	size_t args;         /* behind it */
	const char *done;    /* said at the end; "%s" is the host */
};

/* clang-format off */
static const struct verb verbs[] = {
	{ "add",      "host.add",     2, "Host %s is a member now.\n"                   },
	{ "list",     NULL,           0, NULL                                           },
	{ "describe", NULL,           1, NULL                                           },
	{ "drain",    "host.drain",   1, "Host %s is drained; no domain is placed on it.\n" },
	{ "undrain",  "host.undrain", 1, "Domains may be placed on host %s again.\n"    },
	{ "refresh",  "host.refresh", 1, "Host %s has a new certificate.\n"             },
	{ "remove",   "host.remove",  1, "Host %s is no member any more.\n"             },
};
/* clang-format on */

const char *const host_words[] = { "add", "list", "describe", "drain",
	"undrain", "refresh", "remove", NULL };

static const struct verb *find(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, word) == 0)
			return &verbs[i];
	return NULL;
}

/* -- add ------------------------------------------------------------------- */

/* Words between spaces; nobody needs quotes in them. */
static json_t *words_of(const char *text)
{
	hs_auto(hs_freep) char *copy = hs_strdup(text);
	json_t *list = json_array();
	char *save = NULL;

	for (char *word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		(void)json_array_append_new(list, json_string(word));
	return list;
}

static int add_number(const struct call *call, enum option_id option,
    const char *key, json_t *request, struct hs_err *err)
{
	const char *text = call->value[option];
	char *end;
	long n;

	if (!call->given[option])
		return 0;
	n = strtol(text, &end, 10);
	if (*end != '\0' || n < 1 || n > 100000000)
		return hs_fail(err, HS_EINVAL, "--%s: '%s' is no such number",
		    option_rows[option].name, text);
	(void)json_object_set_new(request, key, json_integer(n));
	return 0;
}

static int add_details(
    const struct call *call, json_t *request, struct hs_err *err)
{
	(void)json_object_set_new(
	    request, "address", json_string(call->args[2]));
	if (call->given[OPT_SHELL])
		(void)json_object_set_new(
		    request, "shell", words_of(call->value[OPT_SHELL]));
	if (call->given[OPT_NOTE])
		(void)json_object_set_new(
		    request, "note", json_string(call->value[OPT_NOTE]));
	if (add_number(call, OPT_VCPUS, "max_vcpus", request, err) < 0)
		return -1;
	return add_number(call, OPT_MEMORY, "max_memory_mib", request, err);
}

/* -- All ------------------------------------------------------------------- */

static int change(
    const struct call *call, const struct verb *verb, struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress =
	    progress_new(call->given[OPT_QUIET]);
	struct client_watch watch = progress_watch(progress);
	hs_auto(json_freep) json_t *result = NULL;
	json_t *request = json_pack("{s:s, s:s, s:b}", "command", verb->command,
	    "host", call->args[1], "lost", call->given[OPT_LOST] ? 1 : 0);

	if (request == NULL) {
		(void)hs_fail(err, HS_EINVAL, "the name is not valid text");
		return exit_status_of(err);
	}
	if (verb->args == 2 && add_details(call, request, err) < 0) {
		json_decref(request);
		return EXIT_USAGE;
	}
	if (client_ask(call, request, &watch, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		(void)printf(verb->done, call->args[1]);
	return EXIT_OK;
}

/* The same as get hosts and describe host. */
static int look(
    const struct call *call, const struct verb *verb, struct hs_err *err)
{
	const char *args[] = { verb->args == 0 ? "hosts" : "host",
		call->args[1], NULL };
	struct call other = *call;

	other.args = args;
	other.count = verb->args + 1;
	return verb->args == 0 ? cmd_get(&other, err)
			       : cmd_describe(&other, err);
}

int cmd_host(const struct call *call, struct hs_err *err)
{
	const struct verb *verb;

	if (check_word("subcommand", call->args[0], host_words, err) < 0)
		return EXIT_USAGE;
	verb = find(call->args[0]);
	if (call->count != verb->args + 1) {
		(void)hs_fail(err, HS_EINVAL,
		    "'host %s' takes %zu more argument%s", verb->name,
		    verb->args, verb->args == 1 ? "" : "s");
		return EXIT_USAGE;
	}
	return verb->command != NULL ? change(call, verb, err)
				     : look(call, verb, err);
}
