/* json.c - a doc as JSON; figures are texts, for money is no double. */

#include <jansson.h>
#include <stdlib.h>

#include "base/text.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/write.h"

/* A text that is there; what is not is left out. */
static void set(json_t *object, const char *name, const char *text)
{
	if (text != NULL)
		(void)json_object_set_new(object, name, json_string(text));
}

static json_t *of_value(const struct doc_value *value)
{
	json_t *object = json_object();

	set(object, "text", value->text);
	set(object, "value", value->value);
	set(object, "exact", value->exact);
	return object;
}

static void set_tone(json_t *object, enum doc_tone tone)
{
	if (tone != DOC_PLAIN)
		set(object, "tone", doc_tone_name(tone));
}

static void set_note(json_t *object, unsigned note)
{
	if (note != 0)
		(void)json_object_set_new(
		    object, "note", json_integer((json_int_t)note));
}

static json_t *of_columns(const struct doc_table *table)
{
	json_t *array = json_array();

	for (size_t i = 0; i < table->column_count; i++) {
		json_t *column = json_object();

		set(column, "title", table->columns[i].title);
		set(column, "kind", doc_kind_name(table->columns[i].kind));
		set(column, "unit", table->columns[i].unit);
		(void)json_array_append_new(array, column);
	}
	return array;
}

static json_t *of_row(const struct doc_table *table, const struct doc_row *row)
{
	static const char *const kinds[] = { "row", "total", "group" };
	size_t count = row->kind == DOC_ROW_GROUP ? 1 : table->column_count;
	json_t *object = json_object(), *cells = json_array();

	set(object, "kind", kinds[row->kind]);
	for (size_t i = 0; i < count; i++) {
		json_t *cell = of_value(&row->cells[i].value);

		set_tone(cell, row->cells[i].tone);
		set_note(cell, row->cells[i].note);
		(void)json_array_append_new(cells, cell);
	}
	(void)json_object_set_new(object, "cells", cells);
	return object;
}

static json_t *of_table(const struct doc_table *table)
{
	json_t *object = json_object(), *rows = json_array();

	set(object, "id", table->id);
	set(object, "title", table->title);
	(void)json_object_set_new(object, "columns", of_columns(table));
	for (size_t i = 0; i < table->row_count; i++)
		(void)json_array_append_new(
		    rows, of_row(table, &table->rows[i]));
	(void)json_object_set_new(object, "rows", rows);
	return object;
}

static json_t *of_chart(const struct doc_chart *chart)
{
	json_t *object = json_object();

	set(object, "id", chart->id);
	set(object, "title", chart->title);
	set(object, "description", chart->description);
	set(object, "table", chart->data->id);
	return object;
}

static json_t *of_figures(const struct doc_block *block)
{
	json_t *array = json_array();

	for (size_t i = 0; i < block->count; i++) {
		json_t *figure = of_value(&block->figures[i].value);

		set(figure, "label", block->figures[i].label);
		set(figure, "hint", block->figures[i].hint);
		set_tone(figure, block->figures[i].tone);
		(void)json_array_append_new(array, figure);
	}
	return array;
}

static json_t *of_items(const struct doc_block *block)
{
	json_t *array = json_array();

	for (size_t i = 0; i < block->count; i++)
		(void)json_array_append_new(
		    array, json_string(block->items[i]));
	return array;
}

static json_t *of_block(const struct doc_block *block)
{
	static const char *const kinds[] = { "lead", "paragraph", "list",
		"figures", "notice", "table", "chart" };
	json_t *object = json_object();

	set(object, "kind", kinds[block->kind]);
	set_tone(object, block->tone);
	set(object, "title", block->title);
	set(object, "text", block->text);
	set_note(object, block->note);
	if (block->kind == DOC_LIST)
		(void)json_object_set_new(object, "items", of_items(block));
	if (block->kind == DOC_FIGURES)
		(void)json_object_set_new(object, "figures", of_figures(block));
	if (block->table != NULL)
		set(object, "table", block->table->id);
	if (block->chart != NULL)
		(void)json_object_set_new(
		    object, "chart", of_chart(block->chart));
	return object;
}

static json_t *of_sections(const struct doc *doc)
{
	json_t *array = json_array();

	for (const struct doc_section *s = doc->sections; s; s = s->next) {
		json_t *section = json_object(), *blocks = json_array();

		set(section, "id", s->id);
		set(section, "title", s->title);
		(void)json_object_set_new(
		    section, "level", json_integer((json_int_t)s->level));
		for (const struct doc_block *b = s->blocks; b; b = b->next)
			(void)json_array_append_new(blocks, of_block(b));
		(void)json_object_set_new(section, "blocks", blocks);
		(void)json_array_append_new(array, section);
	}
	return array;
}

static json_t *of_notes(const struct doc *doc)
{
	json_t *array = json_array();

	for (size_t i = 0; i < doc->note_count; i++) {
		json_t *note = json_object();

		set(note, "text", doc->notes[i].text);
		set(note, "url", doc->notes[i].url);
		(void)json_array_append_new(array, note);
	}
	return array;
}

static json_t *of_doc(const struct doc *doc)
{
	json_t *object = json_object(), *tables = json_array();

	set(object, "language", doc->head.language);
	set(object, "title", doc->head.title);
	set(object, "subtitle", doc->head.subtitle);
	set(object, "author", doc->head.author);
	set(object, "date", doc->head.iso_date);
	(void)json_object_set_new(object, "sections", of_sections(doc));
	for (const struct doc_table *t = doc->tables; t; t = t->next)
		(void)json_array_append_new(tables, of_table(t));
	(void)json_object_set_new(object, "tables", tables);
	(void)json_object_set_new(object, "notes", of_notes(doc));
	return object;
}

void doc_write_json(const struct doc *doc, struct hs_text *out)
{
	json_t *object = of_doc(doc);
	char *text = json_dumps(object, JSON_INDENT(1));

	if (text == NULL)
		abort(); /* only without memory, or for text that is no UTF-8 */
	hs_text_add(out, text);
	hs_text_add_char(out, '\n');
	free(text);
	json_decref(object);
}
