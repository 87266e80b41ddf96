/* html.c - a doc as one page of HTML, with all it needs in it.
 *
 * No script, nothing loaded: a policy in the page says so to the browser.
 * Charts are drawn twice, wide and for a phone; the style shows one.
 */

#include <string.h>

#include "base/embed.h"
#include "base/text.h"
#include "gen/tco_doc.h"
#include "tco-report/doc/chart.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/write.h"

#define WIDE_CHART  860.0
#define PHONE_CHART 330.0

/* Tables of so many columns stand as cards on a phone. */
#define STACK_COLUMNS 4

struct page {
	const struct doc *doc;
	struct hs_text *out;
	const struct doc_section *section; /* where it is */
};

/* <name class="class">text</name>, and a line's end */
static void add_element(
    struct hs_text *out, const char *name, const char *class, const char *text)
{
	if (text == NULL)
		return;
	hs_text_addf(out, "<%s", name);
	if (class != NULL)
		hs_text_addf(out, " class=\"%s\"", class);
	hs_text_add_char(out, '>');
	hs_text_add_xml(out, text);
	hs_text_addf(out, "</%s>\n", name);
}

static void add_note(const struct page *page, unsigned note)
{
	if (note == 0)
		return;
	hs_text_addf(
	    page->out, "<sup><a href=\"#note-%u\" aria-label=\"", note);
	hs_text_add_xml(page->out, page->doc->head.words.note);
	hs_text_addf(page->out, " %u\">%u</a></sup>", note, note);
}

static void add_paragraph(
    const struct page *page, const struct doc_block *block)
{
	hs_text_add(
	    page->out, block->kind == DOC_LEAD ? "<p class=\"lead\">" : "<p>");
	hs_text_add_xml(page->out, block->text);
	add_note(page, block->note);
	hs_text_add(page->out, "</p>\n");
}

static void add_list(const struct page *page, const struct doc_block *block)
{
	add_element(page->out, "p", "list-title", block->title);
	hs_text_add(page->out, "<ul class=\"list\">\n");
	for (size_t i = 0; i < block->count; i++)
		add_element(page->out, "li", NULL, block->items[i]);
	hs_text_add(page->out, "</ul>\n");
}

static void add_figures(const struct page *page, const struct doc_block *block)
{
	hs_text_add(page->out, "<dl class=\"figures\">\n");
	for (size_t i = 0; i < block->count; i++) {
		const struct doc_figure *figure = &block->figures[i];

		hs_text_addf(page->out, "<div class=\"%s\">",
		    doc_tone_name(figure->tone));
		add_element(page->out, "dt", NULL, figure->label);
		add_element(page->out, "dd", "value", figure->value.text);
		add_element(page->out, "dd", "hint", figure->hint);
		hs_text_add(page->out, "</div>\n");
	}
	hs_text_add(page->out, "</dl>\n");
}

/* A tone is said in a word, too, for who does not see the colour. */
static const char *tone_word(const struct doc *doc, enum doc_tone tone)
{
	switch (tone) {
	case DOC_PLAIN:
		return NULL;
	case DOC_GOOD:
		return doc->head.words.good;
	case DOC_WARN:
		return doc->head.words.warn;
	case DOC_BAD:
		return doc->head.words.bad;
	}
	return NULL;
}

static void add_notice(const struct page *page, const struct doc_block *block)
{
	const char *word = tone_word(page->doc, block->tone);

	hs_text_addf(page->out, "<div class=\"notice %s\">\n<p class=\"name\">",
	    doc_tone_name(block->tone));
	if (word != NULL) {
		hs_text_add(page->out, "<span class=\"sr\">");
		hs_text_add_xml(page->out, word);
		hs_text_add(page->out, ": </span>");
	}
	hs_text_add_xml(page->out, block->title);
	hs_text_add(page->out, "</p>\n<p>");
	hs_text_add_xml(page->out, block->text);
	hs_text_add(page->out, "</p>\n</div>\n");
}

static void add_column_head(struct hs_text *out, const struct doc_column *col)
{
	hs_text_addf(out, "<th scope=\"col\"%s>",
	    col->kind == DOC_TEXT ? "" : " class=\"num\"");
	hs_text_add_xml(out, col->title);
	if (col->unit != NULL) {
		hs_text_add(out, " <small>(");
		hs_text_add_xml(out, col->unit);
		hs_text_add(out, ")</small>");
	}
	hs_text_add(out, "</th>");
}

