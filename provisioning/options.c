/* options.c - the command line by the tables. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "provisioning/cmd.h"

/* The rest of a command line, taken from the front. */
struct words {
	char **list;
	int count;
};

static const char *next(struct words *words)
{
	if (words->count == 0)
		return NULL;
	words->count--;
	return *words->list++;
}

/* The option a word names; -1 if there is none. The value behind "=" or the
 * letter is *ret_value, else NULL. */
static int option_of(const char *word, const char **ret_value)
{
	const char *equals = strchr(word, '=');
	size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);

	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];

		*ret_value = NULL;
		if (word[1] == '-') {
			if (strlen(row->name) != len - 2 ||
			    strncmp(word + 2, row->name, len - 2) != 0)
				continue;
			*ret_value = equals != NULL ? equals + 1 : NULL;
			return i;
		}
		if (row->letter == 0 || row->letter != word[1])
			continue;
		*ret_value = word[2] != '\0' ? word + 2 : NULL;
		return i;
	}
	return -1;
}

static int take_option(
    struct call *call, const char *word, struct words *rest, struct hs_err *err)
{
	const char *value;
	int id = option_of(word, &value);

	if (id < 0)
		return hs_fail(err, HS_EINVAL, "unknown option '%s'", word);
	if (option_rows[id].value == NULL && value != NULL)
		return hs_fail(err, HS_EINVAL, "option '--%s' takes no value",
		    option_rows[id].name);
	if (option_rows[id].value != NULL && value == NULL)
		value = next(rest);
	if (option_rows[id].value != NULL && value == NULL)
		return hs_fail(err, HS_EINVAL, "option '--%s' needs a value",
		    option_rows[id].name);
	call->given[id] = true;
	call->value[id] = value;
	return 0;
}

static void take_arg(struct call *call, const char *word)
{
	call->args[call->count++] = word;
	call->args[call->count] = NULL;
}

static int fail_command(const char *word, struct hs_err *err)
{
	const char *names[64] = { NULL }, *near;

	for (size_t i = 0; i < commands_count && i < ARRAY_LEN(names) - 1; i++)
		names[i] = commands[i].name;
	near = nearest_word(word, names);
	if (near != NULL)
		return hs_fail(err, HS_EINVAL,
		    "unknown command '%s'; did you mean '%s'?", word, near);
	return hs_fail(err, HS_EINVAL, "unknown command '%s'", word);
}

/* Is the word for the program behind the command? Its help is the command's
 * only if nothing else was said. */
static bool is_passed_on(const struct call *call, const char *word)
{
	return call->command != NULL && call->command->passes_on &&
	       (call->count > 0 ||
		   (strcmp(word, "--help") != 0 && strcmp(word, "-h") != 0));
}

static int take_words(struct call *call, struct words *rest, struct hs_err *err)
{
	const char *word;
	bool plain = false; /* behind "--": no more options */

	while ((word = next(rest)) != NULL) {
		if (is_passed_on(call, word)) {
			take_arg(call, word);
		} else if (!plain && strcmp(word, "--") == 0) {
			plain = true;
		} else if (!plain && call->command == NULL &&
			   strcmp(word, "--version") == 0) {
			call->command = command_find("version");
		} else if (!plain && word[0] == '-' && word[1] != '\0') {
			if (take_option(call, word, rest, err) < 0)
				return -1;
		} else if (call->command == NULL) {
			call->command = command_find(word);
			if (call->command == NULL)
				return fail_command(word, err);
		} else {
			take_arg(call, word);
		}
	}
	return 0;
}

static int check_options(const struct call *call, struct hs_err *err)
{
	const char *output = call->value[OPT_OUTPUT];

	for (int i = 0; i < OPTION_COUNT; i++)
		if (call->given[i] && (call->command->options & (1U << i)) == 0)
			return hs_fail(err, HS_EINVAL,
			    "'%s' has no option '--%s'", call->command->name,
			    option_rows[i].name);
	if (output != NULL && strcmp(output, "json") != 0 &&
	    strcmp(output, "table") != 0 &&
	    !(call->command->has_csv && strcmp(output, "csv") == 0))
		return hs_fail(err, HS_EINVAL,
		    "output '%s' is not known; it is 'table'%s or 'json'",
		    output, call->command->has_csv ? ", 'csv'" : "");
	return 0;
}

static int check_args(const struct call *call, struct hs_err *err)
{
	const struct command *c = call->command;

	if (call->count < c->min)
		return hs_fail(
		    err, HS_EINVAL, "'%s' needs: %s", c->name, c->args);
	if (call->count > c->max && c->max == 0)
		return hs_fail(err, HS_EINVAL,
		    "'%s' takes no arguments; found '%s'", c->name,
		    call->args[0]);
	if (call->count > c->max)
		return hs_fail(err, HS_EINVAL,
		    "'%s' takes no more than: %s; found '%s'", c->name, c->args,
		    call->args[c->max]);
	return 0;
}

int call_parse(int argc, char **argv, struct call *ret_call, struct hs_err *err)
{
	struct words rest = { .list = argv + 1, .count = argc - 1 };

	if (argc < 1)
		rest.count = 0;
	*ret_call = (struct call) { 0 };
	ret_call->args =
	    hs_realloc_array(NULL, (size_t)rest.count + 1, sizeof(char *));
	ret_call->args[0] = NULL;
	if (take_words(ret_call, &rest, err) < 0)
		return -1;
	if (ret_call->given[OPT_HELP] || ret_call->command == NULL)
		return 0;
	if (check_options(ret_call, err) < 0)
		return -1;
	return check_args(ret_call, err);
}

void call_done(struct call *call)
{
	free(call->args);
	*call = (struct call) { 0 };
}

int check_word(const char *what, const char *word, const char *const *words,
    struct hs_err *err)
{
	hs_auto(hs_text_done) struct hs_text list = { 0 };
	const char *near = nearest_word(word, words);

	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], word) == 0)
			return 0;
		hs_text_addf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	if (near != NULL)
		return hs_fail(err, HS_EINVAL,
		    "unknown %s '%s'; did you mean '%s'?", what, word, near);
	return hs_fail(err, HS_EINVAL, "unknown %s '%s'; expected one of: %s",
	    what, word, list.data);
}
