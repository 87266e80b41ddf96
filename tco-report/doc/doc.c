/* doc.c - a report as a value: what is in it, not how it looks. */

#include "tco-report/doc/doc.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

/* clang-format off */
static const char *const kind_names[DOC_KIND_COUNT] = {
	[DOC_TEXT]    = "text",
	[DOC_MONEY]   = "money",
	[DOC_NUMBER]  = "number",
	[DOC_PERCENT] = "percent",
	[DOC_DATE]    = "date",
};

static const char *const tone_names[DOC_TONE_COUNT] = {
	[DOC_PLAIN] = "plain",
	[DOC_GOOD]  = "good",
	[DOC_WARN]  = "warn",
	[DOC_BAD]   = "bad",
};
/* clang-format on */

const char *doc_kind_name(enum doc_kind kind)
{
	return kind_names[kind];
}

const char *doc_tone_name(enum doc_tone tone)
{
	return tone_names[tone];
}

/*
 * The one door for text: what is no UTF-8, or would steer a terminal, becomes
 * U+FFFD, so that no writer has to care.
 */
static const char *keep(struct doc *doc, const char *s)
{
	hs_auto(hs_text_done) struct hs_text clean = { 0 };
	size_t len;

	if (s == NULL)
		return NULL;
	if (hs_is_text(s))
		return hs_arena_strdup(doc->arena, s);
	for (; *s != '\0'; s += len) {
		len = hs_utf8_len((const unsigned char *)s);
		if (len > 1 ||
		    (len == 1 && (*s >= ' ' || *s == '\n') && *s != 0x7f)) {
			hs_text_add_len(&clean, s, len);
		} else {
			hs_text_add(&clean, "\xef\xbf\xbd");
			len = 1;
		}
	}
	return hs_arena_strdup(doc->arena, clean.data);
}

static struct doc_value keep_value(
    struct doc *doc, const struct doc_value *value)
{
	return (struct doc_value) {
		.text = value->text != NULL ? keep(doc, value->text) : "",
		.value = keep(doc, value->value),
		.exact = keep(doc, value->exact),
	};
}

/* An array of the arena, with room for one more than count. */
static void *grow(struct doc *doc, void *array, size_t count, size_t size)
{
	void *more;

	/* Full at 4, 8, 16 ...; what is left behind dies with the arena. */
	if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
		return array;
	more = hs_arena_alloc(doc->arena, (count == 0 ? 4 : 2 * count) * size);
	if (count > 0)
		memcpy(more, array, count * size);
	return more;
}

static struct doc_words keep_words(struct doc *doc, const struct doc_words *w)
{
	return (struct doc_words) {
		.contents = keep(doc, w->contents),
		.page = keep(doc, w->page),
		.data = keep(doc, w->data),
		.notes = keep(doc, w->notes),
		.note = keep(doc, w->note),
		.continued = keep(doc, w->continued),
		.skip = keep(doc, w->skip),
		.good = keep(doc, w->good),
		.warn = keep(doc, w->warn),
		.bad = keep(doc, w->bad),
		.point = keep(doc, w->point),
		.group = keep(doc, w->group),
	};
}

struct doc *doc_new(const struct doc_head *head)
{
	struct hs_arena *arena = hs_arena_new();
	struct doc *doc = hs_arena_alloc(arena, sizeof(*doc));

	doc->arena = arena;
	doc->section_end = &doc->sections;
	doc->table_end = &doc->tables;
	doc->head = (struct doc_head) {
		.language = keep(doc, head->language),
		.title = keep(doc, head->title),
		.subtitle = keep(doc, head->subtitle),
		.author = keep(doc, head->author),
		.date = keep(doc, head->date),
		.iso_date = keep(doc, head->iso_date),
		.words = keep_words(doc, &head->words),
	};
	return doc;
}

void doc_free(struct doc *doc)
{
	if (doc != NULL)
		hs_arena_free(doc->arena);
}

const char *doc_printf(struct doc *doc, const char *fmt, ...)
{
	hs_auto(hs_freep) char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = hs_vprintf(fmt, ap);
	va_end(ap);
	return keep(doc, text);
}

struct doc_section *doc_section(
    struct doc *doc, unsigned level, const char *id, const char *title)
{
	struct doc_section *sec = hs_arena_alloc(doc->arena, sizeof(*sec));

	assert(level == 1 || level == 2);
	sec->level = level;
	sec->id = keep(doc, id);
	sec->title = keep(doc, title);
	sec->end = &sec->blocks;
	*doc->section_end = sec;
	doc->section_end = &sec->next;
	return sec;
}

static struct doc_block *add_block(
    struct doc *doc, struct doc_section *sec, enum doc_block_kind kind)
{
	struct doc_block *block = hs_arena_alloc(doc->arena, sizeof(*block));

	block->kind = kind;
	*sec->end = block;
	sec->end = &block->next;
	return block;
}

void doc_lead(struct doc *doc, struct doc_section *sec, const char *text)
{
	add_block(doc, sec, DOC_LEAD)->text = keep(doc, text);
}

struct doc_block *doc_paragraph(
    struct doc *doc, struct doc_section *sec, const char *text)
{
	struct doc_block *block = add_block(doc, sec, DOC_PARAGRAPH);

	block->text = keep(doc, text);
	return block;
}

struct doc_block *doc_list(
    struct doc *doc, struct doc_section *sec, const char *title)
{
	struct doc_block *block = add_block(doc, sec, DOC_LIST);

	block->title = keep(doc, title);
	return block;
}

void doc_item(struct doc *doc, struct doc_block *list, const char *text)
{
	assert(list->kind == DOC_LIST);
	list->items = grow(doc, list->items, list->count, sizeof(*list->items));
	list->items[list->count++] = keep(doc, text);
}

