/* csv.c - rows and fields, in place in the file's text. */

#include "tco-report/input/csv.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

/* The next line, without its end; NULL if there is none. */
static char *next_line(struct csv *csv)
{
	char *line = csv->rest, *end;

	if (line == NULL || *line == '\0')
		return NULL;
	csv->line++;
	end = strchr(line, '\n');
	csv->rest = end != NULL ? end + 1 : NULL;
	if (end == NULL)
		end = line + strlen(line);
	*end = '\0';
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}

/*
 * One field off the front of the line: the rest after its comma, NULL at the
 * end of the line. What is not well quoted is *ret_bad.
 */
static char *take_field(char *line, char **ret_field, bool *ret_bad)
{
	char *out = line, *in = line + 1;

	*ret_field = line;
	if (*line != '"') {
		char *comma = strchr(line, ',');

		if (comma != NULL)
			*comma = '\0';
		if (strchr(line, '"') != NULL)
			*ret_bad = true;
		return comma != NULL ? comma + 1 : NULL;
	}
	while (*in != '\0' && (in[0] != '"' || in[1] == '"')) {
		if (*in == '"')
			in++;
		*out++ = *in++;
	}
	if (*in != '"' || (in[1] != ',' && in[1] != '\0')) {
		*ret_bad = true;
		return NULL;
	}
	in++;
	*out = '\0';
	return *in == ',' ? in + 1 : NULL;
}

static char *columns_text(const struct csv *csv)
{
	struct hs_text text = { 0 };

	for (size_t i = 0; i < csv->count; i++)
		hs_text_addf(&text, "%s%s", i > 0 ? "," : "", csv->columns[i]);
	return hs_text_take(&text);
}

static bool are_digits(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* The column whose number seems to be in two fields, for a comma is in it;
 * NULL if there is none. */
static const char *cut_column(const struct csv *csv, const char *extra)
{
	for (size_t i = 1; i <= csv->count; i++) {
		const char *front = csv->field[i - 1];
		const char *back = i < csv->count ? csv->field[i] : extra;

		if (are_digits(back) && are_digits(front + (front[0] == '-')))
			return csv->columns[i - 1];
	}
	return NULL;
}

static void fault_many(const struct csv *csv, const char *extra)
{
	hs_auto(hs_freep) char *columns = columns_text(csv);
	const char *cut = cut_column(csv, extra);

	if (cut != NULL)
		hs_faults_add(csv->faults, csv->line, cut,
		    "a decimal comma? there are more fields than %s; write the "
		    "number with a point",
		    columns);
	else
		hs_faults_add(csv->faults, csv->line, "",
		    "has more than %zu fields; expected %s", csv->count,
		    columns);
}

static void fault_few(const struct csv *csv, size_t count)
{
	hs_auto(hs_freep) char *columns = columns_text(csv);

	if (strchr(csv->field[0], ';') != NULL)
		hs_faults_add(csv->faults, csv->line, "",
		    "semicolons; expected fields with commas between: %s",
		    columns);
	else
		hs_faults_add(csv->faults, csv->line, "",
		    "has %zu of %zu fields; expected %s", count, csv->count,
		    columns);
}

/* Take a line apart; false, and a fault, if it is no row. */
static bool split(struct csv *csv, char *line)
{
	size_t count = 0;
	bool bad = false;

	if (!hs_is_text(line)) {
		hs_faults_add(csv->faults, csv->line, "",
		    "is not UTF-8 text, or has a control character in it");
		return false;
	}
	while (line != NULL && count < csv->count && !bad)
		line = take_field(line, &csv->field[count++], &bad);
	if (bad) {
		hs_faults_add(csv->faults, csv->line, csv->columns[count - 1],
		    "quotes that do not stand around a whole field");
		return false;
	}
	if (line == NULL && count == csv->count)
		return true;
	if (line != NULL)
		fault_many(csv, line);
	else
		fault_few(csv, count);
	return false;
}

static int read_header(struct csv *csv, struct hs_err *err)
{
	char *line = next_line(csv);
	hs_auto(hs_freep) char *columns = columns_text(csv);
	hs_auto(hs_freep) char *shown = NULL;

	if (line != NULL && strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	if (line != NULL && strcmp(line, columns) == 0)
		return 0;
	shown = hs_fault_shown(line != NULL && hs_is_text(line) ? line : "?");
	hs_faults_add(csv->faults, 1, "", "%s%s%s; expected the columns %s",
	    line == NULL ? "is empty" : "found '", line == NULL ? "" : shown,
	    line == NULL ? "" : "'", columns);
	return hs_faults_fail(csv->faults, err);
}

int csv_open(const char *name, const char *text, const char *const *columns,
    size_t count, struct hs_faults *faults, struct csv *ret_csv,
    struct hs_err *err)
{
	size_t len;

	*ret_csv = (struct csv) {
		.columns = columns, .count = count, .faults = faults
	};
	hs_faults_done(faults);
	faults->file = hs_strdup(name);
	if (text != NULL)
		ret_csv->text = hs_strdup(text);
	else if (hs_file_read(name, CSV_MAX, &ret_csv->text, &len, err) < 0)
		return -1;
	if (text == NULL && strlen(ret_csv->text) != len) {
		hs_faults_add(faults, 0, "", "has a NUL byte in it");
		return hs_faults_fail(faults, err);
	}
	ret_csv->rest = ret_csv->text;
	return read_header(ret_csv, err);
}

bool csv_next(struct csv *csv)
{
	char *line;

	while ((line = next_line(csv)) != NULL)
		if (split(csv, line))
			return true;
	return false;
}

void csv_fault(const struct csv *csv, size_t column, const char *fmt, ...)
{
	hs_auto(hs_freep) char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	message = hs_vprintf(fmt, ap);
	va_end(ap);
	hs_faults_add(
	    csv->faults, csv->line, csv->columns[column], "%s", message);
}

void csv_done(struct csv *csv)
{
	free(csv->text);
	csv->text = csv->rest = NULL;
}
