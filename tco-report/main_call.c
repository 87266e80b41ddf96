/* main_call.c - the command line of hanse-tco, and its help. */

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tco-report/main.h"

/* clang-format off */
static const struct command {
	const char *name, *args, *summary;
	bool takes_file; /* its argument is the case */
} commands[] = {
	{ "report",     "--case FILE", "everything, from the case to the verdict",    true },
	{ "check",      "FILE",        "read a case and say what is wrong with it",   true },
	{ "sheet",      "CSV",         "a table of any size (- for standard input) as a spreadsheet, to -O FILE", true },
	{ "parameters", "",            "every parameter there is, with its unit",     false },
	{ "help",       "",            "this text",                                   false },
};

static const struct option {
	const char *name;
	char letter;
	const char *value, *help;
} options[] = {
	{ "case",   0,   "FILE",       "the case; it names the files beside it" },
	{ "output", 'o', "FORMAT",     "table (for people), html, pdf, csv, json, xlsx or focus" },
	{ "language", 0, "CODE",       "en, de or zh; else as LC_ALL, LC_MESSAGES or LANG says" },
	{ "file", 'O',   "FILE",       "write there (csv: a folder, a file a table)" },
	{ "table",  0,   "NAME",       "csv: only that table" },
	{ "rule",   0,   "NAME",       "focus: how idle cost is shared; else proportional" },
	{ "date",   0,   "YYYY-MM-DD", "the report's date; else today" },
	{ "set",    0,   "NAME=VALUE", "your figure for a parameter; may be repeated" },
	{ "seed",   0,   "N",          "of Monte Carlo; the same seed, the same report; else 1" },
	{ "draws",  0,   "N",          "of Monte Carlo; else 100000" },
	{ "help",   'h', NULL,         "this text" },
};

static const struct { int status; const char *meaning; } exits[] = {
	{ TCO_EXIT_OK,        "done; for check: the case is good" },
	{ TCO_EXIT_FAILED,    "failed" },
	{ TCO_EXIT_INVALID,   "the case, or a file it names, is invalid, or something is not given" },
	{ TCO_EXIT_NOT_FOUND, "there is no such file" },
	{ TCO_EXIT_USAGE,     "the command line is wrong" },
};
/* clang-format on */

void tco_help(FILE *out)
{
	(void)fprintf(out,
	    "hanse-tco - what the platform costs against servers of one's "
	    "own, who\npays what, and how sure that is\n\nUsage\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void)fprintf(out, "  hanse-tco %-10s %-12s %s\n",
		    commands[i].name, commands[i].args, commands[i].summary);
	(void)fprintf(out, "\nOptions\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		(void)fprintf(out, "  %c%c --%s %-*s  %s\n",
		    options[i].letter != 0 ? '-' : ' ',
		    options[i].letter != 0 ? options[i].letter : ' ',
		    options[i].name, (int)(17 - strlen(options[i].name)),
		    options[i].value != NULL ? options[i].value : "",
		    options[i].help);
	(void)fprintf(out,
	    "\nExamples\n"
	    "  hanse-tco report --case example/case.yaml\n"
	    "      the whole report, for people\n"
	    "  hanse-tco report --case case.yaml --set "
	    "finance.discount_rate=6.5\n"
	    "      the same with your figure\n"
	    "  hanse-tco report --case case.yaml -o pdf --language de -O "
	    "case.pdf\n"
	    "      for paper, in German\n"
	    "  hanse-tco report --case case.yaml -o json --seed 7 >case.json\n"
	    "      every figure, for programs\n"
	    "  hanse usage --by hour -o csv | hanse-tco sheet - -O usage.xlsx\n"
	    "      a ledger's rows as a spreadsheet\n"
	    "  hanse-tco check case.yaml\n"
	    "      every fault, as FILE:LINE: FIELD: MESSAGE\n"
	    "\nExit status\n");
	for (size_t i = 0; i < ARRAY_LEN(exits); i++)
		(void)fprintf(
		    out, "  %2d  %s\n", exits[i].status, exits[i].meaning);
}

void tco_list_parameters(FILE *out)
{
	(void)fprintf(out, "%-30s %-16s %-9s %s\n", "PARAMETER", "UNIT",
	    "NEEDED", "WHAT IT IS (FROM TO)");
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++) {
		const struct tco_kind *kind = &tco_kinds[i];

		(void)fprintf(out, "%-30s %-16s %-9s %s (%s %s)\n", kind->name,
		    kind->unit, kind->need == TCO_NEEDED ? "yes" : "",
		    kind->help, kind->min, kind->max);
	}
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The option a word names, and the value behind "=" or the letter. */
static const struct option *option_find(
    const char *word, const char **ret_value)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const struct option *o = &options[i];

		if (word[1] == '-' && strlen(o->name) == len - 2 &&
		    strncmp(word + 2, o->name, len - 2) == 0) {
			*ret_value = word[len] == '=' ? word + len + 1 : NULL;
			return o;
		}
		if (word[1] != '-' && o->letter != 0 && word[1] == o->letter) {
			*ret_value = word[2] != '\0' ? word + 2 : NULL;
			return o;
		}
	}
	return NULL;
}

