/* pdf_run.c - figures on paper, letter by letter from a table.
 *
 * A letter is shaped once a font and size, alone; figures have no kerning and
 * all digits one width, so nothing is lost by it.
 */

#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tco-report/doc/pdf.h"

#define LETTER_MAX 96 /* different ones a font */

struct letter {
	char text[5]; /* one character */
	unsigned long glyph;
	double advance;
};

struct run_font {
	struct run_font *next;
	double size;
	bool bold;
	PangoFont *font;
	double height, ascent;
	struct letter letters[LETTER_MAX];
	size_t count;
};

static struct run_font *font_of(struct pdf *pdf, const struct type *type)
{
	struct run_font *font = pdf->run_fonts;
	PangoLayout *layout;

	while (font != NULL &&
	       (font->size < type->size || font->size > type->size ||
		   font->bold != type->bold))
		font = font->next;
	if (font != NULL)
		return font;
	font = hs_alloc(sizeof(*font));
	font->size = type->size;
	font->bold = type->bold;
	layout = type_layout(pdf, type, "0", 0);
	font->height = type_height(layout);
	font->ascent = (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
	g_object_unref(layout);
	font->next = pdf->run_fonts;
	pdf->run_fonts = font;
	return font;
}

/* Shape one character; NULL where it is not one glyph of the font. */
static const struct letter *add_letter(struct pdf *pdf, struct run_font *font,
    const struct type *type, const char *text)
{
	struct letter *letter = &font->letters[font->count];
	PangoLayout *layout = type_layout(pdf, type, text, 0);
	PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
	PangoLayoutRun *run = line->runs != NULL ? line->runs->data : NULL;
	bool good =
	    run != NULL && line->runs->next == NULL &&
	    run->glyphs->num_glyphs == 1 &&
	    run->glyphs->glyphs[0].glyph < PANGO_GLYPH_EMPTY &&
	    (font->font == NULL || font->font == run->item->analysis.font);

	if (good) {
		if (font->font == NULL)
			font->font = g_object_ref(run->item->analysis.font);
		(void)strcpy(letter->text, text);
		letter->glyph = run->glyphs->glyphs[0].glyph;
		letter->advance =
		    (double)run->glyphs->glyphs[0].geometry.width / PANGO_SCALE;
		font->count++;
	}
	g_object_unref(layout);
	return good ? letter : NULL;
}

static const struct letter *find_letter(
    const struct run_font *font, const char *s, size_t len)
{
	for (size_t i = 0; i < font->count; i++)
		if (strncmp(font->letters[i].text, s, len) == 0 &&
		    font->letters[i].text[len] == '\0')
			return &font->letters[i];
	return NULL;
}

bool type_run(struct pdf *pdf, const struct type *type, const char *text,
    struct run *ret_run)
{
	struct run_font *font = font_of(pdf, type);
	double width = 0;
	size_t len, count = 0;

	for (const char *s = text; *s != '\0'; s += len, count++) {
		const struct letter *letter;
		char one[5] = "";

		len = hs_utf8_len((const unsigned char *)s);
		if (len == 0 || count == RUN_MAX)
			return false;
		letter = find_letter(font, s, len);
		memcpy(one, s, len);
		if (letter == NULL && font->count < LETTER_MAX)
			letter = add_letter(pdf, font, type, one);
		if (letter == NULL)
			return false;
		width += letter->advance;
	}
	*ret_run = (struct run) { text, font, width, font->height };
	return true;
}

void type_run_show(cairo_t *cr, const struct run *run, double x, double y)
{
	const struct run_font *font = run->font;
	cairo_glyph_t glyphs[RUN_MAX];
	cairo_text_cluster_t clusters[RUN_MAX];
	size_t len;
	int count = 0;

	for (const char *s = run->text; *s != '\0'; s += len) {
		const struct letter *letter;

		len = hs_utf8_len((const unsigned char *)s);
		letter = find_letter(font, s, len);
		glyphs[count] =
		    (cairo_glyph_t) { letter->glyph, x, y + font->ascent };
		clusters[count++] = (cairo_text_cluster_t) { (int)len, 1 };
		x += letter->advance;
	}
	if (count == 0)
		return;
	cairo_set_scaled_font(
	    cr, pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font->font)));
	cairo_show_text_glyphs(
	    cr, run->text, -1, glyphs, count, clusters, count, 0);
}

void type_runs_drop(struct pdf *pdf)
{
	while (pdf->run_fonts != NULL) {
		struct run_font *font = pdf->run_fonts;

		pdf->run_fonts = font->next;
		if (font->font != NULL)
			g_object_unref(font->font);
		free(font);
	}
}
