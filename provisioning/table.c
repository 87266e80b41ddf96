/* table.c - a table on its way to a client, as text. */

#include "provisioning/table.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void table_done(struct table *table)
{
	hs_text_done(&table->rows);
	hs_text_done(&table->items);
}

#define ITEMS "],\"items\":["

static void add_header(struct hs_text *text, const char *key)
{
	hs_auto(hs_freep) char *header = hs_strdup(key);

	for (char *p = header; *p != '\0'; p++)
		*p = *p == '_'                ? ' '
		     : *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A')
					      : *p;
	hs_text_add_json(text, header);
}

static void begin(struct table *table)
{
	hs_text_add(&table->rows, "{\"columns\":[");
	for (const char *const *c = table->columns; *c != NULL; c++) {
		hs_text_add(&table->rows, c > table->columns ? "," : "");
		add_header(&table->rows, *c);
	}
	hs_text_add(&table->rows, "],\"rows\":[");
	hs_text_add(&table->items, ITEMS);
}

static void begin_row(struct table *table)
{
	if (table->items.len == 0) {
		begin(table);
	} else {
		hs_text_add_char(&table->rows, ',');
		hs_text_add_char(&table->items, ',');
	}
	hs_text_add_char(&table->rows, '[');
}

/* -- Rows from items ------------------------------------------------------- */

/* A value in a cell: lists with commas, nothing as nothing. */
static void add_cell(struct hs_text *row, json_t *value)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	size_t i;
	json_t *part;

	json_array_foreach (value, i, part) {
		hs_text_add(&text, i > 0 ? "," : "");
		hs_text_add(&text, json_string_value(part));
	}
	if (json_is_integer(value))
		hs_text_addf(
		    &text, "%lld", (long long)json_integer_value(value));
	if (json_is_string(value))
		hs_text_add(&text, json_string_value(value));
	hs_text_add_json(row, text.data != NULL ? text.data : "");
}

static int add_piece(const char *piece, size_t len, void *text)
{
	hs_text_add_len(text, piece, len);
	return 0;
}

void table_add(struct table *table, json_t *item)
{
	if (item == NULL)
		return;
	begin_row(table);
	(void)json_dump_callback(item, add_piece, &table->items, JSON_COMPACT);
	for (const char *const *c = table->columns; *c != NULL; c++) {
		hs_text_add(&table->rows, c > table->columns ? "," : "");
		add_cell(&table->rows, json_object_get(item, *c));
	}
	hs_text_add_char(&table->rows, ']');
	json_decref(item);
}

/* -- Rows cell by cell ----------------------------------------------------- */

static void begin_cell(struct table *table)
{
	if (table->cell == 0) {
		begin_row(table);
		hs_text_add(&table->items, "{\"");
	} else {
		hs_text_add_char(&table->rows, ',');
		hs_text_add(&table->items, ",\"");
	}
	hs_text_add(&table->items, table->columns[table->cell++]);
	hs_text_add(&table->items, "\":");
}

static void end_cell(struct table *table)
{
	if (table->columns[table->cell] != NULL)
		return;
	hs_text_add_char(&table->rows, ']');
	hs_text_add_char(&table->items, '}');
	table->cell = 0;
}

void table_put_text(struct table *table, const char *text)
{
	size_t at;

	begin_cell(table);
	at = table->items.len;
	hs_text_add_json(&table->items, text);
	hs_text_add_len(
	    &table->rows, table->items.data + at, table->items.len - at);
	end_cell(table);
}

void table_put_number(struct table *table, unsigned number)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "\"%u\"", number);

	begin_cell(table);
	hs_text_add_len(&table->items, text + 1, (size_t)len - 2);
	hs_text_add_len(&table->rows, text, (size_t)len);
	end_cell(table);
}

/* -- The whole ------------------------------------------------------------- */

json_t *table_first(const struct table *table)
{
	if (table->items.len == 0)
		return NULL;
	return json_loads(
	    table->items.data + strlen(ITEMS), JSON_DISABLE_EOF_CHECK, NULL);
}

void table_take(struct table *table, char *ret_parts[TABLE_PARTS])
{
	if (table->items.len == 0)
		begin(table);
	hs_text_add(&table->items, "]}");
	ret_parts[0] = hs_text_take(&table->rows);
	ret_parts[1] = hs_text_take(&table->items);
}