static int take_number(const char *name, const char *text, uint64_t max,
    uint64_t *ret_value, struct hs_err *err)
{
	uint64_t value;

	if (*text == '\0' || strlen(text) > 19 ||
	    strspn(text, "0123456789") != strlen(text))
		return hs_fail(err, HS_EINVAL,
		    "--%s: found '%s'; expected a whole number", name, text);
	value = strtoull(text, NULL, 10);
	if (value > max)
		return hs_fail(err, HS_EINVAL,
		    "--%s: found '%s'; expected at most %llu", name, text,
		    (unsigned long long)max);
	*ret_value = value;
	return 0;
}

static int take_setting(
    struct tco_call *call, const char *text, struct hs_err *err)
{
	const char *equals = strchr(text, '=');
	struct tco_setting *setting = &call->settings[call->setting_count];

	if (equals == NULL || equals == text)
		return hs_fail(err, HS_EINVAL,
		    "--set: found '%s'; expected NAME=VALUE", text);
	if (call->setting_count == TCO_SETTINGS_MAX)
		return hs_fail(
		    err, HS_EINVAL, "--set: more than %d", TCO_SETTINGS_MAX);
	setting->name = hs_strndup(text, (size_t)(equals - text));
	setting->value = equals + 1;
	call->setting_count++;
	return 0;
}

static int take_option(struct tco_call *call, const struct option *o,
    const char *value, struct hs_err *err)
{
	uint64_t number;

	if (o->letter == 'h')
		call->help = true;
	else if (o->letter == 'o')
		call->output = value;
	else if (strcmp(o->name, "case") == 0)
		call->file = value;
	else if (strcmp(o->name, "language") == 0)
		call->language = value;
	else if (o->letter == 'O')
		call->target = value;
	else if (strcmp(o->name, "table") == 0)
		call->table = value;
	else if (strcmp(o->name, "rule") == 0)
		call->rule = value;
	else if (strcmp(o->name, "date") == 0)
		call->date = value;
	else if (strcmp(o->name, "set") == 0)
		return take_setting(call, value, err);
	else if (strcmp(o->name, "seed") == 0)
		return take_number(
		    o->name, value, INT64_MAX, &call->options.seed, err);
	else if (take_number(o->name, value, TCO_DRAWS_MAX, &number, err) < 0)
		return -1;
	else
		call->options.draws = (unsigned)number;
	return 0;
}

static int take_word(
    struct tco_call *call, const char *word, struct hs_err *err)
{
	const struct command *command;

	if (call->command == NULL) {
		command = command_find(word);
		if (command == NULL)
			return hs_fail(
			    err, HS_EINVAL, "unknown command '%s'", word);
		call->command = command->name;
		return 0;
	}
	if (call->file != NULL || !command_find(call->command)->takes_file)
		return hs_fail(err, HS_EINVAL, "unexpected '%s'", word);
	call->file = word;
	return 0;
}

static int take_all(
    int argc, char **argv, struct tco_call *call, struct hs_err *err)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value = NULL;
		const struct option *o;

		if (word[0] != '-' || word[1] == '\0') {
			if (take_word(call, word, err) < 0)
				return -1;
			continue;
		}
		o = option_find(word, &value);
		if (o == NULL)
			return hs_fail(
			    err, HS_EINVAL, "unknown option '%s'", word);
		if (o->value == NULL && value != NULL)
			return hs_fail(err, HS_EINVAL,
			    "option '--%s' takes no value", o->name);
		if (o->value != NULL && value == NULL)
			value = argv[++i];
		if (o->value != NULL && value == NULL)
			return hs_fail(err, HS_EINVAL,
			    "option '--%s' needs a value", o->name);
		if (take_option(call, o, value, err) < 0)
			return -1;
	}
	return 0;
}

int tco_call_parse(
    int argc, char **argv, struct tco_call *ret_call, struct hs_err *err)
{
	const struct command *command;

	ret_call->output = "table";
	ret_call->options.seed = 1;
	if (take_all(argc, argv, ret_call, err) < 0)
		return -1;
	if (ret_call->help)
		return 0;
	if (ret_call->command == NULL)
		return hs_fail(err, HS_EINVAL, "no command");
	command = command_find(ret_call->command);
	if (command->takes_file && ret_call->file == NULL)
		return hs_fail(err, HS_EINVAL, "%s: which case? give %s",
		    command->name, command->args);
	return 0;
}

void tco_call_done(struct tco_call *call)
{
	for (size_t i = 0; i < call->setting_count; i++)
		free((char *)call->settings[i].name);
	call->setting_count = 0;
}
