/* terminal.c - a doc as text for a terminal.
 *
 * Columns that fit are tables; where even wrapped words do not fit, each row
 * becomes a few lines "title: value". Colour is never the only sign.
 */

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tco-report/doc/chart.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/width.h"
#include "tco-report/doc/write.h"

#define GAP        2   /* columns between columns */
#define TEXT_LEAST 10  /* a column of words is never narrower */
#define LINE_MOST  100 /* prose beyond it is hard to read */

struct screen {
	const struct doc *doc;
	struct hs_text *out;
	size_t width;
	bool colour;
	struct hs_arena *arena;            /* for what is put together */
	const struct doc_section *section; /* where it is */
};

enum style {
	STYLE_NONE,
	STYLE_BOLD,
	STYLE_FAINT,
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
};

static void begin(const struct screen *s, enum style style)
{
	static const char *const codes[] = { "", "\033[1m", "\033[2m",
		"\033[32m", "\033[33m", "\033[31m" };

	if (s->colour)
		hs_text_add(s->out, codes[style]);
}

static void end(const struct screen *s, enum style style)
{
	if (s->colour && style != STYLE_NONE)
		hs_text_add(s->out, "\033[0m");
}

static enum style of_tone(enum doc_tone tone)
{
	switch (tone) {
	case DOC_PLAIN:
		return STYLE_NONE;
	case DOC_GOOD:
		return STYLE_GOOD;
	case DOC_WARN:
		return STYLE_WARN;
	case DOC_BAD:
		return STYLE_BAD;
	}
	return STYLE_NONE;
}

static void repeat(struct hs_text *out, const char *s, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hs_text_add(out, s);
}

static void newline(const struct screen *s)
{
	hs_text_add_char(s->out, '\n');
}

/* Words in lines behind an indent; the first line has its own. */
static void put_prose(const struct screen *s, const char *first,
    const char *indent, const char *text, enum style style)
{
	size_t width = s->width < LINE_MOST ? s->width : LINE_MOST;
	const char *head = first;

	width = width > width_of(indent) + 8 ? width - width_of(indent) : 8;
	do {
		const char *next;
		size_t len = width_line(text, width, &next);

		hs_text_add(s->out, head);
		begin(s, style);
		hs_text_add_len(s->out, text, len);
		end(s, style);
		newline(s);
		text = next;
		head = indent;
	} while (*text != '\0');
}

static void put_heading(const struct screen *s, const struct doc_section *sec)
{
	const char *mark = sec->level == 1 ? "═" : "─";
	size_t width = width_of(sec->title);

	newline(s);
	begin(s, STYLE_BOLD);
	hs_text_add(s->out, sec->title);
	end(s, STYLE_BOLD);
	newline(s);
	repeat(s->out, mark, width < s->width ? width : s->width);
	newline(s);
	newline(s);
}

static void put_figures(const struct screen *s, const struct doc_block *block)
{
	size_t label = 0, value = 0;

	for (size_t i = 0; i < block->count; i++) {
		size_t l = width_of(block->figures[i].label);
		size_t v = width_of(block->figures[i].value.text);

		label = l > label ? l : label;
		value = v > value ? v : value;
	}
	for (size_t i = 0; i < block->count; i++) {
		const struct doc_figure *f = &block->figures[i];
		bool fits = label + value + 4 <= s->width;

		hs_text_addf(s->out, "  %s", f->label);
		if (fits)
			repeat(s->out, " ",
			    label + value + 2 - width_of(f->label) -
				width_of(f->value.text));
		else
			hs_text_add(s->out, "\n    ");
		begin(s, STYLE_BOLD);
		hs_text_add(s->out, f->value.text);
		end(s, STYLE_BOLD);
		newline(s);
		if (f->hint != NULL)
			put_prose(s, "    ", "    ", f->hint, STYLE_FAINT);
	}
}

static void put_notice(const struct screen *s, const struct doc_block *block)
{
	enum style style = of_tone(block->tone);

	put_prose(s, block->tone == DOC_PLAIN ? "│ " : "┃ ",
	    block->tone == DOC_PLAIN ? "│ " : "┃ ", block->title,
	    style == STYLE_NONE ? STYLE_BOLD : style);
	put_prose(s, block->tone == DOC_PLAIN ? "│ " : "┃ ",
	    block->tone == DOC_PLAIN ? "│ " : "┃ ", block->text, STYLE_NONE);
}

static const char *cell_text(
    const struct screen *s, const struct doc_cell *cell)
{
	return cell->note == 0 ? cell->value.text
			       : hs_arena_printf(s->arena, "%s [%u]",
				     cell->value.text, cell->note);
}

static const char *column_title(
    const struct screen *s, const struct doc_column *col)
{
	return col->unit == NULL ? col->title
				 : hs_arena_printf(s->arena, "%s (%s)",
				       col->title, col->unit);
}

