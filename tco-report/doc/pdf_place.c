/* pdf_place.c - a doc on pages: what stands where. */

#include <math.h>
#include <string.h>

#include "tco-report/doc/pdf.h"

/* clang-format off */
static const struct type
	title_type   = { 20, INK_BRAND, true,  PANGO_ALIGN_LEFT,  1.1 },
	sub_type     = { 11, INK_MUTED, false, PANGO_ALIGN_LEFT,  0 },
	head_types[] = { { 15, INK_BRAND, true, PANGO_ALIGN_LEFT, 1.1 },
			 { 11.5, INK_TEXT, true, PANGO_ALIGN_LEFT, 1.1 } },
	lead_type    = { 10.5, INK_TEXT,  false, PANGO_ALIGN_LEFT,  1.18 },
	text_type    = { 9.5, INK_TEXT, false, PANGO_ALIGN_LEFT,  1.15 },
	name_type    = { 9.5, INK_TEXT, true,  PANGO_ALIGN_LEFT,  0 },
	hint_type    = { 8, INK_MUTED,  false, PANGO_ALIGN_LEFT,  0 },
	small_type   = { 8.5, INK_TEXT, false, PANGO_ALIGN_LEFT,  0 },
	value_type   = { 16, INK_TEXT,  true,  PANGO_ALIGN_LEFT,  0 };
/* clang-format on */

struct item *place_item(struct pdf *pdf, enum item_kind kind)
{
	struct item *item;

	if (pdf->count == pdf->room) {
		pdf->room = pdf->room == 0 ? 256 : 2 * pdf->room;
		pdf->items = hs_realloc_array(
		    pdf->items, pdf->room, sizeof(*pdf->items));
	}
	item = &pdf->items[pdf->count++];
	*item = (struct item) { .kind = kind, .page = pdf->page };
	return item;
}

void place_open(struct pdf *pdf, const char *tag, const char *attributes)
{
	struct item *item = place_item(pdf, ITEM_OPEN);

	item->tag = tag;
	item->attributes = attributes;
}

void place_close(struct pdf *pdf, const char *tag)
{
	place_item(pdf, ITEM_CLOSE)->tag = tag;
}

struct item *place_layout(struct pdf *pdf, PangoLayout *layout, double x,
    double y, const struct type *type)
{
	struct item *item = place_item(pdf, ITEM_TEXT);

	item->layout = layout;
	item->x = x;
	item->y = y;
	item->ink = type->ink;
	return item;
}

void place_rect(struct pdf *pdf, double x, double y, double width,
    double height, enum ink ink)
{
	struct item *item = place_item(pdf, ITEM_RECT);

	item->x = x;
	item->y = y;
	item->width = width;
	item->height = height;
	item->ink = ink;
}

void place_page(struct pdf *pdf)
{
	pdf->page++;
	pdf->y = PAGE_TOP;
}

void place_need(struct pdf *pdf, double height)
{
	if (pdf->y + height > PAGE_BOTTOM && pdf->y > PAGE_TOP)
		place_page(pdf);
}

static double line_height(PangoLayout *layout)
{
	return type_height(layout) / pango_layout_get_line_count(layout);
}

/*
 * Text that may go on over pages, line by line; two lines at least stay
 * together. Takes the layout.
 */
static void flow_layout(
    struct pdf *pdf, PangoLayout *layout, double x, const struct type *type)
{
	int lines = pango_layout_get_line_count(layout), first = 0;
	double height = line_height(layout);

	place_need(pdf, height * (lines < 2 ? lines : 2));
	while (first < lines) {
		int fit = (int)floor((PAGE_BOTTOM - pdf->y) / height + 1e-6);
		struct item *item;

		fit = fit < 1 ? 1 : fit;
		fit = fit > lines - first ? lines - first : fit;
		item = place_layout(pdf,
		    first == 0 ? layout : g_object_ref(layout), x, pdf->y,
		    type);
		item->first = first;
		item->end = first + fit;
		first += fit;
		pdf->y += fit * height;
		if (first < lines)
			place_page(pdf);
	}
}

static void flow_text(
    struct pdf *pdf, const char *text, double indent, const struct type *type)
{
	flow_layout(pdf, type_layout(pdf, type, text, BODY_WIDTH - indent),
	    PAGE_LEFT + indent, type);
}

static void flow_paragraph(
    struct pdf *pdf, const char *text, const struct type *type)
{
	place_open(pdf, "P", NULL);
	flow_text(pdf, text, 0, type);
	place_close(pdf, "P");
	pdf->y += type->size * .65;
}