/* The classes of a cell; none if it needs none. */
static void add_classes(struct hs_text *out, const struct doc_cell *cell,
    const struct doc_column *col)
{
	bool empty = cell->value.text[0] == '\0';

	if (col->kind == DOC_TEXT && cell->tone == DOC_PLAIN && !empty)
		return;
	hs_text_addf(out, " class=\"%s%s%s%s%s\"",
	    col->kind == DOC_TEXT ? "" : "num",
	    col->kind != DOC_TEXT && cell->tone != DOC_PLAIN ? " " : "",
	    cell->tone != DOC_PLAIN ? doc_tone_name(cell->tone) : "",
	    empty ? " " : "", empty ? "empty" : "");
}

static void add_cell(const struct page *page, const struct doc_cell *cell,
    const struct doc_column *col, bool labelled)
{
	struct hs_text *out = page->out;
	bool head = col->head && cell->value.text[0] != '\0';

	hs_text_add(out, head ? "<th scope=\"row\"" : "<td");
	add_classes(out, cell, col);
	if (labelled && !head) {
		hs_text_add(out, " data-label=\"");
		hs_text_add_xml(out, col->title);
		hs_text_add_char(out, '"');
	}
	hs_text_add(out, labelled ? "><span>" : ">");
	hs_text_add_xml(out, cell->value.text);
	add_note(page, cell->note);
	hs_text_add(out, labelled ? "</span>" : "");
	hs_text_add(out, head ? "</th>" : "</td>");
}

static void add_row(const struct page *page, const struct doc_table *table,
    const struct doc_row *row)
{
	static const char *const opens[] = { "<tr>", "<tr class=\"total\">",
		"<tr>" };

	hs_text_add(page->out, opens[row->kind]);
	if (row->kind == DOC_ROW_GROUP) {
		hs_text_addf(page->out,
		    "<th class=\"group\" scope=\"rowgroup\" colspan=\"%zu\">",
		    table->column_count);
		hs_text_add_xml(page->out, row->cells[0].value.text);
		hs_text_add(page->out, "</th>");
	} else {
		for (size_t i = 0; i < table->column_count; i++)
			add_cell(page, &row->cells[i], &table->columns[i],
			    table->column_count >= STACK_COLUMNS);
	}
	hs_text_add(page->out, "</tr>\n");
}

/* A table may be wider than a window: then it scrolls, by keys as well. */
static void add_table(const struct page *page, const struct doc_table *table)
{
	struct hs_text *out = page->out;

	hs_text_addf(out,
	    "<div class=\"table\" role=\"region\" tabindex=\"0\" "
	    "aria-labelledby=\"%s-name\">\n<table id=\"%s\"%s>\n"
	    "<caption id=\"%s-name\"%s>",
	    table->id, table->id,
	    table->column_count >= STACK_COLUMNS ? " class=\"stack\"" : "",
	    table->id,
	    doc_is_named_by(page->section, table->title) ? " class=\"sr\""
							 : "");
	hs_text_add_xml(out, table->title);
	hs_text_add(out, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < table->column_count; i++)
		add_column_head(out, &table->columns[i]);
	hs_text_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < table->row_count; i++)
		add_row(page, table, &table->rows[i]);
	hs_text_add(out, "</tbody>\n</table>\n</div>\n");
}

static void add_chart(const struct page *page, const struct doc_chart *chart)
{
	struct hs_text *out = page->out;
	const struct doc_words *words = &page->doc->head.words;

	hs_text_addf(out, "<figure id=\"%s\" data-table=\"%s\">\n", chart->id,
	    chart->data->id);
	add_element(out, "figcaption",
	    doc_is_named_by(page->section, chart->title) ? "sr" : NULL,
	    chart->title);
	svg_chart(chart, words, WIDE_CHART, "desk", out);
	svg_chart(chart, words, PHONE_CHART, "phone", out);
	if (!chart->data->placed) {
		hs_text_add(out, "<details>\n");
		add_element(out, "summary", NULL, words->data);
		add_table(page, chart->data);
		hs_text_add(out, "</details>\n");
	}
	hs_text_add(out, "</figure>\n");
}

static void add_block(const struct page *page, const struct doc_block *block)
{
	switch (block->kind) {
	case DOC_LEAD:
	case DOC_PARAGRAPH:
		add_paragraph(page, block);
		break;
	case DOC_LIST:
		add_list(page, block);
		break;
	case DOC_FIGURES:
		add_figures(page, block);
		break;
	case DOC_NOTICE:
		add_notice(page, block);
		break;
	case DOC_TABLE:
		add_table(page, block->table);
		break;
	case DOC_CHART:
		add_chart(page, block->chart);
		break;
	}
}

static void add_section(const struct page *page, const struct doc_section *sec)
{
	hs_text_addf(page->out, "<section%s>\n<h%u id=\"%s\">",
	    sec->new_page ? " class=\"page\"" : "", sec->level + 1, sec->id);
	hs_text_add_xml(page->out, sec->title);
	hs_text_addf(page->out, "</h%u>\n", sec->level + 1);
	for (const struct doc_block *b = sec->blocks; b != NULL; b = b->next)
		add_block(page, b);
	hs_text_add(page->out, "</section>\n");
}

