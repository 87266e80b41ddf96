/* output.c - tables, colours and JSON on the terminal. */

#include "provisioning/output.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"
#include "provisioning/cmd.h"

/* clang-format off */
static const char *const color_codes[] = {
	[COLOR_NONE]   = "",
	[COLOR_BOLD]   = "\033[1m",
	[COLOR_GREEN]  = "\033[32m",
	[COLOR_YELLOW] = "\033[33m",
	[COLOR_RED]    = "\033[31m",
	[COLOR_DIM]    = "\033[2m",
};

/* Words of a cell that are worth a colour. */
static const struct {
	const char *word;
	enum color color;
} colored[] = {
	{ "running",     COLOR_GREEN  }, { "ok",        COLOR_GREEN  },
	{ "done",        COLOR_GREEN  }, { "active",    COLOR_GREEN  },
	{ "create",      COLOR_GREEN  }, { "update",    COLOR_YELLOW },
	{ "delete",      COLOR_RED    }, { "unknown",   COLOR_YELLOW },
	{ "warn",        COLOR_YELLOW }, { "pending",   COLOR_YELLOW },
	{ "undone",      COLOR_YELLOW }, { "different", COLOR_YELLOW },
	{ "unexplained", COLOR_YELLOW }, { "stopped",   COLOR_RED    },
	{ "down",        COLOR_RED    }, { "failed",    COLOR_RED    },
	{ "fail",        COLOR_RED    }, { "missing",   COLOR_RED    },
	{ "paused",      COLOR_YELLOW },
};
/* clang-format on */

static bool has_color(FILE *to)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no != NULL && no[0] != '\0')
		return false;
	if (term == NULL || strcmp(term, "dumb") == 0)
		return false;
	return isatty(fileno(to)) == 1;
}

const char *color_on(FILE *to, enum color color)
{
	return has_color(to) ? color_codes[color] : "";
}

const char *color_off(FILE *to)
{
	return has_color(to) ? "\033[0m" : "";
}

bool wants_json(const struct call *call)
{
	const char *format = call->value[OPT_OUTPUT];

	return format != NULL && strcmp(format, "json") == 0;
}

bool wants_csv(const struct call *call)
{
	const char *output = call->value[OPT_OUTPUT];

	return output != NULL && strcmp(output, "csv") == 0;
}

/* A spreadsheet would take a text that begins like a formula for one. */
static void print_field(const char *text)
{
	bool is_formula = text[0] != '\0' && strchr("=+@\t\r", text[0]) != NULL;

	if (!is_formula && strpbrk(text, ",\"\r\n") == NULL) {
		(void)fputs(text, stdout);
		return;
	}
	(void)fputs(is_formula ? "\"'" : "\"", stdout);
	for (; *text != '\0'; text++)
		(void)fputs(
		    *text == '"' ? "\"\"" : (char[]) { *text, '\0' }, stdout);
	(void)fputc('"', stdout);
}

static void print_record(const json_t *item, bool heading)
{
	const char *key, *before = "";
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)item, key, value) {
		hs_auto(hs_freep) char *text =
		    json_is_string(value) ? NULL
					  : json_dumps(value, JSON_ENCODE_ANY);

		(void)fputs(before, stdout);
		print_field(heading        ? key
			    : text != NULL ? text
					   : json_string_value(value));
		before = ",";
	}
	(void)fputs("\r\n", stdout);
}

void print_csv(const json_t *items)
{
	size_t i;
	json_t *item;

	json_array_foreach (items, i, item) {
		if (i == 0)
			print_record(item, true);
		print_record(item, false);
	}
}

void print_json(const json_t *json)
{
	(void)json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	(void)fputc('\n', stdout);
}

const char *json_text(
    const json_t *object, const char *key, const char *fallback)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : fallback;
}

/* Control characters, C1 (U+0080 to U+009F) among them, could drive the
 * terminal; each of their bytes becomes '?'. */
