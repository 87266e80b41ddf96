/* cmd_spec.c - what plan and apply have in common. */

#include "provisioning/cmd_spec.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"
#include "provisioning/progress.h"
#include "provisioning/spec.h"

static int read_stdin(char **ret_text, size_t *ret_len, struct hs_err *err)
{
	struct hs_text text = { 0 };
	char buffer[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0 &&
	       text.len <= HS_CONF_MAX)
		hs_text_add_len(&text, buffer, (size_t)n);
	*ret_len = text.len;
	*ret_text = hs_text_take(&text);
	if (n < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "read standard input");
	return 0;
}

static unsigned lines(const char *text)
{
	unsigned count = 1;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

/* @ret_name: what faults are printed with; a static string or the call's */
static int read_spec(const struct call *call, const char **ret_name,
    char **ret_text, struct hs_err *err)
{
	const char *file = call->args[0];
	size_t len = 0;

	*ret_name = strcmp(file, "-") == 0 ? "standard input" : file;
	if (strcmp(file, "-") == 0) {
		if (read_stdin(ret_text, &len, err) < 0)
			return -1;
	} else if (hs_file_read(file, HS_CONF_MAX, ret_text, &len, err) < 0) {
		return -1;
	}
	if (strlen(*ret_text) == len)
		return 0;
	return hs_fail(err, HS_EINVAL,
	    "%s:%u: a NUL byte; expected text in UTF-8", *ret_name,
	    lines(*ret_text));
}

static int check(const struct call *call, const char *name, const char *text,
    struct hs_err *err)
{
	hs_auto(spec_freep) struct spec *spec = NULL;
	size_t count;

	if (spec_load(name, text, &spec, call->faults, err) == 0)
		return 0;
	count = call->faults->count;
	if (count == 0)
		return -1;
	return hs_fail(err, HS_EINVAL, "%s: %zu fault%s; nothing was touched",
	    name, count, count == 1 ? "" : "s");
}

/* Standard input is the spec's if FILE is "-": there is nobody to ask. */
bool cmd_spec_may_restart(const struct call *call, const struct hs_err *err)
{
	static const char refused[] = "needs restart: ";
	hs_auto(hs_freep) char *line = NULL;
	size_t size = 0;

	if (err->code != HS_ECONFLICT ||
	    strncmp(err->msg, refused, strlen(refused)) != 0 ||
	    strcmp(call->args[0], "-") == 0 || isatty(STDIN_FILENO) != 1)
		return false;
	(void)fprintf(stderr,
	    "These must stop for a moment, and nothing was touched yet:\n"
	    "  %s\nGo on? [y/N] ",
	    err->msg + strlen(refused));
	return getline(&line, &size, stdin) > 0 && strcmp(line, "y\n") == 0;
}

int cmd_spec_ask(const struct call *call, const char *command, bool restart,
    json_t **ret_result, struct hs_err *err)
{
	hs_auto(progress_freep) struct progress *progress = NULL;
	hs_auto(hs_freep) char *text = NULL;
	struct client_watch watch;
	const char *name = NULL;
	json_t *request;

	if (read_spec(call, &name, &text, err) < 0 ||
	    check(call, name, text, err) < 0)
		return -1;
	progress = progress_new(call->given[OPT_QUIET]);
	watch = progress_watch(progress);
	request = json_pack("{s:s, s:s, s:s, s:b}", "command", command, "file",
	    name, "spec", text, "restart", restart);
	cmd_job_options(call, request);
	return client_ask(call, request, &watch, name, ret_result, err);
}

void cmd_job_options(const struct call *call, json_t *request)
{
	if (call->given[OPT_DETACH])
		(void)json_object_set_new(request, "detach", json_true());
	if (call->given[OPT_KEY])
		(void)json_object_set_new(
		    request, "key", json_string(call->value[OPT_KEY]));
}

void cmd_print_changes(const json_t *result)
{
	const char *ve = json_text(result, "ve", "");
	json_int_t changes =
	    json_integer_value(json_object_get(result, "changes"));
	json_int_t ms = json_integer_value(json_object_get(result, "ms"));

	if (json_object_get(result, "changes") == NULL) {
		(void)printf("job %lld\n", (long long)json_integer_value(
					       json_object_get(result, "job")));
		return;
	}
	if (changes == 0)
		(void)printf("%s is as its spec says: nothing changed.\n", ve);
	else
		(void)printf("%s: %lld change%s in %lld.%lld s.\n", ve,
		    (long long)changes, changes == 1 ? "" : "s",
		    (long long)(ms / 1000), (long long)(ms % 1000 / 100));
}
