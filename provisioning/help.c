/* help.c - help, made of the tables. */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

static void heading(const char *text)
{
	(void)printf("\n%s%s%s\n", color_on(stdout, COLOR_BOLD), text,
	    color_off(stdout));
}

void help_print_short(void)
{
	(void)printf("hanse - virtual enterprises on this host\n");
	heading("Usage");
	(void)printf("  hanse COMMAND [ARGUMENTS] [OPTIONS]\n");
	heading("Commands");
	for (size_t i = 0; i < commands_count; i++)
		(void)printf(
		    "  %-11s %s\n", commands[i].name, commands[i].summary);
	(void)printf("\n\"hanse help COMMAND\" explains one. First time: "
		     "\"hanse doctor\".\n");
}

static void print_options(unsigned options)
{
	heading("Options");
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		char text[64];

		if ((options & (1U << i)) == 0)
			continue;
		(void)snprintf(text, sizeof(text), "--%s%s%s", row->name,
		    row->value != NULL ? " " : "",
		    row->value != NULL ? row->value : "");
		(void)printf("  %c%c%c %-17s %s\n",
		    row->letter != 0 ? '-' : ' ',
		    row->letter != 0 ? row->letter : ' ',
		    row->letter != 0 ? ',' : ' ', text, row->help);
	}
}

/* Lines "COMMAND\tWHAT IT DOES\n". */
static void print_examples(const char *examples)
{
	heading("Examples");
	while (*examples != '\0') {
		size_t line = strcspn(examples, "\n");
		size_t command = strcspn(examples, "\t\n");

		(void)printf("  %.*s\n", (int)command, examples);
		if (command < line)
			(void)printf("      %.*s\n", (int)(line - command - 1),
			    examples + command + 1);
		examples += line + 1;
	}
}

static void print_statuses(void)
{
	heading("Exit status");
	for (const struct exit_row *row = exit_rows; row->meaning != NULL;
	     row++)
		(void)printf("  %2d  %s\n", (int)row->status, row->meaning);
}

void help_print_command(const struct command *command)
{
	(void)printf("hanse %s - %s\n", command->name, command->summary);
	heading("Usage");
	(void)printf("  hanse %s%s%s [OPTIONS]\n", command->name,
	    command->args[0] != '\0' ? " " : "", command->args);
	(void)printf("\n%s\n", command->about);
	print_options(command->options);
	print_examples(command->examples);
	print_statuses();
}

int cmd_help(const struct call *call, struct hs_err *err)
{
	const struct command *command;

	if (call->count == 0) {
		help_print_short();
		print_statuses();
		return EXIT_OK;
	}
	command = command_find(call->args[0]);
	if (command == NULL) {
		(void)hs_fail(err, HS_EINVAL, "no command '%s'", call->args[0]);
		return EXIT_USAGE;
	}
	help_print_command(command);
	return EXIT_OK;
}