char *printable(const char *text)
{
	char *copy = hs_strdup(text);

	for (unsigned char *p = (unsigned char *)copy; *p != '\0'; p++) {
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
		else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
	return copy;
}

int text_width(const char *text)
{
	mbstate_t state = { 0 };
	int width = 0;

	while (*text != '\0') {
		wchar_t c;
		size_t n = mbrtowc(&c, text, strlen(text), &state);
		int w = 1;

		if (n == 0 || n > strlen(text)) {
			n = 1;
			state = (mbstate_t) { 0 };
		} else {
			w = wcwidth(c);
		}
		width += w > 0 ? w : 0;
		text += n;
	}
	return width;
}

/* A value as one line of text, owned by the caller. */
static char *cell_text(const json_t *value)
{
	hs_auto(hs_freep) char *raw = NULL;

	if (json_is_string(value))
		return printable(json_string_value(value));
	if (value == NULL || json_is_null(value))
		return hs_strdup("-");
	raw = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	return hs_strdup(raw != NULL ? raw : "?");
}

static enum color color_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(colored); i++)
		if (strcmp(text, colored[i].word) == 0)
			return colored[i].color;
	return COLOR_NONE;
}

/* The last column is not padded. */
static void print_row(
    const json_t *row, const int *widths, size_t columns, bool is_heading)
{
	for (size_t i = 0; i < columns; i++) {
		hs_auto(hs_freep) char *text =
		    cell_text(json_array_get(row, i));
		enum color color = is_heading ? COLOR_BOLD : color_of(text);
		int pad = i + 1 < columns ? widths[i] - text_width(text) : 0;

		(void)printf("%s%s%s%*s%s", color_on(stdout, color), text,
		    color != COLOR_NONE ? color_off(stdout) : "",
		    pad > 0 ? pad : 0, "", i + 1 < columns ? "  " : "\n");
	}
}

static void widen(const json_t *row, int *widths, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		hs_auto(hs_freep) char *text =
		    cell_text(json_array_get(row, i));
		int width = text_width(text);

		if (width > widths[i])
			widths[i] = width;
	}
}

void print_table(const json_t *columns, const json_t *rows, const char *none)
{
	size_t count = json_array_size(columns), i;
	hs_auto(hs_freep) int *widths = hs_alloc((count + 1) * sizeof(*widths));
	json_t *row;

	if (json_array_size(rows) == 0) {
		(void)printf("%s\n", none);
		return;
	}
	widen(columns, widths, count);
	json_array_foreach (rows, i, row)
		widen(row, widths, count);
	print_row(columns, widths, count, true);
	json_array_foreach (rows, i, row)
		print_row(row, widths, count, false);
}

static void print_value(const json_t *value, int indent);

static void print_members(const json_t *object, int indent)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)object, key, value) {
		(void)printf("%*s%s%s:%s", indent, "",
		    color_on(stdout, COLOR_BOLD), key, color_off(stdout));
		print_value(value, indent);
	}
}

/* A list's entries: objects of plain values stand in one line. */
static void print_entries(const json_t *list, int indent)
{
	size_t i;
	json_t *entry;

	json_array_foreach (list, i, entry) {
		const char *key, *comma = "";
		json_t *value;

		(void)printf("%*s- ", indent, "");
		if (!json_is_object(entry)) {
			hs_auto(hs_freep) char *text = cell_text(entry);

			(void)printf("%s\n", text);
			continue;
		}
		json_object_foreach (entry, key, value) {
			hs_auto(hs_freep) char *text = cell_text(value);

			(void)printf("%s%s: %s", comma, key, text);
			comma = ", ";
		}
		(void)printf("\n");
	}
}

/* Behind "key:". */
static void print_value(const json_t *value, int indent)
{
	hs_auto(hs_freep) char *text = NULL;
	enum color color;

	if (json_is_object(value) && json_object_size(value) > 0) {
		(void)printf("\n");
		print_members(value, indent + 2);
		return;
	}
	if (json_is_array(value) && json_array_size(value) > 0) {
		(void)printf("\n");
		print_entries(value, indent + 2);
		return;
	}
	text = json_is_array(value) || json_is_object(value) ? hs_strdup("none")
							     : cell_text(value);
	color = color_of(text);
	(void)printf(" %s%s%s\n", color_on(stdout, color), text,
	    color != COLOR_NONE ? color_off(stdout) : "");
}

void print_object(const json_t *object)
{
	print_members(object, 0);
}

void print_faults(const struct hs_faults *faults)
{
	(void)fflush(stdout);
	for (size_t i = 0; i < faults->count; i++) {
		hs_auto(hs_freep) char *text =
		    hs_fault_text(faults->file, &faults->list[i]);
		hs_auto(hs_freep) char *shown = printable(text);

		(void)fprintf(stderr, "%s\n", shown);
	}
}