/* A longest word is what a title can be broken down to. */
static size_t longest_word(const char *s)
{
	size_t longest = 0;

	while (*s != '\0') {
		size_t len = strcspn(s, " ");
		hs_auto(hs_freep) char *word = hs_strndup(s, len);
		size_t columns = width_of(word);

		longest = columns > longest ? columns : longest;
		s += len + (s[len] == ' ');
	}
	return longest;
}

struct layout {
	size_t *width; /* of each column */
	size_t total;
};

static void measure(const struct screen *s, const struct doc_table *t,
    size_t column, size_t *ret_most, size_t *ret_least)
{
	const char *title = column_title(s, &t->columns[column]);
	bool words = t->columns[column].kind == DOC_TEXT;
	size_t cells = 0;

	for (size_t r = 0; r < t->row_count; r++) {
		size_t width;

		if (t->rows[r].kind == DOC_ROW_GROUP)
			continue;
		width = width_of(cell_text(s, &t->rows[r].cells[column]));
		cells = width > cells ? width : cells;
	}
	*ret_most = width_of(title) > cells ? width_of(title) : cells;
	*ret_least = longest_word(title) > cells ? longest_word(title) : cells;
	if (words && *ret_least > TEXT_LEAST)
		*ret_least = TEXT_LEAST;
}

/* What words give up is taken from the widest column, column by column. */
static bool lay_out(const struct screen *s, const struct doc_table *t,
    struct layout *ret_layout)
{
	hs_auto(hs_freep) size_t *least =
	    hs_alloc(t->column_count * sizeof(*least));
	size_t total = (t->column_count - 1) * GAP;

	for (size_t i = 0; i < t->column_count; i++) {
		measure(s, t, i, &ret_layout->width[i], &least[i]);
		total += ret_layout->width[i];
	}
	while (total > s->width) {
		size_t widest = t->column_count;

		for (size_t i = 0; i < t->column_count; i++)
			if (ret_layout->width[i] > least[i] &&
			    (widest == t->column_count ||
				ret_layout->width[i] >
				    ret_layout->width[widest]))
				widest = i;
		if (widest == t->column_count)
			return false;
		ret_layout->width[widest]--;
		total--;
	}
	ret_layout->total = total;
	return true;
}

/* One line of a cell, padded; what is left of it stays in *at. */
static void put_piece(const struct screen *s, const char **at, size_t width,
    bool right, enum style style)
{
	const char *next = *at;
	size_t len = width_line(*at, width, &next);
	hs_auto(hs_freep) char *piece = hs_strndup(*at, len);
	size_t used = width_of(piece);
	size_t pad = used < width ? width - used : 0;

	if (right)
		repeat(s->out, " ", pad);
	if (len > 0) {
		begin(s, style);
		hs_text_add(s->out, piece);
		end(s, style);
	}
	if (!right)
		repeat(s->out, " ", pad);
	*at = next;
}

static void trim_line(struct hs_text *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	hs_text_add_char(out, '\n');
}

/* Texts beside each other, in as many lines as the longest needs. */
static void put_columns(const struct screen *s, const struct doc_table *t,
    const struct layout *layout, const char **texts, const enum style *styles)
{
	bool more;

	do {
		more = false;
		for (size_t i = 0; i < t->column_count; i++) {
			if (i > 0)
				repeat(s->out, " ", GAP);
			put_piece(s, &texts[i], layout->width[i],
			    t->columns[i].kind != DOC_TEXT, styles[i]);
			more = more || *texts[i] != '\0';
		}
		trim_line(s->out);
	} while (more);
}

static void put_titles(const struct screen *s, const struct doc_table *t,
    const struct layout *layout)
{
	size_t n = t->column_count;
	hs_auto(hs_freep) const char **texts = hs_alloc(n * sizeof(*texts));
	hs_auto(hs_freep) enum style *styles = hs_alloc(n * sizeof(*styles));

	for (size_t i = 0; i < n; i++) {
		texts[i] = column_title(s, &t->columns[i]);
		styles[i] = STYLE_FAINT;
	}
	put_columns(s, t, layout, texts, styles);
	repeat(s->out, "─", layout->total);
	newline(s);
}

static void put_row(const struct screen *s, const struct doc_table *t,
    const struct layout *layout, const struct doc_row *row)
{
	size_t n = t->column_count;
	hs_auto(hs_freep) const char **texts = hs_alloc(n * sizeof(*texts));
	hs_auto(hs_freep) enum style *styles = hs_alloc(n * sizeof(*styles));

	if (row->kind == DOC_ROW_GROUP) {
		put_prose(s, "", "", row->cells[0].value.text, STYLE_BOLD);
		return;
	}
	if (row->kind == DOC_ROW_TOTAL) {
		repeat(s->out, "─", layout->total);
		newline(s);
	}
	for (size_t i = 0; i < n; i++) {
		texts[i] = cell_text(s, &row->cells[i]);
		styles[i] = row->kind == DOC_ROW_TOTAL
				? STYLE_BOLD
				: of_tone(row->cells[i].tone);
	}
	put_columns(s, t, layout, texts, styles);
}