static void add_contents_line(
    struct hs_text *out, unsigned level, const char *id, const char *title)
{
	hs_text_addf(out, "<li%s><a href=\"#%s\">",
	    level > 1 ? " class=\"deeper\"" : "", id);
	hs_text_add_xml(out, title);
	hs_text_add(out, "</a></li>\n");
}

static void add_contents(const struct page *page)
{
	const struct doc *doc = page->doc;

	hs_text_add(page->out,
	    "<nav class=\"contents\" aria-labelledby=\"contents\">\n"
	    "<h2 id=\"contents\">");
	hs_text_add_xml(page->out, doc->head.words.contents);
	hs_text_add(page->out, "</h2>\n<ol>\n");
	for (const struct doc_section *s = doc->sections; s != NULL;
	     s = s->next)
		add_contents_line(page->out, s->level, s->id, s->title);
	if (doc->note_count > 0)
		add_contents_line(page->out, 1, "notes", doc->head.words.notes);
	hs_text_add(page->out, "</ol>\n</nav>\n");
}

static bool is_web_address(const char *url)
{
	return strncmp(url, "https://", 8) == 0 ||
	       strncmp(url, "http://", 7) == 0;
}

static void add_notes(const struct page *page)
{
	struct hs_text *out = page->out;

	if (page->doc->note_count == 0)
		return;
	hs_text_add(out, "<section>\n<h2 id=\"notes\">");
	hs_text_add_xml(out, page->doc->head.words.notes);
	hs_text_add(out, "</h2>\n<ol class=\"notes\">\n");
	for (size_t i = 0; i < page->doc->note_count; i++) {
		const struct doc_note *note = &page->doc->notes[i];
		bool linked = note->url != NULL && is_web_address(note->url);

		hs_text_addf(out, "<li id=\"note-%zu\">", i + 1);
		if (linked) {
			hs_text_add(out, "<a href=\"");
			hs_text_add_xml(out, note->url);
			hs_text_add(out, "\" rel=\"noreferrer\">");
		}
		hs_text_add_xml(out, note->text);
		hs_text_add(out, linked ? "</a></li>\n" : "</li>\n");
	}
	hs_text_add(out, "</ol>\n</section>\n");
}

static void add_meta(struct hs_text *out, const char *name, const char *content)
{
	if (content == NULL)
		return;
	hs_text_addf(out, "<meta name=\"%s\" content=\"", name);
	hs_text_add_xml(out, content);
	hs_text_add(out, "\">\n");
}

static void add_head(const struct doc *doc, struct hs_text *out)
{
	hs_text_add(out, "<!DOCTYPE html>\n<html lang=\"");
	hs_text_add_xml(out, doc->head.language);
	hs_text_add(out,
	    "\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n");
	add_meta(out, "author", doc->head.author);
	add_meta(out, "date", doc->head.iso_date);
	add_element(out, "title", NULL, doc->head.title);
	hs_text_add(out, "<style>\n");
	hs_text_add(out, tco_doc_report);
	hs_text_add(out, "</style>\n</head>\n");
}

static void add_top(const struct doc *doc, struct hs_text *out)
{
	hs_text_add(out, "<body>\n<a class=\"skip\" href=\"#main\">");
	hs_text_add_xml(out, doc->head.words.skip);
	hs_text_add(out, "</a>\n<header class=\"top\"><div class=\"wrap\">\n");
	add_element(out, "h1", NULL, doc->head.title);
	add_element(out, "p", NULL, doc->head.subtitle);
	hs_text_add(out, "<p class=\"by\">");
	if (doc->head.author != NULL)
		add_element(out, "span", NULL, doc->head.author);
	hs_text_addf(out, "<time datetime=\"%s\">", doc->head.iso_date);
	hs_text_add_xml(out, doc->head.date);
	hs_text_add(out, "</time></p>\n</div></header>\n"
			 "<main class=\"wrap\" id=\"main\" tabindex=\"-1\">\n");
}

void doc_write_html(const struct doc *doc, struct hs_text *out)
{
	struct page page = { doc, out, doc->sections };

	add_head(doc, out);
	add_top(doc, out);
	for (; page.section != NULL; page.section = page.section->next) {
		add_section(&page, page.section);
		if (page.section == doc->sections)
			add_contents(&page);
	}
	add_notes(&page);
	hs_text_add(out, "</main>\n<footer class=\"foot\"><p class=\"wrap\">");
	hs_text_add_xml(out, doc->head.title);
	hs_text_add(out, " · ");
	hs_text_add_xml(out, doc->head.date);
	hs_text_add(out, "</p></footer>\n</body>\n</html>\n");
}