struct doc_block *doc_figures(struct doc *doc, struct doc_section *sec)
{
	return add_block(doc, sec, DOC_FIGURES);
}

void doc_figure(
    struct doc *doc, struct doc_block *figures, const struct doc_figure *figure)
{
	assert(figures->kind == DOC_FIGURES);
	figures->figures = grow(
	    doc, figures->figures, figures->count, sizeof(*figures->figures));
	figures->figures[figures->count++] = (struct doc_figure) {
		.label = keep(doc, figure->label),
		.value = keep_value(doc, &figure->value),
		.hint = keep(doc, figure->hint),
		.tone = figure->tone,
	};
}

void doc_notice(struct doc *doc, struct doc_section *sec, enum doc_tone tone,
    const char *title, const char *text)
{
	struct doc_block *block = add_block(doc, sec, DOC_NOTICE);

	block->tone = tone;
	block->title = keep(doc, title);
	block->text = keep(doc, text);
}

static struct doc_column *keep_columns(
    struct doc *doc, const struct doc_column *columns, size_t count)
{
	struct doc_column *kept =
	    hs_arena_alloc(doc->arena, count * sizeof(*kept));

	for (size_t i = 0; i < count; i++) {
		kept[i] = columns[i];
		kept[i].title = keep(doc, columns[i].title);
		kept[i].unit = keep(doc, columns[i].unit);
	}
	return kept;
}

struct doc_table *doc_table(struct doc *doc, struct doc_section *sec,
    const char *id, const char *title, const struct doc_column *columns,
    size_t count)
{
	struct doc_table *table = hs_arena_alloc(doc->arena, sizeof(*table));

	assert(count > 0 && doc_find_table(doc, id) == NULL);
	table->id = keep(doc, id);
	table->title = keep(doc, title);
	table->columns = keep_columns(doc, columns, count);
	table->column_count = count;
	table->placed = sec != NULL;
	*doc->table_end = table;
	doc->table_end = &table->next;
	if (sec != NULL)
		add_block(doc, sec, DOC_TABLE)->table = table;
	return table;
}

void doc_place_table(
    struct doc *doc, struct doc_section *sec, struct doc_table *table)
{
	assert(!table->placed);
	table->placed = true;
	add_block(doc, sec, DOC_TABLE)->table = table;
}

struct doc_row *doc_row(
    struct doc *doc, struct doc_table *table, enum doc_row_kind kind)
{
	size_t count = kind == DOC_ROW_GROUP ? 1 : table->column_count;
	struct doc_row *row;

	table->rows =
	    grow(doc, table->rows, table->row_count, sizeof(*table->rows));
	row = &table->rows[table->row_count++];
	row->kind = kind;
	row->cells = hs_arena_alloc(doc->arena, count * sizeof(*row->cells));
	for (size_t i = 0; i < count; i++)
		row->cells[i].value.text = "";
	return row;
}

struct doc_cell *doc_cell(struct doc *doc, struct doc_row *row, size_t column,
    const struct doc_value *value)
{
	assert(row->kind != DOC_ROW_GROUP || column == 0);
	row->cells[column].value = keep_value(doc, value);
	return &row->cells[column];
}

struct doc_cell *doc_words_cell(
    struct doc *doc, struct doc_row *row, size_t column, const char *text)
{
	return doc_cell(doc, row, column, &(struct doc_value) { .text = text });
}

static struct doc_mark *keep_marks(
    struct doc *doc, const struct doc_mark *marks, size_t count)
{
	struct doc_mark *kept =
	    hs_arena_alloc(doc->arena, (count + 1) * sizeof(*kept));

	for (size_t i = 0; i < count; i++)
		kept[i] = (struct doc_mark) {
			.label = keep(doc, marks[i].label),
			.value = keep(doc, marks[i].value),
			.tone = marks[i].tone,
		};
	return kept;
}

void doc_chart(
    struct doc *doc, struct doc_section *sec, const struct doc_chart *chart)
{
	struct doc_chart *kept = hs_arena_alloc(doc->arena, sizeof(*kept));

	assert(chart->data != NULL && chart->count > 0 &&
	       chart->first + chart->count <= chart->data->column_count &&
	       chart->label < chart->data->column_count);
	assert(chart->kind != DOC_TORNADO ||
	       (chart->count == 2 && chart->base != NULL));
	assert(chart->kind != DOC_HISTOGRAM || chart->count == 1);
	*kept = *chart;
	kept->id = keep(doc, chart->id);
	kept->title = keep(doc, chart->title);
	kept->description = keep(doc, chart->description);
	kept->x_title = keep(doc, chart->x_title);
	kept->y_title = keep(doc, chart->y_title);
	kept->base = keep(doc, chart->base);
	kept->marks = keep_marks(doc, chart->marks, chart->mark_count);
	add_block(doc, sec, DOC_CHART)->chart = kept;
}

bool doc_is_named_by(const struct doc_section *sec, const char *title)
{
	return sec != NULL && strcmp(sec->title, title) == 0;
}

unsigned doc_note(struct doc *doc, const char *text, const char *url)
{
	for (size_t i = 0; i < doc->note_count; i++)
		if (strcmp(doc->notes[i].text, text) == 0)
			return (unsigned)i + 1;
	doc->notes =
	    grow(doc, doc->notes, doc->note_count, sizeof(*doc->notes));
	doc->notes[doc->note_count++] = (struct doc_note) {
		.text = keep(doc, text),
		.url = keep(doc, url),
	};
	return (unsigned)doc->note_count;
}

const struct doc_table *doc_find_table(const struct doc *doc, const char *id)
{
	for (const struct doc_table *t = doc->tables; t != NULL; t = t->next)
		if (strcmp(t->id, id) == 0)
			return t;
	return NULL;
}