static const char *with_note(struct pdf *pdf, const char *text, unsigned note)
{
	return note == 0 ? text
			 : hs_arena_printf(pdf->arena, "%s [%u]", text, note);
}

static void place_list(struct pdf *pdf, const struct doc_block *block)
{
	if (block->title != NULL) {
		place_need(pdf, 40);
		flow_paragraph(pdf, block->title, &name_type);
		pdf->y -= 3;
	}
	place_open(pdf, "L", NULL);
	for (size_t i = 0; i < block->count; i++) {
		place_need(pdf, 24);
		place_open(pdf, "LI", NULL);
		place_open(pdf, "Lbl", NULL);
		(void)place_layout(pdf, type_layout(pdf, &text_type, "•", 0),
		    PAGE_LEFT + 3, pdf->y, &text_type);
		place_close(pdf, "Lbl");
		place_open(pdf, "LBody", NULL);
		flow_text(pdf, block->items[i], 14, &text_type);
		place_close(pdf, "LBody");
		place_close(pdf, "LI");
		pdf->y += 3;
	}
	place_close(pdf, "L");
	pdf->y += 5;
}

struct card {
	PangoLayout *label, *value, *hint;
};

static struct card card_make(
    struct pdf *pdf, const struct doc_figure *figure, double width)
{
	struct type type = value_type;
	struct card card = {
		.label = type_layout(pdf, &hint_type, figure->label, width),
		.value = type_layout(pdf, &type, figure->value.text, 0),
	};

	/* A long figure is set smaller rather than broken. */
	while (type_width(card.value) > width && type.size > 7) {
		g_object_unref(card.value);
		type.size -= .5;
		card.value = type_layout(pdf, &type, figure->value.text, 0);
	}
	if (figure->hint != NULL)
		card.hint = type_layout(pdf, &hint_type, figure->hint, width);
	return card;
}

/* Labels, values and hints of cards beside each other stand on one line. */
struct rows {
	double label, value, hint;
};

static void rows_take(struct rows *rows, const struct card *card)
{
	rows->label = fmax(rows->label, type_height(card->label));
	rows->value = fmax(rows->value, type_height(card->value));
	if (card->hint != NULL)
		rows->hint = fmax(rows->hint, type_height(card->hint));
}

static void card_place(struct pdf *pdf, const struct card *card,
    const struct doc_figure *figure, const struct rows *rows, double box[3])
{
	struct type type = value_type;
	double x = box[0] + 9, y = pdf->y + 9;

	type.ink = ink_of_tone(figure->tone);
	place_rect(pdf, box[0], pdf->y, box[1], box[2], INK_PLAIN_BACK);
	place_rect(pdf, box[0], pdf->y, box[1], 3,
	    figure->tone == DOC_PLAIN ? INK_EDGE : type.ink);
	place_open(pdf, "P", NULL);
	(void)place_layout(pdf, card->label, x, y, &hint_type);
	y += rows->label;
	(void)place_layout(pdf, card->value, x, y, &type);
	y += rows->value;
	if (card->hint != NULL)
		(void)place_layout(pdf, card->hint, x, y, &hint_type);
	place_close(pdf, "P");
}

/* Up to four figures beside each other. */
static void place_cards(
    struct pdf *pdf, const struct doc_figure *figures, size_t count)
{
	const double gap = 9;
	double width = (BODY_WIDTH - gap * (double)(count - 1)) / (double)count;
	struct rows rows = { 0 };
	struct card cards[4];
	double height;

	for (size_t i = 0; i < count; i++) {
		cards[i] = card_make(pdf, &figures[i], width - 18);
		rows_take(&rows, &cards[i]);
	}
	height = rows.label + rows.value + rows.hint + 18;
	place_need(pdf, height);
	for (size_t i = 0; i < count; i++)
		card_place(pdf, &cards[i], &figures[i], &rows,
		    (double[]) {
			PAGE_LEFT + (width + gap) * (double)i, width, height });
	pdf->y += height + 9;
}

static void place_figures(struct pdf *pdf, const struct doc_block *block)
{
	for (size_t i = 0; i < block->count; i += 4)
		place_cards(pdf, block->figures + i,
		    block->count - i < 4 ? block->count - i : 4);
	pdf->y += 3;
}

