/* cmd_completion.c - hanse completion: the tables as shell variables, and the
 * script that uses them.
 */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "gen/hanse_shell.h"
#include "provisioning/cmd.h"

static void print_words(const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++)
		(void)printf("%s%s", i > 0 ? " " : "", words[i]);
}

static void print_command_names(void)
{
	for (size_t i = 0; i < commands_count; i++)
		(void)printf("%s%s", i > 0 ? " " : "", commands[i].name);
}

static void print_arg(const struct command *c)
{
	switch (c->arg) {
	case ARG_NONE:
		break;
	case ARG_FILE:
		(void)printf("@file");
		break;
	case ARG_VE:
		(void)printf("@ve");
		break;
	case ARG_MEMBER:
		(void)printf("@member");
		break;
	case ARG_COMMAND:
		print_command_names();
		break;
	case ARG_WHAT:
		print_words(get_words);
		break;
	case ARG_KIND:
		print_words(describe_words);
		break;
	case ARG_SHELL:
		print_words(shell_words);
		break;
	case ARG_PASSWD:
		(void)printf("passwd add remove list");
		break;
	case ARG_JOB:
		print_words(job_words);
		break;
	case ARG_AUDIT:
		print_words(audit_words);
		break;
	case ARG_ARCHIVE:
		print_words(archive_words);
		break;
	case ARG_SCHEMA:
		print_words(schema_words);
		break;
	case ARG_GATEWAY:
		print_words(gateway_words);
		break;
	case ARG_QUOTA:
		print_words(quota_words);
		break;
	case ARG_WEBHOOK:
		print_words(webhook_words);
		break;
	case ARG_HOST:
		print_words(host_words);
		break;
	case ARG_ROLL:
		print_words(roll_words);
		break;
	case ARG_TCO:
		print_words(tco_words);
		break;
	case ARG_PRICE:
		print_words(price_words);
		break;
	case ARG_BILL:
		print_words(bill_words);
		break;
	}
}

static const char *second_arg(const struct command *c)
{
	if (c->arg == ARG_WHAT || c->arg == ARG_SCHEMA || c->arg == ARG_ROLL)
		return "@ve";
	if (c->arg == ARG_ARCHIVE || c->arg == ARG_TCO)
		return "@file";
	if (c->arg == ARG_JOB)
		return "@job";
	if (c->arg == ARG_QUOTA)
		return "@scope";
	if (c->arg == ARG_WEBHOOK)
		return "@webhook";
	return c->arg == ARG_PASSWD ? "@member" : "";
}

static void print_lists(void)
{
	(void)printf("_hanse_commands='");
	print_command_names();
	(void)printf("'\n");
	for (size_t i = 0; i < commands_count; i++) {
		const struct command *c = &commands[i];

		(void)printf("_hanse_arg0_%s='", c->name);
		print_arg(c);
		(void)printf(
		    "'\n_hanse_arg1_%s='%s'\n", c->name, second_arg(c));
		(void)printf("_hanse_options_%s='", c->name);
		for (int o = 0; o < OPTION_COUNT; o++)
			if ((c->options & (1U << o)) != 0)
				(void)printf("--%s ", option_rows[o].name);
		(void)printf("'\n");
	}
}

int cmd_completion(const struct call *call, struct hs_err *err)
{
	bool is_zsh;

	if (check_word("shell", call->args[0], shell_words, err) < 0)
		return EXIT_USAGE;
	is_zsh = strcmp(call->args[0], "zsh") == 0;
	if (is_zsh)
		(void)printf("#compdef hanse\n");
	print_lists();
	(void)fputs(
	    is_zsh ? hanse_shell_complete_zsh : hanse_shell_complete_bash,
	    stdout);
	return EXIT_OK;
}
