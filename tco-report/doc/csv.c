/* csv.c - a doc's tables as CSV, for machines: RFC 4180. */

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/write.h"

/*
 * Words that a spreadsheet would take for a formula begin with an apostrophe:
 * names come from enterprises, and a report is opened by finance.
 */
static bool looks_like_formula(const char *s)
{
	return *s != '\0' && strchr("=+-@\t\r", *s) != NULL;
}

static void add_field(struct hs_text *out, const char *s, bool words)
{
	bool guarded = words && looks_like_formula(s);

	if (!guarded && s[strcspn(s, ",\"\r\n")] == '\0') {
		hs_text_add(out, s);
		return;
	}
	hs_text_add(out, guarded ? "\"'" : "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"')
			hs_text_add_char(out, '"');
		hs_text_add_char(out, *s);
	}
	hs_text_add_char(out, '"');
}

static void add_titles(const struct doc_table *table, struct hs_text *out)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct doc_column *col = &table->columns[i];
		hs_auto(hs_text_done) struct hs_text title = { 0 };

		hs_text_add(&title, col->title);
		if (col->unit != NULL)
			hs_text_addf(&title, " (%s)", col->unit);
		if (i > 0)
			hs_text_add_char(out, ',');
		add_field(out, title.data, true);
	}
	hs_text_add(out, "\r\n");
}

static void add_row(const struct doc_table *table, const struct doc_row *row,
    struct hs_text *out)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct doc_value *v = row->kind == DOC_ROW_GROUP && i > 0
						? NULL
						: &row->cells[i].value;

		if (i > 0)
			hs_text_add_char(out, ',');
		if (v != NULL)
			add_field(out, v->value != NULL ? v->value : v->text,
			    v->value == NULL);
	}
	hs_text_add(out, "\r\n");
}

void doc_write_csv(const struct doc_table *table, struct hs_text *out)
{
	add_titles(table, out);
	for (size_t i = 0; i < table->row_count; i++)
		add_row(table, &table->rows[i], out);
}

int doc_write_csv_folder(
    const struct doc *doc, const char *folder, struct hs_err *err)
{
	if (hs_dir_make(folder, 0755, err) < 0)
		return -1;
	for (const struct doc_table *t = doc->tables; t != NULL; t = t->next) {
		hs_auto(hs_text_done) struct hs_text csv = { 0 };
		hs_auto(hs_freep) char *path =
		    hs_printf("%s/%s.csv", folder, t->id);

		doc_write_csv(t, &csv);
		if (hs_file_write(path, csv.data, csv.len, 0644, err) < 0)
			return -1;
	}
	return 0;
}