static void place_notice(struct pdf *pdf, const struct doc_block *block)
{
	struct type name = name_type;
	PangoLayout *title, *text;
	double height;

	name.ink = ink_of_tone(block->tone);
	title = type_layout(pdf, &name, block->title, BODY_WIDTH - 26);
	text = type_layout(pdf, &text_type, block->text, BODY_WIDTH - 26);
	height = type_height(title) + type_height(text) + 17;
	place_need(pdf, height);
	place_rect(pdf, PAGE_LEFT, pdf->y, BODY_WIDTH, height,
	    ink_behind(block->tone));
	place_rect(pdf, PAGE_LEFT, pdf->y, 4, height,
	    block->tone == DOC_PLAIN ? INK_EDGE : name.ink);
	place_open(pdf, "P", NULL);
	(void)place_layout(pdf, title, PAGE_LEFT + 14, pdf->y + 7, &name);
	(void)place_layout(pdf, text, PAGE_LEFT + 14,
	    pdf->y + 9 + type_height(title), &text_type);
	place_close(pdf, "P");
	pdf->y += height + 9;
}

/* The description stands below: cairo 1.16 has no alternative text. */
static void place_chart(struct pdf *pdf, const struct doc_chart *chart)
{
	double height = pdf_chart_height(pdf, chart, BODY_WIDTH);
	PangoLayout *title =
	    type_layout(pdf, &name_type, chart->title, BODY_WIDTH);
	PangoLayout *words =
	    type_layout(pdf, &hint_type, chart->description, BODY_WIDTH);
	struct item *item;

	place_need(pdf, height + type_height(title) + type_height(words) + 12);
	if (doc_is_named_by(pdf->section, chart->title)) {
		g_object_unref(title);
	} else {
		place_open(pdf, "Caption", NULL);
		(void)place_layout(pdf, title, PAGE_LEFT, pdf->y, &name_type);
		place_close(pdf, "Caption");
		pdf->y += type_height(title) + 5;
	}
	place_open(pdf, "Figure", NULL);
	item = place_item(pdf, ITEM_CHART);
	item->chart = chart;
	item->x = PAGE_LEFT;
	item->y = pdf->y;
	item->width = BODY_WIDTH;
	place_close(pdf, "Figure");
	pdf->y += height + 3;
	place_open(pdf, "P", NULL);
	(void)place_layout(pdf, words, PAGE_LEFT, pdf->y, &hint_type);
	place_close(pdf, "P");
	pdf->y += type_height(words) + 13;
}

static void place_block(struct pdf *pdf, const struct doc_block *block)
{
	switch (block->kind) {
	case DOC_LEAD:
		flow_paragraph(pdf, block->text, &lead_type);
		break;
	case DOC_PARAGRAPH:
		flow_paragraph(
		    pdf, with_note(pdf, block->text, block->note), &text_type);
		break;
	case DOC_LIST:
		place_list(pdf, block);
		break;
	case DOC_FIGURES:
		place_figures(pdf, block);
		break;
	case DOC_NOTICE:
		place_notice(pdf, block);
		break;
	case DOC_TABLE:
		place_table(pdf, block->table);
		break;
	case DOC_CHART:
		place_chart(pdf, block->chart);
		break;
	}
}

static const char *dest_attribute(struct pdf *pdf, const char *id)
{
	return hs_arena_printf(pdf->arena, "name='%s'", id);
}

static void place_heading(
    struct pdf *pdf, unsigned level, const char *id, const char *title)
{
	const struct type *type = &head_types[level - 1];
	const char *tag = level == 1 ? "H1" : "H2";

	if (pdf->y > PAGE_TOP)
		pdf->y += level == 1 ? 16 : 9;
	place_need(pdf, level == 1 ? 110 : 90);
	place_open(pdf, tag, NULL);
	place_open(pdf, CAIRO_TAG_DEST, dest_attribute(pdf, id));
	flow_text(pdf, title, 0, type);
	place_close(pdf, CAIRO_TAG_DEST);
	place_close(pdf, tag);
	pdf->y += level == 1 ? 7 : 4;
}

#define CONTENTS_GAP  24.0
#define CONTENTS_LINE 14.0

/* The contents stand in two columns: they are looked at, not read. */
struct contents {
	double top;
	size_t lines, line; /* all; the next one */
};

