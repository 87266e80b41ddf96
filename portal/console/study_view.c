/* study_view.c - parts of a report as parts of a page: its text is in the
 * doc, which may be gone when the page is sent, so all of it is copied.
 */

#include "portal/console/study.h"

#include <string.h>

static struct h_text copy(struct page *page, const char *text)
{
	return h_text(text != NULL ? hs_arena_strdup(page->arena, text) : NULL);
}

/* A tone as the class of a badge or a box. */
static struct h_text tone_class(enum doc_tone tone)
{
	static const char *const names[DOC_TONE_COUNT] = {
		[DOC_PLAIN] = "calm",
		[DOC_GOOD] = "good",
		[DOC_WARN] = "wait",
		[DOC_BAD] = "bad",
	};

	return h_text(names[tone]);
}

static void fill_items(
    struct page *page, const struct doc_block *block, struct view_doc_blocks *v)
{
	struct view_doc_blocks_items *items =
	    PAGE_NEW(page, struct view_doc_blocks_items, block->count);

	for (size_t i = 0; i < block->count; i++)
		items[i].text = copy(page, block->items[i]);
	v->items = items;
	v->items_count = block->count;
}

static void fill_figures(
    struct page *page, const struct doc_block *block, struct view_doc_blocks *v)
{
	struct view_doc_blocks_figures *list =
	    PAGE_NEW(page, struct view_doc_blocks_figures, block->count);

	for (size_t i = 0; i < block->count; i++)
		list[i] = (struct view_doc_blocks_figures) {
			.label = copy(page, block->figures[i].label),
			.text = copy(page, block->figures[i].value.text),
			.hint = copy(page, block->figures[i].hint),
			.tone = tone_class(block->figures[i].tone),
		};
	v->figures = list;
	v->figures_count = block->count;
}

static struct h_text column_title(
    struct page *page, const struct doc_column *column)
{
	return column->unit == NULL
		   ? copy(page, column->title)
		   : h_text(hs_arena_printf(
			 page->arena, "%s (%s)", column->title, column->unit));
}

static void fill_row(struct page *page, const struct doc_table *table,
    const struct doc_row *row, struct view_doc_blocks_rows *v)
{
	size_t count = row->kind == DOC_ROW_GROUP ? 1 : table->column_count;
	struct view_doc_blocks_rows_cells *cells =
	    PAGE_NEW(page, struct view_doc_blocks_rows_cells, count);

	for (size_t i = 0; i < count; i++) {
		const struct doc_column *column = &table->columns[i];

		cells[i] = (struct view_doc_blocks_rows_cells) {
			.text = copy(page, row->cells[i].value.text),
			.label = column_title(page, column),
			.head = i == 0,
			.num = column->kind != DOC_TEXT,
			.bad = row->cells[i].tone == DOC_BAD,
		};
	}
	v->group = row->kind == DOC_ROW_GROUP;
	v->total = row->kind == DOC_ROW_TOTAL;
	v->span = (long)table->column_count;
	v->cells = cells;
	v->cells_count = count;
}

static void fill_table(
    struct page *page, const struct doc_table *table, struct view_doc_blocks *v)
{
	struct view_doc_blocks_columns *columns =
	    PAGE_NEW(page, struct view_doc_blocks_columns, table->column_count);
	struct view_doc_blocks_rows *rows =
	    PAGE_NEW(page, struct view_doc_blocks_rows, table->row_count);

	for (size_t i = 0; i < table->column_count; i++)
		columns[i] = (struct view_doc_blocks_columns) {
			.title = column_title(page, &table->columns[i]),
			.num = table->columns[i].kind != DOC_TEXT,
		};
	for (size_t i = 0; i < table->row_count; i++)
		fill_row(page, table, &table->rows[i], &rows[i]);
	v->is_table = true;
	v->title = copy(page, table->title);
	v->columns = columns;
	v->columns_count = table->column_count;
	v->rows = rows;
	v->rows_count = table->row_count;
}

/* False: it is nothing for a page. */
static bool fill_block(
    struct page *page, const struct doc_block *block, struct view_doc_blocks *v)
{
	v->title = copy(page, block->title);
	v->text = copy(page, block->text);
	v->tone = tone_class(block->tone);
	switch (block->kind) {
	case DOC_LEAD:
		v->is_lead = true;
		return true;
	case DOC_PARAGRAPH:
		v->is_paragraph = true;
		return true;
	case DOC_LIST:
		v->is_list = true;
		fill_items(page, block, v);
		return true;
	case DOC_FIGURES:
		v->is_figures = true;
		fill_figures(page, block, v);
		return true;
	case DOC_NOTICE:
		v->is_notice = true;
		return true;
	case DOC_TABLE:
		fill_table(page, block->table, v);
		return true;
	case DOC_CHART:
		return false;
	}
	return false;
}

const struct view_doc *study_view(struct page *page,
    const struct doc_section *section, const struct doc_table *table)
{
	struct view_doc *v = PAGE_NEW(page, struct view_doc, 1);
	struct view_doc_blocks *blocks;
	size_t count = table != NULL;

	if (section != NULL)
		for (const struct doc_block *b = section->blocks; b != NULL;
		     b = b->next)
			count++;
	blocks = PAGE_NEW(page, struct view_doc_blocks, count);
	if (section != NULL)
		for (const struct doc_block *b = section->blocks; b != NULL;
		     b = b->next)
			if (fill_block(page, b, &blocks[v->blocks_count]))
				v->blocks_count++;
	if (table != NULL)
		fill_table(page, table, &blocks[v->blocks_count++]);
	v->blocks = blocks;
	return v;
}
