/* pdf.c - a doc as PDF: painting what was placed, outlines, metadata. */

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tco-report/doc/pdf.h"
#include "tco-report/doc/write.h"

/* Where the writers' own sign for an argument is, the number. */
static void add_words(
    struct hs_text *out, const char *words, size_t one, size_t two)
{
	for (; *words != '\0'; words++) {
		if (words[0] == '%' && (words[1] == '1' || words[1] == '2'))
			hs_text_addf(out, "%zu", *++words == '1' ? one : two);
		else
			hs_text_add_char(out, *words);
	}
}

static void show_at(struct pdf *pdf, cairo_t *cr, const struct type *type,
    const char *text, double x, double y)
{
	PangoLayout *layout = type_layout(pdf, type, text, 0);

	if (type->align == PANGO_ALIGN_RIGHT)
		x -= type_width(layout);
	ink_set(cr, type->ink);
	cairo_move_to(cr, x, y);
	pango_cairo_show_layout(cr, layout);
	cairo_new_path(cr);
	g_object_unref(layout);
}

static void paint_foot(struct pdf *pdf, cairo_t *cr, size_t page)
{
	struct type type = { 7.5, INK_MUTED, false, PANGO_ALIGN_LEFT, 0 };
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	double y = PAGE_HEIGHT - 40;

	ink_set(cr, INK_LINE);
	cairo_rectangle(cr, PAGE_LEFT, y - 5, BODY_WIDTH, .5);
	cairo_fill(cr);
	hs_text_addf(
	    &text, "%s · %s", pdf->doc->head.title, pdf->doc->head.date);
	show_at(pdf, cr, &type, text.data, PAGE_LEFT, y);
	text.len = 0;
	add_words(&text, pdf->doc->head.words.page, page + 1, pdf->page + 1);
	type.align = PANGO_ALIGN_RIGHT;
	show_at(pdf, cr, &type, text.data, PAGE_LEFT + BODY_WIDTH, y);
}

/* The lines of a layout that stand on this page. */
static void paint_lines(cairo_t *cr, const struct item *item)
{
	PangoLayoutIter *iter = pango_layout_get_iter(item->layout);
	int line = 0, top = 0, index = 0;

	do {
		PangoRectangle box;

		pango_layout_iter_get_line_extents(iter, NULL, &box);
		if (index == item->first)
			top = box.y;
		if (index >= item->first && index < item->end) {
			line = pango_layout_iter_get_baseline(iter) - top;
			cairo_move_to(cr, item->x + (double)box.x / PANGO_SCALE,
			    item->y + (double)line / PANGO_SCALE);
			pango_cairo_show_layout_line(
			    cr, pango_layout_iter_get_line_readonly(iter));
		}
		index++;
	} while (pango_layout_iter_next_line(iter));
	pango_layout_iter_free(iter);
	cairo_new_path(cr);
}

static void paint_text(cairo_t *cr, const struct item *item)
{
	ink_set(cr, item->ink);
	if (item->end != 0) {
		paint_lines(cr, item);
		return;
	}
	cairo_move_to(cr, item->x, item->y);
	pango_cairo_show_layout(cr, item->layout);
	cairo_new_path(cr);
}

static size_t page_of(const struct pdf *pdf, const struct doc_section *section)
{
	size_t i = 0;

	for (const struct doc_section *s = pdf->doc->sections;
	     s != NULL && s != section; s = s->next)
		i++;
	return pdf->section_pages[i];
}

static void paint_page_of(struct pdf *pdf, cairo_t *cr, const struct item *item)
{
	struct type type = item->type;
	char number[32];

	type.align = PANGO_ALIGN_RIGHT;
	(void)snprintf(
	    number, sizeof(number), "%zu", page_of(pdf, item->section) + 1);
	show_at(pdf, cr, &type, number, item->x + item->width, item->y);
}

static void paint_chart(struct pdf *pdf, cairo_t *cr, const struct item *item)
{
	cairo_save(cr);
	cairo_translate(cr, item->x, item->y);
	pdf_chart(pdf, cr, item->chart, item->width);
	cairo_restore(cr);
}

static void paint_item(struct pdf *pdf, cairo_t *cr, const struct item *item)
{
	switch (item->kind) {
	case ITEM_TEXT:
		paint_text(cr, item);
		break;
	case ITEM_RUN:
		ink_set(cr, item->ink);
		type_run_show(cr, &item->run, item->x, item->y);
		break;
	case ITEM_RECT:
		ink_set(cr, item->ink);
		cairo_rectangle(
		    cr, item->x, item->y, item->width, item->height);
		cairo_fill(cr);
		break;
	case ITEM_CHART:
		paint_chart(pdf, cr, item);
		break;
	case ITEM_OPEN:
		cairo_tag_begin(cr, item->tag, item->attributes);
		break;
	case ITEM_CLOSE:
		cairo_tag_end(cr, item->tag);
		break;
	case ITEM_PAGE_OF:
		paint_page_of(pdf, cr, item);
		break;
	}
}

