/* cmd_user.c - hanse user passwd: give a person a new password. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_member.h"
#include "provisioning/output.h"

#define PASSWORD_MIN 12 /* characters' bytes */
#define PASSWORD_MAX 128

/* One line of standard input; a terminal is asked and does not show it. */
static char *read_line(char *buffer, int size)
{
	struct termios shown, hidden;
	bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
	char *line;

	if (terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
		(void)fputs("New password: ", stderr);
	}
	line = fgets(buffer, size, stdin);
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		(void)fputs("\n", stderr);
	}
	return line;
}

/* What the buffers held is wiped. */
static int read_password(char **ret_password, struct hs_err *err)
{
	char buffer[PASSWORD_MAX + 2];
	size_t len;

	(void)setvbuf(stdin, NULL, _IONBF, 0);
	if (read_line(buffer, sizeof(buffer)) == NULL)
		return hs_fail(err, HS_EINVAL, "no password on standard input");
	len = strcspn(buffer, "\n");
	buffer[len] = '\0';
	if (len < PASSWORD_MIN || len > PASSWORD_MAX || !hs_is_text(buffer)) {
		hs_wipe(buffer, sizeof(buffer));
		return hs_fail(err, HS_EINVAL,
		    "a password is text of %d to %d bytes", PASSWORD_MIN,
		    PASSWORD_MAX);
	}
	*ret_password = hs_strdup(buffer);
	hs_wipe(buffer, sizeof(buffer));
	return 0;
}

static int add_password(
    const struct call *call, json_t *request, struct hs_err *err)
{
	char *password = NULL;

	if (call->given[OPT_GENERATE]) {
		(void)json_object_set_new(request, "generate", json_true());
		return 0;
	}
	if (read_password(&password, err) < 0)
		return -1;
	(void)json_object_set_new(request, "password", json_string(password));
	hs_wipe(password, strlen(password));
	free(password);
	return 0;
}

static void print_result(const struct call *call, const json_t *result)
{
	const char *password = json_text(result, "password", NULL);

	if (wants_json(call))
		print_json(result);
	else if (password != NULL)
		(void)printf("%s\n", password);
	else
		(void)printf("The password of %s is changed.\n", call->args[2]);
}

static int passwd(
    const struct call *call, const struct member *m, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	json_t *request =
	    json_pack("{s:s, s:s, s:s, s:s}", "command", "user.passwd", "ve",
		m->ve, "enterprise", m->enterprise, "login", call->args[2]);

	if (request == NULL) {
		(void)hs_fail(err, HS_EINVAL, "the login is not valid text");
		return exit_status_of(err);
	}
	if (add_password(call, request, err) < 0) {
		json_decref(request);
		return exit_status_of(err);
	}
	if (client_ask(call, request, NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	print_result(call, result);
	return EXIT_OK;
}

int cmd_user(const struct call *call, struct hs_err *err)
{
	static const char *const words[] = { "passwd", NULL };
	hs_auto(member_done) struct member m = { 0 };

	if (check_word("subcommand", call->args[0], words, err) < 0 ||
	    member_parse(call->args[1], &m, err) < 0)
		return EXIT_USAGE;
	if (call->given[OPT_GENERATE] == call->given[OPT_STDIN]) {
		(void)hs_fail(
		    err, HS_EINVAL, "say either --generate or --stdin");
		return EXIT_USAGE;
	}
	return passwd(call, &m, err);
}