static void contents_line(struct pdf *pdf, struct contents *c, unsigned level,
    const char *id, const char *title, const struct doc_section *section)
{
	const double width = (BODY_WIDTH - CONTENTS_GAP) / 2;
	size_t rows = (c->lines + 1) / 2, column = c->line / rows;
	const struct type *type = level == 1 ? &text_type : &small_type;
	double indent = level == 1 ? 0 : 12;
	double x = PAGE_LEFT + (width + CONTENTS_GAP) * (double)column;
	double y = c->top + CONTENTS_LINE * (double)(c->line++ % rows);
	PangoLayout *layout = type_layout(pdf, type, title, 0);
	struct item *item;

	pango_layout_set_width(
	    layout, (int)((width - indent - 24) * PANGO_SCALE));
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	place_open(pdf, "TOCI", NULL);
	place_open(
	    pdf, CAIRO_TAG_LINK, hs_arena_printf(pdf->arena, "dest='%s'", id));
	(void)place_layout(pdf, layout, x + indent, y, type);
	item = place_item(pdf, ITEM_PAGE_OF);
	item->x = x;
	item->width = width;
	item->y = y;
	item->section = section;
	item->type = *type;
	place_close(pdf, CAIRO_TAG_LINK);
	place_close(pdf, "TOCI");
}

static void place_contents(struct pdf *pdf)
{
	const struct doc *doc = pdf->doc;
	struct contents c = { .lines = doc->note_count > 0 };

	for (const struct doc_section *s = doc->sections; s; s = s->next)
		c.lines++;
	pdf->y += 8;
	place_need(pdf, 30 + CONTENTS_LINE * (double)((c.lines + 1) / 2));
	flow_paragraph(pdf, doc->head.words.contents, &head_types[1]);
	c.top = pdf->y;
	place_open(pdf, "TOC", NULL);
	for (const struct doc_section *s = doc->sections; s; s = s->next)
		contents_line(pdf, &c, s->level, s->id, s->title, s);
	if (doc->note_count > 0)
		contents_line(pdf, &c, 1, "notes", doc->head.words.notes, NULL);
	place_close(pdf, "TOC");
	pdf->y += CONTENTS_LINE * (double)((c.lines + 1) / 2) + 8;
}

static void place_title(struct pdf *pdf)
{
	const struct doc_head *head = &pdf->doc->head;
	const char *by = head->author != NULL
			     ? hs_arena_printf(pdf->arena, "%s · %s",
				   head->author, head->date)
			     : head->date;

	place_rect(pdf, 0, 0, PAGE_WIDTH, 9, INK_BRAND);
	place_open(pdf, "P", NULL);
	flow_text(pdf, head->title, 0, &title_type);
	pdf->y += 2;
	if (head->subtitle != NULL)
		flow_text(pdf, head->subtitle, 0, &sub_type);
	flow_text(pdf, by, 0, &hint_type);
	place_close(pdf, "P");
	pdf->y += 7;
	place_rect(pdf, PAGE_LEFT, pdf->y, BODY_WIDTH, .75, INK_LINE);
	pdf->y += 3;
}

static void place_notes(struct pdf *pdf)
{
	const struct doc *doc = pdf->doc;

	place_heading(pdf, 1, "notes", doc->head.words.notes);
	place_open(pdf, "L", NULL);
	for (size_t i = 0; i < doc->note_count; i++) {
		const struct doc_note *note = &doc->notes[i];
		const char *number = hs_arena_printf(pdf->arena, "%zu", i + 1);

		place_need(pdf, 24);
		place_open(pdf, "LI", NULL);
		place_open(pdf, CAIRO_TAG_DEST,
		    hs_arena_printf(pdf->arena, "name='note-%zu'", i + 1));
		(void)place_layout(pdf,
		    type_layout(pdf, &small_type, number, 0), PAGE_LEFT, pdf->y,
		    &small_type);
		place_close(pdf, CAIRO_TAG_DEST);
		flow_text(pdf, note->text, 20, &small_type);
		if (note->url != NULL)
			flow_text(pdf, note->url, 20, &hint_type);
		place_close(pdf, "LI");
		pdf->y += 3;
	}
	place_close(pdf, "L");
}

void place_doc(struct pdf *pdf)
{
	const struct doc *doc = pdf->doc;
	size_t i = 0;

	place_open(pdf, "Document", NULL);
	place_title(pdf);
	for (const struct doc_section *s = doc->sections; s; s = s->next) {
		place_open(pdf, "Sect", NULL);
		pdf->section = s;
		if (s->new_page && pdf->y > PAGE_TOP)
			place_page(pdf);
		place_heading(pdf, s->level, s->id, s->title);
		pdf->section_pages[i++] = pdf->page;
		for (const struct doc_block *b = s->blocks; b; b = b->next)
			place_block(pdf, b);
		place_close(pdf, "Sect");
		if (s == doc->sections)
			place_contents(pdf);
	}
	if (doc->note_count > 0) {
		place_open(pdf, "Sect", NULL);
		place_notes(pdf);
		pdf->section_pages[i] = pdf->page;
		place_close(pdf, "Sect");
	}
	place_close(pdf, "Document");
}