static void paint_all(struct pdf *pdf, cairo_t *cr)
{
	size_t page = 0;

	for (size_t i = 0; i < pdf->count; i++) {
		for (; page < pdf->items[i].page; page++) {
			paint_foot(pdf, cr, page);
			cairo_show_page(cr);
		}
		paint_item(pdf, cr, &pdf->items[i]);
	}
	paint_foot(pdf, cr, page);
	cairo_show_page(cr);
}

static void add_outline(struct pdf *pdf, cairo_surface_t *surface)
{
	int parent = CAIRO_PDF_OUTLINE_ROOT;

	for (const struct doc_section *s = pdf->doc->sections; s; s = s->next) {
		const char *link =
		    hs_arena_printf(pdf->arena, "dest='%s'", s->id);
		int id = cairo_pdf_surface_add_outline(surface,
		    s->level == 1 ? CAIRO_PDF_OUTLINE_ROOT : parent, s->title,
		    link, CAIRO_PDF_OUTLINE_FLAG_OPEN);

		if (s->level == 1)
			parent = id;
	}
	if (pdf->doc->note_count > 0)
		(void)cairo_pdf_surface_add_outline(surface,
		    CAIRO_PDF_OUTLINE_ROOT, pdf->doc->head.words.notes,
		    "dest='notes'", 0);
}

static void set_metadata(const struct doc *doc, cairo_surface_t *surface)
{
	hs_auto(hs_freep) char *date =
	    hs_printf("%sT00:00:00Z", doc->head.iso_date);

	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_TITLE, doc->head.title);
	if (doc->head.author != NULL)
		cairo_pdf_surface_set_metadata(
		    surface, CAIRO_PDF_METADATA_AUTHOR, doc->head.author);
	if (doc->head.subtitle != NULL)
		cairo_pdf_surface_set_metadata(
		    surface, CAIRO_PDF_METADATA_SUBJECT, doc->head.subtitle);
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_CREATOR, "hanse-tco");
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_MOD_DATE, date);
}

static cairo_status_t take_bytes(
    void *closure, const unsigned char *data, unsigned int length)
{
	hs_text_add_len(closure, (const char *)data, length);
	return CAIRO_STATUS_SUCCESS;
}

static int paint(struct pdf *pdf, struct hs_text *out, struct hs_err *err)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
	    take_bytes, out, PAGE_WIDTH, PAGE_HEIGHT);
	cairo_t *cr = cairo_create(surface);
	cairo_status_t status;

	set_metadata(pdf->doc, surface);
	paint_all(pdf, cr);
	add_outline(pdf, surface);
	status = cairo_status(cr);
	cairo_destroy(cr);
	cairo_surface_finish(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (status != CAIRO_STATUS_SUCCESS)
		return hs_fail(err, HS_ESYSTEM, "make a PDF: %s",
		    cairo_status_to_string(status));
	return 0;
}

/*
 * TrueType first, also for Chinese: cairo 1.16 leaves out letters of a CFF font
 * such as Noto Sans CJK, which ones depends on the others that are there.
 */
static const char families[] =
    "Open Sans, WenQuanYi Micro Hei, Noto Sans CJK SC, DejaVu Sans, sans-serif";

static void type_open(struct pdf *pdf)
{
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pdf->map = pango_cairo_font_map_new();
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(pdf->map), 72);
	pdf->context = pango_font_map_create_context(pdf->map);
	pango_cairo_context_set_font_options(pdf->context, options);
	pango_context_set_round_glyph_positions(pdf->context, FALSE);
	pango_context_set_language(
	    pdf->context, pango_language_from_string(pdf->doc->head.language));
	pdf->family = families;
	/* The Chinese font has one weight: only bold is made of it. */
	pdf->bold = strncmp(pdf->doc->head.language, "zh", 2) == 0
			? PANGO_WEIGHT_BOLD
			: PANGO_WEIGHT_SEMIBOLD;
	cairo_font_options_destroy(options);
}

static size_t count_sections(const struct doc *doc)
{
	size_t count = 0;

	for (const struct doc_section *s = doc->sections; s; s = s->next)
		count++;
	return count;
}

int doc_write_pdf(
    const struct doc *doc, struct hs_text *out, struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct pdf pdf = { .doc = doc, .arena = arena, .y = PAGE_TOP };
	int result;

	pdf.section_pages = hs_arena_alloc(
	    arena, (count_sections(doc) + 1) * sizeof(*pdf.section_pages));
	type_open(&pdf);
	place_doc(&pdf);
	result = paint(&pdf, out, err);
	for (size_t i = 0; i < pdf.count; i++)
		if (pdf.items[i].layout != NULL)
			g_object_unref(pdf.items[i].layout);
	free(pdf.items);
	type_runs_drop(&pdf);
	g_object_unref(pdf.context);
	g_object_unref(pdf.map);
	return result;
}
