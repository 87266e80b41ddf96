/* table.c - a CSV of any size as a spreadsheet. */

#include "tco-report/xlsx/table.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "tco-report/xlsx/rows.h"

#define WIDTH_MIN 12
#define WIDTH_MAX 40

/* -- Reading -------------------------------------------------------------- */

static int fault(
    const struct xl_table *table, struct hs_err *err, const char *what)
{
	return hs_fail(err, HS_EINVAL, "line %u: %s", table->line, what);
}

/* A byte, where "\r\n" is "\n". */
static int next_byte(struct xl_table *table)
{
	int c = getc_unlocked(table->in);

	if (c == '\r') {
		int after = getc_unlocked(table->in);

		if (after == '\n')
			c = '\n';
		else if (after != EOF)
			(void)ungetc(after, table->in);
	}
	if (c == '\n')
		table->lines++;
	return c;
}

static int begin_field(struct xl_table *table, struct hs_err *err)
{
	if (table->count == XL_TABLE_COLUMNS)
		return hs_fail(err, HS_ELIMIT, "line %u: more than %d columns",
		    table->line, XL_TABLE_COLUMNS);
	table->offset[table->count++] = table->text.len;
	return 0;
}

/* The rest of a quoted field; what follows its quote is returned. */
static int quoted(struct xl_table *table)
{
	for (;;) {
		int c = next_byte(table);

		if (c == EOF || table->text.len > XL_TABLE_ROW_BYTES)
			return '"'; /* it does not close */
		if (c == '"') {
			c = next_byte(table);
			if (c != '"')
				return c;
		}
		hs_text_add_char(&table->text, (char)c);
	}
}

/* One field, up to what ends it: ',', '\n' or EOF; -2 on failure. */
static int read_field(struct xl_table *table, int c, struct hs_err *err)
{
	if (begin_field(table, err) < 0)
		return -2;
	if (c == '"') {
		c = quoted(table);
		if (c != ',' && c != '\n' && c != EOF) {
			(void)fault(table, err,
			    "a quoted field does not end at its quote");
			return -2;
		}
	}
	while (c != ',' && c != '\n' && c != EOF) {
		if (c == '"' || c == '\0') {
			(void)fault(
			    table, err, "a quote, or a zero, within a field");
			return -2;
		}
		hs_text_add_char(&table->text, (char)c);
		if (table->text.len > XL_TABLE_ROW_BYTES) {
			(void)hs_fail(err, HS_ELIMIT, "line %u: a row so long",
			    table->line);
			return -2;
		}
		c = next_byte(table);
	}
	hs_text_add_char(&table->text, '\0');
	return c;
}

/* The fields where they stand, now that the text does not move any more. */
static int settle(struct xl_table *table, struct hs_err *err)
{
	for (size_t i = 0; i < table->count; i++) {
		size_t end = i + 1 < table->count ? table->offset[i + 1]
						  : table->text.len;
		const char *field = table->text.data + table->offset[i];

		if (strlen(field) + 1 != end - table->offset[i] ||
		    !hs_is_text(field))
			return fault(
			    table, err, "bytes that are no text in UTF-8");
		table->field[i] = field;
	}
	return 1;
}

int xl_table_next(struct xl_table *table, struct hs_err *err)
{
	int c;

	do {
		table->line = table->lines + 1;
		c = next_byte(table);
	} while (c == '\n');
	table->count = 0;
	table->text.len = 0;
	while (c != EOF || table->count > 0) {
		c = read_field(table, c, err);
		if (c == -2)
			return -1;
		if (c != ',')
			break;
		c = next_byte(table);
	}
	if (ferror(table->in))
		return hs_fail_errno(err, HS_ESYSTEM, "read the table");
	return table->count == 0 ? 0 : settle(table, err);
}

void xl_table_done(struct xl_table *table)
{
	hs_text_done(&table->text);
}

/* -- Writing -------------------------------------------------------------- */

struct heads {
	struct xl_column list[XL_TABLE_COLUMNS];
	size_t count;
};

static void heads_take(struct heads *heads, const struct xl_table *table)
{
	heads->count = table->count;
	for (size_t i = 0; i < table->count; i++) {
		size_t width = strlen(table->field[i]) + 4;

		width = width < WIDTH_MIN ? WIDTH_MIN : width;
		heads->list[i] = (struct xl_column) {
			.title = hs_strdup(table->field[i]),
			.kind = XL_ROWS_ANY,
			.width =
			    (double)(width > WIDTH_MAX ? WIDTH_MAX : width),
		};
	}
}

static void heads_done(struct heads *heads)
{
	for (size_t i = 0; i < heads->count; i++)
		free((char *)(uintptr_t)heads->list[i].title);
}

static int add_rows(struct xl_table *table, const struct heads *heads,
    struct xl_rows *rows, struct hs_err *err)
{
	int got;

	while ((got = xl_table_next(table, err)) == 1) {
		if (table->count != heads->count)
			return hs_fail(err, HS_EINVAL,
			    "line %u: %zu fields, and there are %zu columns",
			    table->line, table->count, heads->count);
		for (size_t i = 0; i < table->count; i++)
			if (*table->field[i] == '\0')
				table->field[i] = NULL;
		if (xl_rows_add(rows, table->field, err) < 0)
			return hs_wrap(err, "line %u", table->line);
	}
	return got;
}

static int write_rows(struct xl_table *table, const struct heads *heads,
    const char *path, const char *sheet, struct hs_err *err)
{
	struct xl_rows *rows;

	if (xl_rows_open(path, sheet, heads->list, heads->count, &rows, err) <
	    0)
		return -1;
	if (add_rows(table, heads, rows, err) < 0) {
		(void)xl_rows_close(rows, NULL);
		(void)unlink(path);
		return -1;
	}
	return xl_rows_close(rows, err);
}

int xl_table_write(
    FILE *in, const char *path, const char *sheet, struct hs_err *err)
{
	struct xl_table table = { .in = in };
	struct heads heads = { .count = 0 };
	int got = xl_table_next(&table, err);

	if (got == 0)
		got = hs_fail(err, HS_EINVAL, "the table is empty");
	if (got == 1) {
		heads_take(&heads, &table);
		got = write_rows(&table, &heads, path, sheet, err);
	}
	heads_done(&heads);
	xl_table_done(&table);
	return got;
}
