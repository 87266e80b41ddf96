/* cmd_user.c - hanse user: people's passwords, and the people of the ASP. */

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

#define PLACE_ASP    "asp" /* in place of VE/ENTERPRISE */
#define PASSWORD_MIN 12    /* characters' bytes */
#define PASSWORD_MAX 128

static size_t arg_count(const struct call *call)
{
	size_t count = 0;

	while (call->args[count] != NULL)
		count++;
	return count;
}

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
	json_t *request = m->ve != NULL
			      ? json_pack("{s:s, s:s, s:s, s:s}", "command",
				    "user.passwd", "ve", m->ve, "enterprise",
				    m->enterprise, "login", call->args[2])
			      : json_pack("{s:s, s:s}", "command",
				    "user.passwd", "login", call->args[2]);

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

static int cmd_passwd(const struct call *call, struct hs_err *err)
{
	hs_auto(member_done) struct member m = { 0 };

	if (arg_count(call) != 3) {
		(void)hs_fail(err, HS_EINVAL, "name one person");
		return EXIT_USAGE;
	}
	if (strcmp(call->args[1], PLACE_ASP) != 0 &&
	    member_parse(call->args[1], &m, err) < 0)
		return EXIT_USAGE;
	if (call->given[OPT_GENERATE] == call->given[OPT_STDIN]) {
		(void)hs_fail(
		    err, HS_EINVAL, "say either --generate or --stdin");
		return EXIT_USAGE;
	}
	return passwd(call, &m, err);
}

/* -- The ASP's own people -------------------------------------------------- */

static int ask(const struct call *call, json_t *request, const char *done,
    struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (request == NULL) {
		(void)hs_fail(err, HS_EINVAL, "that is not valid text");
		return exit_status_of(err);
	}
	if (client_ask(call, request, NULL, NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		(void)printf("%s %s.\n", call->args[2], done);
	return EXIT_OK;
}

static int add(const struct call *call, struct hs_err *err)
{
	const char *language = arg_count(call) > 5 ? call->args[5] : "en";

	return ask(call,
	    json_pack("{s:s, s:s, s:s, s:s, s:s}", "command", "user.put",
		"login", call->args[2], "name", call->args[3], "roles",
		call->args[4], "language", language),
	    "is there; give a first password with: hanse user passwd", err);
}

static int remove_person(const struct call *call, struct hs_err *err)
{
	return ask(call,
	    json_pack(
		"{s:s, s:s}", "command", "user.remove", "login", call->args[2]),
	    "is gone", err);
}

static void print_person(const json_t *person)
{
	const json_t *role;
	size_t i;

	(void)printf("%-20s  %-28s  %s ", json_text(person, "login", ""),
	    json_text(person, "name", ""), json_text(person, "language", ""));
	json_array_foreach (json_object_get(person, "roles"), i, role)
		(void)printf(" %s", json_string_value(role));
	(void)printf("\n");
}

static int list(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	const json_t *person;
	size_t i;

	if (client_ask(call, json_pack("{s:s}", "command", "user.list"), NULL,
		NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call)) {
		print_json(result);
		return EXIT_OK;
	}
	json_array_foreach (json_object_get(result, "people"), i, person)
		print_person(person);
	return EXIT_OK;
}

/* clang-format off */
static const struct {
	const char *word;
	size_t min, max; /* arguments, with the word and the place */
	int (*run)(const struct call *call, struct hs_err *err);
} staff[] = {
	{ "add",    5, 6, add           },
	{ "remove", 3, 3, remove_person },
	{ "list",   2, 2, list          },
};
/* clang-format on */

int cmd_user(const struct call *call, struct hs_err *err)
{
	static const char *const words[] = { "passwd", "add", "remove", "list",
		NULL };

	if (check_word("subcommand", call->args[0], words, err) < 0)
		return EXIT_USAGE;
	if (strcmp(call->args[0], "passwd") == 0)
		return cmd_passwd(call, err);
	if (strcmp(call->args[1], PLACE_ASP) != 0) {
		(void)hs_fail(err, HS_EINVAL,
		    "people of an enterprise stand in its spec: hanse apply");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < ARRAY_LEN(staff); i++)
		if (strcmp(call->args[0], staff[i].word) == 0 &&
		    arg_count(call) >= staff[i].min &&
		    arg_count(call) <= staff[i].max)
			return staff[i].run(call, err);
	(void)hs_fail(err, HS_EINVAL, "see: hanse help user");
	return EXIT_USAGE;
}
