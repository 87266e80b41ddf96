/* hanse.c - the command line program: parse, run, say what went wrong. */

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

static void complain(const struct hs_err *err)
{
	hs_auto(hs_freep) char *text = printable(err->msg);

	(void)fflush(stdout);
	(void)fprintf(stderr, "%shanse: %s%s\n", color_on(stderr, COLOR_RED),
	    text, color_off(stderr));
}

static json_t *faults_json(const struct hs_faults *faults)
{
	json_t *list = json_array();

	for (size_t i = 0; i < faults->count; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:I, s:s, s:s}", "line",
			      (json_int_t)faults->list[i].line, "field",
			      faults->list[i].field, "message",
			      faults->list[i].message));
	return list;
}

/* Scripts that asked for JSON get the failure as JSON too. */
static void complain_json(const struct call *call, const struct hs_err *err)
{
	hs_auto(json_freep) json_t *json = json_pack("{s:{s:s, s:s, s:o}}",
	    "error", "code", hs_code_name(err->code), "message", err->msg,
	    "faults", faults_json(call->faults));

	if (json != NULL)
		print_json(json);
}

static int usage_error(const struct call *call, const struct hs_err *err)
{
	complain(err);
	if (call->command != NULL)
		(void)fprintf(
		    stderr, "See: hanse help %s\n", call->command->name);
	else
		(void)fprintf(stderr, "See: hanse help\n");
	return EXIT_USAGE;
}

static int run(const struct call *call, struct hs_err *err)
{
	int status;

	if (call->command == NULL) {
		help_print_short();
		return EXIT_OK;
	}
	if (call->given[OPT_HELP]) {
		help_print_command(call->command);
		return EXIT_OK;
	}
	status = call->command->run(call, err);
	if (status == EXIT_USAGE)
		return usage_error(call, err);
	if (err->code == HS_OK)
		return status;
	print_faults(call->faults);
	complain(err);
	if (wants_json(call))
		complain_json(call, err);
	return status;
}

int main(int argc, char **argv)
{
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	hs_auto(call_done) struct call call = { 0 };
	struct hs_err err = { 0 };
	int status;

	if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)signal(SIGPIPE, SIG_IGN);
	if (call_parse(argc, argv, &call, &err) < 0)
		return usage_error(&call, &err);
	call.faults = &faults;
	status = run(&call, &err);
	if (fflush(stdout) != 0 && status == EXIT_OK)
		status = EXIT_FAILED;
	return status;
}