/* A row as lines "title: value", for a terminal too narrow for columns. */
static void put_card(const struct screen *s, const struct doc_table *t,
    const struct doc_row *row)
{
	if (row->kind == DOC_ROW_GROUP) {
		put_prose(s, "", "", row->cells[0].value.text, STYLE_BOLD);
		return;
	}
	for (size_t i = 0; i < t->column_count; i++) {
		const char *text = cell_text(s, &row->cells[i]);

		if (*text == '\0')
			continue;
		if (i > 0)
			text = hs_arena_printf(s->arena, "%s: %s",
			    column_title(s, &t->columns[i]), text);
		put_prose(s, i == 0 ? "" : "  ", i == 0 ? "" : "    ", text,
		    i == 0 ? STYLE_BOLD : of_tone(row->cells[i].tone));
	}
}

static void put_table(const struct screen *s, const struct doc_table *t)
{
	hs_auto(hs_freep) size_t *width =
	    hs_alloc(t->column_count * sizeof(*width));
	struct layout layout = { width, 0 };
	bool fits = lay_out(s, t, &layout);

	if (!doc_is_named_by(s->section, t->title))
		put_prose(s, "", "", t->title, STYLE_BOLD);
	if (fits)
		put_titles(s, t, &layout);
	for (size_t i = 0; i < t->row_count; i++) {
		if (fits)
			put_row(s, t, &layout, &t->rows[i]);
		else
			put_card(s, t, &t->rows[i]);
	}
}

/* A chart's place is on paper; here its data, or a word on where it stands. */
static void put_chart(const struct screen *s, const struct doc_chart *chart)
{
	if (!doc_is_named_by(s->section, chart->title))
		put_prose(s, "", "", chart->title, STYLE_BOLD);
	put_prose(s, "", "", chart->description, STYLE_NONE);
	if (chart->data->placed || chart->kind == DOC_HISTOGRAM)
		return;
	newline(s);
	put_table(s, chart->data);
}

static void put_text(const struct screen *s, const struct doc_block *block)
{
	put_prose(s, "", "",
	    block->note == 0 ? block->text
			     : hs_arena_printf(s->arena, "%s [%u]", block->text,
				   block->note),
	    STYLE_NONE);
}

static void put_block(const struct screen *s, const struct doc_block *block)
{
	switch (block->kind) {
	case DOC_LEAD:
	case DOC_PARAGRAPH:
		put_text(s, block);
		break;
	case DOC_LIST:
		if (block->title != NULL)
			put_prose(s, "", "", block->title, STYLE_BOLD);
		for (size_t i = 0; i < block->count; i++)
			put_prose(s, "• ", "  ", block->items[i], STYLE_NONE);
		break;
	case DOC_FIGURES:
		put_figures(s, block);
		break;
	case DOC_NOTICE:
		put_notice(s, block);
		break;
	case DOC_TABLE:
		put_table(s, block->table);
		break;
	case DOC_CHART:
		put_chart(s, block->chart);
		break;
	}
}

static void put_notes(const struct screen *s)
{
	const struct doc *doc = s->doc;
	struct doc_section sec = { .level = 1, .title = doc->head.words.notes };

	if (doc->note_count == 0)
		return;
	put_heading(s, &sec);
	for (size_t i = 0; i < doc->note_count; i++) {
		const struct doc_note *note = &doc->notes[i];
		const char *first = hs_arena_printf(
		    s->arena, "[%zu]%*s", i + 1, i + 1 < 10 ? 2 : 1, "");

		put_prose(s, first, "     ",
		    note->url == NULL ? note->text
				      : hs_arena_printf(s->arena, "%s <%s>",
					    note->text, note->url),
		    STYLE_NONE);
	}
}

void doc_write_terminal(const struct doc *doc,
    const struct doc_terminal *terminal, struct hs_text *out)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct screen s = { doc, out,
		terminal->width < 20 ? 20 : terminal->width, terminal->colour,
		arena, NULL };

	put_prose(&s, "", "", doc->head.title, STYLE_BOLD);
	if (doc->head.subtitle != NULL)
		put_prose(&s, "", "", doc->head.subtitle, STYLE_NONE);
	put_prose(&s, "", "", doc->head.date, STYLE_FAINT);
	for (const struct doc_section *sec = doc->sections; sec != NULL;
	     sec = sec->next) {
		s.section = sec;
		put_heading(&s, sec);
		for (const struct doc_block *b = sec->blocks; b; b = b->next) {
			put_block(&s, b);
			if (b->next != NULL)
				newline(&s);
		}
	}
	put_notes(&s);
}
